// What a jurisdiction holds at one data version: its sources, offences and layers, and the version itself.

import { sql } from 'kysely';
import type { Kind, LayerType } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { readChoices } from '../taxonomy/offence-choices.ts';
import type { OffenceChoices } from '../taxonomy/taxonomy.ts';

/** Incidents count while from_delivery <= head < until_delivery; ids run from 1 to nextIncidentId - 1. */
export type DataState = {
  readonly dataVersion: number;
  readonly token: string;
  readonly head: number;
  readonly nextIncidentId: number;
};

export type CatalogueSource = {
  readonly sourceId: number;
  readonly code: string;
  readonly kind: Kind;
  readonly title: string;
  readonly accuracyM: number | null;
  readonly snapped: boolean;
  readonly live: boolean;
  readonly declaredThrough: string | null;
  /** When its last visible delivery came, ISO 8601. */
  readonly delivered: string | null;
};
export type CatalogueLayer = {
  readonly layerId: number;
  readonly code: string;
  readonly title: string;
  readonly type: LayerType;
  readonly version: number;
  readonly features: number;
  /** ISO 8601. */
  readonly publishedAt: string;
};
export type Catalogue = {
  readonly sources: readonly CatalogueSource[];
  readonly offences: readonly {
    readonly offenceId: number;
    readonly code: string;
    readonly labels: readonly string[];
  }[];
  /** What people say labels are: node of the tree by folded words. */
  readonly choices: OffenceChoices;
  /** Current versions of layers incidents are counted in (areas and streets). */
  readonly layers: readonly CatalogueLayer[];
};

/** Null while the jurisdiction has no data state. */
export async function readState(database: Database, jurisdictionId: number): Promise<DataState | null> {
  return (await readStates(database, [jurisdictionId])).get(jurisdictionId) ?? null;
}

/** Of many jurisdictions in one question; one that has no data state is left out. */
export async function readStates(
  { db }: Database,
  jurisdictionIds: readonly number[],
): Promise<ReadonlyMap<number, DataState>> {
  const ids = sql`any(${[...jurisdictionIds]}::int[])`;
  const { rows } = await sql<DataState & { id: number }>`
    select jurisdiction_id as id, data_version as "dataVersion", data_token as token, head_delivery as head,
      next_incident_id::float8 as "nextIncidentId"
    from data_state where jurisdiction_id = ${jurisdictionIds.length === 1 ? jurisdictionIds[0] : ids}`.execute(db);
  return new Map(rows.map(({ id, ...state }) => [id, state]));
}

/** Sources, offences and current layers as of the last visible delivery. */
export async function readCatalogue(database: Database, jurisdictionId: number, head: number): Promise<Catalogue> {
  const { db } = database;
  const sources = await sql<CatalogueSource>`
    select s.source_id as "sourceId", s.code, s.kind, s.title, s.accuracy_m as "accuracyM", s.snapped, s.live,
      s.declared_through as "declaredThrough", to_json(max(d.created_at)) #>> '{}' as delivered
    from source s
    left join delivery d on d.jurisdiction_id = ${jurisdictionId} and d.source_id = s.source_id and d.delivery <= ${head}
    where s.jurisdiction_id = ${jurisdictionId} and not s.monthly
    group by s.jurisdiction_id, s.source_id order by s.source_id`.execute(db);
  const offences = await db
    .selectFrom('offence')
    .select(['offence_id as offenceId', 'code', 'labels'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .orderBy('offence_id')
    .execute();
  const layers = await sql<CatalogueLayer>`
    select l.layer_id as "layerId", l.code, l.title, l.type, v.version, v.features,
      to_json(v.published_at) #>> '{}' as "publishedAt"
    from layer l
    join layer_version v
      on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id and v.version = l.current_version
    where l.jurisdiction_id = ${jurisdictionId} and l.type in ('areas', 'streets')
    order by l.layer_id`.execute(db);
  const choices = await readChoices(database, jurisdictionId);
  return { sources: sources.rows, offences, choices, layers: layers.rows };
}
