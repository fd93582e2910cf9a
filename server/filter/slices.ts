// Some of the incidents at a time: a condition on them, and the places of at least these in a layer version.

import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../calendar/days.ts';
import type { CountedLayer } from './places.ts';

export type Slice = {
  readonly condition: RawBuilder<unknown>;
  /** (incident_id, place_id), to be joined with the incidents `i`. */
  readonly placed: (layer: Omit<CountedLayer, 'features'>) => RawBuilder<unknown>;
};

/** A block of `placement` holds no more. */
const BLOCK_IDS = 4096;

export function allIncidents(jurisdictionId: number): Slice {
  return { condition: sql`true`, placed: (layer) => placed(jurisdictionId, layer, sql`true`) };
}

/** All incidents where only the first few are wanted: each looks up its own block of places. */
export function lookedUp(jurisdictionId: number): Slice {
  return { condition: sql`true`, placed: (layer) => placedEach(jurisdictionId, layer) };
}

/** The incidents with ids in a range. */
export function slicedBetween(jurisdictionId: number, first: number, next: number): Slice {
  const blocks = sql`p.first_incident_id > ${first - BLOCK_IDS} and p.first_incident_id < ${next}`;
  return {
    condition: sql`i.incident_id >= ${first} and i.incident_id < ${next}`,
    placed: (layer) => placed(jurisdictionId, layer, blocks),
  };
}

/** A few incidents by their ids: each looks up its own block of places. */
export function slicedTo(jurisdictionId: number, ids: readonly string[]): Slice {
  return {
    condition: sql`i.incident_id = any(${[...ids]}::bigint[])`,
    placed: (layer) => placedEach(jurisdictionId, layer),
  };
}

/** The incidents of some days; each looks up its own block of places, for there may be few. */
export function slicedDays(jurisdictionId: number, from: Day, until: Day): Slice {
  return {
    condition: sql`i.occurred_on >= date '1970-01-01' + ${from}::int and i.occurred_on < date '1970-01-01' + ${until}::int`,
    placed: (layer) => placedEach(jurisdictionId, layer),
  };
}

function placed(
  jurisdictionId: number,
  { layerId, version }: Omit<CountedLayer, 'features'>,
  blocks: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(
    select p.first_incident_id + u.n - 1 as incident_id, u.place_id
    from placement p cross join lateral unnest(p.place_ids) with ordinality as u (place_id, n)
    where p.jurisdiction_id = ${jurisdictionId} and p.layer_id = ${layerId} and p.version = ${version} and ${blocks}
  ) as placed`;
}

function placedEach(jurisdictionId: number, { layerId, version }: Omit<CountedLayer, 'features'>): RawBuilder<unknown> {
  return sql`lateral (
    select i.incident_id, (
      select p.place_ids[i.incident_id - p.first_incident_id + 1] from placement p
      where p.jurisdiction_id = ${jurisdictionId} and p.layer_id = ${layerId} and p.version = ${version}
        and p.first_incident_id <= i.incident_id
      order by p.first_incident_id desc limit 1
    ) as place_id
  ) as placed`;
}
