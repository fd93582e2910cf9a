// Rows that stand for several cases: asked about, and counted so often where somebody says so.

import { Doubt } from '../tables/doubt.ts';
import type { Row } from '../tables/read-csv.ts';
import type { DecimalMark } from '../text/contract.ts';
import { foldName } from '../text/fold.ts';
import { isMissing } from '../text/missing.ts';
import { numberOf } from '../text/read-number.ts';
import type { Columns } from './presets.ts';

const NAMES = new Set(
  `count counts cantidad cantidades cant hechos num_hechos numero_de_hechos total totales conteo
  casos num_casos numero_casos numero_de_casos no_casos
  total_casos total_delitos total_incidentes num_delitos numero_de_delitos num_incidentes incidentes delitos frecuencia
  frequency freq quantity qty num_incidents number_of_incidents incident_count offence_count offense_count crime_count
  num_offenses cases case_count num_cases number_of_cases n_casos`
    .split(/\s+/)
    .map(foldName),
);
/** A row of more is no row of incidents. */
const MOST_CASES = 1000;

/** Looks at rows as they come. Throws Doubt where a column that is not read counts cases. */
export function watchQuantity(
  header: readonly string[],
  { fields, personal }: Columns,
  map: Readonly<Record<string, string>>,
  decimal: DecimalMark | null,
): (rows: readonly Row[]) => void {
  const mapped = new Set(Object.keys(map).map(foldName));
  const read = new Set(Object.values(fields).map(({ index }) => index));
  let open = header.flatMap((name, index) =>
    NAMES.has(foldName(name)) && !mapped.has(foldName(name)) && !read.has(index) && !personal.includes(name)
      ? [{ name: name.trim(), index }]
      : [],
  );
  if (fields.quantity) open = [];
  return (rows) => {
    for (const { name, index } of open) {
      let [several, cases, counted] = [0, 0, 0];
      for (const { cells } of rows) {
        const cell = cells[index] ?? '';
        if (isMissing(cell)) continue;
        const number = casesIn(cell, decimal);
        if (number === null) {
          open = open.filter((each) => each.index !== index);
          several = 0;
          break;
        }
        counted++;
        cases += number;
        if (number > 1) several++;
      }
      if (several > 0) {
        throw new Doubt({ about: 'quantity', column: name, rows: counted, cases });
      }
    }
  };
}

/** How many cases a cell counts; null where it is no such number, or two: 1.000 is one or a thousand until it is said. */
export function casesIn(cell: string, decimal: DecimalMark | null): number | null {
  const text = cell.trim();
  if (decimal === null && /^\d{1,3}[.,]000$/.test(text)) return null;
  const number =
    decimal === null ? (/^\d{1,7}(?:[.,]0+)?$/.test(text) ? Number.parseInt(text, 10) : 0) : numberOf(text, decimal);
  return number !== null && Number.isInteger(number) && number >= 1 && number <= MOST_CASES ? number : null;
}
