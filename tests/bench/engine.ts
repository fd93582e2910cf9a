// The counting alone, on generated columns far larger than any city's: one year of fifty million rows, per area and per street.
// No table stands behind them and no HTTP before them; one thread counts, where a server shares such a scan among several.

import { weekdayOf } from '../../server/calendar/days.ts';
import { sortByCombo } from '../../server/engine/by-combo.ts';
import { type Cube, layOut, viewCube } from '../../server/engine/layout.ts';
import { scan } from '../../server/engine/scan.ts';
import type { Plan } from '../../server/filter/plan.ts';
import { type BenchContext, type BenchLine, limitLine, spreadOf } from './contract.ts';
import { percentile } from './subject.ts';

const NAME = 'engine';
const ROWS = 50_000_000;
const FIRST_DAY = 16_436; // 2015-01-01
const DAYS = 3652;
const YEAR = 365;
const OFFENCES = 40;
const HOURS = 24;
const AREAS = { layerId: 1, version: 1, features: 1814 };
const STREETS = { layerId: 2, version: 1, features: 60_000 };
const ROUNDS = 40;
const LIMIT_MS = 50;

export async function bench({ say }: BenchContext): Promise<BenchLine[]> {
  say(`making ${ROWS.toLocaleString('en')} rows`);
  const cube = madeCube();
  const years = Array.from({ length: ROUNDS }, (_, i) => FIRST_DAY + Math.floor(((DAYS - YEAR) * i) / (ROUNDS - 1)));
  return [AREAS, STREETS].map((layer, index) => {
    const ask = (from: number) => scan(cube, planOf(from), { by: 'place', layer });
    assertCounted(cube, planOf(years[3]!), layer, ask(years[3]!).counts);
    const samples = years.map((from) => {
      const began = performance.now();
      ask(from);
      return performance.now() - began;
    });
    const name = `${NAME} per ${index ? 'streets' : 'areas'}, a year, p95`;
    const ours = spreadOf([percentile(samples, 95)]);
    const note = `median ${spreadOf(samples).median} ms; five offences, 20 to 2 o'clock, Friday to Sunday; generated columns, one thread`;
    return limitLine({ name, rows: ROWS, unit: 'ms', ours, note }, LIMIT_MS);
  });
}

const planOf = (from: number): Plan => ({
  range: { from, until: from + YEAR },
  sourceIds: [1],
  offenceIds: [1, 2, 3, 4, 5],
  hours: { from: 20, until: 2 },
  weekdays: [5, 6, 7],
  byNight: false,
  within: null,
  inside: null,
  scope: null,
});

/** Every weekday, hour and offence is a combination; places and combinations by a plain generator, as many on each day. */
function madeCube(): Cube {
  const combos = 7 * HOURS * OFFENCES;
  const slices = [{ ground: 'point', time: 'hour', firstRow: 0, rows: ROWS, days: DAYS } as const];
  const layout = layOut({ combos, slices, layers: [AREAS, STREETS] });
  const cube = { layout, buffer: new SharedArrayBuffer(layout.bytes) };
  const view = viewCube(cube);
  const slice = view.slices[0]!;
  for (let combo = 0; combo < combos; combo++) {
    view.dictionary.offence[combo] = Math.floor(combo / HOURS / 7) + 1;
    view.dictionary.source[combo] = 1;
    view.dictionary.weekday[combo] = Math.floor(combo / HOURS) % 7;
    view.dictionary.hour[combo] = combo % HOURS;
  }
  const areas = view.keys(AREAS.layerId, AREAS.version)!.column;
  const streets = view.keys(STREETS.layerId, STREETS.version)!.column;
  let state = 1;
  const below = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let d = 0; d < DAYS; d++) {
    slice.dayList[d] = FIRST_DAY + d;
    slice.starts[d] = Math.floor((ROWS * d) / DAYS);
    slice.starts[d + 1] = Math.floor((ROWS * (d + 1)) / DAYS);
    const weekday = weekdayOf(FIRST_DAY + d);
    for (let row = slice.starts[d]!; row < slice.starts[d + 1]!; row++) {
      view.combo[row] = (below(OFFENCES) * 7 + weekday) * HOURS + below(HOURS);
      areas[row] = below(AREAS.features + 1);
      streets[row] = below(STREETS.features + 1);
    }
  }
  sortByCombo(view);
  return cube;
}

/** Row by row, by what is asked and nothing the engine has. */
function assertCounted(cube: Cube, { range }: Plan, layer: typeof AREAS, counts: Uint32Array): void {
  const { combo, dictionary, slices, keys } = viewCube(cube);
  const { column } = keys(layer.layerId, layer.version)!;
  const { starts, dayList } = slices[0]!;
  const expected = new Uint32Array(layer.features + 1);
  for (let d = 0; d < DAYS; d++) {
    if (dayList[d]! < range.from || dayList[d]! >= range.until) continue;
    for (let row = starts[d]!; row < starts[d + 1]!; row++) {
      const hour = dictionary.hour[combo[row]!]!;
      const isAsked = dictionary.offence[combo[row]!]! <= 5 && (hour >= 20 || hour < 2);
      if (isAsked && dictionary.weekday[combo[row]!]! >= 4) expected[column[row]!]! += 1;
    }
  }
  if (expected.some((count, place) => count !== counts[place])) throw new Error('the counts differ');
}
