// Where each table lies when the database is spread over several machines (Citus); on one machine it makes no difference.

import type { Tables } from './tables.ts';

/** The column that every distributed table leads with, and by which its rows are shared out. */
export const KEY = 'jurisdiction_id';

/**
 * reference: small, rarely written, a copy on every machine; foreign keys may point to it. distributed: the rows of a
 * jurisdiction lie together with those of every other distributed table; foreign keys hold within a jurisdiction. local:
 * belongs to the installation and stays on the coordinator, which is asked by itself: nothing joins or refers to it.
 */
export type TableClass = 'reference' | 'distributed' | 'local';

export const TABLE_CLASSES: Readonly<Record<keyof Tables, TableClass>> = {
  jurisdiction: 'reference',
  data_state: 'distributed',
  layer: 'distributed',
  layer_version: 'distributed',
  area: 'distributed',
  reference_point: 'distributed',
  population: 'distributed',
  segment: 'distributed',
  source: 'distributed',
  offence: 'distributed',
  offence_choice: 'distributed',
  protection: 'distributed',
  tip: 'distributed',
  tip_box: 'distributed',
  meeting_action: 'distributed',
  lesson_answer: 'distributed',
  own_lesson: 'distributed',
  course: 'distributed',
  course_group: 'distributed',
  course_member: 'distributed',
  badge_key: 'distributed',
  badge_list: 'distributed',
  certificate: 'distributed',
  certificate_request: 'distributed',
  alert_rule: 'distributed',
  alert: 'distributed',
  problem: 'distributed',
  problem_item: 'distributed',
  problem_change: 'distributed',
  problem_file: 'distributed',
  briefing: 'distributed',
  briefing_change: 'distributed',
  briefing_figure: 'distributed',
  place_text: 'distributed',
  place_name: 'distributed',
  place_match: 'distributed',
  place_alias: 'distributed',
  delivery: 'distributed',
  incident: 'distributed',
  placement: 'distributed',
  monthly_area: 'distributed',
  monthly_total: 'distributed',
  saved_preset: 'distributed',
  feed: 'distributed',
  job: 'distributed',
  account: 'local',
  account_session: 'local',
  account_link: 'local',
  account_passkey: 'local',
  passkey_challenge: 'local',
  access_key: 'local',
  audit_entry: 'local',
  audit_head: 'local',
  agreement: 'local',
};

/** Libraries' own tables, which stay where they are: on the coordinator. */
export const LOCAL_TABLES: readonly string[] = ['kysely_migration', 'kysely_migration_lock', 'spatial_ref_sys'];

export const tablesOf = (wanted: TableClass): string[] =>
  Object.entries(TABLE_CLASSES).flatMap(([name, of]) => (of === wanted ? [name] : []));
