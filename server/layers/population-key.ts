// Finds what a table of residents and a layer of areas have in common: a column of codes or names, and how it is compared.

import type { Properties } from '../geometry/contract.ts';
import { fold } from '../text/fold.ts';
import type { PopulationKey } from './contract.ts';

export type KeyArea = { readonly id: number; readonly code: string; readonly name: string };
/** A column with the place each row would belong to; 0 = none. */
export type Fit = PopulationKey & { readonly placeIds: readonly number[] };

/** A column nobody named is taken only when nearly all of its rows match. */
const SHARE_UNNAMED = 0.9;
const SHARE_PREFIX = 0.5;
/** Two columns fit differently when so many of the rows both match belong to different areas. */
const SHARE_APART = 0.05;

type Values = readonly (string | null)[];
type Lookup = (text: string) => number | undefined;

/** The best way to compare a column with the codes of the areas; the plainest of those that match as much. */
export function fitCodes(column: string, values: Values, areas: readonly KeyArea[]): Fit {
  return best(column, 'code', values, [
    ['plain', lookupBy(areas, codeOf, asIs)],
    ['zeros', lookupBy(areas, ({ code }) => withoutZeros(code), withoutZeros)],
    ['prefix', longerInFile(values, areas) ?? longerInLayer(values, areas)],
  ]);
}

/** As fitCodes, by names; those that several areas share say of none which it is. */
export function fitNames(column: string, values: Values, areas: readonly KeyArea[]): Fit {
  return best(column, 'name', values, [
    ['plain', lookupUnique(areas, ({ name }) => name.trim(), asIs)],
    ['folded', lookupUnique(areas, ({ name }) => plainName(name), plainName)],
  ]);
}

function best(column: string, of: Fit['of'], values: Values, ways: readonly [Fit['how'], Lookup | null][]): Fit {
  const fits = ways.map(([how, lookup]): Fit => {
    const placeIds = values.map((text) => (text ? (lookup?.(text.trim()) ?? 0) : 0));
    return { column, of, how, matched: placeIds.filter((id) => id !== 0).length, placeIds };
  });
  return fits.reduce((most, each) => (each.matched > most.matched ? each : most));
}

const asIs = (text: string) => text;
const codeOf = ({ code }: KeyArea) => code.trim();

/** The areas by what they are compared by; null where two of them would be one. */
function lookupBy(areas: readonly KeyArea[], keyOf: (area: KeyArea) => string, keyIn: typeof asIs): Lookup | null {
  const ids = new Map(areas.map((area) => [keyOf(area), area.id]));
  return ids.size < areas.length ? null : (text) => ids.get(keyIn(text));
}

/** The same of those alone that no other shares it with. */
function lookupUnique(areas: readonly KeyArea[], keyOf: (area: KeyArea) => string, keyIn: typeof asIs): Lookup {
  const byKey = Map.groupBy(areas, keyOf);
  return (text) => {
    const key = keyIn(text);
    const found = key === '' ? undefined : byKey.get(key);
    return found?.length === 1 ? found[0]!.id : undefined;
  };
}

const withoutZeros = (code: string): string => code.trim().replace(/^0+(?=.)/, '');

/**
 * The table writes state or municipality before every code: one and the same, zeros before it or not, or rows of another
 * place would match too.
 */
function longerInFile(values: Values, areas: readonly KeyArea[]): Lookup | null {
  const length = lengthOf(areas.map(codeOf));
  const byCode = lookupBy(areas, codeOf, asIs);
  if (length === null || !byCode) return null;
  const longer = values.filter((text) => text !== null && text.trim().length > length).map((text) => text!.trim());
  const prefixes = new Set(longer.map((text) => withoutZeros(text.slice(0, -length))));
  const matched = longer.filter((text) => byCode(text.slice(-length)) !== undefined).length;
  if (prefixes.size !== 1 || matched < longer.length * SHARE_PREFIX) return null;
  return (text) => (text.length > length ? byCode(text.slice(-length)) : undefined);
}

/** The layer writes it and the table does not; without it the codes of the layer must still be different. */
function longerInLayer(values: Values, areas: readonly KeyArea[]): Lookup | null {
  const written = values.flatMap((text) => (text === null || text.trim() === '' ? [] : [text.trim()]));
  const length = lengthOf(written);
  if (length === null || areas.some((area) => codeOf(area).length <= length)) return null;
  if (new Set(areas.map((area) => codeOf(area).slice(0, -length))).size !== 1) return null;
  const lookup = lookupBy(areas, (area) => codeOf(area).slice(-length), asIs);
  const matched = lookup ? written.filter((text) => lookup(text) !== undefined).length : 0;
  return matched >= written.length * SHARE_PREFIX && matched > 0 ? lookup : null;
}

/** The one length all of them have. */
function lengthOf(codes: readonly string[]): number | null {
  const lengths = new Set(codes.map((code) => code.length));
  return lengths.size === 1 ? [...lengths][0]! : null;
}

/** Columns nobody named that nearly all match: what counts the rows of the table is no code. */
export function fitsUnnamed(rows: readonly Properties[], columns: readonly string[], areas: readonly KeyArea[]): Fit[] {
  return columns.flatMap((column) => {
    const values = rows.map((row) => String(row[column] ?? '').trim());
    if (values.every((text, i) => text === String(i + 1) || text === String(i))) return [];
    const filled = values.filter((text) => text !== '').length;
    return [fitCodes(column, values, areas), fitNames(column, values, areas)].filter(
      ({ matched }) => matched > 0 && matched >= filled * SHARE_UNNAMED && matched >= rows.length / 2,
    );
  });
}

/** Whether two columns would give the residents to different areas. */
export function areApart(one: Fit, other: Fit): boolean {
  let [both, apart] = [0, 0];
  one.placeIds.forEach((id, row) => {
    const second = other.placeIds[row]!;
    if (id === 0 || second === 0) return;
    both++;
    if (id !== second) apart++;
  });
  return apart > 0 && apart >= both * SHARE_APART;
}

/** Without accents, case, punctuation and what offices put before or after a name. */
function plainName(name: string): string {
  return fold(name)
    .replaceAll(/\b(col(onia)?|barrio|fracc(ionamiento)?|u ?hab|pueblo|pblo|unidad habitacional)\b\.?/g, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
