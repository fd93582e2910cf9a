// Rows that stand for several cases: asked about, and counted so often where somebody says so. Persons are no cases: a
// column that counts them is named, and one of victims alone is asked about too.

import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import type { DecimalMark, Note } from '../text/contract.ts';
import { fold, foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import { numberOf } from '../text/read-number.ts';
import { countedBy, countsVictims } from './count-names.ts';
import type { Columns } from './presets.ts';

/** A row of more is no row of incidents. */
const MOST_CASES = 1000;
/** A number that counts, but nothing a row of incidents stands for. */
const MORE = /^\d{1,3}(?:[.,]?\d{3})+(?:[.,]0+)?$/;
/** Large numbers under such a name may number the rows. */
const NUMBERING = /^\s*(?:n|no|nro|num|nums|numeros?|numbers?|nbr)(?![a-z])/;
/** Words of names whose whole numbers count nothing: places, ages, keys, kinds, parts of dates and addresses. */
const NO_COUNT = new RegExp(
  `^(?:(?:id|cve|cod|num|no)?(?:${[
    'ano|anio|year|semestre|bimestre|trim|trimestre|mes|month|periodo|quincena|semana|week|dia|day|hora|hour|min|minuto|minute|turno',
    'edad|age|sexo|genero|grupo|clase|tipo|subtipo|categoria|modalidad|violencia|arma|fuero|estatus|status|prioridad|nivel|grado|orden|serie',
    'sector|zona|zone|region|cuadrante|distrito|district|beat|ward|precinct|precinto|area|comuna|seccion|colonia|municipio|mun|munic|delegacion|alcaldia|entidad|ent|estado|state|localidad|unidad|ageb|manzana|piso',
    'cve|clave|code|codigo|cod|cp|zip|postal|id|key|folio|num|numero|nro|no',
    'lat|latitud|latitude|lon|lng|long|longitud|longitude|coord|coordenada|coordinate',
  ].join('|')})(?:e?s)?|(?:cve|clave|cod|id)(?:geo|sub|mun|loc|col).*)$`,
);
const countsNothing = (name: string): boolean =>
  (fold(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')).match(/[a-z]+/g) ?? []).some((word) => NO_COUNT.test(word));
/** A code of yes and no has two values; counts have more. */
const FEWEST_VALUES = 3;
/** So many rows tell whether the commonest number is one. */
const FEWEST_ROWS = 10;
/** From this share of numbers on, a column of such a name counts. */
const SHARE_OF_NUMBERS = 0.8;
const MAX_EXAMPLE = 300;

type Counting = {
  readonly name: string;
  readonly index: number;
  filled: number;
  numbers: number;
  cases: number;
  several: number;
  /** Numbers larger than any row of incidents stands for. */
  large: number;
  /** Every number is that of its row: the column numbers the rows. */
  numbersRows: boolean;
  /** How often each number stands. */
  readonly each: Map<number, number>;
  last: number;
  /** A number is smaller than the one before: parts of a date never are, in a sorted file. */
  falls: boolean;
};
export type QuantityWatch = {
  /** Looks at rows as they come. Throws Doubt where a column that is not read counts cases. */
  readonly look: (rows: readonly Row[]) => void;
  /** Columns that count persons, or cases in some rows only: a row counts once whatever they say. */
  readonly notes: () => Note[];
};

/** What a column that is mapped to anything, `discard` included, counts was seen already. */
export function watchQuantity(
  header: readonly string[],
  { fields, personal }: Columns,
  map: Readonly<Record<string, string>>,
  decimal: DecimalMark | null,
): QuantityWatch {
  const mapped = new Set(Object.keys(map).map(foldName));
  const read = new Set(Object.values(fields).map(({ index }) => index));
  const counting = (isSuch: (name: string) => boolean): Counting[] =>
    header.flatMap((name, index) =>
      isSuch(name) && !mapped.has(foldName(name)) && !read.has(index) && !personal.includes(name)
        ? [
            {
              name: name.trim(),
              index,
              filled: 0,
              numbers: 0,
              cases: 0,
              several: 0,
              large: 0,
              numbersRows: countedBy(name) === null || fold(name).trim() === 'n',
              each: new Map(),
              last: 0,
              falls: false,
            },
          ]
        : [],
    );
  const ofCases = fields.quantity ? [] : counting((name) => countedBy(name) === 'cases');
  const ofPersons = counting((name) => countedBy(name) === 'persons');
  // Rows that have neither an id nor an hour nor a point may be sums, whatever the column of the sum is called.
  const hasPoint = fields.point || (fields.lon && fields.lat);
  const isBare = !fields.key && !fields.time && !hasPoint && !fields.quantity;
  const unnamed =
    isBare && ofCases.length === 0 && ofPersons.length === 0
      ? counting((name) => countedBy(name) === null && !countsNothing(name))
      : [];
  const victims = ofPersons.filter(({ name }) => countsVictims(name));
  // Of several such columns none alone says what a row stands for.
  const asked = [...ofCases, ...(victims.length === 1 && !fields.quantity ? victims : [])];
  const counts = ({ name, filled, numbers, several, large, numbersRows }: Counting) =>
    several > 0 && !numbersRows && numbers + (NUMBERING.test(fold(name)) ? 0 : large) >= filled * SHARE_OF_NUMBERS;
  const isMostlyOne = ({ filled, numbers, each, falls }: Counting) =>
    falls &&
    each.size >= FEWEST_VALUES &&
    numbers >= FEWEST_ROWS &&
    numbers === filled &&
    (each.get(1) ?? 0) === Math.max(...each.values());
  const told = ({ several, numbersRows }: Counting) => several > 0 && !numbersRows;
  return {
    look(rows) {
      for (const each of [...ofPersons, ...ofCases, ...unnamed]) add(each, rows, decimal);
      for (const each of asked) {
        const { name: column, numbers, large, cases } = each;
        if (counts(each)) throw new Doubt({ about: 'quantity', column, rows: numbers + large, cases });
      }
      const sums = unnamed.filter((each) => counts(each) && isMostlyOne(each));
      if (sums.length !== 1) return;
      const { name: column, numbers, cases } = sums[0]!;
      throw new Doubt({ about: 'quantity', column, rows: numbers, cases });
    },
    notes() {
      const named = [...ofPersons.filter(told), ...ofCases.filter(told)];
      if (named.length === 0) return [];
      const lines = named.map(({ name }) => `--map "${name}=quantity"`).join(' · ');
      return [{ code: 'unread-quantity', count: named.length, example: lines.slice(0, MAX_EXAMPLE).toWellFormed() }];
    },
  };
}

function add(counting: Counting, rows: readonly Row[], decimal: DecimalMark | null): void {
  for (const { cells, filled } of rows) {
    const cell = cells[counting.index] ?? '';
    if (isMissing(cell) || filled?.has(counting.index)) continue;
    counting.filled++;
    const number = /^0+$/.test(cell.trim()) ? 0 : casesIn(cell, decimal);
    if (number === null) {
      if (MORE.test(cell.trim())) {
        counting.several++;
        counting.large++;
        counting.cases += Number(
          cell
            .trim()
            .replace(/[.,]0+$/, '')
            .replaceAll(/[.,]/g, ''),
        );
      } else if (Number(cell.trim().replace(',', '.')) > 1) counting.several++;
      continue;
    }
    counting.numbers++;
    counting.falls ||= number < counting.last;
    counting.last = number;
    counting.each.set(number, (counting.each.get(number) ?? 0) + 1);
    counting.cases += number;
    if (number > 1) counting.several++;
    counting.numbersRows &&= number === counting.numbers;
  }
}

/** How many cases a cell counts; null where it is no such number, or two: 1.000 is one or a thousand until it is said. */
export function casesIn(cell: string, decimal: DecimalMark | null): number | null {
  const text = cell.trim();
  if (decimal === null && /^\d{1,3}[.,]000$/.test(text)) return null;
  const number =
    decimal === null ? (/^\d{1,7}(?:[.,]0+)?$/.test(text) ? Number.parseInt(text, 10) : 0) : numberOf(text, decimal);
  return number !== null && Number.isInteger(number) && number >= 1 && number <= MOST_CASES ? number : null;
}
