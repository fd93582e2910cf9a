// The folded names of layer versions, kept in the database so that alike ones are found by their trigrams.

import { sql } from 'kysely';
import { analyzeTable } from '../db/analyze.ts';
import type { Database } from '../db/open.ts';
import { setLocally } from '../db/set-locally.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import { type Candidate, LEAST_SIMILAR, MARGIN } from './disambiguate.ts';
import { type FoldedName, foldArea, foldStreet, wholeOf } from './fold-names.ts';
import { keyOf } from './layer-overlap.ts';

const PLACES_PER_READ = 5000;
const NAMES_PER_WRITE = 2000;
/** A look at the trigrams of a name takes some milliseconds on the embedded engine, which serves nobody else meanwhile. */
const NAMES_PER_SEARCH = 40;
const ALIKE_PER_NAME = 40;
/** Less alike than what is taken (see disambiguate.ts): what speaks against taking it is seen as well. */
const LEAST_ALIKE = LEAST_SIMILAR - MARGIN;
/** Written last: the names of a version are complete. */
const COMPLETE = '';

type Version = Pick<LayerVersion, 'layerId' | 'version'>;

/** Writes the folded names of a version unless they are there: a version never changes. */
export async function prepareNames(database: Database, jurisdictionId: number, layer: LayerVersion): Promise<void> {
  const { db } = database;
  const { layerId, version } = layer;
  const known = await sql`
    select from place_name where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
      and folded = ${COMPLETE}`.execute(db);
  if (known.rows.length) return;
  const foldName = layer.type === 'streets' ? foldStreet : foldArea;
  const names = new Map<string, { core: string; placeIds: number[] }>();
  for (let last = 0; ; ) {
    const { rows } = await sql<{ id: number; name: string | null }>`
      select place_id as id, name from ${sql.table(layer.type === 'streets' ? 'segment' : 'area')}
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version} and place_id > ${last}
      order by place_id limit ${PLACES_PER_READ}`.execute(db);
    for (const { id, name } of rows) {
      const folded = name === null ? null : foldName(name);
      if (!folded) continue;
      const of = names.get(folded.folded) ?? { core: folded.core, placeIds: [] };
      names.set(folded.folded, of);
      of.placeIds.push(id);
    }
    if (rows.length < PLACES_PER_READ) break;
    last = rows.at(-1)!.id;
  }
  const all = [...names, [COMPLETE, { core: '', placeIds: [] }] as const];
  for (let from = 0; from < all.length; from += NAMES_PER_WRITE) {
    const chunk = all.slice(from, from + NAMES_PER_WRITE);
    await sql`
      insert into place_name (jurisdiction_id, layer_id, version, folded, core, whole, place_ids)
      select ${jurisdictionId}, ${layerId}, ${version}, folded, core, whole, ids::int[]
      from unnest(${chunk.map(([folded]) => folded)}::text[], ${chunk.map(([, { core }]) => core)}::text[],
        ${chunk.map(([, { core }]) => wholeOf(core))}::text[],
        ${chunk.map(([, { placeIds }]) => `{${placeIds.join(',')}}`)}::text[]) as given (folded, core, whole, ids)
      on conflict (jurisdiction_id, layer_id, version, folded) do nothing`.execute(db);
  }
  // Nobody else would tell the planner of a table that was empty just now.
  await analyzeTable(database, 'place_name');
}

/** Per core the places of the version that have it, and those that are numbered parts of it. */
export async function findNamed(
  { db }: Database,
  jurisdictionId: number,
  { layerId, version }: Version,
  cores: readonly string[],
): Promise<Map<string, Candidate[]>> {
  const rows: Row[] = [];
  for (let from = 0; from < cores.length; from += PLACES_PER_READ) {
    const found = await sql<Row>`
      select core as asked, folded, core, place_ids as ids, 1::real as score from place_name
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
        and core = any(${cores.slice(from, from + PLACES_PER_READ)}::text[])
      union all
      select whole, folded, core, place_ids, 0 from place_name
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layerId} and version = ${version}
        and whole = any(${cores.slice(from, from + PLACES_PER_READ)}::text[]) and core <> whole`.execute(db);
    rows.push(...found.rows);
  }
  return candidatesOf(rows);
}

/** Per layer version (see keyOf) and core the places with the names most like it; `least` = how alike, 0–1. */
export async function findAlike(
  database: Database,
  jurisdictionId: number,
  layers: readonly Version[],
  cores: readonly string[],
  least = LEAST_ALIKE,
): Promise<Map<string, Map<string, Candidate[]>>> {
  const rows: (Row & Version)[] = [];
  for (let from = 0; from < cores.length; from += NAMES_PER_SEARCH) {
    rows.push(...(await searchAlike(database, jurisdictionId, cores.slice(from, from + NAMES_PER_SEARCH), least)));
  }
  const byLayer = Map.groupBy(rows, keyOf);
  return new Map(layers.map((layer) => [keyOf(layer), candidatesOf(byLayer.get(keyOf(layer)) ?? [])]));
}

type Row = FoldedName & { readonly asked: string; readonly ids: readonly number[]; readonly score: number };

function candidatesOf(rows: readonly Row[]): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const { asked, folded, core, ids, score } of rows) {
    const of = found.get(asked) ?? [];
    found.set(asked, of);
    for (const placeId of ids) of.push({ placeId, folded, core, score });
  }
  return found;
}

/** In all layers at once: they share the index. */
async function searchAlike(
  database: Database,
  jurisdictionId: number,
  cores: readonly string[],
  least: number,
): Promise<(Row & Version)[]> {
  return database.db.transaction().execute(async (trx) => {
    // The planner takes comparing trigrams for cheap and would compare all names of the jurisdiction with each one asked
    // for. Without the plain scans, and with pages that cost nothing, since all of them are in memory, it takes the index
    // of trigrams, which is three to ten times faster.
    await setLocally(trx, database, {
      'pg_trgm.similarity_threshold': String(least),
      enable_seqscan: 'off',
      enable_indexscan: 'off',
      random_page_cost: '0',
      seq_page_cost: '0',
    });
    const { rows } = await sql<Row & Version>`
      select asked.core as asked, alike.*
      from unnest(${[...cores]}::text[]) as asked (core) cross join lateral (
        select layer_id as "layerId", version, folded, core, place_ids as ids, similarity(core, asked.core) as score
        from place_name
        where jurisdiction_id = ${jurisdictionId} and core % asked.core
        order by score desc, folded limit ${ALIKE_PER_NAME}
      ) as alike`.execute(trx);
    return rows;
  });
}
