// Whether the same places hold the crime year after year.

import type * as z from 'zod';
import { askedIn, partOf, picked } from '../analysis/part.ts';
import { type AnalysisDeps, leftOutIn, rangeOfHistory, valuesOf } from '../analysis/values.ts';
import { addMonths, textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import type { PlaceCounts } from '../engine/answers.ts';
import { findLayer } from '../filter/places.ts';
import { type Range, rangeText } from '../filter/plan.ts';
import type { RATINGS, StabilityAnswer } from './contract.ts';

const REFERENCE =
  'Weisburd 2015, doi 10.1111/1745-9125.12070; Andresen & Malleson 2011, doi 10.1177/0022427810384136; generalised Gini, Bernasco & Steenbeek 2017, doi 10.1007/s10940-016-9324-7';
const YEAR = 12;
/** Rows of the answer: the places that held the share most often. */
const MOST_ROWS = 2000;

export async function answerStability(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof RATINGS)['stability']>>,
): Promise<StabilityAnswer> {
  const { snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const first = rangeOfHistory(asking);
  const years: Range[] = [];
  for (let until = first?.until ?? 0; first && years.length < own.years; until = addMonths(until, -YEAR)) {
    const from = addMonths(until, -YEAR);
    if (from < first.from) break;
    years.unshift({ from, until });
  }
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: { share: own.share, years: own.years, ...rangeText(first ?? plan.range), reference: REFERENCE },
    ...{ layer: layer.code, layerVersion: layer.version },
  };
  const part = await partOf(deps, asking, layer);
  const asked = askedIn(part, layer.features);
  const sums = new Uint32Array(layer.features + 1);
  const counted: Float64Array[] = [];
  const tallies: PlaceCounts[] = [];
  for (const range of years) {
    const tally = await snapshot.answers.byPlace({ ...plan, range }, layer);
    tallies.push(tally);
    for (const [id, count] of tally.counts.entries()) sums[id]! += count;
    counted.push(picked(valuesOf(tally.counts, layer.features, 'count'), part));
  }
  const of = { places: asked.length, part: part.told(sums) };
  const said = await deps.analyst('stability', { years: counted, share: own.share });
  if (said.reason !== null) {
    const reason = years.length < 2 ? ('too-few-steps' as const) : said.reason;
    return { ...about, ...of, reason, years: [], ids: [], times: [], counts: [] };
  }
  const sum = (i: number) => counted.reduce((all, year) => all + year[i]!, 0);
  const rows = Array.from(said.times.keys())
    .filter((i) => said.times[i]! > 0)
    .sort((a, b) => said.times[b]! - said.times[a]! || sum(b) - sum(a))
    .slice(0, MOST_ROWS);
  const left = await Promise.all(years.map((range, k) => leftOutIn(asking, [tallies[k]!], [range])));
  return {
    ...{ ...about, ...of, reason: null },
    years: said.years.map((year, k) => ({
      ...{ from: textOf(years[k]!.from), until: textOf(years[k]!.until), ...year },
      placesShare: year.holding / asked.length,
      notPlaced: left[k]!,
    })),
    ids: rows.map((i) => String(asked[i]! + 1)),
    times: rows.map((i) => said.times[i]!),
    counts: rows.map((i) => counted.map((year) => year[i]!)),
  };
}
