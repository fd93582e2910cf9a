// The columns of what counts, as they travel: their names, their types in Arrow, and how a program that has received them
// makes a cube of them again. Pure; the page reads them by this as well.

import { type Column, type Table, tableFromIPC } from '@uwdata/flechette';
import type { Kind, LayerType } from '../db/contract.ts';
import type { StagedGroup, StagedRows } from '../engine/build.ts';
import { type CubeGround, GROUNDS, TIMES } from '../engine/layout.ts';
import type { Filler } from '../filter/contract.ts';

export const COLUMNS_TYPE = 'application/vnd.apache.arrow.stream';
/** Beyond this the server answers one question after the other, as it does without the columns. */
export const MOST_ROWS = 3_000_000;

/**
 * `date` = the local day, or the first of the month or quarter where no more is known (`known` tells which); `weekday` 1 =
 * Monday … 7, and `hour`, are null where they are not known. `place` tells what is known of where. Then one column per layer
 * of areas or streets, under `in_` and its code: the code of the place, null for none.
 */
export const OWN_COLUMNS = ['date', 'known', 'place', 'weekday', 'hour', 'offence', 'source'] as const;
export const LAYER_PREFIX = 'in_';
/** Of the address for those who may see points: degrees, to 1e-7. */
export const POINT_COLUMNS = ['lon', 'lat'] as const;

/** What the file says of itself, as JSON under this key of the schema's metadata. */
export const ABOUT_KEY = 'cuadra';
export type ColumnsAbout = {
  readonly jurisdiction: string;
  readonly dataVersion: number;
  /** The question, as in an address. */
  readonly question: string;
  readonly rows: number;
  readonly layers: readonly { readonly code: string; readonly version: number; readonly features: number }[];
  /** What is known of the sources beside their rows: enough to say up to when they are complete. */
  readonly sources: readonly {
    readonly code: string;
    readonly kind: Kind;
    readonly live: boolean;
    readonly declaredThrough: string | null;
    readonly fillers: readonly Filler[];
  }[];
  /** Offences of which streets are not told: their column of a layer of streets is null. */
  readonly streetsWithheld: readonly string[];
};

/** What the places of the columns are called and measured by, as JSON: by layer, by place id; [0] stands for none. */
export type ColumnPlaces = {
  readonly dataVersion: number;
  readonly layers: readonly {
    readonly layer: string;
    readonly version: number;
    readonly type: LayerType;
    readonly names: readonly string[];
    readonly crossings: readonly (readonly [string, string] | null)[];
    readonly lengthM: readonly (number | null)[] | null;
    readonly population: readonly {
      readonly year: number;
      readonly source: string;
      readonly residents: readonly (number | null)[];
    }[];
  }[];
};

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
