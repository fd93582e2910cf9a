// «Cómo leerlo» of rates, times and scores.

import { minusSign } from '../store/formats.ts';
import { isOneOf } from '../store/is-one-of.ts';
import type { Words } from '../store/words.ts';
import type { LaterFound } from './found.ts';
import { type Naming, pText } from './rows.ts';

/** At most a fifth of the cells may hold fewer than five expected. */
const SPARSE_SHARE = 0.2;
/** What is compared with the same days; all else is another period. */
const WITHIN_PERIOD = ['other-offences', 'other-places', 'even'] as const;
const CELLS = {
  ...({ hour: 'clock_hour', week: 'clock_hour', month: 'steps_month' } as const),
  ...({ weekday: 'clock_weekday', monthday: 'clock_weekday', payday: 'clock_weekday' } as const),
} as const;
const SHARE_TOLD = 0.05;

export function laterReading(found: LaterFound, words: Words, naming: Naming): string[] {
  const { t, f } = words;
  const n = f.int;
  const count = <T>(list: readonly T[], of: T) => list.filter((each) => each === of).length;
  switch (found.task) {
    case 'grid-hotspots': {
      const { counts, parameters } = found.answer;
      const hot = found.answer.class.filter((each) => each >= 2).length;
      const cold = found.answer.class.filter((each) => each <= -2).length;
      const told = { cells: n(counts.length), hot: n(hot), cold: n(cold) };
      if (parameters.method === 'lisa') {
        const alike = { cells: told.cells, alike: told.hot, apart: told.cold };
        return [t('analysis.readAlike', alike)];
      }
      return [
        parameters.shape === 'h3'
          ? t('analysis.readHexagons', { ...told, resolution: n(parameters.resolution ?? 0) })
          : t('analysis.readSquares', { ...told, cell: n(parameters.cellM) }),
      ];
    }
    case 'street-density': {
      const { ids, density, peak, incidents, parameters } = found.answer;
      const first = density.indexOf(peak);
      return [
        t('analysis.readStreetDensity', {
          ...{ incidents: n(incidents), peak: f.rate(peak), name: naming(ids[first] ?? '').name },
          ...{ radius: n(parameters.radiusM), sigma: n(parameters.sigmaM) },
        }),
      ];
    }
    case 'stability': {
      const { years, times, parameters } = found.answer;
      const last = years.at(-1);
      return [
        t('analysis.readStable', {
          ...{ years: n(years.length), share: f.share(parameters.share), always: n(count(times, years.length)) },
        }),
        ...(last && last.kept !== null && last.held !== null
          ? [
              t('analysis.readKept', {
                ...{ holding: n(last.holding), kept: f.share(last.kept), held: f.share(last.held) },
                correlation: minusSign((last.correlation ?? 0).toFixed(2)),
              }),
            ]
          : []),
      ];
    }
    case 'rates': {
      const { ids, side, smoothed, whole, caveat, fewResidents, parameters } = found.answer;
      const first = smoothed.reduce(
        (best: number, each, i) => (side[i] === 'above' && (each ?? -1) > (smoothed[best] ?? -1) ? i : best),
        side.indexOf('above'),
      );
      const unit = t(parameters.unit === 'perKm' ? 'analysis.unitPerKm' : 'analysis.unitPer100k');
      return [
        t('analysis.readRates', {
          ...{ above: n(count(side, 'above')), below: n(count(side, 'below')), places: n(ids.length) },
          ...{ rate: f.rate(whole?.rate ?? 0), unit },
        }),
        ...(first >= 0
          ? [t('analysis.readHighest', { name: naming(ids[first]!).name, rate: f.rate(smoothed[first] ?? 0) })]
          : []),
        ...(caveat
          ? [t('analysis.readAmbient', { few: n(fewResidents.length), least: n(parameters.leastResidents ?? 0) })]
          : []),
      ];
    }
    case 'trend': {
      const { steps, direction, alarm, whole, ids, parameters } = found.answer;
      const stepsOf = (amount: number) => t(`analysis.steps_${parameters.step}`, { n: n(amount) });
      const told = direction.filter((each) => each !== null).length;
      const own = whole?.trend;
      return [
        t('analysis.readTrend', {
          ...{ steps: stepsOf(steps.length), told: n(told), places: n(ids.length) },
          ...{ up: n(count(direction, 'up')), down: n(count(direction, 'down')) },
        }),
        ...(own
          ? [
              t('analysis.readTrendWhole', {
                ...{ change: f.share(own.perYear), low: f.share(own.low), high: f.share(own.high) },
                what: t(`analysis.direction_${whole.direction}`),
              }),
            ]
          : []),
        t('analysis.readAlarm', {
          watched: stepsOf(parameters.watch),
          high: n(count(alarm, 'high')),
          low: n(count(alarm, 'low')),
        }),
      ];
    }
    case 'clocks': {
      const { p, direction, sparse, residual, unknownFirst, unknownSecond, parameters, previousPeriod } = found.answer;
      const cellsOf = (amount: number) => t(`analysis.${CELLS[parameters.unit]}`, { n: n(amount) });
      const cells = residual.filter((each) => each !== null).length;
      return [
        t((p ?? 1) <= found.answer.parameters.level ? 'analysis.readClocksDiffer' : 'analysis.readClocksSame', {
          ...{ p: (p ?? 1) < 0.001 ? pText(p ?? 1) : `= ${pText(p ?? 1)}` },
          other: isOneOf(WITHIN_PERIOD, parameters.against)
            ? t(`analysis.versus_${parameters.against}`)
            : t('analysis.versus_period', {
                period: previousPeriod ? f.range(previousPeriod.from, previousPeriod.until) : parameters.against,
              }),
          ...{ up: cellsOf(count(direction, 'up')), down: cellsOf(count(direction, 'down')) },
        }),
        ...(sparse > SPARSE_SHARE * cells ? [t('analysis.readSparse', { sparse: n(sparse) })] : []),
        t('analysis.readNoHour', { n: n(unknownFirst + unknownSecond) }),
      ];
    }
    case 'aoristic': {
      const { exact, spread, overAWeek, unknown } = found.answer;
      return [
        t('analysis.readAoristic', {
          ...{ exact: n(exact), spread: n(spread), long: n(overAWeek), unknown: n(unknown) },
        }),
        ...(spread + overAWeek === 0 ? [t('analysis.readNothingSpread')] : []),
      ];
    }
    case 'scoring': {
      const { methods, heldOut, parameters } = found.answer;
      const told = methods.flatMap(({ method, rows }) => {
        const row = rows.find(({ share }) => share === SHARE_TOLD) ?? rows[0];
        return row ? [{ method, row }] : [];
      });
      const best = told.toSorted((a, b) => b.row.hitRate - a.row.hitRate)[0];
      const pinned = told.find(({ method }) => method === 'last-year');
      if (!best) return [];
      const days = { days: n(parameters.days), heldOut: n(heldOut), size: f.share(best.row.sizeShare) };
      return [
        t('analysis.readScore', {
          ...{ ...days, method: t(`analysis.map_${best.method}`), hits: f.share(best.row.hitRate) },
          pai: best.row.pai.toFixed(1),
        }),
        ...(pinned && best.method !== 'last-year'
          ? [t('analysis.readPinned', { hits: f.share(pinned.row.hitRate) })]
          : []),
      ];
    }
  }
}
