// Whether incidents follow each other near in place and time: the points and days of what a filter matches, from the
// tables.

import { sql } from 'kysely';
import type * as z from 'zod';
import { textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import { askPlainly } from '../db/planner-hints.ts';
import { askedIncidents } from '../engine/sql.ts';
import { BadInput } from '../errors.ts';
import { middleOfCell, UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import { rangeText } from '../filter/plan.ts';
import { lookedUp } from '../filter/slices.ts';
import { projection } from '../geometry/projection.ts';
import { loadMetricSystem } from '../placing/load.ts';
import { type ANALYSES, MOST_NEAR_REPEAT_INCIDENTS, type NearRepeatAnswer } from './contract.ts';
import { type AnalysisDeps, closedRange, leftOutBeside } from './values.ts';

const REFERENCE = 'Knox 1964, doi 10.2307/2985220; bands [a, b), days dealt out anew as NearRepeat';
/** The last of the precisions of a date that know the day: minute, hour, day. */
const WHOLE_DAYS = 2;
const LEVEL = 0.05;
/** Drawn around at the most. */
const MOST_AROUND = 2000;

export async function answerNearRepeat(
  { database, analyst }: AnalysisDeps,
  asking: Asking<z.output<(typeof ANALYSES)['near-repeat']>>,
): Promise<NearRepeatAnswer> {
  const { jurisdiction, snapshot, plan, filter, cell: cellOf, own } = asking;
  const of = plan.inside || plan.scope ? lookedUp(snapshot.jurisdictionId) : undefined;
  const question = sql<{ day: number; lon: number; lat: number }>`
    select occurred_on - date '1970-01-01' as day, lon, lat
    from (${askedIncidents(snapshot.jurisdictionId, snapshot.state.head, plan, of)}) as asked
    where fate = 'matched' and lon is not null and date_precision <= ${WHOLE_DAYS}
    order by occurred_on, lon, lat limit ${MOST_NEAR_REPEAT_INCIDENTS + 1}`;
  const exact = await askPlainly(database, question, of !== undefined || plan.within?.type !== 'place');
  const cell = await cellOf();
  const told = (degrees: number, side: number | undefined) =>
    side === undefined ? degrees : middleOfCell(Math.round(degrees * UNITS_PER_DEGREE), side) / UNITS_PER_DEGREE;
  // What is drawn around, and how far apart two lie, would else be exact for whoever may not see exact points.
  const rows = exact.map(({ day, lon, lat }) => ({ day, lon: told(lon, cell?.width), lat: told(lat, cell?.height) }));
  if (rows.length > MOST_NEAR_REPEAT_INCIDENTS)
    throw new BadInput(
      'from',
      `near repeats are looked for among at most ${MOST_NEAR_REPEAT_INCIDENTS} incidents: choose a shorter period or fewer offences`,
    );
  const project = projection(await loadMetricSystem(database, jurisdiction.srid));
  const [x, y] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const at = new Float64Array(2);
  for (const [i, { lon, lat }] of rows.entries()) {
    project(lon, lat, at, 0);
    x[i] = at[0]!;
    y[i] = at[1]!;
  }
  const { distances, days, metric, runs, seed } = own;
  const said = await analyst('nearRepeat', {
    ...{ x, y, day: Float64Array.from(rows, ({ day }) => day) },
    options: { distancesM: distances, days, metric, runs, seed },
  });
  const written = (limits: readonly number[]) => limits.map((limit) => (Number.isFinite(limit) ? limit : 'inf'));
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: {
      ...{ distances: written(distances), days: written(days), metric, runs, seed, ...rangeText(plan.range) },
      reference: REFERENCE,
    },
    incidents: rows.length,
    notPlaced: await leftOutBeside(asking, await snapshot.answers.byDay(plan), rows.length, 'excluded'),
  };
  if (said.reason !== null)
    return { ...about, reason: said.reason, observed: [], expected: [], ratio: [], p: [], daysAfter: null };
  const { observed, expected, ratio, p } = said;
  const until = closedRange({ plan, filter, snapshot })?.until ?? null;
  const reach = until === null ? null : standingOut(ratio, p, distances, days);
  const daysAfter = reach && {
    ...{ ...reach, asOf: textOf(until!) },
    ...drawnAround(rows, reach.days, until!),
  };
  return { ...about, reason: null, observed, expected, ratio, p, daysAfter };
}

/** What happened so few days before the end that more may follow: the latest of it, and how many those are not. */
export function drawnAround(
  rows: readonly { readonly day: number; readonly lon: number; readonly lat: number }[],
  days: number,
  until: number,
): Pick<NonNullable<NearRepeatAnswer['daysAfter']>, 'around' | 'notDrawn'> {
  const all = rows
    .map((row) => [row.lon, row.lat, days - (until - row.day)] as const)
    .filter(([, , left]) => left > 0 && left <= days);
  return { around: all.slice(-MOST_AROUND), notDrawn: Math.max(0, all.length - MOST_AROUND) };
}

/** As far as the bands from the nearest and soonest on stand out from chance: in space over the first days, then in time. */
export function standingOut(
  ratio: readonly (readonly (number | null)[])[],
  p: readonly (readonly (number | null)[])[],
  distances: readonly number[],
  days: readonly number[],
): { readonly distanceM: number; readonly days: number } | null {
  const isOut = (row: number, column: number) => (ratio[row]?.[column] ?? 0) > 1 && (p[row]?.[column] ?? 1) <= LEVEL;
  let [rows, columns] = [0, 0];
  while (isOut(rows, 0) && Number.isFinite(distances[rows + 1]!)) rows++;
  while (rows > 0 && isOut(0, columns) && Number.isFinite(days[columns + 1]!)) columns++;
  return rows > 0 && columns > 0 ? { distanceM: distances[rows]!, days: days[columns]! } : null;
}
