// The tables of meetings and alerts as Kysely sees them; part of tables.ts.

import type { ColumnType, Generated } from 'kysely';

type Json = ColumnType<unknown, string, string>;

export type MeetingTables = {
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
    sent_at: Date | null;
    seen_at: Date | null;
  };
};
