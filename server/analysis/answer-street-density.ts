// How dense incidents lie along the streets: the counts of the segments, smoothed along the network.

import type * as z from 'zod';
import type { Asking } from '../counts/asking.ts';
import { BadInput } from '../errors.ts';
import { findLayer } from '../filter/places.ts';
import { rangeText } from '../filter/plan.ts';
import { bandwidthOf } from '../statistics/kernel-density.ts';
import type { ANALYSES, StreetDensityAnswer } from './contract.ts';
import { type AnalysisDeps, idsOf, leftOutIn, valuesOf } from './values.ts';

const REFERENCE =
  'Okabe, Satoh & Sugihara 2009, doi 10.1080/13658810802475491; what happened on a segment lies evenly along it, read at the middle of each';
const M_PER_KM = 1000;

export async function answerStreetDensity(
  deps: AnalysisDeps,
  asking: Asking<z.output<(typeof ANALYSES)['street-density']>>,
): Promise<StreetDensityAnswer> {
  const { jurisdiction, snapshot, plan, own } = asking;
  const layer = await findLayer(deps.database, snapshot, own.layer);
  if (layer.type !== 'streets') throw new BadInput('layer', 'only streets have a density along them');
  const { kernel, radius: radiusM, split } = own;
  const [found, junctions] = await Promise.all([
    snapshot.answers.byPlace(plan, layer),
    deps.shapes.junctions(jurisdiction, layer),
  ]);
  const counts = valuesOf(found.counts, layer.features, 'count');
  const parameters = {
    ...{ kernel, ...bandwidthOf(kernel, { radiusM }), split, ...rangeText(plan.range), reference: REFERENCE },
  };
  const about = {
    ...{ dataVersion: snapshot.dataVersion, parameters, layer: layer.code, layerVersion: layer.version },
    notPlaced: await leftOutIn(asking, [found], [plan.range]),
  };
  const said = await deps.analyst('streetDensity', { junctions, counts, kernel, radiusM, split });
  if (said.reason !== null)
    return { ...about, reason: said.reason, ids: [], counts: [], density: [], peak: 0, incidents: 0 };
  const density = Array.from(said.density, (value) => Math.round(value * M_PER_KM * 1e4) / 1e4);
  return {
    ...{ ...about, reason: null, ids: idsOf(layer.features), counts: [...counts], density },
    peak: density.reduce((a, b) => Math.max(a, b), 0),
    incidents: counts.reduce((sum, count) => sum + count, 0),
  };
}
