// Segments into the database, in statements short enough for an engine with one session.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import type { VersionKey } from '../layers/versions.ts';
import type { StreetSegment } from './network.ts';

const CHUNK_ROWS = 1000;

/** Writes the segments as places 1, 2, … of the version, in the order given. */
export async function storeSegments(
  { db }: Database,
  { jurisdictionId, layerId, version }: VersionKey,
  segments: readonly StreetSegment[],
  onProgress: (share: number) => void,
): Promise<void> {
  for (let stored = 0; stored < segments.length; stored += CHUNK_ROWS) {
    const chunk = segments.slice(stored, stored + CHUNK_ROWS);
    await sql`
      insert into segment
        (jurisdiction_id, layer_id, version, place_id, code, name, road_class, length_m, crossing_from, crossing_to, geom)
      select ${jurisdictionId}, ${layerId}, ${version}, id, code, name, road_class, length_m, crossing_from, crossing_to,
        ST_GeomFromGeoJSON(text)
      from unnest(
        ${chunk.map((_, index) => stored + index + 1)}::int[], ${chunk.map(({ code }) => code)}::text[],
        ${chunk.map(({ name }) => name)}::text[], ${chunk.map(({ roadClass }) => roadClass)}::smallint[],
        ${chunk.map(({ lengthM }) => lengthM)}::float8[], ${chunk.map(({ crossingFrom }) => crossingFrom)}::text[],
        ${chunk.map(({ crossingTo }) => crossingTo)}::text[],
        ${chunk.map(({ line }) => JSON.stringify({ type: 'LineString', coordinates: line }))}::text[]
      ) as given (id, code, name, road_class, length_m, crossing_from, crossing_to, text)`.execute(db);
    onProgress(Math.min(1, (stored + CHUNK_ROWS) / segments.length));
  }
}
