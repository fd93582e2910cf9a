// Recognises a file its source delivered last, read the same way: it changes nothing, so it need not be read again.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { sha256OfFiles } from '../db/program.ts';
import type { Preset } from '../reading/presets.ts';
import type { ImportOptions, IncidentsReport } from './import.ts';

export type SameDelivery = { readonly delivery: number; readonly report: IncidentsReport };

/**
 * To be raised when a change of the readers makes them store something else of the same file. With 6: copies in zips are
 * read once, rows a carriage return parts are read, characters nobody sees are taken out.
 */
const EDITION = 6;

/** The lists that say which offence a label is, and the tree they lead into. */
export const TAXONOMY = sha256OfFiles(join(import.meta.dirname, '../../geodata'), ['offences']);

/** Over everything beside the file that decides what is stored of it. */
export function sha256OfAsked(
  preset: Preset,
  options: ImportOptions,
  { bounds, timezone }: Jurisdiction,
  taxonomy = TAXONOMY,
): string {
  const { map, replaces, sheet = null, dateOrder = null, times = null } = options;
  const { numbers = null, offence = null, idRule = null, fileName = '' } = options;
  const asked = [
    ...[EDITION, taxonomy, preset, Object.entries(map).sort(), replaces, bounds, sheet],
    ...[timezone, dateOrder, times, idRule, idRule === 'id+file' ? fileName : null, numbers, offence],
  ];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** The newest delivery of the source when it is this file read this way; null otherwise. */
export async function findSameDelivery(
  { db }: Database,
  jurisdictionId: number,
  sourceId: number,
  path: string,
  askedSha256: string,
): Promise<SameDelivery | null> {
  const newest = await db
    .selectFrom('delivery')
    .select(['delivery', 'file_sha256', 'asked_sha256', 'report'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('source_id', '=', sourceId)
    .orderBy('delivery', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (newest?.asked_sha256 !== askedSha256 || newest.file_sha256 !== (await sha256OfFile(path))) return null;
  return { delivery: newest.delivery, report: newest.report as IncidentsReport };
}

/** What importing it again would report: every row that is stored is unchanged. */
export function reportOfSame({ delivery, report }: SameDelivery, seconds: number): IncidentsReport {
  const nothing = (counts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.keys(counts).map((layer) => [layer, 0]));
  return {
    read: report.read,
    stored: 0,
    changed: 0,
    unchanged: report.read - report.rejected,
    gone: 0,
    rejected: report.rejected,
    unlocated: 0,
    placed: nothing(report.placed),
    outside: nothing(report.outside),
    seconds: Math.round(seconds * 10) / 10,
    rowsPerSecond: Math.round(report.read / seconds),
    notes: [{ code: 'same-file', count: 1, example: String(delivery) }],
  };
}

/** Hexadecimal. Throws the error of the file system when it cannot be read. */
async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
