// Puts rows in slice and day order and lays them out as a cube, wherever it is to be scanned: on the server or on the page.

import type { CountedLayer } from '../filter/places.ts';
import { sortByCombo } from './by-combo.ts';
import {
  type Cube,
  type CubeGround,
  type CubeSlice,
  type CubeView,
  GROUNDS,
  layOut,
  TIMES,
  viewCube,
} from './layout.ts';

/** Rows in no order. `group` tells slice and day, `combo` the combination; both are indexes into the lists. */
export type StagedRows = {
  readonly rows: number;
  readonly group: Uint32Array;
  readonly combo: Uint32Array;
  /** 1e-7 degrees; of rows with a point alone. */
  readonly lon: Int32Array;
  readonly lat: Int32Array;
  readonly keys: readonly { readonly layer: CountedLayer; readonly column: Uint32Array }[];
  readonly groups: readonly StagedGroup[];
  readonly combos: readonly StagedCombo[];
};
export type StagedGroup = {
  readonly ground: CubeGround /** Index in TIMES. */;
  readonly time: number;
  readonly day: number;
  rows: number;
};
export type StagedCombo = {
  readonly offenceId: number;
  readonly sourceId: number;
  readonly weekday: number;
  readonly hour: number;
};

/** Builds the cube of staged rows, giving way to other work between columns. Blocks are as large as they should be, unless said. */
export async function buildCube(staged: StagedRows, breathe = async () => {}, blockRows?: number): Promise<Cube> {
  const order = staged.groups.map((_, index) => index).sort((a, b) => compare(staged.groups[a]!, staged.groups[b]!));
  const slices: CubeSlice[] = [];
  const starts = new Uint32Array(staged.groups.length);
  let row = 0;
  for (const index of order) {
    const { ground, time, rows } = staged.groups[index]!;
    const last = slices.at(-1);
    if (last && last.ground === ground && last.time === TIMES[time]) {
      slices[slices.length - 1] = { ...last, rows: last.rows + rows, days: last.days + 1 };
    } else slices.push({ ground, time: TIMES[time]!, firstRow: row, rows, days: 1 });
    starts[index] = row;
    row += rows;
  }

  const layers = staged.keys.map(({ layer }) => layer);
  const layout = layOut({ combos: staged.combos.length, slices, layers, ...(blockRows && { blockRows }) });
  const cube: Cube = { layout, buffer: roomFor(layout.bytes) };
  const view = viewCube(cube);

  let at = 0;
  for (const slice of view.slices) {
    for (let d = 0; d < slice.days; d++) {
      const index = order[at++]!;
      slice.dayList[d] = staged.groups[index]!.day;
      slice.starts[d] = starts[index]!;
    }
    slice.starts[slice.days] = slice.firstRow + slice.rows;
  }
  const rank = fillDictionary(view, staged.combos);

  const position = new Uint32Array(staged.rows);
  const next = starts.slice();
  for (let i = 0; i < staged.rows; i++) position[i] = next[staged.group[i]!]!++;
  const { located, keyed } = layout;
  await breathe();
  for (let i = 0; i < staged.rows; i++) view.combo[position[i]!] = rank[staged.combo[i]!]!;
  await breathe();
  scatter(view.lon, staged.lon, position, located);
  scatter(view.lat, staged.lat, position, located);
  for (const { layer, column } of staged.keys) {
    await breathe();
    scatter(view.keys(layer.layerId, layer.version)!.column, column, position, keyed);
  }
  await breathe();
  sortByCombo(view);
  return cube;
}

/**
 * Those of an offence next to each other, and of these the hours of a day, since they are asked for together. Answers where
 * each staged combination stands.
 */
function fillDictionary({ dictionary }: CubeView, combos: readonly StagedCombo[]): Uint32Array {
  const { offence, source, weekday, hour } = dictionary;
  const order = Uint32Array.from(combos, (_, i) => i).sort((i, j) => {
    const [a, b] = [combos[i]!, combos[j]!];
    return a.offenceId - b.offenceId || a.sourceId - b.sourceId || a.weekday - b.weekday || a.hour - b.hour;
  });
  const rank = new Uint32Array(order.length);
  for (const [combo, staged] of order.entries()) {
    const of = combos[staged]!;
    rank[staged] = combo;
    [offence[combo], source[combo], weekday[combo], hour[combo]] = [of.offenceId, of.sourceId, of.weekday, of.hour];
  }
  return rank;
}

/** Shared with the workers that scan it, where there is such memory; a page has it only under special headers. */
function roomFor(bytes: number): SharedArrayBuffer | ArrayBuffer {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

/** By what is known of the place, a point first, then by what is known of the time, then by day. */
function compare(a: StagedGroup, b: StagedGroup): number {
  return GROUNDS.indexOf(a.ground) - GROUNDS.indexOf(b.ground) || a.time - b.time || a.day - b.day;
}

type Column = Uint16Array | Uint32Array | Int32Array;

/** Moves every value to its position; those at `length` or beyond have no such column. */
function scatter(to: Column, from: Column, position: Uint32Array, length: number): void {
  for (let i = 0; i < position.length; i++) if (position[i]! < length) to[position[i]!] = from[i]!;
}
