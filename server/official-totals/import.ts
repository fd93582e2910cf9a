// Imports a table of monthly totals as one delivery, or says what that would do: read, compared with what was told
// before, stored, published.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { analyzeAfter } from '../db/analyze.ts';
import { type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict } from '../errors.ts';
import { discardPending, orDiscard, publish, readHead } from '../incidents/deliveries.ts';
import type { ImportOptions } from '../incidents/import.ts';
import { findSameDelivery, TAXONOMY } from '../incidents/same-file.ts';
import type { RejectedRow } from '../tables/reject-file.ts';
import { CODE } from '../taxonomy/contract.ts';
import { type Comparison, compareTotals } from './compare.ts';
import { MONTHLY_PRESET, type MonthlyDryRun, type MonthlyReport } from './contract.ts';
import type { MonthlyTotal } from './map-rows.ts';
import { monthInName, monthText } from './published.ts';
import type { MonthlyFile } from './read-file.ts';
import { readMonthlyInWorker } from './read-in-worker.ts';
import { areasKept, endTotals, storedTotals, writeAreas, writeTotals } from './store.ts';

/** To be raised when a change of the readers makes them store something else of the same file. */
const EDITION = 1;
const TITLE = 'SESNSP';
/** A delivery that drops more than this share of a year's lines must be confirmed. */
const GONE_SHARE_TO_CONFIRM = 0.05;
const REJECTS_SHOWN = 100;

export type MonthlyWatch = {
  readonly onProgress: (step: 'comparing' | 'reading' | 'storing' | 'publishing', fraction: number | null) => void;
  readonly onReject: (reject: RejectedRow) => void;
  readonly signal: AbortSignal;
};
type Asked = { readonly database: Database; readonly jurisdiction: Jurisdiction; readonly path: string };

/**
 * All or nothing, as an import of incidents is. Throws BadInput for a file that cannot be read as asked or when it takes
 * a person to say which areas are kept, Conflict when another import runs or a loss was not confirmed.
 */
export async function importTotals(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ImportOptions,
  watch: MonthlyWatch,
): Promise<MonthlyReport> {
  const source = checkOptions(options);
  return withJurisdictionLock(
    database,
    jurisdiction.id,
    async (writer) => {
      await discardPending(writer, jurisdiction.id);
      return orDiscard(writer, jurisdiction.id, () =>
        deliver({ database: writer, jurisdiction, path }, source, options, watch),
      );
    },
    options.fileName ?? basename(path),
  );
}

/** What importing it would do; nothing is stored. */
export async function checkTotals(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ImportOptions,
  watch: MonthlyWatch,
): Promise<MonthlyDryRun> {
  const began = performance.now();
  const source = checkOptions(options);
  const rejects: MonthlyDryRun['rejects'][number][] = [];
  const onReject = (reject: RejectedRow) => {
    watch.onReject(reject);
    const { line, field, value, reason } = reject;
    if (rejects.length < REJECTS_SHOWN) rejects.push({ line, field, value, reason });
  };
  const file = await readFile({ database, jurisdiction, path }, options, { ...watch, onReject });
  const { delivery: head } = await readHead(database, jurisdiction.id);
  const sourceId = (await findSources(database, jurisdiction.id, source)).get(file.kind) ?? 0;
  const compared = await compare(database, { jurisdictionId: jurisdiction.id, sourceId }, file, head);
  const report = reportOf(file, compared, (performance.now() - began) / 1000);
  const { read, stored, changed, unchanged, gone, rejected, notes } = report;
  return {
    ...{ read, stored, changed, unchanged, gone, rejected, notes, rejects },
    ...{ unlocated: 0, firstDay: null, lastDay: null, sample: [] },
    goneByMonth: lossesToConfirm(compared).map(({ year, ...of }) => ({ month: monthText(year, 0), ...of })),
    monthly: { ...report, found: file.areas, candidates: file.candidates },
  };
}

/** What decides how a file of incidents is read has no meaning here. Answers the code of the source. */
function checkOptions({ source, map, replaces, through }: ImportOptions): string {
  if (Object.keys(map).length) throw new BadInput('map', 'a table of monthly totals has columns of its own');
  if (replaces) throw new BadInput('period', 'a table of monthly totals replaces the years it has');
  if (through) throw new BadInput('through', 'a table of monthly totals says itself how far it goes');
  if (source !== null && !CODE.test(source)) throw new BadInput('source', 'not a source code');
  return source ?? MONTHLY_PRESET;
}

async function deliver(
  asked: Asked & { readonly database: Writer },
  source: string,
  options: ImportOptions,
  watch: MonthlyWatch,
) {
  const { database, jurisdiction, path } = asked;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const fileName = options.fileName ?? basename(path);
  const head = await readHead(database, jurisdiction.id);
  watch.onProgress('comparing', null);
  const asked256 = sha256OfAsked(options, fileName, jurisdiction);
  for (const sourceId of (await findSources(database, jurisdiction.id, source)).values()) {
    const same = await findSameDelivery(database, jurisdiction.id, sourceId, path, asked256);
    if (same) return reportOfSame(same.delivery, same.report as unknown as MonthlyReport, seconds());
  }
  const file = await readFile(asked, options, watch);
  if (file.kept.length === 0) throw noAreas(file, jurisdiction);
  if (options.kind && options.kind !== file.kind) throw new BadInput('kind', `the file tells of kind ${file.kind}`);

  const sourceId = await ensureSource(database, jurisdiction.id, source, file.kind);
  const ref = { jurisdictionId: jurisdiction.id, sourceId };
  const compared = await compare(database, ref, file, head.delivery);
  const [loss] = lossesToConfirm(compared);
  if (loss && !options.confirmed) {
    throw new Conflict(
      `${loss.gone} of ${loss.before} lines of ${loss.year} are not in the file; confirm to let them go`,
    );
  }
  watch.signal.throwIfAborted();
  watch.onProgress('storing', null);
  const kept = new Set(file.kept);
  await writeAreas(
    database,
    jurisdiction.id,
    file.areas.filter(({ code }) => kept.has(code)),
  );
  const delivery = head.delivery + 1;
  await endTotals(database, { ...ref, delivery }, compared.ended);
  await writeTotals(database, { ...ref, delivery }, compared.written);
  const report = reportOf(file, compared, seconds());
  watch.signal.throwIfAborted();
  watch.onProgress('publishing', null);
  if (compared.written.length || compared.ended.length) {
    await analyzeAfter(database, 'monthly_total', compared.written.length + compared.ended.length);
    await publish(database, jurisdiction.id, head, head.nextIncidentId, {
      sourceId,
      fileName,
      fileSha256: file.sha256,
      preset: MONTHLY_PRESET,
      mode: 'add',
      coversFrom: report.firstMonth && `${report.firstMonth}-01`,
      coversUntil: report.lastMonth && monthAfter(report.lastMonth),
      report,
      via: options.via ?? 'command',
      askedSha256: asked256,
      undoes: null,
    });
  }
  return report;
}

async function readFile({ database, jurisdiction, path }: Asked, options: ImportOptions, watch: MonthlyWatch) {
  const { sheet = null, areas = null, fileName = basename(path) } = options;
  const { delivery: head } = await readHead(database, jurisdiction.id);
  const before = areas ? [] : await areasKept(database, jurisdiction.id, head);
  const request = { path, fileName, sheet, keep: { areas, before, name: jurisdiction.name } };
  return readMonthlyInWorker(request, { ...watch, onProgress: (fraction) => watch.onProgress('reading', fraction) });
}

async function compare(
  database: Database,
  source: { readonly jurisdictionId: number; readonly sourceId: number },
  file: MonthlyFile,
  head: number,
): Promise<Comparison> {
  const before: MonthlyTotal[] = [];
  for await (const page of storedTotals(database, source, file.kept, head)) before.push(...page);
  return compareTotals(file.totals, before);
}

const lossesToConfirm = ({ goneByYear }: Comparison) =>
  goneByYear.filter(({ gone, before }) => gone > before * GONE_SHARE_TO_CONFIRM).sort((a, b) => b.gone - a.gone);

function reportOf(file: MonthlyFile, compared: Comparison, seconds: number): MonthlyReport {
  const months = file.totals.flatMap(({ year, counts }) =>
    counts.flatMap((count, month) => (count === null ? [] : [monthText(year, month)])),
  );
  const { read, rejected, leftOut, level, kind, kept, notes } = file;
  const { stored, changed, unchanged, gone, revised, monthsKept } = compared;
  return {
    ...{ read, stored, changed, unchanged, gone, rejected, leftOut, level, kind },
    areas: kept,
    firstMonth: months.reduce<string | null>((first, month) => (first === null || month < first ? month : first), null),
    lastMonth: months.reduce<string | null>((last, month) => (last === null || month > last ? month : last), null),
    revised,
    seconds: Math.round(seconds * 10) / 10,
    rowsPerSecond: Math.round(read / seconds),
    notes: [...notes, ...(monthsKept ? [{ code: 'months-kept', count: monthsKept, example: null }] : [])],
  };
}

function reportOfSame(delivery: number, report: MonthlyReport, seconds: number): MonthlyReport {
  const unchanged = report.read - report.rejected - report.leftOut;
  return {
    ...report,
    ...{ stored: 0, changed: 0, unchanged, gone: 0, revised: [] },
    seconds: Math.round(seconds * 10) / 10,
    rowsPerSecond: Math.round(report.read / seconds),
    notes: [{ code: 'same-file', count: 1, example: String(delivery) }],
  };
}

function noAreas({ candidates, areas }: MonthlyFile, { name }: Jurisdiction): BadInput {
  const words = (of: typeof areas) => of.map((area) => `${area.code} ${area.name} (${area.state})`).join(', ');
  return candidates.length > 1
    ? new BadInput('areas', `several municipalities are called ${name}, say which: ${words(candidates)}`)
    : new BadInput('areas', `no area of the file is called ${name}, say which to keep: ${words(areas.slice(0, 5))}, …`);
}

/** Over everything beside the file that decides what is stored of it. */
function sha256OfAsked(
  { areas = null, sheet = null }: ImportOptions,
  fileName: string,
  { name }: Jurisdiction,
): string {
  const asked = [
    EDITION,
    TAXONOMY,
    MONTHLY_PRESET,
    areas && [...areas].sort(),
    areas ? '' : name,
    monthInName(fileName),
    sheet,
  ];
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** Ids of the sources of this code by kind. Throws BadInput when it delivers incidents. */
async function findSources({ db }: Database, jurisdictionId: number, code: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('source')
    .select(['source_id', 'kind', 'monthly'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('code', '=', code)
    .execute();
  if (rows.some(({ monthly }) => !monthly)) {
    throw new BadInput('source', `${code} delivers incidents, not monthly totals`);
  }
  return new Map(rows.map((row) => [row.kind, row.source_id]));
}

async function ensureSource({ db }: Database, jurisdictionId: number, code: string, kind: string): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into source (jurisdiction_id, source_id, code, kind, title, preset, monthly)
    select ${jurisdictionId}, coalesce(max(source_id), 0) + 1, ${code}, ${kind}, ${TITLE}, ${MONTHLY_PRESET}, true
    from source where jurisdiction_id = ${jurisdictionId}
    on conflict (jurisdiction_id, code, kind) do update set preset = excluded.preset
    returning source_id as id`.execute(db);
  return rows[0]!.id;
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return `${number === 12 ? monthText(year + 1, 0) : monthText(year, number)}-01`;
}
