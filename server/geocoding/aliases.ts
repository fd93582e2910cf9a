// What people say a name means: kept by name and borough, good for every text with those words, and for next month's.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { LayerVersion } from '../placing/packed-places.ts';
import type { AliasBody, AliasRow } from './contract.ts';
import { keyOf } from './layer-overlap.ts';
import type { PlaceNamesAsked } from './parse-place-text.ts';

const MOST_ALIASES = 5000;

/** `layerId` null = the words name no place. */
export type Alias = { readonly layerId: number | null; readonly code: string | null };
export type Meaning = {
  of(asked: Pick<PlaceNamesAsked, 'name' | 'borough'>): Alias | null;
  /** The place of an alias on a version of its layer; 0 = the version has none of that code. */
  placeOn(alias: Alias, layer: Pick<LayerVersion, 'layerId' | 'version'>): number;
};

/** Everything that was said, with its places on these layer versions. */
export async function readMeanings(
  { db }: Database,
  jurisdictionId: number,
  layers: readonly LayerVersion[],
): Promise<Meaning> {
  const { rows } = await sql<Alias & { name: string; within: string }>`
    select name, within_name as within, layer_id as "layerId", code from place_alias
    where jurisdiction_id = ${jurisdictionId}`.execute(db);
  const known = new Map(rows.map(({ name, within, ...alias }) => [`${within}\u001f${name}`, alias]));
  const places = new Map<string, number>();
  for (const layer of layers) {
    const codes = rows.flatMap(({ layerId, code }) => (layerId === layer.layerId && code !== null ? [code] : []));
    if (codes.length === 0 || layer.type !== 'areas') continue;
    const found = await sql<{ id: number; code: string }>`
      select place_id as id, code from area
      where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
        and code = any(${codes}::text[])`.execute(db);
    for (const { id, code } of found.rows) places.set(`${keyOf(layer)} ${code}`, id);
  }
  return {
    of: ({ name, borough }) => known.get(`${borough?.core ?? ''}\u001f${name}`) ?? null,
    placeOn: ({ code }, layer) => places.get(`${keyOf(layer)} ${code}`) ?? 0,
  };
}

/** By name. */
export async function listAliases({ db }: Database, { id }: Jurisdiction): Promise<AliasRow[]> {
  const { rows } = await sql<AliasRow>`
    select a.name, a.within_name as within, a.words, l.code as layer, a.code,
      (
        select p.name from area p
        where p.jurisdiction_id = ${id} and p.layer_id = a.layer_id and p.version = l.current_version
          and p.code = a.code
      ) as place
    from place_alias a left join layer l on l.jurisdiction_id = ${id} and l.layer_id = a.layer_id
    where a.jurisdiction_id = ${id} order by a.name, a.within_name`.execute(db);
  return rows;
}

/** Keeps what a name means, over what it meant. Throws BadInput for a place that does not exist. */
export async function saveAlias({ db }: Database, { id }: Jurisdiction, alias: AliasBody): Promise<void> {
  const { name, within, words, layer, code } = alias;
  const { rows } = await sql<{ aliases: number; layerId: number | null; known: boolean }>`
    select
      (select count(*)::int from place_alias where jurisdiction_id = ${id} and (name, within_name) <> (${name}, ${within})) as aliases,
      (select layer_id from layer where jurisdiction_id = ${id} and code = ${layer}::text and type = 'areas') as "layerId",
      exists (
        select from layer l join area a on a.jurisdiction_id = ${id} and a.layer_id = l.layer_id
          and a.version = l.current_version
        where l.jurisdiction_id = ${id} and l.code = ${layer}::text and a.code = ${code}::text
      ) as known`.execute(db);
  const { aliases, layerId, known } = rows[0]!;
  if (aliases >= MOST_ALIASES) throw new BadInput('name', `more than ${MOST_ALIASES} aliases`);
  if (layer !== null && layerId === null) throw new BadInput('layer', `no such layer of areas: ${layer}`);
  if (layer !== null && !known) throw new BadInput('code', 'no such place in that layer');
  await sql`
    insert into place_alias (jurisdiction_id, name, within_name, words, layer_id, code)
    values (${id}, ${name}, ${within}, ${words}, ${layerId}, ${layer === null ? null : code})
    on conflict (jurisdiction_id, name, within_name) do update
      set words = excluded.words, layer_id = excluded.layer_id, code = excluded.code, created_at = excluded.created_at`.execute(
    db,
  );
}

/** Throws NotFound. */
export async function removeAlias({ db }: Database, { id }: Jurisdiction, name: string, within: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('place_alias')
    .where('jurisdiction_id', '=', id)
    .where('name', '=', name)
    .where('within_name', '=', within)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFound('no such alias');
}
