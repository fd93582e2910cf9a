// The tables of what people write, agree and decide, beside those of the data; part of the tables as Kysely sees them.

import type { ColumnType, Generated } from 'kysely';

type Timestamp = ColumnType<Date, never, never>;
type Json = ColumnType<unknown, string, string>;
type NullableJson = ColumnType<unknown | null, string | null, string | null>;

/** What people write and others may change after them. */
type Document = {
  jurisdiction_id: number;
  version: number;
  body: Json;
  created_at: Timestamp;
  created_by: string;
  changed_at: ColumnType<Date, never, Date | string>;
  changed_by: string;
};

export type TablesWritten = {
  protection: {
    jurisdiction_id: number;
    is_on: boolean;
    rules: Json;
    areas: string | null;
    sensitive_areas: string | null;
    addresses: string | null;
    licence: string | null;
    made_from: ColumnType<unknown | null, string | null | undefined, string | null>;
    changed_at: ColumnType<Date, never, Date | string>;
  };
  tip: {
    jurisdiction_id: number;
    tip_id: string;
    received_at: Date;
    kind: string;
    layer: string;
    place_code: string;
    place_name: string;
    lon: number;
    lat: number;
    on_day: string | null;
    day_part: string | null;
    words: string;
    state: Generated<string>;
  };
  tip_box: {
    jurisdiction_id: number;
    is_on: boolean;
    keep_days: number;
    form_key: string;
    changed_at: ColumnType<Date, never, Date | string>;
  };
  lesson_answer: {
    jurisdiction_id: number;
    answer_id: string;
    account_id: number;
    lesson: string;
    exercise: string;
    given_at: Date;
    received_at: Date;
    answer: Json;
    is_right: boolean | null;
    mistake: string | null;
    data_version: number;
    marked_right: boolean | null;
    mark_comment: string | null;
    marked_by: string | null;
    marked_at: Date | null;
  };
  own_lesson: {
    jurisdiction_id: number;
    lesson: string;
    language: string;
    source: string;
    module_titles: Json;
    sent_at: Date;
    sent_by: string;
  };
  course: {
    jurisdiction_id: number;
    course_id: number;
    version: Generated<number>;
    body: Json;
    created_at: Generated<Date>;
    created_by: string;
    changed_at: Generated<Date>;
    changed_by: string;
  };
  course_group: {
    jurisdiction_id: number;
    course_id: number;
    group_id: number;
    version: Generated<number>;
    body: Json;
    tutors: number[];
    join_key: string;
    created_at: Generated<Date>;
    created_by: string;
    changed_at: Generated<Date>;
    changed_by: string;
  };
  course_member: {
    jurisdiction_id: number;
    course_id: number;
    account_id: number;
    group_id: number;
    enrolled_at: Date;
    way: string;
    email: string | null;
    ticked: ColumnType<unknown, string | undefined, string>;
    attended: ColumnType<unknown, string | undefined, string>;
    reminded: ColumnType<unknown, string | undefined, string>;
    completed: Json | null;
  };
  badge_key: {
    jurisdiction_id: number;
    key_id: string;
    public_jwk: Json;
    sealed: string;
    made_at: Date;
    retired_at: Date | null;
  };
  badge_list: { jurisdiction_id: number; list_no: number; signed: string; changed_at: Date };
  certificate: {
    jurisdiction_id: number;
    code: string;
    account_id: number | null;
    course: string;
    title_es: string;
    title_en: string;
    hours: number;
    holder: string | null;
    completed_on: string;
    issued_at: Date;
    issued_by: string;
    valid_until: string | null;
    key_id: string;
    list_no: number | null;
    list_index: number | null;
    signed: string | null;
    revoked_at: Date | null;
    revoked_by: string | null;
    revoked_as: string | null;
    because: string | null;
  };
  certificate_request: {
    jurisdiction_id: number;
    account_id: number;
    course: string;
    holder: string;
    asked_at: Date;
  };
  meeting_action: {
    jurisdiction_id: number;
    action_id: string;
    revision: Generated<number>;
    week: string;
    scope: string | null;
    what: string;
    owner: string;
    due: string | null;
    state: Generated<string>;
    ended_week: string | null;
    created_by: string;
    created_at: Date;
    changed_by: string;
    changed_at: Date;
  };
  alert_rule: {
    jurisdiction_id: number;
    rule_id: string;
    account_id: number;
    language: string;
    kind: string;
    title: string;
    filter: Json;
    email: string | null;
    to_folder: Generated<boolean>;
    muted_until: string | null;
    looked_to: string | null;
    looked_version: number | null;
    created_at: Date;
  };
  alert: {
    jurisdiction_id: number;
    alert_id: string;
    rule_id: string;
    account_id: number;
    about: string;
    on_day: string;
    data_version: number;
    found: Json;
    raised_at: Date;
    mailed_at: Date | null;
    filed_at: Date | null;
    mail_taken_at: Date | null;
    file_taken_at: Date | null;
    tries: Generated<number>;
    waits_until: Date | null;
    seen_at: Date | null;
    found_as: NullableJson;
  };
  problem: Document & { problem_id: number; state: string; lon: number | null; lat: number | null };
  problem_item: Document & { problem_id: number; item_id: number; kind: string };
  problem_change: {
    jurisdiction_id: number;
    problem_id: number;
    item_id: number;
    version: number;
    body: Json;
    what: string;
    at: Timestamp;
    who: string;
  };
  problem_file: {
    jurisdiction_id: number;
    problem_id: number;
    item_id: number;
    part: number;
    content: Buffer;
  };
  briefing: Document & { briefing_id: number; template_of: number | null; areas: string | null };
  briefing_change: {
    jurisdiction_id: number;
    briefing_id: number;
    version: number;
    at: Timestamp;
    who: string;
    body: Json;
  };
  briefing_figure: {
    jurisdiction_id: number;
    briefing_id: number;
    asked_key: string;
    made_at: Date;
    made_by: string;
    data_version: number;
    needs: Json;
    answer: Json;
  };
};
