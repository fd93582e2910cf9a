// Says what importing a file would do, by reading all of it and comparing, and stores nothing.

import type { Jurisdiction } from '../access/contract.ts';
import { addMonths, textOf } from '../calendar/days.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { notesOfTexts } from '../geocoding/notes.ts';
import type { Position } from '../geometry/contract.ts';
import type { PlaceText } from '../reading/contract.ts';
import { refuseDoubtedPoints } from '../reading/doubted-points.ts';
import { presetOf } from '../reading/presets.ts';
import { readInWorker } from '../reading/read-in-worker.ts';
import { readChoices } from '../taxonomy/offence-choices.ts';
import type { DryRunReport } from './contract.ts';
import { readHead } from './deliveries.ts';
import { type ImportOptions, type ImportWatch, readRequest } from './import.ts';
import { openRevision } from './revision.ts';
import { findSameDelivery, reportOfSame, sha256OfAsked } from './same-file.ts';

const REJECTS_SHOWN = 100;
const MONTH = DATE_PRECISIONS.indexOf('month');
const SAMPLE_POINTS = 500;
const SAMPLE_PER_BATCH = 25;

/** Throws BadInput, TooLarge for a file that cannot be read as asked. */
export async function checkImport(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ImportOptions,
  watch: ImportWatch,
): Promise<DryRunReport> {
  const preset = presetOf(options.preset);
  const source = await database.db
    .selectFrom('source')
    .select('source_id')
    .where('jurisdiction_id', '=', jurisdiction.id)
    .where('code', '=', options.source ?? preset.source)
    .where('kind', '=', options.kind ?? preset.kind)
    .executeTakeFirst();
  const head = await readHead(database, jurisdiction.id);
  watch.onProgress('comparing', null);
  const asked = sha256OfAsked(preset, options, jurisdiction);
  const same = source && (await findSameDelivery(database, jurisdiction.id, source.source_id, path, asked));
  if (same) {
    const { read, stored, changed, unchanged, gone, rejected, unlocated, notes } = reportOfSame(same, 1);
    const nothing = { firstDay: null, lastDay: null, goneByMonth: [], rejects: [], sample: [] };
    return { read, stored, changed, unchanged, gone, rejected, unlocated, notes, ...nothing };
  }
  const revision = await openRevision(database, jurisdiction.id, source?.source_id ?? 0, head, options.idRule ?? null);
  const choices = await readChoices(database, jurisdiction.id);
  const rejects: DryRunReport['rejects'][number][] = [];
  const file = readInWorker(readRequest(path, jurisdiction, preset, options, choices), (reject) => {
    watch.onReject(reject);
    const { line, field, value, reason } = reject;
    if (rejects.length < REJECTS_SHOWN) rejects.push({ line, field, value, reason });
  });
  const sample: Position[] = [];
  const texts: PlaceText[] = [];
  /** By their place in `texts`. */
  const withoutPoint = new Map<number, number>();
  let [unchanged, added, unlocated] = [0, 0, 0];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const { batch, fraction } of file.batches) {
    watch.signal.throwIfAborted();
    texts.push(...batch.newPlaceTexts);
    for (let row = 0; row < batch.rows; row++) {
      first = Math.min(first, batch.day[row]!);
      // Of a month alone the whole month is meant.
      const day = batch.day[row]!;
      last = Math.max(last, batch.datePrecision[row] === MONTH ? addMonths(day, 1) - 1 : day);
      if (revision.isStored(batch.recordHash[row]!, batch.keys[row] ?? null, batch.day[row]!)) unchanged++;
      else {
        added++;
        if (!Number.isNaN(batch.lon[row]!)) continue;
        unlocated++;
        const text = batch.placeText[row]!;
        if (text >= 0) withoutPoint.set(text, (withoutPoint.get(text) ?? 0) + 1);
      }
    }
    const step = Math.max(1, Math.floor(batch.rows / SAMPLE_PER_BATCH));
    for (let row = 0; row < batch.rows && sample.length < SAMPLE_POINTS; row += step) {
      if (!Number.isNaN(batch.lon[row]!)) sample.push([batch.lon[row]!, batch.lat[row]!]);
    }
    watch.onProgress('reading', fraction);
  }
  const { read, rejected, notes, pointColumns } = file.summary();
  if (!options.confirmPoints) refuseDoubtedPoints({ read, notes, pointColumns });
  const counted = [...withoutPoint].map(([at, rows]) => ({ text: texts[at]!, rows }));
  const found = await notesOfTexts(database, jurisdiction, counted);
  const {
    changed,
    gone,
    goneByMonth,
    beside,
    isAsked,
    notes: ofRevision,
  } = await revision.finish(null, options.replaces);
  return {
    read,
    stored: added - changed,
    changed,
    unchanged,
    gone,
    rejected,
    unlocated,
    firstDay: Number.isFinite(first) ? textOf(first) : null,
    lastDay: Number.isFinite(last) ? textOf(last) : null,
    ...(beside && isAsked ? { beside } : {}),
    goneByMonth: [...goneByMonth]
      .map(([month, of]) => ({ month, ...of }))
      .filter((each) => each.gone > 0)
      .sort((a, b) => b.gone - a.gone),
    rejects,
    sample,
    notes: [...notes, ...ofRevision, ...found],
  };
}
