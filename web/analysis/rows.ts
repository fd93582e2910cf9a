// The table of an analysis: its columns, its rows, and the same as a file with score, raw p and corrected class together.

import type { App } from '../app.ts';
import { placeName } from '../store/chosen.ts';
import { toCsv } from '../store/csv.ts';
import { minusSign } from '../store/formats.ts';
import type { Words } from '../store/words.ts';
import { bandsOf } from './bands.ts';
import type { AnalysisFound } from './found.ts';
import { laterTable } from './later-rows.ts';
import { sayable } from './picture.ts';

type Cell = number | string | null;
export type TableColumn = {
  /** As the file names it, whatever the language: a script reads it. */
  readonly code: string;
  readonly title: string;
  readonly isNumber: boolean;
  readonly show: (value: Cell) => string;
};
export type Row = {
  /** Of a place, to show it on the map; null for bands. */
  readonly id: string | null;
  readonly cells: readonly Cell[];
};
export type RowTable = {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  /** The column it opens sorted by, falling. */
  readonly sortedBy: number;
};

/** The name and code of a place of a layer; where names are not loaded, its number. */
export type Naming = (id: string) => { readonly name: string; readonly code: string };

export function namingOf(page: App, layer: string): Naming {
  const rows = page.reference.rowsOf(layer);
  return (id) => {
    const row = rows.get(id);
    return row ? { name: placeName(page, layer, row), code: row.code } : { name: `#${id}`, code: `#${id}` };
  };
}

export function tableOf(found: AnalysisFound, { t, f }: Words, naming: Naming): RowTable {
  const plain = (value: Cell) => (value === null ? '–' : String(value));
  const text = (code: string, title: string, show: (value: string) => string = plain): TableColumn => ({
    ...{ code, title, isNumber: false },
    show: (value) => (value === null ? '–' : show(String(value))),
  });
  const number = (code: string, title: string, show: (value: number) => string): TableColumn => ({
    ...{ code, title, isNumber: true },
    show: (value) => (value === null ? '–' : show(Number(value))),
  });
  const p = (code: string, title: string) => number(code, title, pText);
  const places = [text('code', t('where.code')), text('name', t('where.name'))];
  const of = (id: string, ...cells: Cell[]): Row => {
    const { code, name } = naming(id);
    return { id, cells: [code, name, ...cells] };
  };
  if (found.answer.reason !== null) return { columns: places, rows: [], sortedBy: 0 };
  switch (found.task) {
    case 'hotspots': {
      const { ids, values, z, skewedP, adjustedP, quadrant, permutationP } = found.answer;
      const classes = found.answer.class;
      return {
        columns: [
          ...places,
          found.answer.parameters.value === 'count'
            ? number('value', t('analysis.colIncidents'), f.int)
            : number('value', t('analysis.colRate'), f.rate),
          number('z', 'z', zText),
          number('class', t('analysis.colClass'), (value) =>
            t(`analysis.class_${sayable(value as (typeof classes)[number])}`),
          ),
          p('p', t('analysis.colP')),
          ...(skewedP ? [p('p_skew', t('analysis.colSkewedP'))] : []),
          p('p_adjusted', t('analysis.colAdjustedP')),
          ...(quadrant
            ? [text('quadrant', t('analysis.colQuadrant'), (each) => t(`analysis.quadrant_${each as 'high-high'}`))]
            : []),
          ...(permutationP ? [p('p_permutation', t('analysis.colPermutationP'))] : []),
        ],
        rows: ids.map((id, i) =>
          of(
            id,
            ...[values[i]!, z[i]!, classes[i]!, found.answer.p[i]!],
            ...(skewedP ? [skewedP[i]!] : []),
            adjustedP[i]!,
            ...(quadrant ? [quadrant[i]!] : []),
            ...(permutationP ? [permutationP[i]!] : []),
          ),
        ),
        sortedBy: 3,
      };
    }
    case 'density':
      return {
        columns: [
          number('density_per_km2', t('analysis.colDensity'), f.rate),
          number('km2_at_least', t('analysis.colKm2'), f.rate),
        ],
        rows: bandsOf(found.answer).map(({ from, km2 }) => ({ id: null, cells: [rounded(from), rounded(km2)] })),
        sortedBy: 0,
      };
    case 'near-repeat': {
      const { parameters, observed, expected, ratio } = found.answer;
      const rows = observed.flatMap((row, i) =>
        row.map(
          (count, j): Row => ({
            id: null,
            cells: [
              ...[bandText(parameters.distances, i), bandText(parameters.days, j)],
              ...[count, rounded(byChance(count, ratio[i]![j]!)), rounded(ratio[i]![j]!), found.answer.p[i]![j]!],
              rounded(expected[i]![j]!),
            ],
          }),
        ),
      );
      return {
        columns: [
          text('distance_m', t('analysis.colDistance')),
          text('days', t('analysis.colDays')),
          number('observed', t('analysis.colObserved'), f.int),
          number('by_chance', t('analysis.colByChance'), f.rate),
          number('ratio', t('analysis.colRatio'), zText),
          p('p', t('analysis.colP')),
          number('expected', t('analysis.colExpected'), f.rate),
        ],
        rows,
        sortedBy: 4,
      };
    }
    case 'concentration': {
      const hasLengths = found.answer.rows.some(({ lengthM }) => lengthM !== null);
      return {
        columns: [
          ...places,
          number('count', t('where.count'), f.int),
          ...(hasLengths ? [number('length_m', t('where.lengthM'), f.int)] : []),
          number('cumulated_share', t('analysis.colCumulated'), f.share),
        ],
        rows: found.answer.rows.map(({ id, code, name, count, lengthM, cumulatedShare }) => {
          const known = naming(id);
          const called = known.name.startsWith('#') ? name : known.name;
          return { id, cells: [code, called, count, ...(hasLengths ? [lengthM] : []), rounded(cumulatedShare, 6)] };
        }),
        sortedBy: 2,
      };
    }
    case 'change': {
      const { ids, before, after, p: raw, adjustedP, direction } = found.answer;
      return {
        columns: [
          ...places,
          number('before', t('analysis.colBefore'), f.int),
          number('after', t('analysis.colAfter'), f.int),
          p('p', t('analysis.colP')),
          p('p_adjusted', t('analysis.colAdjustedP')),
          text('direction', t('analysis.colChange'), (each) => t(`analysis.direction_${each as 'up'}`)),
        ],
        rows: ids.map((id, i) => of(id, before[i]!, after[i]!, raw[i]!, adjustedP[i]!, direction[i]!)),
        sortedBy: 3,
      };
    }
    case 'emerging': {
      const { ids, pattern, classes, parameters } = found.answer;
      return {
        columns: [
          ...places,
          text('side', t('analysis.colSide'), (each) => t(`analysis.side_${each as 'hot'}`)),
          text('pattern', t('analysis.colPattern'), (each) => t(`analysis.pattern_${each as 'new'}`)),
          number('steps', t('analysis.colSteps'), f.int),
          number('last_class', t(`analysis.last_${parameters.step}`), (value) =>
            t(`analysis.class_${sayable(value as 0)}`),
          ),
          text('classes', t('analysis.colClasses', { step: t(`analysis.step_${parameters.step}`) }), minusSign),
        ],
        rows: ids.map((id, i) => {
          const { side, pattern: name } = pattern[i]!;
          const sign = side === 'hot' ? 1 : -1;
          const own = classes[i]!;
          return of(id, side, name, own.filter((each) => each * sign >= 2).length, own.at(-1) ?? 0, own.join(' '));
        }),
        sortedBy: 4,
      };
    }
    default:
      return laterTable(found, { text, number, p, places, of }, { t, f });
  }
}

/** Falling, or rising; what has no value comes last either way. */
export function sortedRows(rows: readonly Row[], column: number, falling: boolean): Row[] {
  const sign = falling ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [one.cells[column] ?? null, other.cells[column] ?? null];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * String(a).localeCompare(String(b));
  });
}

/** As a file: the columns by their codes; below an empty line the parameters and the filter in words. */
export function tableCsv({ columns, rows }: RowTable, parameters: object, about: readonly string[]): string {
  const told = parameterTexts(parameters, ' ');
  return toCsv([
    columns.map(({ code }) => code),
    ...rows.map(({ cells }) => cells),
    [],
    ...told,
    ...about.map((line) => [line]),
  ]);
}

/** Each parameter as it is told; one with parts (a census: year, source) by its parts. */
export const parameterTexts = (parameters: object, between: string): readonly (readonly [string, string])[] =>
  Object.entries(parameters).map(([name, value]) => {
    if (value === null) return [name, ''];
    return [name, typeof value === 'object' ? Object.values(value).join(between) : String(value)];
  });

export const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
export const zText = (z: number): string => minusSign(z.toFixed(2));
export const bandText = (limits: readonly (number | 'inf')[], i: number): string =>
  `${limits[i]}–${limits[i + 1] === 'inf' ? '∞' : limits[i + 1]}`;

/** What a ratio divides by: the mean of the dates dealt out. Of none observed it is not known. */
export const byChance = (observed: number, ratio: number | null): number | null => (ratio ? observed / ratio : null);

function rounded(value: number | null, digits = 4): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
