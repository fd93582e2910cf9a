// Columns as they were received, made rows of a cube again. Pure: the page reads them by this, and so do the tests.

import { type Column, type Table, tableFromIPC } from '@uwdata/flechette';
import type { StagedGroup, StagedRows } from '../engine/build.ts';
import { type CubeGround, GROUNDS, TIMES } from '../engine/layout.ts';
import { ABOUT_KEY, type ColumnsAbout, LAYER_PREFIX } from './contract.ts';

export type Received = {
  readonly about: ColumnsAbout;
  /** Ids are indexes here: of offences and sources into these lists, of layers into `about.layers`. */
  readonly offences: readonly string[];
  readonly sources: readonly string[];
  /** Codes of places by layer and place id. */
  readonly codes: readonly (readonly string[])[];
  readonly rows: StagedRows;
};

/** Reads the columns back. Throws what flechette throws of bytes that are no Arrow stream. */
export function receiveColumns(bytes: Uint8Array): Received {
  const table = tableFromIPC(bytes);
  const about = JSON.parse(table.schema.metadata?.get(ABOUT_KEY) ?? '{}') as ColumnsAbout;
  const [places, times] = [wordsOf(table, 'place') as CubeGround[], wordsOf(table, 'known')];
  const [day, place, known] = [rawOf(table, 'date'), rawOf(table, 'place'), rawOf(table, 'known')];
  const [weekday, hour] = [rawOf(table, 'weekday'), rawOf(table, 'hour')];
  const [offence, source] = [rawOf(table, 'offence'), rawOf(table, 'source')];
  const rows = table.numRows;
  const groups: StagedGroup[] = [];
  const groupAt = new Map<number, number>();
  const combos: { offenceId: number; sourceId: number; weekday: number; hour: number }[] = [];
  const comboAt = new Map<number, number>();
  const group = new Uint32Array(rows);
  const combo = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const slice = place[row]! * TIMES.length + known[row]!;
    const groupKey = day[row]! * SLICES + slice;
    let at = groupAt.get(groupKey);
    if (at === undefined) {
      at = groups.length;
      groupAt.set(groupKey, at);
      const ground = places[place[row]!]!;
      groups.push({ ground, time: TIMES.indexOf(times[known[row]!] as never), day: day[row]!, rows: 0 });
    }
    groups[at]!.rows++;
    group[row] = at;
    const comboKey = ((offence[row]! * 65_536 + source[row]!) * 8 + weekday[row]!) * 32 + hour[row]!;
    let which = comboAt.get(comboKey);
    if (which === undefined) {
      which = combos.length;
      comboAt.set(comboKey, which);
      // As the cube has them: weekdays from 0, and what is not known as a value of its own.
      combos.push({ offenceId: offence[row]!, sourceId: source[row]!, weekday: weekday[row]! - 1, hour: hour[row]! });
    }
    combo[row] = which;
  }
  const keys = about.layers.map((layer, layerId) => ({
    layer: { layerId, version: layer.version, features: layer.features },
    column: Uint32Array.from(rawOf(table, LAYER_PREFIX + layer.code)),
  }));
  // Points do not travel with what is counted by.
  const nowhere = new Int32Array(rows);
  return {
    about,
    offences: wordsOf(table, 'offence'),
    sources: wordsOf(table, 'source'),
    codes: about.layers.map(({ code }) => wordsOf(table, LAYER_PREFIX + code)),
    rows: { rows, group, combo, lon: nowhere, lat: nowhere, keys, groups, combos },
  };
}

const SLICES = GROUNDS.length * TIMES.length;

type Numbers = Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** The numbers of a column as they travel: of words their indexes. */
function rawOf(table: Table, name: string): Numbers {
  const batches = columnOf(table, name).data;
  if (batches.length === 0) return new Uint32Array(0);
  return batches[0]!.values as unknown as Numbers;
}

function wordsOf(table: Table, name: string): string[] {
  const [batch] = columnOf(table, name).data as readonly { readonly dictionary?: Column<string> }[];
  return batch?.dictionary ? [...batch.dictionary.toArray()].map(String) : [];
}

function columnOf(table: Table, name: string): Column<unknown> {
  const column = table.getChild(name) as Column<unknown> | undefined;
  if (!column) throw new Error(`no column ${name}`);
  return column;
}
