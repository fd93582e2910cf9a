// Which columns of a street file say what: INEGI, OS Open Roads and OSM are known by theirs.

import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import type { StreetsOptions } from '../layers/contract.ts';
import { cellText, namedCode, nameOf } from '../mapfiles/columns.ts';
import { type RoadClass, roadClass } from './classes.ts';
import { streetName } from './names.ts';

/** First match wins: columns that hold the whole name, then those that hold its middle. */
const NAME_COLUMNS = [
  /^nomvial$/i,
  /^distname$/i,
  /^(full_?name|full_?st(reet)?(_?na?me?)?|st(reet)?_?na?me?_?full|l_?f_?name|linear_?name_?full|st_?label|st_?na?me?_?lab(el)?)$/i,
  /^(nombre|name)$/i,
  /^via$/i,
  /^(nombre|nom|nomb)_?(de_)?(la_)?(via|vialidad|vial|calle)|^(via|vial|calle)_?(nombre|nomb|nom)$/i,
  /^nom(?!encl)/i,
  /^(calle|street|vialidad|rua|logradouro|nm_log\w*)$/i,
  /^(st(reet)?|str|rd|road|way|strt)_?na?m(e?|e?_?\d)$/i,
  /^(name|nombre)_?[1a]?$|_(name|nombre)$/i,
  /^(label|etiqueta|mvinombre|road|roadname|name_?en|name_?es)$/i,
];
/** Columns of the name's middle, and the parts some sources keep apart from it, as they stand on the sign. */
const MIDDLE_OF_NAME = /^(st(reet)?|str|rd|road|strt)_?na?m(e?|e?_?\d)$|^street$/i;
const BEFORE_NAME = [
  /^(pre_?dir\w*|dir_?pre\w*|prefix_?dir\w*|st_?pre_?dir|pre_?mod\w*)$/i,
  /^(pre_?type|prefix_?type|st_?pre_?type)$/i,
];
const AFTER_NAME = [
  /^(st(reet)?_?typ(e|_?suf)?|suf_?typ?e?|post_?type|type_?suf\w*|suffix|st_?suffix|street_?suffix|st_?pos_?typ|stsuffix)$/i,
  /^(suf_?dir\w*|dir_?suf\w*|post_?dir\w*|suffix_?dir\w*|st_?pos_?dir)$/i,
];
const CLASS_COLUMNS = [/^tipovial$/i, /^highway$/i, /^classifica/i, /^(clase|class|fclass|road_?class|tipo)$/i];
/** A number people know a road by when it has no name (A36, MEX-95D). */
const NUMBER_COLUMNS = [/^roadnumber$/i, /^ref$/i];
/** Whether a road runs above or below others: numbers of levels, and what stands for a bridge or a tunnel. */
const LEVEL_COLUMNS = [/^(layer|level|nivel|z_?level|z_?lev|f_zlev|t_zlev)$/i];
const STRUCTURE_COLUMNS = [
  /^(bridge|puente|is_?bridge|es_?puente)$/i,
  /^(tunnel|tunel|túnel|is_?tunnel)$/i,
  /^(structure|estructura|brunnel|roadstructure|road_?structure)$/i,
];
const NO_STRUCTURE = /^(no|none|n|f|false|falso|0|-|ninguno|ninguna|surface|at grade|superficie)$/i;
/** Values of OSM's `highway` that are nothing to walk or drive on. */
const NO_STREET = new Set(['construction', 'proposed', 'platform', 'raceway', 'elevator', 'razed', 'abandoned']);

export type StreetColumns = {
  readonly name: string | null;
  readonly roadClass: string | null;
  readonly number: string | null;
  readonly code: string | null;
  /** What stands before and after the name on the sign, where the source keeps them apart. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly levels: readonly string[];
  readonly structures: readonly string[];
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
  const name = wished('name') ?? known(NAME_COLUMNS);
  const parts = (patterns: readonly RegExp[]) =>
    name !== null && MIDDLE_OF_NAME.test(name) ? patterns.flatMap((pattern) => known([pattern]) ?? []) : [];
  return {
    name,
    before: parts(BEFORE_NAME),
    after: parts(AFTER_NAME),
    levels: columns.filter((column) => LEVEL_COLUMNS.some((pattern) => pattern.test(column))),
    structures: columns.filter((column) => STRUCTURE_COLUMNS.some((pattern) => pattern.test(column))),
    roadClass: known(CLASS_COLUMNS),
    number: known(NUMBER_COLUMNS),
    // Only what is named like a key: without one, name and corners make a code that lives longer than a row number.
    code: wished('code') ?? namedCode(rows, columns),
  };
}

/** What one row says of its street, or null when it is no street (a railway, a road not yet built). */
export function streetOf(row: Properties, columns: StreetColumns): Street | null {
  const kind = columns.roadClass === null ? null : cellText(row[columns.roadClass]);
  if (columns.roadClass?.toLowerCase() === 'highway' && (kind === null || NO_STREET.has(kind))) return null;
  const written = columns.name === null ? null : wholeName(row, columns.name, columns);
  // INEGI keeps the kind of street apart from its name; together they are what the sign says.
  const isInegi = columns.roadClass?.toLowerCase() === 'tipovial' && columns.name?.toLowerCase() === 'nomvial';
  const name = streetName(isInegi && written !== null ? `${kind ?? ''} ${written}` : written);
  const number = columns.number === null ? null : cellText(row[columns.number]);
  const code = columns.code === null ? null : cellText(row[columns.code]);
  return { name: name ?? number, roadClass: roadClass(kind ?? written), code };
}

/** The name with what stands before and after it, unless it has that already. */
function wholeName(row: Properties, column: string, { before, after }: StreetColumns): string | null {
  const middle = nameOf(row[column]);
  if (middle === null) return null;
  const words = middle.toLowerCase().split(' ');
  const parts = (columns: readonly string[], at: 0 | -1) =>
    columns.flatMap((part) => {
      const text = cellText(row[part]);
      return text === null || words.at(at) === text.toLowerCase() ? [] : [text];
    });
  return [...parts(before, 0), middle, ...parts(after, -1)].join(' ');
}

/** On which level a road runs, empty for the ground: roads of different levels do not meet where they cross. */
export function levelOf(row: Properties, { levels, structures }: StreetColumns): string {
  // A drawing has words in its column of layers, and they say nothing of heights.
  const heights = levels.map((column) => Number(cellText(row[column]) ?? 0)).filter((height) => height);
  const built = structures.flatMap((column) => {
    const value = row[column] === true ? column : cellText(row[column]);
    return value === null || NO_STRUCTURE.test(value) ? [] : [column.toLowerCase()];
  });
  return [...heights, ...built].join(' ');
}
