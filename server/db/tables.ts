// The tables as Kysely sees them; tests/db/schema.test.ts compares this with the live catalogue.

import type { ColumnType, Generated } from 'kysely';
import type { LayerType } from './contract.ts';
import type { TablesWritten } from './tables-written.ts';

/** bigint columns arrive as strings; every value here stays below 2^53. */
type BigIntText = ColumnType<string, number | string, number | string>;
type Timestamp = ColumnType<Date, never, never>;
/** Geometry is written and read through PostGIS functions only. */
type Geometry = ColumnType<string, never, never>;
type Json = ColumnType<unknown, string, string>;
type NullableJson = ColumnType<unknown | null, string | null, string | null>;

type Box = { west: number | null; south: number | null; east: number | null; north: number | null };

export type Tables = TablesWritten & {
  jurisdiction: Box & {
    jurisdiction_id: number;
    code: string;
    name: string;
    timezone: string;
    srid: number;
    limit_geom: ColumnType<string | null, never, never>;
    synthetic: Generated<boolean>;
    created_at: Timestamp;
    public_of: number | null;
    embed_origins: string[] | null;
  };
  data_state: {
    jurisdiction_id: number;
    data_version: Generated<number>;
    data_token: string;
    head_delivery: Generated<number>;
    next_incident_id: ColumnType<string, number | undefined, number>;
    changed_at: ColumnType<Date, never, Date | string>;
    writer_token: Generated<string | null>;
    writer_about: Generated<string | null>;
    writer_since: ColumnType<Date | null, never, Date | string | null>;
    publications: Generated<string[]>;
  };
  layer: {
    jurisdiction_id: number;
    layer_id: number;
    code: string;
    title: string;
    type: LayerType;
    current_version: number | null;
    removed_version: Generated<number | null>;
  };
  layer_version: Box & {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    features: number;
    file_name: string;
    file_sha256: string;
    report: Json;
    created_at: Timestamp;
    published_at: ColumnType<Date | null, null | undefined, Date | string | null>;
    valid_from: ColumnType<string | null, string | null | undefined, string | null>;
    removed_at: ColumnType<Date | null, never, Date | string | null>;
  };
  area: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    place_id: number;
    code: string;
    name: string;
    area_km2: number;
    class: string | null;
    parent: string | null;
    geom: Geometry;
    geom_3857: Geometry;
    label_3857: Geometry;
  };
  reference_point: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    place_id: number;
    code: string;
    name: string;
    geom: Geometry;
    geom_3857: Geometry;
  };
  population: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    place_id: number;
    year: number;
    residents: number;
    source: string;
  };
  segment: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    place_id: number;
    code: string;
    name: string | null;
    road_class: number;
    length_m: number;
    crossing_from: string | null;
    crossing_to: string | null;
    geom: Geometry;
    geom_3857: Geometry;
  };
  source: {
    jurisdiction_id: number;
    source_id: number;
    code: string;
    kind: string;
    title: string;
    preset: string;
    accuracy_m: number | null;
    snapped: Generated<boolean>;
    live: Generated<boolean>;
    declared_through: ColumnType<string | null, string | null, string | null>;
    monthly: Generated<boolean>;
    keyed: Generated<boolean>;
  };
  offence: { jurisdiction_id: number; offence_id: number; code: string; labels: string[] };
  place_text: {
    jurisdiction_id: number;
    place_text_id: number;
    text: string;
    parts: Json;
    name: string | null;
    within_name: string | null;
    place_precision: number | null;
  };
  place_name: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    folded: string;
    core: string;
    whole: string;
    place_ids: number[];
  };
  place_match: {
    jurisdiction_id: number;
    place_text_id: number;
    layer_id: number;
    version: number;
    place_id: number;
    place_precision: number;
    score: number;
    how: string;
  };
  place_alias: {
    jurisdiction_id: number;
    name: string;
    within_name: string;
    words: string;
    layer_id: number | null;
    code: string | null;
    created_at: Timestamp;
  };
  delivery: {
    jurisdiction_id: number;
    delivery: number;
    source_id: number;
    file_name: string;
    file_sha256: string;
    preset: string;
    mode: 'add' | 'replace';
    covers_from: string | null;
    covers_until: string | null;
    report: Json;
    created_at: Timestamp;
    via: Generated<'command' | 'page' | 'feed' | 'folder'>;
    asked_sha256: ColumnType<string | null, string | null | undefined, string | null>;
    undoes: ColumnType<number | null, number | null | undefined, number | null>;
    first_incident_id: ColumnType<string, number | undefined, number>;
    next_incident_id: ColumnType<string, number | undefined, number>;
  };
  monthly_area: { jurisdiction_id: number; area_code: string; name: string; state_name: string };
  monthly_total: {
    jurisdiction_id: number;
    source_id: number;
    area_code: string;
    year: number;
    category: string;
    sex: Generated<string>;
    age: Generated<string>;
    from_delivery: number;
    until_delivery: number | null;
    offence: string;
    counts: number[];
  };
  saved_preset: {
    jurisdiction_id: number;
    name: string;
    preset: string;
    mapping: Json;
    saved_at: Timestamp;
  };
  feed: {
    jurisdiction_id: number;
    feed_id: number;
    name: string;
    source_id: number;
    preset: string;
    key_sha256: string;
    created_at: Timestamp;
    date_order: string | null;
    id_rule: string | null;
    times: string | null;
  };
  job: {
    jurisdiction_id: number;
    job_id: string;
    kind: string;
    payload: Json;
    upload: string | null;
    state: Generated<'waiting' | 'running' | 'done' | 'failed' | 'cancelled'>;
    asked_by: string;
    run_by: string | null;
    seen_at: Timestamp;
    step: string | null;
    fraction: number | null;
    stop_asked: Generated<boolean>;
    report: ColumnType<unknown, string | undefined, string>;
    problem: string | null;
    created_at: Timestamp;
    ended_at: ColumnType<Date | null, never, Date | string | null>;
  };
  offence_choice: {
    jurisdiction_id: number;
    words: string;
    label: string;
    offence: string;
    chosen_at: Timestamp;
  };
  incident: {
    jurisdiction_id: number;
    incident_id: BigIntText;
    from_delivery: number;
    until_delivery: number | null;
    source_id: number;
    offence_id: number;
    label_no: number | null;
    /** Read as text, YYYY-MM-DD: a Date would move it by the machine's time zone. */
    occurred_on: string;
    minute_of_day: number | null;
    date_precision: number;
    until_on: string | null;
    until_minute: number | null;
    reported_on: string | null;
    reported_minute: number | null;
    place_precision: number;
    lon: number | null;
    lat: number | null;
    place_text_id: number | null;
    source_key: string | null;
    record_hash: BigIntText;
    keyed: Generated<boolean>;
  };
  placement: {
    jurisdiction_id: number;
    layer_id: number;
    version: number;
    first_incident_id: BigIntText;
    place_ids: number[];
  };
  account: {
    account_id: number;
    name: string;
    name_key: string;
    password: string | null;
    role: string;
    jurisdictions: string[] | null;
    areas: NullableJson;
    disabled: Generated<boolean>;
    totp: string | null;
    totp_waiting: string | null;
    totp_step: Generated<number>;
    recovery: Generated<string[]>;
    subject: string | null;
    created_at: Date;
  };
  account_session: {
    token_sha256: string;
    account_id: number | null;
    demo_role: string | null;
    address: string;
    device: string;
    provider_factors: number | null;
    by_passkey: Generated<boolean>;
    created_at: Date;
    seen_at: Date;
  };
  account_link: {
    token_sha256: string;
    purpose: string;
    account_id: number | null;
    name: string | null;
    role: string;
    jurisdictions: string[] | null;
    areas: NullableJson;
    expires_at: Date;
    made_by: string | null;
    made_at: Date | null;
  };
  account_passkey: {
    credential_id: string;
    account_id: number;
    name: string;
    public_key: string;
    counter: BigIntText;
    transports: string[];
    rp_id: string;
    created_at: Date;
    used_at: Date | null;
  };
  passkey_challenge: {
    challenge: string;
    account_id: number | null;
    expires_at: Date;
  };
  access_key: {
    name: string;
    key_sha256: string;
    role: string;
    jurisdictions: string[] | null;
    areas: NullableJson;
    created_at: Date;
  };
  audit_entry: {
    entry: BigIntText;
    at: Date;
    who: string;
    role: string;
    address: string;
    what: string;
    jurisdiction: string | null;
    detail: string;
    rows: number | null;
    hash: string;
  };
  audit_head: { head: number; entries: BigIntText; hash: string };
  agreement: {
    agreement_id: string;
    giver: string;
    receiver: string;
    level: string;
    offences: string[] | null;
    areas: NullableJson;
    ends_on: string;
    state: string;
    proposed_by: string;
    steps: Json;
  };
};
