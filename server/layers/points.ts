// A file of points (lamps, schools, stops, cameras) read and checked: what a layer of reference points is made of.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import { boundsOf, type Corner, pointsOf } from '../geometry/shape.ts';
import { choosePointColumns, codeOf, nameOf } from '../mapfiles/columns.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import type { Findings } from '../mapfiles/findings.ts';
import { chooseMine, type Territory } from './clip-to-jurisdiction.ts';
import type { Mine, OnProgress, PointsOptions } from './contract.ts';
import { incidentPoints, kindOf } from './incident-points.ts';
import { contentOf, openSource } from './source.ts';
import type { Content, VersionKey } from './versions.ts';

const CHUNK_ROWS = 5000;
const CODE_LENGTH = 12;
/** Coordinates are the same when they agree to a tenth of a metre. */
const DECIMALS = 6;

export type PointRow = { readonly code: string; readonly name: string; readonly at: Corner };
export type CheckedPoints = {
  readonly columns: { readonly code: readonly string[]; readonly name: string | null };
  /** In byte order of their codes. */
  readonly points: readonly PointRow[];
  readonly mine: Mine | null;
  /** What was kept of what `mine` offers; null = everything. */
  readonly only: string | null;
};

/** Reads, checks and completes; stores nothing yet. */
export async function preparePoints(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: PointsOptions,
  onProgress: OnProgress,
): Promise<Content> {
  const opened = await openSource(database, jurisdiction, path, options, onProgress);
  const { source, choice, findings, territory } = opened;
  const { columns, points } = checkPoints(source, choice, findings, territory);
  const named = [
    ['column-code', columns.code.join('+')],
    ['column-name', columns.name],
  ] as const;
  return contentOf(opened, named, {
    rejected: Math.max(0, source.features.length - points.length),
    features: points.length,
    bounds: boundsOf(points.map(({ at }) => at)),
    write: (writer, key, progress) => storePoints(writer, key, points, (share) => progress(share, 'storing')),
  });
}

/**
 * The points of a file. Where no column is a code, a hash of name and position is one, so that the same lamp keeps its
 * code in the next file. Throws BadInput when there is no point at all.
 */
export function checkPoints(
  source: SourceFile,
  options: PointsOptions,
  findings: Findings,
  territory: Territory | null,
): CheckedPoints {
  const columns = choosePointColumns(
    source.features.map(({ properties }) => properties),
    options,
  );
  const located: { feature: number; properties: Properties; at: Corner }[] = [];
  for (const [index, { properties, geometry }] of source.features.entries()) {
    const feature = index + 1;
    const checked = pointsOf(geometry);
    if (checked.rejected === null) located.push({ feature, properties, at: checked.parts[0]! });
    else findings.add(checked.rejected, { feature, detail: geometry?.type ?? null });
  }
  const incidents = incidentPoints(source);
  if (incidents !== null) findings.add('points-are-incidents', {}, incidents);
  const isMine = territory && located.map(({ at }) => territory.holds(at));
  const { mine, only, kept } = chooseMine(located, isMine, options.only);
  if (kept.length < located.length) findings.add('not-mine', { detail: only }, located.length - kept.length);
  const points: PointRow[] = [];
  const seen = new Set<string>();
  for (const { feature, properties, at } of kept) {
    const name = columns.name === null ? null : nameOf(properties[columns.name]);
    const given = columns.code.length === 0 ? hashOf(name, at) : codeOf(properties, columns.code);
    if (given === null) findings.add('code-missing', { feature, at });
    else if (seen.has(given)) findings.add('code-repeated', { feature, code: given, at });
    else {
      seen.add(given);
      points.push({ code: given, name: name ?? given, at });
    }
  }
  if (points.length === 0) {
    const kind = kindOf(source);
    if (kind === 'only lines' || kind === 'only areas') {
      throw new BadInput('type', `the layer ${source.sourceLayer} holds ${kind}, not points`);
    }
    const types = [...new Set(source.features.flatMap(({ geometry }) => geometry?.type ?? []))].join(', ');
    throw new BadInput('type', `the layer ${source.sourceLayer} holds no points but ${types || 'nothing'}`);
  }
  points.sort((a, b) => Buffer.compare(Buffer.from(a.code), Buffer.from(b.code)));
  return { columns, points, mine, only };
}

function hashOf(name: string | null, [lon, lat]: Corner): string {
  const where = `${lon.toFixed(DECIMALS)} ${lat.toFixed(DECIMALS)}`;
  return createHash('sha256')
    .update(`${name ?? ''}\n${where}`)
    .digest('hex')
    .slice(0, CODE_LENGTH);
}

async function storePoints(
  { db }: Database,
  { jurisdictionId, layerId, version }: VersionKey,
  points: readonly PointRow[],
  onProgress: (share: number) => void,
): Promise<void> {
  for (let stored = 0; stored < points.length; stored += CHUNK_ROWS) {
    const chunk = points.slice(stored, stored + CHUNK_ROWS);
    await sql`
      insert into reference_point (jurisdiction_id, layer_id, version, place_id, code, name, geom)
      select ${jurisdictionId}, ${layerId}, ${version}, id, code, name, ST_SetSRID(ST_MakePoint(lon, lat), 4326)
      from unnest(
        ${chunk.map((_, index) => stored + index + 1)}::int[], ${chunk.map(({ code }) => code)}::text[],
        ${chunk.map(({ name }) => name)}::text[], ${chunk.map(({ at }) => at[0])}::float8[],
        ${chunk.map(({ at }) => at[1])}::float8[]
      ) as given (id, code, name, lon, lat)`.execute(db);
    onProgress(Math.min(1, (stored + CHUNK_ROWS) / points.length));
  }
}
