// What lies in each colonia and on each street of the demo city, by month, as its generator draws it.

import { dayOf as demoDayOf } from '../../geodata/demo/calendar.ts';
import { buildCity } from '../../geodata/demo/city.ts';
import { DEFAULT_INCIDENTS, DEFAULT_SEED } from '../../geodata/demo/generate.ts';
import { drawIncidents, ELSEWHERE } from '../../geodata/demo/incidents.ts';
import { improvingColonia } from '../../geodata/demo/planted.ts';
import { coloniaOfSegments } from '../../geodata/demo/weights.ts';
import { dayOf, monthOf } from '../../server/calendar/days.ts';
import type { MonthlyCounts } from '../../server/evaluation/comparable.ts';

export type DemoLayer = {
  readonly counts: MonthlyCounts;
  readonly places: number;
  /** Where crime was made to fall. */
  readonly improving: ReadonlySet<number>;
};

const MONTHS = 36;

export function demoMonths(): Readonly<Record<'colonias' | 'streets', DemoLayer>> {
  const city = buildCity(DEFAULT_SEED);
  const colonias = coloniaOfSegments(city);
  const improves = city.areas.colonias.indexOf(improvingColonia(city));
  const [begin, first] = [dayOf('2023-01-01'), monthOf(dayOf('2023-01-01'))];
  const layer = (places: number, improving: ReadonlySet<number>) => {
    const months = Array.from({ length: MONTHS }, () => new Uint32Array(places + 1));
    return { counts: { first, months }, months, places, improving };
  };
  const byColonia = layer(city.areas.colonias.length, new Set([improves]));
  const byStreet = layer(
    city.segments.length,
    new Set(colonias.flatMap((colonia, segment) => (colonia === improves ? [segment] : []))),
  );
  for (const { day, at, place, segment } of drawIncidents(city, DEFAULT_INCIDENTS)) {
    const month = monthOf(begin + day - demoDayOf('2023-01-01')) - first;
    if (at === null || place === ELSEWHERE || month < 0 || month >= MONTHS) continue;
    byStreet.months[month]![segment + 1]!++;
    const colonia = colonias[segment]!;
    if (colonia >= 0) byColonia.months[month]![colonia + 1]!++;
  }
  return { colonias: byColonia, streets: byStreet };
}
