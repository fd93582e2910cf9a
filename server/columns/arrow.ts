// Rows of cubes as a table of Arrow: by day, words by dictionaries, what is not known as null.

import {
  batchType,
  Column,
  columnFromArray,
  dateDay,
  dictionary,
  float64,
  Table,
  tableToIPC,
  uint8,
  uint16,
  uint32,
  utf8,
} from '@uwdata/flechette';
import { UNKNOWN_HOUR, UNKNOWN_WEEKDAY } from '../engine/answers.ts';
import { type Cube, type CubeView, GROUNDS, TIMES, viewCube } from '../engine/layout.ts';
import { type MatchedRows, matchesOf } from '../engine/scan.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import { ABOUT_KEY, type ColumnsAbout, LAYER_PREFIX } from './contract.ts';

/** A layer of areas or streets, and the codes of its places by place id. */
export type TravellingLayer = AskedLayer & { readonly codes: readonly string[] };

export type Travelling = {
  /** What counts lies in these together. */
  readonly cubes: readonly Cube[];
  readonly plan: Plan;
  readonly layers: readonly TravellingLayer[];
  /** Codes by id. */
  readonly offences: ReadonlyMap<number, string>;
  readonly sources: ReadonlyMap<number, string>;
  /** Ids of offences of which streets are not told. */
  readonly streetsWithheld: ReadonlySet<number>;
  readonly withPoints: boolean;
  readonly about: Omit<ColumnsAbout, 'rows' | 'layers' | 'streetsWithheld'>;
};

/** An Arrow IPC stream of one batch: every incident the plan matches. */
export function arrowOf(asked: Travelling): Uint8Array {
  const { plan, layers, offences, sources } = asked;
  const found = asked.cubes.map((cube) => ({ view: viewCube(cube), matches: matchesOf(cube, plan) }));
  const rows = found.reduce((sum, { matches }) => matches.reduce((all, match) => all + match.rows.length, sum), 0);
  const days = daysOf(found.flatMap(({ matches }) => matches));
  const [date, known, place] = [new Int32Array(rows), new Uint8Array(rows), new Uint8Array(rows)];
  const [weekday, hour] = [new Uint8Array(rows), new Uint8Array(rows)];
  const [offenceAt, sourceAt] = [indexOf(offences), indexOf(sources)];
  const [offence, source] = [new Uint16Array(rows), new Uint16Array(rows)];
  const keys = layers.map(({ features }) => (features < 65_536 ? new Uint16Array(rows) : new Uint32Array(rows)));
  const points = asked.withPoints ? ([new Float64Array(rows), new Float64Array(rows)] as const) : null;
  const hasPoint = new Uint8Array(rows);
  for (const { view, matches } of found) {
    const columns = layers.map(({ layerId, version }) => view.keys(layerId, version)?.column ?? null);
    for (const match of matches) {
      const [ground, time] = [GROUNDS.indexOf(match.slice.ground), TIMES.indexOf(match.slice.time)];
      eachRow(match, (row, day) => {
        const to = days.next(day);
        const combo = view.combo[row]!;
        date[to] = day;
        [known[to], place[to]] = [time, ground];
        fill(view, combo, to);
        if (match.slice.ground === 'none') return;
        const isHidden = asked.streetsWithheld.has(view.dictionary.offence[combo]!);
        for (let l = 0; l < keys.length; l++)
          if (!(isHidden && layers[l]!.type === 'streets')) keys[l]![to] = columns[l]?.[row] ?? 0;
        if (!points || match.slice.ground !== 'point') return;
        hasPoint[to] = 1;
        points[0][to] = view.lon[row]! / UNITS_PER_DEGREE;
        points[1][to] = view.lat[row]! / UNITS_PER_DEGREE;
      });
    }
  }
  function fill({ dictionary: of }: CubeView, combo: number, to: number): void {
    weekday[to] = of.weekday[combo]! + 1;
    hour[to] = of.hour[combo]!;
    offence[to] = offenceAt.get(of.offence[combo]!)!;
    source[to] = sourceAt.get(of.source[combo]!)!;
  }

  const table: [string, Column<unknown>][] = [
    ['date', column(dateDay(), date)],
    ['known', words(TIMES, known)],
    ['place', words(GROUNDS, place)],
    ['weekday', column(uint8(), weekday, (row) => weekday[row] !== UNKNOWN_WEEKDAY + 1)],
    ['hour', column(uint8(), hour, (row) => hour[row] !== UNKNOWN_HOUR)],
    ['offence', words([...offences.values()], offence)],
    ['source', words([...sources.values()], source)],
    ...layers.map(({ code, codes }, l): [string, Column<unknown>] => [
      LAYER_PREFIX + code,
      words(codes, keys[l]!, (row) => keys[l]![row] !== 0),
    ]),
  ];
  if (points) {
    const isThere = (row: number) => hasPoint[row] === 1;
    table.push(['lon', column(float64(), points[0], isThere)], ['lat', column(float64(), points[1], isThere)]);
  }
  const about: ColumnsAbout = {
    ...asked.about,
    rows,
    layers: layers.map(({ code, version, features }) => ({ code, version, features })),
    streetsWithheld: [...asked.streetsWithheld].flatMap((id) => offences.get(id) ?? []),
  };
  return write(table, about);
}

/** Where the next row of a day stands, so that all rows come in the order of their days. */
function daysOf(matches: readonly MatchedRows[]): { next(day: number): number } {
  const counts = new Map<number, number>();
  for (const match of matches) eachRow(match, (_, day) => counts.set(day, (counts.get(day) ?? 0) + 1));
  let at = 0;
  const positions = new Map<number, number>();
  for (const day of [...counts.keys()].sort((a, b) => a - b)) {
    positions.set(day, at);
    at += counts.get(day)!;
  }
  return {
    next(day) {
      const position = positions.get(day)!;
      positions.set(day, position + 1);
      return position;
    },
  };
}

function eachRow({ slice, rows }: MatchedRows, visit: (row: number, day: number) => void): void {
  let d = 0;
  for (const row of rows) {
    while (slice.starts[d + 1]! <= row) d++;
    visit(row, slice.dayList[d]!);
  }
}

function indexOf(codes: ReadonlyMap<number, string>): Map<number, number> {
  return new Map([...codes.keys()].map((id, index) => [id, index]));
}

type Values = Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array;
type Type = Parameters<typeof batchType>[0];

/** `isKnown` = false makes a row null. */
function column(type: Type, values: Values, isKnown?: (row: number) => boolean): Column<unknown> {
  const { validity, nullCount } = validityOf(values.length, isKnown);
  const Batch = batchType(type);
  return new Column([new Batch({ length: values.length, nullCount, type, validity, values })], type);
}

/** Indexes into words. */
function words(
  list: readonly string[],
  indexes: Uint8Array | Uint16Array | Uint32Array,
  isKnown?: (row: number) => boolean,
): Column<unknown> {
  const dictionaryColumn = columnFromArray([...list], utf8());
  const width = indexes instanceof Uint8Array ? uint8() : indexes instanceof Uint16Array ? uint16() : uint32();
  const type = dictionary(dictionaryColumn.type, width as never);
  const { validity, nullCount } = validityOf(indexes.length, isKnown);
  const Batch = batchType(type) as unknown as new (options: object) => { setDictionary(words: Column<unknown>): never };
  const batch = new Batch({ length: indexes.length, nullCount, type, validity, values: indexes });
  return new Column([batch.setDictionary(dictionaryColumn)], type);
}

function validityOf(length: number, isKnown?: (row: number) => boolean) {
  if (!isKnown) return { validity: new Uint8Array(0), nullCount: 0 };
  const validity = new Uint8Array(Math.ceil(length / 8));
  let known = 0;
  for (let row = 0; row < length; row++) {
    if (!isKnown(row)) continue;
    validity[row >> 3]! |= 1 << (row & 7);
    known++;
  }
  return { validity, nullCount: length - known };
}

function write(columns: readonly (readonly [string, Column<unknown>])[], about: ColumnsAbout): Uint8Array {
  const fields = columns.map(([name, { type }]) => ({ name, type, nullable: true, metadata: null }));
  const metadata = new Map([[ABOUT_KEY, JSON.stringify(about)]]);
  const table = new Table(
    { version: 4, endianness: 0, fields, metadata } as never,
    columns.map(([, each]) => each) as never,
  );
  return tableToIPC(table, { format: 'stream' })!;
}
