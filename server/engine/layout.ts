// How a cube lies in memory and on disk: one shared buffer of columns and the header that says where each begins.
// Rows come in slices by what is known of them (a point, a place by name, a place withheld or nothing; hour, day, month or
// quarter), each slice in day order.

import { blockRowsFor, type RowsByCombo } from './by-combo.ts';

export const TIMES = ['hour', 'day', 'month', 'quarter'] as const;
export type Time = (typeof TIMES)[number];

/** What is known of where: a point; no point, but words that are a place of some layer; withheld but for some layer; neither. */
export const GROUNDS = ['point', 'name', 'withheld', 'none'] as const;
export type CubeGround = (typeof GROUNDS)[number];

/** A run of rows of which the same things are known, in the order of GROUNDS. */
export type CubeSlice = {
  readonly ground: CubeGround;
  readonly time: Time;
  readonly firstRow: number;
  readonly rows: number;
  /** Days with rows; for months and quarters their first day. */
  readonly days: number;
};
export type KeyColumn = {
  readonly layerId: number;
  readonly version: number;
  readonly features: number;
  /** Bytes per key: 2 up to 65,535 places, else 4. */
  readonly width: 2 | 4;
  readonly offset: number;
};
export type CubeLayout = {
  readonly rows: number;
  /** Rows with a point, and those that may have a place. */
  readonly located: number;
  readonly keyed: number;
  readonly combos: number;
  readonly comboWidth: 2 | 4;
  readonly slices: readonly CubeSlice[];
  readonly layers: readonly KeyColumn[];
  /** Slices of as many rows at least are also in order of their combinations, in blocks of so many. */
  readonly blockRows: number;
  readonly offsets: {
    readonly combo: number;
    readonly lon: number;
    readonly lat: number;
    readonly dictionary: number;
    readonly days: number;
    readonly byCombo: number;
  };
  readonly bytes: number;
};

/** What a worker needs to scan: cheap to post, because the buffer is shared and not copied. */
export type Cube = { readonly layout: CubeLayout; readonly buffer: SharedArrayBuffer | ArrayBuffer };

type Column = Uint16Array | Uint32Array;
export type SliceView = CubeSlice & {
  /** Ascending days, and the row each begins at; `starts` has one entry more, the end of the slice. */
  readonly dayList: Int32Array;
  readonly starts: Uint32Array;
  /** Null for slices of fewer rows than a block has. */
  readonly byCombo: RowsByCombo | null;
};
export type CubeView = {
  /** Per row: index into the dictionary. */
  readonly combo: Column;
  /** Per row with a point: 1e-7 degrees. */
  readonly lon: Int32Array;
  readonly lat: Int32Array;
  /** The combinations that occur, in the order of offence, source, weekday and hour; the latter two as in engine/answers.ts. */
  readonly dictionary: {
    readonly offence: Int32Array;
    readonly source: Int32Array;
    readonly weekday: Uint8Array;
    readonly hour: Uint8Array;
  };
  readonly slices: readonly SliceView[];
  /** Place ids of the rows with a point or a place by name, 0 = in no place of this layer; null when the cube does not hold that layer version. */
  keys(layerId: number, version: number): { readonly column: Column; readonly features: number } | null;
};

const widthFor = (values: number): 2 | 4 => (values <= 65_536 ? 2 : 4);

export type CubeShape = {
  readonly combos: number;
  readonly slices: readonly CubeSlice[];
  readonly layers: readonly { readonly layerId: number; readonly version: number; readonly features: number }[];
  readonly blockRows?: number;
};

/** Lays the columns of a cube of this shape one after another, each on a multiple of eight bytes. */
export function layOut({ combos, slices, layers, blockRows = blockRowsFor(combos) }: CubeShape): CubeLayout {
  const rows = slices.reduce((sum, slice) => sum + slice.rows, 0);
  const rowsOn = (ground: CubeGround) =>
    slices.reduce((sum, slice) => sum + (slice.ground === ground ? slice.rows : 0), 0);
  const located = rowsOn('point');
  const keyed = located + rowsOn('name') + rowsOn('withheld');
  const days = slices.reduce((sum, slice) => sum + slice.days, 0);
  let bytes = 0;
  const place = (length: number) => {
    const offset = bytes;
    bytes += Math.ceil(length / 8) * 8;
    return offset;
  };
  const comboWidth = widthFor(combos);
  const byCombo = slices.reduce((sum, slice) => sum + stepsOf(slice, combos, blockRows), 0);
  return {
    rows,
    located,
    keyed,
    combos,
    comboWidth,
    slices,
    blockRows,
    offsets: {
      combo: place(rows * comboWidth),
      lon: place(located * 4),
      lat: place(located * 4),
      dictionary: place(combos * 10),
      days: place((2 * days + slices.length) * 4),
      byCombo: place(byCombo * 2),
    },
    layers: layers.map((layer) => {
      const width = widthFor(layer.features + 1);
      return { ...layer, width, offset: place(keyed * width) };
    }),
    bytes,
  };
}

/** How many numbers it takes to have a slice in order of its combinations: one a row, and where each combination begins. */
const stepsOf = ({ rows }: CubeSlice, combos: number, blockRows: number): number =>
  rows < blockRows ? 0 : rows + Math.ceil(rows / blockRows) * (combos + 1);

/** The columns of a cube as typed arrays over its buffer. */
export function viewCube({ layout, buffer }: Cube): CubeView {
  const { rows, located, keyed, combos, blockRows, offsets } = layout;
  const column = (width: 2 | 4, offset: number, length: number): Column =>
    width === 2 ? new Uint16Array(buffer, offset, length) : new Uint32Array(buffer, offset, length);
  let at = offsets.days;
  let steps = offsets.byCombo;
  const byComboOf = (slice: CubeSlice): RowsByCombo | null => {
    const length = stepsOf(slice, combos, blockRows);
    if (length === 0) return null;
    const order = new Uint16Array(buffer, steps, slice.rows);
    const starts = new Uint16Array(buffer, steps + slice.rows * 2, length - slice.rows);
    steps += length * 2;
    return { combos, blockRows, order, starts };
  };
  const slices = layout.slices.map((slice) => {
    const dayList = new Int32Array(buffer, at, slice.days);
    const starts = new Uint32Array(buffer, at + slice.days * 4, slice.days + 1);
    at += (2 * slice.days + 1) * 4;
    return { ...slice, dayList, starts, byCombo: byComboOf(slice) };
  });
  return {
    combo: column(layout.comboWidth, offsets.combo, rows),
    lon: new Int32Array(buffer, offsets.lon, located),
    lat: new Int32Array(buffer, offsets.lat, located),
    dictionary: {
      offence: new Int32Array(buffer, offsets.dictionary, combos),
      source: new Int32Array(buffer, offsets.dictionary + combos * 4, combos),
      weekday: new Uint8Array(buffer, offsets.dictionary + combos * 8, combos),
      hour: new Uint8Array(buffer, offsets.dictionary + combos * 9, combos),
    },
    slices,
    keys: (layerId, version) => {
      const key = layout.layers.find((layer) => layer.layerId === layerId && layer.version === version);
      return key ? { column: column(key.width, key.offset, keyed), features: key.features } : null;
    },
  };
}
