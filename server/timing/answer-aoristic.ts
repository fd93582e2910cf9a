// The hours of what happened some time between two moments: from the tables, as the cube keeps only the beginning.

import { sql } from 'kysely';
import { type AnalysisDeps, excludedIn, leftOutOfTimes } from '../analysis/values.ts';
import type { Asking } from '../counts/asking.ts';
import { askPlainly } from '../db/planner-hints.ts';
import { askedIncidents } from '../engine/sql.ts';
import { rangeText } from '../filter/plan.ts';
import { lookedUp } from '../filter/slices.ts';
import { addSpan, HOURS_OF_WEEK } from '../statistics/aoristic.ts';
import type { AoristicAnswer } from './contract.ts';

const REFERENCE =
  'Ratcliffe 2002, doi 10.1023/A:1013240828824; minutes, the end not counted, over a week spread evenly, as R’s aoristic 2.0.0';
const DAY_MINUTES = 1440;

type Row = {
  readonly weekday: number;
  readonly isHourKnown: boolean;
  readonly minute: number | null;
  readonly length: number | null;
  readonly count: number;
};

export async function answerAoristic({ database }: AnalysisDeps, asking: Asking<object>): Promise<AoristicAnswer> {
  const { snapshot, plan } = asking;
  const of = plan.inside || plan.scope ? lookedUp(snapshot.jurisdictionId) : undefined;
  // Of a day without an hour that has an end, any minute from its first on may be the one; an end without, to its last.
  const question = sql<Row>`
    select weekday, hour_known as "isHourKnown", case when hour_known then minute_of_day::int when until_on is not null then 0 end as minute,
      case when until_on is not null then
        (until_on - occurred_on) * ${DAY_MINUTES}::int + coalesce(until_minute::int, ${DAY_MINUTES}::int)
          - case when hour_known then minute_of_day::int else 0 end end as length,
      count(*)::int as count
    from (${askedIncidents(snapshot.jurisdictionId, snapshot.state.head, plan, of)}) as asked
    where fate = 'matched' and day_known
    group by 1, 2, 3, 4`;
  const rows = await askPlainly(database, question, of !== undefined || plan.within?.type !== 'place');
  const hours = new Float64Array(HOURS_OF_WEEK);
  const byBeginning = new Float64Array(HOURS_OF_WEEK);
  let [exact, spread, overAWeek, unknown] = [0, 0, 0, 0];
  for (const { weekday, isHourKnown, minute, length, count } of rows) {
    if (minute === null) {
      unknown += count;
      continue;
    }
    const fromMinute = (weekday - 1) * DAY_MINUTES + minute;
    const isSpan = length !== null && length > 0;
    if (!isSpan) exact += count;
    else if (length > HOURS_OF_WEEK * 60) overAWeek += count;
    else spread += count;
    addSpan(hours, { fromMinute, untilMinute: isSpan ? fromMinute + length : null }, count);
    // A day alone begins at no hour, least of all at midnight.
    if (isHourKnown) addSpan(byBeginning, { fromMinute, untilMinute: null }, count);
  }
  const tally = await snapshot.answers.bySlot(plan);
  // Known by their month alone they are of no hour of any week.
  const ofNoDay = tally.matched - exact - spread - overAWeek - unknown;
  const about = {
    notPlaced: await leftOutOfTimes(asking, excludedIn(tally) + ofNoDay, [plan.range]),
    dataVersion: snapshot.dataVersion,
    parameters: { ...rangeText(plan.range), reference: REFERENCE },
    ...{ exact, spread, overAWeek, unknown },
  };
  if (exact + spread + overAWeek === 0)
    return { ...about, reason: unknown > 0 ? 'no-hours' : 'empty', hours: [], byBeginning: [] };
  const rounded = (list: Float64Array) => Array.from(list, (each) => Math.round(each * 1e6) / 1e6);
  return { ...about, reason: null, hours: rounded(hours), byBeginning: rounded(byBeginning) };
}
