// Which columns of a street file say what: INEGI, OS Open Roads and OSM are known by theirs.

import { namedCode, textOf } from '../boundaries/columns.ts';
import type { Properties, StreetsOptions } from '../boundaries/contract.ts';
import { BadInput } from '../errors.ts';
import { type RoadClass, roadClass } from './classes.ts';
import { streetName } from './names.ts';

const NAME_COLUMNS = [/^nomvial$/i, /^distname$/i, /^(nombre|name)$/i, /^via$/i, /^nom(?!encl)/i, /^(calle|street)$/i];
const CLASS_COLUMNS = [/^tipovial$/i, /^highway$/i, /^classifica/i, /^(clase|class|fclass|road_?class|tipo)$/i];
/** A number people know a road by when it has no name (A36, MEX-95D). */
const NUMBER_COLUMNS = [/^roadnumber$/i, /^ref$/i];
/** Values of OSM's `highway` that are nothing to walk or drive on. */
const NO_STREET = new Set(['construction', 'proposed', 'platform', 'raceway', 'elevator', 'razed', 'abandoned']);

export type StreetColumns = {
  readonly name: string | null;
  readonly roadClass: string | null;
  readonly number: string | null;
  readonly code: string | null;
};
export type Street = { readonly name: string | null; readonly roadClass: RoadClass; readonly code: string | null };

/** The columns wished for, else those known. Throws BadInput when a wished one is missing. */
export function chooseStreetColumns(
  rows: readonly Properties[],
  wishes: Pick<StreetsOptions, 'code' | 'name'>,
): StreetColumns {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const known = (patterns: readonly RegExp[]) =>
    patterns.map((pattern) => columns.find((column) => pattern.test(column))).find((column) => column !== undefined) ??
    null;
  const wished = (parameter: 'code' | 'name') => {
    const wish = wishes[parameter];
    if (wish === null || columns.includes(wish)) return wish;
    throw new BadInput(parameter, `no column ${wish}; the columns are: ${columns.join(', ')}`);
  };
  return {
    name: wished('name') ?? known(NAME_COLUMNS),
    roadClass: known(CLASS_COLUMNS),
    number: known(NUMBER_COLUMNS),
    // Only what is named like a key: without one, name and corners make a code that lives longer than a row number.
    code: wished('code') ?? namedCode(rows, columns),
  };
}

/** What one row says of its street, or null when it is no street (a railway, a road not yet built). */
export function streetOf(row: Properties, columns: StreetColumns): Street | null {
  const kind = columns.roadClass === null ? null : textOf(row[columns.roadClass]);
  if (columns.roadClass?.toLowerCase() === 'highway' && (kind === null || NO_STREET.has(kind))) return null;
  const written = columns.name === null ? null : textOf(row[columns.name]);
  // INEGI keeps the kind of street apart from its name; together they are what the sign says.
  const isInegi = columns.roadClass?.toLowerCase() === 'tipovial' && columns.name?.toLowerCase() === 'nomvial';
  const name = streetName(isInegi && written !== null ? `${kind ?? ''} ${written}` : written);
  const number = columns.number === null ? null : textOf(row[columns.number]);
  const code = columns.code === null ? null : textOf(row[columns.code]);
  return { name: name ?? number, roadClass: roadClass(kind ?? written), code };
}
