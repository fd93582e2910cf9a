// The tables of rates, times and scores.

import { type ClockUnit, MOST_SINCE_PAYDAY } from '../../server/timing/contract.ts';
import { isOneOf } from '../store/is-one-of.ts';
import type { Words } from '../store/words.ts';
import type { LaterFound } from './found.ts';
import { CHOICES } from './params.ts';
import { sayable } from './picture.ts';
import { type Row, type RowTable, type TableColumn, zText } from './rows.ts';

type Cell = number | string | null;
type Made = {
  readonly text: (code: string, title: string, show?: (value: string) => string) => TableColumn;
  readonly number: (code: string, title: string, show: (value: number) => string) => TableColumn;
  readonly p: (code: string, title: string) => TableColumn;
  readonly places: readonly TableColumn[];
  readonly of: (id: string, ...cells: Cell[]) => Row;
};
/** A cell of time by its name; the file bears its number, from 0. */
export function cellName(unit: ClockUnit, { t, f }: Words): (cell: number) => string {
  const hour = (each: number) => `${each} h`;
  switch (unit) {
    case 'hour':
      return hour;
    case 'weekday':
      return (cell) => f.weekday(cell + 1);
    case 'week':
      return (cell) => `${f.weekday(Math.floor(cell / 24) + 1)} ${hour(cell % 24)}`;
    case 'month':
      return (cell) => f.monthShort(`2024-${String(cell + 1).padStart(2, '0')}-01`);
    case 'monthday':
      return (cell) => f.int(cell + 1);
    case 'payday':
      return (cell) =>
        cell === 0
          ? t('analysis.onPayday')
          : t(cell < MOST_SINCE_PAYDAY ? 'analysis.afterPayday' : 'analysis.longAfterPayday', { n: f.int(cell) });
  }
}
/** Twelve months by the year they are, or by their first and last month. */
export const yearName = (from: string, until: string, f: Words['f']): string =>
  from.endsWith('-01-01') ? from.slice(0, 4) : f.months(from, until);
/** Of corners, lon and lat in turn. */
function middleOf(ring: readonly number[]): [lon: number, lat: number] {
  const mean = (first: number) =>
    ring.reduce((sum, each, i) => (i % 2 === first ? sum + each : sum), 0) / (ring.length / 2);
  return [Math.round(mean(0) * 1e6) / 1e6, Math.round(mean(1) * 1e6) / 1e6];
}
const plainRow = (...cells: Cell[]): Row => ({ id: null, cells });
const at = <T>(list: readonly T[], i: number): T | null => list[i] ?? null;

export function laterTable(found: LaterFound, { text, number, p, places, of }: Made, { t, f }: Words): RowTable {
  const n = (code: string, key: Parameters<Words['t']>[0], show = f.int) => number(code, t(key), show);
  switch (found.task) {
    case 'grid-hotspots': {
      const { cells, hexagons, counts, grid, adjustedP, z: scores, p: raw, quadrant, permutationP } = found.answer;
      const classes = found.answer.class;
      const columns = grid?.columns ?? 1;
      return {
        columns: [
          ...(hexagons
            ? [
                text('h3', 'H3'),
                number('lon', t('analysis.colLon'), String),
                number('lat', t('analysis.colLat'), String),
              ]
            : [n('column', 'analysis.colColumn'), n('row', 'analysis.colRow')]),
          ...[n('count', 'where.count'), number('z', 'z', zText)],
          number('class', t('analysis.colClass'), (value) => t(`analysis.class_${sayable(value as 0)}`)),
          ...(quadrant
            ? [text('quadrant', t('analysis.colQuadrant'), (each) => t(`analysis.quadrant_${each as 'high-high'}`))]
            : []),
          ...[p('p', t('analysis.colP')), p('p_adjusted', t('analysis.colAdjustedP'))],
          ...(permutationP ? [p('p_permutations', t('analysis.colPermutationP'))] : []),
        ],
        rows: counts.map((count, i) =>
          plainRow(
            ...(hexagons
              ? [hexagons.ids[i]!, ...middleOf(hexagons.rings[i]!)]
              : [cells[i]! % columns, Math.floor(cells[i]! / columns)]),
            ...[count, at(scores, i), classes[i]!, ...(quadrant ? [at(quadrant, i)] : [])],
            ...[at(raw, i), at(adjustedP, i), ...(permutationP ? [at(permutationP, i)] : [])],
          ),
        ),
        sortedBy: hexagons ? 4 : 3,
      };
    }
    case 'street-density': {
      const { ids, counts, density } = found.answer;
      return {
        columns: [...places, n('count', 'where.count'), number('density', t('analysis.colDensityKm'), f.rate)],
        rows: ids.map((id, i) => of(id, counts[i]!, density[i]!)),
        sortedBy: 3,
      };
    }
    case 'stability': {
      const { ids, times, counts, years } = found.answer;
      return {
        columns: [
          ...[...places, n('times', 'analysis.colTimes')],
          ...years.map(({ from, until }) => number(`y${from.slice(0, 7)}`, yearName(from, until, f), f.int)),
        ],
        rows: ids.map((id, i) => of(id, times[i]!, ...counts[i]!)),
        sortedBy: 1 + years.length + 1,
      };
    }
    case 'rates': {
      const { ids, counts, base, rate, low, high, smoothed, side, p: raw, adjustedP, parameters } = found.answer;
      return {
        columns: [
          ...[
            ...places,
            n('count', 'where.count'),
            n('base', parameters.unit === 'perKm' ? 'analysis.colKm' : 'analysis.choice_residents', f.rate),
          ],
          ...[n('rate', 'analysis.colRate', f.rate), n('low', 'analysis.colLow', f.rate)],
          ...[n('high', 'analysis.colHigh', f.rate), n('smoothed', 'analysis.colSmoothed', f.rate)],
          text('side', t('analysis.colSide'), (each) => t(`analysis.side_${each as 'above'}`)),
          ...[p('p', t('analysis.colP')), p('p_adjusted', t('analysis.colAdjustedP'))],
        ],
        rows: ids.map((id, i) =>
          of(
            ...([id, counts[i]!, at(base, i), at(rate, i), at(low, i), at(high, i)] as const),
            ...[at(smoothed, i), at(side, i), at(raw, i), at(adjustedP, i)],
          ),
        ),
        sortedBy: 7,
      };
    }
    case 'trend': {
      const { ids, counts, perYear, low, high, p: raw, adjustedP, direction, alarm, since } = found.answer;
      return {
        columns: [
          ...[...places, n('count', 'where.count'), n('per_year', 'analysis.colPerYear', f.share)],
          ...[n('low', 'analysis.colLow', f.share), n('high', 'analysis.colHigh', f.share)],
          text('direction', t('analysis.colChange'), (each) => t(`analysis.direction_${each as 'up'}`)),
          ...[p('p', t('analysis.colP')), p('p_adjusted', t('analysis.colAdjustedP'))],
          text('alarm', t('analysis.colAlarm'), (each) => t(`analysis.alarm_${each as 'high'}`)),
          text('since', t('analysis.colSince'), f.day),
        ],
        rows: ids.map((id, i) =>
          of(
            ...([id, counts[i]!, at(perYear, i), at(low, i), at(high, i), at(direction, i)] as const),
            ...[at(raw, i), at(adjustedP, i), at(alarm, i), at(since, i)],
          ),
        ),
        sortedBy: 2,
      };
    }
    case 'clocks': {
      const { first, second, residual, adjustedP, direction, parameters } = found.answer;
      return {
        columns: [
          ...[
            n('cell', 'analysis.colWhen', cellName(parameters.unit, { t, f })),
            number(
              'first',
              isOneOf(CHOICES.against, parameters.against)
                ? t(`analysis.choice_${parameters.against}`)
                : t('analysis.colFirst'),
              parameters.against === 'even' ? f.rate : f.int,
            ),
            n('second', 'analysis.colSecond'),
          ],
          number('residual', t('analysis.colResidual'), zText),
          p('p_adjusted', t('analysis.colAdjustedP')),
          text('direction', t('analysis.colChange'), (each) => t(`analysis.more_${each as 'up'}`)),
        ],
        rows: second.map((count, i) =>
          plainRow(i, first[i]!, count, at(residual, i), at(adjustedP, i), at(direction, i)),
        ),
        sortedBy: 3,
      };
    }
    case 'aoristic': {
      const { hours, byBeginning } = found.answer;
      return {
        columns: [
          n('hour_of_week', 'analysis.colCell', cellName('week', { t, f })),
          n('weighted', 'analysis.colWeighted', f.rate),
          n('by_beginning', 'analysis.colByBeginning', f.rate),
        ],
        rows: hours.map((weight, i) => plainRow(i, weight, byBeginning[i]!)),
        sortedBy: 1,
      };
    }
    case 'scoring':
      return {
        columns: [
          text('method', t('analysis.task'), (each) => t(`analysis.map_${each as 'gi-star'}`)),
          ...[n('size_share', 'analysis.colSizeShare', f.share), n('places', 'analysis.colPlaces')],
          ...[n('hits', 'analysis.colHits'), n('hit_rate', 'analysis.colHitRate', f.share)],
          ...[number('pai', 'PAI', zText), number('pei', 'PEI', zText), number('rri', 'RRI', zText)],
        ],
        rows: found.answer.methods.flatMap(({ method, rows }) =>
          rows.map(({ sizeShare, places: taken, hits, hitRate, pai, pei, rri }) =>
            plainRow(method, sizeShare, taken, hits, hitRate, pai, pei, rri),
          ),
        ),
        sortedBy: 5,
      };
  }
}
