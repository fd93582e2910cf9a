// Answers about the places of a layer: hot spots, concentration, change against an earlier period, and what emerges.

import type * as z from 'zod';
import { textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import { measureOf } from '../counts/rates.ts';
import type { PlaceCounts } from '../engine/answers.ts';
import { BadInput } from '../errors.ts';
import { findLayer } from '../filter/places.ts';
import { type Range, rangeText } from '../filter/plan.ts';
import { concentration } from '../statistics/concentration.ts';
import {
  type ANALYSES,
  type ChangeAnswer,
  type ConcentrationAnswer,
  type EmergingAnswer,
  type HotspotsAnswer,
  MOST_STEPS,
  usualWeights,
} from './contract.ts';
import { askedIn, partOf, picked } from './part.ts';
import {
  type AnalysisDeps,
  closedRange,
  comparedRanges,
  daysAsked,
  idsOf,
  isClosed,
  leftOutIn,
  notPlacedIn,
  stepsOf,
  valuesOf,
} from './values.ts';

type Of<Name extends keyof typeof ANALYSES> = Asking<z.output<(typeof ANALYSES)[Name]>>;

export const LOCAL_REFERENCES = {
  'gi-star': 'Ord & Getis 1995, doi 10.1111/j.1538-4632.1995.tb00912.x; Benjamini & Hochberg 1995',
  gi: 'Getis & Ord 1992, doi 10.1111/j.1538-4632.1992.tb00261.x; Benjamini & Hochberg 1995',
  lisa: 'Anselin 1995, doi 10.1111/j.1538-4632.1995.tb00338.x; Sokal, Oden & Thomson 1998; Benjamini & Hochberg 1995',
} as const;
const REFERENCES = {
  ...LOCAL_REFERENCES,
  concentration: 'Bernasco & Steenbeek 2017, doi 10.1007/s10940-016-9324-7',
  change: 'Krishnamoorthy & Thomson 2004, doi 10.1016/S0378-3758(02)00408-1; Benjamini & Hochberg 1995',
  emerging: 'categories of Esri’s emerging hot-spot analysis; Gi* per step, Benjamini & Hochberg 1995; Mann 1945',
} as const;

export async function answerHotspots(
  deps: AnalysisDeps,
  asking: Pick<Of<'hotspots'>, 'jurisdiction' | 'snapshot' | 'plan' | 'own' | 'withheld'>,
): Promise<HotspotsAnswer> {
  const { snapshot, plan, own, jurisdiction } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const range = rangeText(plan.range);
  const rule = own.weights ?? usualWeights(layer.type);
  const [found, around, known, part] = await Promise.all([
    snapshot.answers.byPlace(plan, layer),
    deps.shapes.neighbours(jurisdiction, layer, rule),
    own.value === 'rate' ? deps.places(snapshot, layer) : null,
    partOf(deps, asking, layer),
  ]);
  const measure = known ? measureOf(known, range.until) : 'count';
  const values = valuesOf(found.counts, layer.features, measure, part.isAsked);
  const { method, style, value, correction, permutations, seed } = own;
  const said =
    around.reason === null
      ? await deps.analyst('hotspots', {
          values,
          weights: around.weights,
          method,
          style,
          correction,
          permutations,
          seed,
        })
      : around;
  const parameters = {
    ...{ method, weights: rule, style, value, correction, permutations, seed, ...range },
    ...{ islands: 0, reference: REFERENCES[method] },
  };
  const about = {
    ...{ dataVersion: snapshot.dataVersion, layer: layer.code, layerVersion: layer.version },
    part: part.told(found.counts),
    notPlaced: await leftOutIn(asking, [found], [plan.range]),
  };
  if (said.reason !== null)
    return {
      ...{ ...about, parameters, reason: said.reason, ids: [], z: [], p: [], adjustedP: [], class: [], values: [] },
      ...{ skewedP: null, quadrant: null, permutationP: null, moran: null },
    };
  const { islands, ...lists } = said;
  return {
    ...{ ...about, parameters: { ...parameters, islands }, ids: idsOf(layer.features), ...lists },
    values: Array.from(values, (each) => (Number.isNaN(each) ? null : Math.round(each * 1e4) / 1e4)),
  };
}

export async function answerConcentration(
  deps: AnalysisDeps,
  asking: Of<'concentration'>,
): Promise<ConcentrationAnswer> {
  const { snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const [found, known, part] = await Promise.all([
    snapshot.answers.byPlace(plan, layer),
    deps.places(snapshot, layer),
    partOf(deps, asking, layer),
  ]);
  const counts = valuesOf(found.counts, layer.features, 'count');
  const asked = askedIn(part, layer.features);
  const said = concentration(picked(counts, part));
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: { limit: own.limit, ...rangeText(plan.range), reference: REFERENCES.concentration },
    ...{ layer: layer.code, layerVersion: layer.version, places: asked.length },
    part: part.told(found.counts),
    notPlaced: await leftOutIn(asking, [found], [plan.range]),
  };
  if (said.reason !== null)
    return {
      ...{ ...about, reason: said.reason, total: 0, gini: null, generalisedGini: null },
      ...{ lorenz: [], holding: [], rows: [] },
    };
  const order = asked.sort((a, b) => counts[b]! - counts[a]! || a - b);
  let sum = 0;
  const rows = order
    .slice(0, own.limit)
    .filter((i) => counts[i]! > 0)
    .map((i) => {
      sum += counts[i]!;
      return {
        ...{ id: String(i + 1), code: known.codes[i + 1]!, name: known.names[i + 1]!, count: counts[i]! },
        lengthM: known.lengthM ? Math.round(known.lengthM[i + 1]! * 10) / 10 : null,
        cumulatedShare: sum / said.total,
      };
    });
  const { total, gini, generalisedGini, lorenz, holding } = said;
  return { ...about, reason: null, total, gini, generalisedGini, lorenz, holding, rows };
}

export async function answerChange(deps: AnalysisDeps, asking: Of<'change'>): Promise<ChangeAnswer> {
  const { snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const ranges = comparedRanges(asking, own.before === undefined ? null : { text: own.before, parameter: 'before' });
  const days = (range: Range | undefined) => (range ? daysAsked(range, plan) : 0);
  const [earlier, later] = [ranges?.earlier, ranges?.later];
  const about = {
    dataVersion: snapshot.dataVersion,
    parameters: {
      ...{ level: own.level, daysBefore: days(earlier), daysAfter: days(later), ...rangeText(later ?? plan.range) },
      reference: REFERENCES.change,
    },
    ...{ layer: layer.code, layerVersion: layer.version },
    previousPeriod: earlier ? (rangeText(earlier) as NonNullable<ChangeAnswer['previousPeriod']>) : null,
  };
  const nothing = { ids: [], before: [], after: [], p: [], adjustedP: [], direction: [], whole: null };
  if (!earlier || !later || days(earlier) === 0 || days(later) === 0)
    return { ...about, reason: 'no-earlier-period', ...nothing, notPlaced: notPlacedIn([]) };
  const [after, before] = await Promise.all([
    snapshot.answers.byPlace({ ...plan, range: later }, layer),
    snapshot.answers.byPlace({ ...plan, range: earlier }, layer),
  ]);
  const told = { ...about, notPlaced: await leftOutIn(asking, [after, before], [later, earlier]) };
  const happened = idsOf(layer.features).filter((id) => after.counts[Number(id)]! + before.counts[Number(id)]! > 0);
  if (happened.length === 0) return { ...told, reason: 'all-zero', ...nothing };
  const pick = (counts: Uint32Array) => Float64Array.from(happened, (id) => counts[Number(id)]!);
  const found = await deps.analyst('changes', {
    ...{ before: pick(before.counts), after: pick(after.counts), level: own.level },
    days: [days(earlier), days(later)],
  });
  if (found.reason !== null) return { ...told, reason: found.reason, ...nothing };
  const { rows, whole } = found;
  return {
    ...{ ...told, reason: null, ids: happened },
    before: rows.map((row) => row.before),
    after: rows.map((row) => row.after),
    p: rows.map((row) => row.p),
    adjustedP: rows.map((row) => row.adjustedP),
    direction: rows.map((row) => row.direction),
    whole: { before: whole.before, after: whole.after, p: whole.p, direction: whole.direction },
  };
}

export async function answerEmerging(deps: AnalysisDeps, asking: Of<'emerging'>): Promise<EmergingAnswer> {
  const { snapshot, plan, own, jurisdiction } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  const { style, value, correction, step } = own;
  const weights = own.weights ?? usualWeights(layer.type);
  const range = closedRange(asking);
  const parameters = {
    ...{ weights, style, value, correction, step, ...rangeText(range ?? plan.range), islands: 0 },
    reference: REFERENCES.emerging,
  };
  const about = { dataVersion: snapshot.dataVersion, layer: layer.code, layerVersion: layer.version };
  const nothing = { steps: [], ids: [], pattern: [], classes: [] };
  const unasked = { part: null, notPlaced: notPlacedIn([]) };
  if (!isClosed(plan.range)) throw new BadInput('from', 'both ends of the period are needed');
  const ranges = range ? stepsOf(range, step, MOST_STEPS) : [];
  if (ranges.length > MOST_STEPS)
    throw new BadInput('step', `at most ${MOST_STEPS} steps: choose longer ones or a shorter period`);
  if (ranges.length < 2) return { ...about, parameters, reason: 'too-few-steps', ...nothing, ...unasked };
  const [around, known, part] = await Promise.all([
    deps.shapes.neighbours(jurisdiction, layer, weights),
    value === 'rate' ? deps.places(snapshot, layer) : null,
    partOf(deps, asking, layer),
  ]);
  if (around.reason !== null) return { ...about, parameters, reason: around.reason, ...nothing, ...unasked };
  const measure = known ? measureOf(known, rangeText(plan.range).until) : 'count';
  const steps: Float64Array[] = [];
  const tallies: PlaceCounts[] = [];
  const sums = new Uint32Array(layer.features + 1);
  for (const range of ranges) {
    const tally = await snapshot.answers.byPlace({ ...plan, range }, layer);
    const { counts } = tally;
    tallies.push(tally);
    for (const [id, count] of counts.entries()) sums[id]! += count;
    steps.push(valuesOf(counts, layer.features, measure, part.isAsked));
  }
  const told = { part: part.told(sums), notPlaced: await leftOutIn(asking, tallies, ranges) };
  const found = await deps.analyst('emerging', { steps, weights: around.weights, style, correction });
  if (found.reason !== null) return { ...about, ...told, parameters, reason: found.reason, ...nothing };
  return {
    ...{ ...about, ...told, parameters, reason: null, steps: ranges.map(({ from }) => textOf(from)) },
    ...{ ids: found.places.map((place) => String(place + 1)), pattern: found.pattern, classes: found.classes },
  };
}
