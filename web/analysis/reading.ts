// «Cómo leerlo»: what an answer says, in its own numbers, in two or three sentences; and what it does not say.

import { minusSign } from '../store/formats.ts';
import type { Words } from '../store/words.ts';
import type { AnalysisFound } from './found.ts';
import { laterReading } from './later-reading.ts';
import { caveatsOf, leftOutIn } from './left-out.ts';
import { bandText, byChance, type Naming, pText, zText } from './rows.ts';

const SURE = 2;
/** Two-sided, at 99 and at 95 %: what a score has to pass to be told as rare. */
const RARE_Z = [2.58, 1.96];
const said = (p: number): string => (p < 0.001 ? pText(p) : `= ${pText(p)}`);

export function readingOf(found: AnalysisFound, { t, f }: Words, naming: Naming): string[] {
  const { reason } = found.answer;
  if (reason !== null) return [...caveatsOf(found, { t, f }), ...leftOutIn(found, { t, f })];
  const n = f.int;
  const part = 'part' in found.answer ? found.answer.part : null;
  const whichPart = found.task === 'grid-hotspots' ? 'analysis.readPartCells' : 'analysis.readPart';
  const ofPart = part ? [t(whichPart, { places: n(part.places), elsewhere: n(part.elsewhere) })] : [];
  return [...caveatsOf(found, { t, f }), ...saidOf(found, { t, f }, naming), ...ofPart, ...leftOutIn(found, { t, f })];
}

function saidOf(found: AnalysisFound, { t, f }: Words, naming: Naming): string[] {
  const n = f.int;
  switch (found.task) {
    case 'hotspots': {
      const { ids, z, values, moran } = found.answer;
      const classes = found.answer.class;
      const isLisa = found.answer.parameters.method === 'lisa';
      const hot = classes.filter((each) => each >= SURE).length;
      const cold = classes.filter((each) => each <= -SURE).length;
      const places = z.filter((each) => each !== null).length;
      // By local Moran a quiet place among quiet ones is like its neighbours as well.
      const { quadrant } = found.answer;
      const isHot = (i: number) => classes[i]! >= SURE && (quadrant === null || quadrant[i] === 'high-high');
      const first = z.reduce((best: number, each, i) => (isHot(i) && each! > (z[best] ?? -1e9) ? i : best), -1);
      const sentences = [
        hot + cold === 0
          ? t('analysis.readNoHot', { places: n(places) })
          : t(isLisa ? 'analysis.readLisa' : 'analysis.readHot', { places: n(places), hot: n(hot), cold: n(cold) }),
      ];
      if (first >= 0) {
        const { name } = naming(ids[first]!);
        const [score, value] = [z[first] ?? 0, values[first] ?? 0];
        const limit = RARE_Z.find((each) => score > each);
        sentences.push(
          t('analysis.readFirst', {
            name,
            value:
              found.answer.parameters.value === 'count'
                ? t('analysis.incidents', { n: n(value) })
                : t('analysis.rateOf', { rate: f.rate(value) }),
            z: limit ? t('analysis.zRare', { z: zText(score), limit: f.rate(limit) }) : `z = ${zText(score)}`,
          }),
        );
      }
      if (moran?.p !== undefined && moran.p !== null) {
        const key =
          moran.p > 0.05 ? 'analysis.readMoranNone' : moran.i > 0 ? 'analysis.readMoran' : 'analysis.readMoranMixed';
        sentences.push(t(key, { i: minusSign(moran.i.toFixed(3)), p: said(moran.p) }));
      }
      return sentences;
    }
    case 'density': {
      const { peak, incidents, errorBound, parameters } = found.answer;
      const unbound = parameters.over === null ? 'analysis.readBandwidthMoved' : 'analysis.readBandwidthDual';
      const bandwidth = errorBound === null ? unbound : 'analysis.readBandwidth';
      return [
        t(parameters.over === null ? 'analysis.readDensity' : 'analysis.readDual', {
          ...{ incidents: n(incidents), peak: f.rate(peak), least: n(parameters.leastResidentsPerKm2 ?? 0) },
        }),
        t(bandwidth, {
          radius: n(parameters.radiusM),
          sigma: n(parameters.sigmaM),
          cell: n(parameters.cellM),
          error: f.rate(errorBound ?? 0),
          share: f.share(peak > 0 ? (errorBound ?? 0) / peak : 0),
        }),
      ];
    }
    case 'near-repeat': {
      const { observed, ratio, p, incidents, daysAfter, parameters } = found.answer;
      const standing = ratio.flatMap((row, i) =>
        row.flatMap((each, j) => (each !== null && each > 1 && (p[i]![j] ?? 1) <= 0.05 ? [{ i, j, each }] : [])),
      );
      const first = standing.toSorted((a, b) => b.each - a.each)[0];
      if (!first) return [t('analysis.readNoRepeat', { incidents: n(incidents), runs: n(parameters.runs) })];
      const { i, j, each } = first;
      return [
        t('analysis.readRepeat', {
          distance: bandText(parameters.distances, i),
          days: bandText(parameters.days, j),
          observed: n(observed[i]![j]!),
          expected: f.rate(byChance(observed[i]![j]!, each) ?? 0),
          ratio: zText(each),
          p: said(p[i]![j]!),
        }),
        t('analysis.readRepeatCells', {
          cells: n(standing.length),
          of: n(ratio.length * (ratio[0]?.length ?? 0)),
          chance: f.rate(0.05 * ratio.length * (ratio[0]?.length ?? 0)),
          incidents: n(incidents),
        }),
        t(daysAfter ? 'analysis.readRepeatSoon' : 'analysis.readRepeatNotSoon'),
      ];
    }
    case 'concentration': {
      const { holding, places, total, gini, generalisedGini, rows } = found.answer;
      const half = holding.find(({ share }) => share === 0.5);
      const most = holding.find(({ share }) => share === 0.8);
      const first = rows[0];
      return [
        ...(half && most
          ? [
              t('analysis.readHalf', {
                half: n(half.count),
                share: f.share(half.placesShare),
                most: n(most.count),
                mostShare: f.share(most.placesShare),
                places: n(places),
              }),
            ]
          : []),
        ...(first
          ? [t('analysis.readFullest', { name: naming(first.id).name, n: n(first.count), total: n(total) })]
          : []),
        ...(gini !== null && generalisedGini !== null
          ? [
              t(places > total ? 'analysis.readGini' : 'analysis.readGiniAlone', {
                ...{ gini: gini.toFixed(3), general: generalisedGini.toFixed(3) },
              }),
            ]
          : []),
      ];
    }
    case 'change': {
      const { ids, before, after, direction, whole, previousPeriod } = found.answer;
      const up = direction.filter((each) => each === 'up').length;
      const down = direction.filter((each) => each === 'down').length;
      const rise = ids
        .map((id, i) => ({ id, i, more: after[i]! - before[i]! }))
        .filter(({ i }) => direction[i] === 'up')
        .sort((a, b) => b.more - a.more)[0];
      return [
        up + down === 0
          ? t('analysis.readNoChange', { places: n(ids.length) })
          : t('analysis.readChange', { places: n(ids.length), up: n(up), down: n(down) }),
        ...(rise
          ? [
              t('analysis.readRise', {
                name: naming(rise.id).name,
                before: n(before[rise.i]!),
                after: n(after[rise.i]!),
              }),
            ]
          : []),
        ...(whole && previousPeriod
          ? [
              t('analysis.readWhole', {
                before: n(whole.before),
                after: n(whole.after),
                period: f.range(previousPeriod.from, previousPeriod.until),
                what: t(`analysis.direction_${whole.direction}`),
              }),
            ]
          : []),
      ];
    }
    case 'emerging': {
      const { ids, pattern, steps: all, parameters } = found.answer;
      const steps = t(`analysis.steps_${parameters.step}`, { n: n(all.length) });
      const hot = pattern.filter(({ side }) => side === 'hot').length;
      if (ids.length === 0) return [t('analysis.readNoPattern', { steps })];
      const young = pattern.filter(
        ({ side, pattern: name }) => side === 'hot' && (name === 'new' || name === 'consecutive'),
      ).length;
      const rising = pattern.filter(({ side, pattern: name }) => side === 'hot' && name === 'intensifying').length;
      return [
        t('analysis.readPattern', { steps, hot: n(hot), cold: n(ids.length - hot) }),
        t('analysis.readYoung', { young: n(young), rising: n(rising) }),
        t('analysis.readClasses', { step: t(`analysis.step_${parameters.step}`) }),
      ];
    }
    default:
      return laterReading(found, { t, f }, naming);
  }
}
