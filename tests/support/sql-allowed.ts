// Statements that do on purpose what the lint refuses, each with its reason; above all those of every jurisdiction.

import { type Fault, lintSql, type Refused } from './sql-lint.ts';

type Allowed = {
  readonly why: string;
  readonly fault: Fault;
  readonly tables: readonly string[];
  /** How each of them begins, with one space between words. */
  readonly beginnings: readonly string[];
};

const NO_KEY = 'tenant table without its own key';

export const ALLOWED: readonly Allowed[] = [
  {
    why: 'the list of jurisdictions shows those that have a data state, and a start looks through all of them',
    fault: NO_KEY,
    tables: ['data_state'],
    beginnings: [
      'select "jurisdiction_id" from "data_state"',
      'select jurisdiction_id as id, next_incident_id::float8 as incidents from data_state order by',
    ],
  },
  {
    why: 'a start looks once through all jurisdictions for what a killed writer left above its head',
    fault: NO_KEY,
    tables: ['data_state', 'incident', 'monthly_total', 'layer_version', 'placement'],
    beginnings: ['select t.jurisdiction_id as id from data_state t where (select max(incident_id) from incident i'],
  },
  {
    why: 'a server keeps the public views of all jurisdictions up to date',
    fault: NO_KEY,
    tables: ['protection'],
    beginnings: ['select jurisdiction_id as id from protection where is_on'],
  },
  {
    why: 'a server looks from time to time at whom to remind in the courses of all jurisdictions',
    fault: NO_KEY,
    tables: ['course_group'],
    beginnings: ['select distinct jurisdiction_id as id from course_group'],
  },
  {
    why: 'a server looks from time to time at the alert rules of all jurisdictions',
    fault: NO_KEY,
    tables: ['alert_rule'],
    beginnings: ['select distinct jurisdiction_id as id from alert_rule'],
  },
  {
    why: 'a server looks from time to time for whom to remind, in the groups of all jurisdictions',
    fault: NO_KEY,
    tables: ['course_group'],
    beginnings: ['select distinct jurisdiction_id as id from course_group'],
  },
  {
    why: 'a server forgets the tips of all jurisdictions once they were kept long enough',
    fault: NO_KEY,
    tables: ['tip_box'],
    beginnings: ['select jurisdiction_id as id, keep_days as "keepDays" from tip_box'],
  },
  {
    why: 'the queue is one for all jurisdictions: a server asks once for the next job, whosever it is',
    fault: NO_KEY,
    tables: ['job'],
    beginnings: [
      'select distinct "upload" from "job"',
      'select jurisdiction_id as "jurisdictionId", job_id as id, kind, payload, upload, asked_by as "askedBy" from job j',
      "select run_by as name from job where state = 'running' union select asked_by from job",
    ],
  },
  {
    why: 'a server speaks for all its jobs at once, and ends those of servers that are gone',
    fault: NO_KEY,
    tables: ['job'],
    beginnings: [
      "update job set seen_at = $1::timestamptz where state = 'waiting'",
      "update job set state = 'waiting', run_by = null, seen_at",
      "update job set state = 'failed', problem = 'stopped', ended_at = $1::timestamptz",
      'delete from job where ended_at <',
    ],
  },
  {
    why: 'a backup is of the whole installation, and a restore puts another in its place',
    fault: NO_KEY,
    tables: ['data_state'],
    beginnings: [
      'select max(data_version) as newest from "public".data_state',
      'select jurisdiction_id as id from "public".data_state where jurisdiction_id <> all($1)',
      'update data_state set writer_token = $1',
    ],
  },
  {
    why: 'names of a version are written once whoever is first; nobody asks how many rows that were',
    fault: 'INSERT … SELECT … DO NOTHING without RETURNING',
    tables: ['place_name'],
    beginnings: ['insert into place_name'],
  },
];

/** Whether a statement may do what it is refused for. */
export function isAllowed(text: string, { fault, what }: Refused): boolean {
  const words = text.replace(/\s+/g, ' ').trim();
  return ALLOWED.some(
    (each) =>
      each.fault === fault &&
      each.tables.includes(what.split(' ')[0]!) &&
      each.beginnings.some((beginning) => `${words} `.startsWith(`${beginning} `)),
  );
}

/** By text, the file that sent it first. */
export type Sent = Map<string, string>;

/** Says what must be said before it where there is Citus. */
const SET_LOCALLY = 'server/db/set-locally.ts';

/** Every fault of what was sent that is not allowed, with its sender and text. */
export function refusedOf(sent: Sent): string[] {
  return [...sent].flatMap(([text, sender]) =>
    lintSql(text, { isPropagated: sender === SET_LOCALLY })
      .filter((each) => !isAllowed(text, each))
      .map(({ fault, what }) => `${sender || 'somewhere'}: ${fault}: ${what}\n${text}`),
  );
}
