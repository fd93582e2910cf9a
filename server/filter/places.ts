// Looks up layers and places as questions name them, and what rankings and rates must know of every place.

import { sql } from 'kysely';
import type { LayerType } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Catalogue } from './catalogue.ts';
import { LAYER, type Within } from './contract.ts';
import { type PlanWithin, polygonOf } from './plan.ts';

/** A published version of a layer, and how many places it has. */
export type CountedLayer = { readonly layerId: number; readonly version: number; readonly features: number };
export type AskedLayer = CountedLayer & { readonly code: string; readonly type: LayerType };

/** Places of a layer version by place id; [0] stands for none. */
export type Places = {
  readonly codes: readonly string[];
  readonly names: readonly string[];
  readonly crossings: readonly (readonly [string, string] | null)[];
  readonly lengthM: Float64Array | null;
  readonly population: readonly Census[];
};
type Census = { readonly year: number; readonly source: string; readonly residents: Float64Array };

/** What a snapshot knows without asking the database. */
type Known = { readonly jurisdictionId: number; readonly layers: Catalogue['layers'] };

/** `L` or `L@V` to a published layer version. Throws BadInput naming `parameter`. */
export async function findLayer(
  database: Database,
  { jurisdictionId, layers }: Known,
  text: string,
  parameter = 'layer',
): Promise<AskedLayer> {
  const [, code, version] = LAYER.exec(text) ?? [];
  if (!code) throw new BadInput(parameter, 'not a layer (LAYER or LAYER@VERSION)');
  const current = layers.find((layer) => layer.code === code);
  if (current && (version === undefined || Number(version) === current.version)) return current;
  const { rows } = await sql<AskedLayer>`
    select l.layer_id as "layerId", v.version, v.features, l.code, l.type
    from layer l
    join layer_version v on v.jurisdiction_id = ${jurisdictionId} and v.layer_id = l.layer_id
    where l.jurisdiction_id = ${jurisdictionId} and l.code = ${code} and l.type in ('areas', 'streets')
      and l.current_version is not null and v.published_at is not null and v.removed_at is null
      and v.version = ${Number(version ?? 0)}`.execute(database.db);
  if (!rows[0]) throw new BadInput(parameter, `no such layer: ${text}`);
  return rows[0];
}

/** The layer outside of which nothing counts. Throws BadInput('inside') for one that does not exist. */
export async function findInside(database: Database, known: Known, inside: string | null): Promise<AskedLayer | null> {
  return inside === null ? null : findLayer(database, known, inside, 'inside');
}

/** Throws BadInput('within') for a layer or place that does not exist. */
export async function findWithin(database: Database, known: Known, within: Within | null): Promise<PlanWithin | null> {
  if (within === null) return null;
  if (within.type === 'polygon') return polygonOf(within.ring);
  const reference = within.version === null ? within.layer : `${within.layer}@${within.version}`;
  const layer = await findLayer(database, known, reference, 'within');
  const { rows } = await sql<{ place_id: number }>`
    select place_id from ${sql.table(layer.type === 'streets' ? 'segment' : 'area')}
    where jurisdiction_id = ${known.jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
      and ${'id' in within.place ? sql`place_id::bigint = ${within.place.id}` : sql`code = ${within.place.code}`}`.execute(
    database.db,
  );
  if (!rows[0]) throw new BadInput('within', 'no such place in that layer');
  return { type: 'place', layerId: layer.layerId, version: layer.version, placeId: rows[0].place_id };
}

/** Every place of a layer version; areas with all their censuses, in order of year. */
export async function readPlaces({ db }: Database, jurisdictionId: number, layer: AskedLayer): Promise<Places> {
  const inVersion = sql`jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}`;
  const codes = new Array<string>(layer.features + 1).fill('');
  const names = codes.slice();
  const crossings = new Array<readonly [string, string] | null>(layer.features + 1).fill(null);
  if (layer.type === 'streets') {
    const lengthM = new Float64Array(layer.features + 1).fill(Number.NaN);
    const { rows } = await sql<{
      id: number;
      code: string;
      name: string | null;
      length: number;
      a: string | null;
      b: string | null;
    }>`select place_id as id, code, name, length_m as length, crossing_from as a, crossing_to as b
      from segment where ${inVersion}`.execute(db);
    for (const { id, code, name, length, a, b } of rows) {
      codes[id] = code;
      names[id] = name ?? '';
      lengthM[id] = length;
      if (a !== null || b !== null) crossings[id] = [a ?? '', b ?? ''];
    }
    return { codes, names, crossings, lengthM, population: [] };
  }
  const areas = await sql<{ id: number; code: string; name: string }>`
    select place_id as id, code, name from area where ${inVersion}`.execute(db);
  for (const { id, code, name } of areas.rows) {
    codes[id] = code;
    names[id] = name;
  }
  const residents = await sql<{ id: number; year: number; residents: number; source: string }>`
    select place_id as id, year, residents, source from population where ${inVersion} order by year, place_id`.execute(
    db,
  );
  const population = new Map<number, Census>();
  for (const row of residents.rows) {
    let census = population.get(row.year);
    if (!census) {
      census = { year: row.year, source: row.source, residents: new Float64Array(layer.features + 1).fill(Number.NaN) };
      population.set(row.year, census);
    }
    census.residents[row.id] = row.residents;
  }
  return { codes, names, crossings, lengthM: null, population: [...population.values()] };
}
