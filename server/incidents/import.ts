// Imports a file of incidents as one delivery: read, compare with what is there, place, store, publish.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { isDay, textOf } from '../calendar/days.ts';
import type { Kind } from '../db/contract.ts';
import { raiseDataVersion, type Writer, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict } from '../errors.ts';
import { openLocator, textsWithoutPoint } from '../geocoding/locator.ts';
import { notesOfStored } from '../geocoding/notes.ts';
import { openPlacer, type Placer } from '../placing/place.ts';
import type { DateOrder } from '../reading/contract.ts';
import { refuseDoubtedPoints } from '../reading/doubted-points.ts';
import type { Reject } from '../reading/map-rows.ts';
import { type Preset, presetOf } from '../reading/presets.ts';
import { type ReadRequest, readInWorker } from '../reading/read-in-worker.ts';
import type { IdRule } from '../tables/contract.ts';
import { readChoices } from '../taxonomy/offence-choices.ts';
import type { OffenceChoices } from '../taxonomy/taxonomy.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import type { Covers } from './change-of-ids.ts';
import {
  analyze,
  declareThrough,
  discardPending,
  type Head,
  orDiscard,
  publish,
  readHead,
  type Via,
} from './deliveries.ts';
import { ensureSource, isKeyed, lastPlaceText } from './dictionaries.ts';
import { type Dictionary, groupsAhead } from './groups.ts';
import { openRevision, type Revision } from './revision.ts';
import { findSameDelivery, reportOfSame, sha256OfAsked } from './same-file.ts';
import { append, type Chunk, emptyChunk, storeChunk } from './store.ts';

/** A replacing delivery that drops more than this share of a month must be confirmed. */
const GONE_SHARE_TO_CONFIRM = 0.05;

export type ImportOptions = {
  readonly preset: string;
  /** Source code and kind; null = what the preset says. */
  readonly source: string | null;
  readonly kind: Kind | null;
  /** Period the file replaces; null = it only adds. */
  readonly replaces: Covers | null;
  /** The caller has seen that more than 5 % of a month goes, or that records without an id stand beside stored ones. */
  readonly confirmed: boolean;
  /** Column of the file → field, over what the preset finds. */
  readonly map: Readonly<Record<string, string>>;
  /** Day up to which the source is complete; null = found from the data. */
  readonly through: string | null;
  /** The order of day and month where the file does not show it; null or unsaid = as the preset says, else refused. */
  readonly dateOrder?: DateOrder | null;
  /** What times without an offset mean: `local`, `utc` or a zone; null or unsaid = local, those with one are converted. */
  readonly times?: string | null;
  /** The mark of decimals in coordinates and quantities; null or unsaid = by what each number shows. */
  readonly numbers?: DecimalMark | null;
  /** The offence of every row of a file that has no column for it. */
  readonly offence?: string | null;
  /** What a record is known again by; null or unsaid = its id, and where that proves none, refused. */
  readonly idRule?: IdRule | null;
  /** Somebody has looked at the points that are none or lie where none is expected. */
  readonly confirmPoints?: boolean;
  /** Sheet of a workbook; the first with a header unless said. */
  readonly sheet?: string | null;
  /** Areas a table of monthly totals is kept of; null = as before, else the one of the jurisdiction's name. */
  readonly areas?: readonly string[] | null;
  /** Which way the file came; `command` unless said. */
  readonly via?: Via;
  /** What its owner calls the file; the name on disk unless said. */
  readonly fileName?: string;
};

export type IncidentsReport = {
  readonly read: number;
  readonly stored: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly gone: number;
  readonly rejected: number;
  /**
   * Of the rows new in this run: those without a usable point; per layer in a place, by their point or by their words,
   * and with a point outside all places.
   */
  readonly unlocated: number;
  readonly placed: Readonly<Record<string, number>>;
  readonly outside: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly notes: readonly Note[];
};

export type ImportWatch = {
  readonly onProgress: (step: 'comparing' | 'reading' | 'storing' | 'publishing', fraction: number | null) => void;
  readonly onReject: (reject: Reject) => void;
  readonly signal: AbortSignal;
};

/**
 * All or nothing: until published no reader sees any of it, and whatever stops it before then leaves the state as it
 * was. Throws BadInput for a file that cannot be read as asked, Conflict when another import runs or a large loss was
 * not confirmed.
 */
export async function importIncidents(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ImportOptions,
  watch: ImportWatch,
): Promise<IncidentsReport> {
  checkDates(options);
  return withJurisdictionLock(
    database,
    jurisdiction.id,
    async (writer) => {
      await discardPending(writer, jurisdiction.id);
      return orDiscard(writer, jurisdiction.id, () => deliver(writer, jurisdiction, path, options, watch));
    },
    options.fileName ?? basename(path),
  );
}

/** What the reading thread is asked. */
export function readRequest(
  path: string,
  { bounds, timezone }: Jurisdiction,
  { code: preset }: Preset,
  options: ImportOptions,
  choices: OffenceChoices,
): ReadRequest {
  const { map, sheet = null, idRule = null, fileName = basename(path) } = options;
  const { dateOrder = null, times = null, numbers = null, offence = null } = options;
  return { path, preset, map, bounds, timezone, dateOrder, times, numbers, offence, sheet, idRule, fileName, choices };
}

/** Before anything is stored: a date that turns out wrong at the end would come after rows were published. */
function checkDates({ through, replaces }: ImportOptions): void {
  if (through !== null && !isDate(through)) throw new BadInput('through', 'not a date (YYYY-MM-DD)');
  if (replaces && !(isDate(replaces.from) && isDate(replaces.until) && replaces.from < replaces.until)) {
    throw new BadInput('period', 'not a period (FROM..UNTIL, until exclusive)');
  }
}

const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && isDay(text);

async function deliver(
  database: Writer,
  jurisdiction: Jurisdiction,
  path: string,
  options: ImportOptions,
  watch: ImportWatch,
): Promise<IncidentsReport> {
  const began = performance.now();
  const preset = presetOf(options.preset);
  const kind = options.kind ?? preset.kind;
  const sourceId = await ensureSource(database, jurisdiction.id, options.source ?? preset.source, kind, preset);
  const head = await readHead(database, jurisdiction.id);
  watch.onProgress('comparing', null);
  const askedSha256 = sha256OfAsked(preset, options, jurisdiction);
  const same = await findSameDelivery(database, jurisdiction.id, sourceId, path, askedSha256);
  if (same) {
    if (options.through) await publishThrough(database, jurisdiction.id, sourceId, options.through);
    return reportOfSame(same, (performance.now() - began) / 1000);
  }
  const revision = await openRevision(database, jurisdiction.id, sourceId, head, options.idRule ?? null);
  const choices = await readChoices(database, jurisdiction.id);
  const placer = await openPlacer(database, jurisdiction, preset);
  const keyed = await isKeyed(database, jurisdiction.id, sourceId);
  const delivering = { jurisdictionId: jurisdiction.id, delivery: head.delivery + 1, sourceId, keyed };
  const sink = openSink(database, jurisdiction, delivering, head, placer);
  try {
    const file = readInWorker(readRequest(path, jurisdiction, preset, options, choices), watch.onReject);
    const isFirst = (await lastPlaceText(database, jurisdiction.id)) === 0;
    const dictionary: Dictionary = { offences: [], placeTextIds: [], isFirst };
    const covered = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
    let unchanged = 0;
    for await (const { group, fraction } of groupsAhead(database, jurisdiction.id, dictionary, file.batches)) {
      watch.signal.throwIfAborted();
      for (const batch of group) {
        for (let row = 0; row < batch.rows; row++) {
          covered.first = Math.min(covered.first, batch.day[row]!);
          covered.last = Math.max(covered.last, batch.day[row]!);
          if (revision.isStored(batch.recordHash[row]!, batch.keys[row] ?? null, batch.day[row]!)) unchanged++;
          else {
            const offence = dictionary.offences[batch.offence[row]!]!;
            const text = batch.placeText[row]!;
            const placeText = text < 0 ? 0 : dictionary.placeTextIds[text]!;
            if (append(sink.chunk(), batch, row, offence, placeText)) await sink.flush();
          }
        }
      }
      watch.onProgress('storing', fraction);
    }
    await sink.end();
    const summary = file.summary();
    if (!options.confirmPoints) refuseDoubtedPoints(summary);
    const added = sink.totals();
    const { changed, gone, notes: ofRevision } = await endReplaced(revision, head, options);
    const ofPlaces = await notesOfStored(database, jurisdiction, added.rowsByText);
    const notes = [...summary.notes, ...ofRevision, ...ofPlaces];
    const seconds = (performance.now() - began) / 1000;
    const report: IncidentsReport = {
      read: summary.read,
      stored: added.rows - changed,
      changed,
      unchanged,
      gone,
      rejected: summary.rejected,
      unlocated: added.unlocated,
      placed: added.placed,
      outside: added.outside,
      seconds: Math.round(seconds * 10) / 10,
      rowsPerSecond: Math.round(summary.read / seconds),
      notes,
    };
    watch.signal.throwIfAborted();
    watch.onProgress('publishing', null);
    if (added.rows || gone) {
      await analyze(database, added.rows + changed + gone);
      await publish(database, jurisdiction.id, head, head.nextIncidentId + added.rows, {
        sourceId,
        fileName: options.fileName ?? basename(path),
        fileSha256: summary.sha256,
        preset: preset.code,
        mode: options.replaces ? 'replace' : 'add',
        coversFrom: options.replaces?.from ?? (added.rows ? textOf(covered.first) : null),
        coversUntil: options.replaces?.until ?? (added.rows ? textOf(covered.last + 1) : null),
        report,
        via: options.via ?? 'command',
        askedSha256,
        undoes: null,
        declaredThrough: options.through,
      });
    } else if (options.through) await publishThrough(database, jurisdiction.id, sourceId, options.through);
    return report;
  } finally {
    // A chunk on its way when something else failed: nothing may arrive behind what discards it.
    await sink.settled();
    await placer.close();
  }
}

async function endReplaced(
  revision: Revision,
  head: Head,
  options: ImportOptions,
): Promise<{ changed: number; gone: number; notes: readonly Note[] }> {
  const { changed, gone, goneByMonth, beside, isAsked, notes } = await revision.finish(
    head.delivery + 1,
    options.replaces,
  );
  if (!options.confirmed && beside && isAsked) {
    const { added, stored, from, until } = beside;
    throw new Conflict(
      `${added} records without an id would stand beside ${stored} that are stored and not in the file, from ${from} until ${until}; replace that period, or confirm that they are others`,
    );
  }
  for (const [month, of] of goneByMonth) {
    if (!options.confirmed && of.gone > of.before * GONE_SHARE_TO_CONFIRM) {
      throw new Conflict(`${of.gone} of ${of.before} records of ${month} are not in the file; confirm to let them go`);
    }
  }
  return { changed, gone, notes };
}

async function publishThrough(
  writer: Writer,
  jurisdictionId: number,
  sourceId: number,
  through: string,
): Promise<void> {
  await writer.publishing(async (trx) => {
    await declareThrough(trx, jurisdictionId, sourceId, through);
    await raiseDataVersion(trx, jurisdictionId);
  });
}

/** Takes new rows and stores them a chunk at a time, while the next chunk fills. */
function openSink(
  database: Writer,
  jurisdiction: Jurisdiction,
  delivering: Parameters<typeof storeChunk>[1],
  head: Head,
  placer: Placer,
) {
  const locator = openLocator(database, jurisdiction);
  /** Of the rows without a point. */
  const rowsByText = new Map<number, number>();
  let filling = emptyChunk();
  let spare: Chunk | null = emptyChunk();
  let storing: Promise<void> = Promise.resolve();
  let rows = 0;
  let unlocated = 0;
  const placed: Record<string, number> = {};
  const outside: Record<string, number> = {};
  for (const { layer } of placer.layers) placed[layer] = outside[layer] = 0;

  const store = async (chunk: Chunk, firstIncidentId: number) => {
    const lon = chunk.lon.subarray(0, chunk.rows);
    const layers = await placer.place(lon, chunk.lat.subarray(0, chunk.rows));
    const located = lon.reduce((count, x) => (Number.isNaN(x) ? count : count + 1), 0);
    unlocated += chunk.rows - located;
    const count = (sums: Record<string, number>, sign: 1 | -1) => {
      for (const { layer, placeIds } of layers) sums[layer]! += sign * placeIds.reduce((n, id) => (id ? n + 1 : n), 0);
    };
    for (const { layer } of layers) outside[layer]! += located;
    count(outside, -1);
    if (located < chunk.rows) {
      await locator.look(textsWithoutPoint(lon, chunk.placeTextId, chunk.rows));
      locator.fill(layers, lon, chunk.placeTextId);
      for (let row = 0; row < chunk.rows; row++) {
        const text = chunk.placeTextId[row]!;
        if (text && Number.isNaN(lon[row]!)) rowsByText.set(text, (rowsByText.get(text) ?? 0) + 1);
      }
    }
    count(placed, 1);
    await storeChunk(database, delivering, chunk, firstIncidentId, layers, true);
    chunk.rows = 0;
    spare = chunk;
  };

  const flush = async () => {
    await storing;
    const chunk = filling;
    filling = spare ?? emptyChunk();
    spare = null;
    storing = store(chunk, head.nextIncidentId + rows);
    storing.catch(() => {}); // whoever awaits it next is told
    rows += chunk.rows;
  };

  return {
    chunk: () => filling,
    flush,
    end: async () => {
      if (filling.rows) await flush();
      await storing;
    },
    /** Nothing is being stored any more, however that ended. */
    settled: () => storing.catch(() => {}),
    totals: () => ({ rows, unlocated, placed, outside, rowsByText }),
  };
}
