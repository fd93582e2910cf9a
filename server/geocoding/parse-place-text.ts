// What a text asks to be found: the names in it, folded, and the one it is listed under when nothing is found.

import type { PlaceText } from '../reading/contract.ts';
import { crossingOf, type FoldedName, foldArea, foldStreet } from './fold-names.ts';

export type PlaceNamesAsked = {
  readonly street: FoldedName | null;
  readonly crossing: FoldedName | null;
  /** A neighbourhood, or free words that may name one. */
  readonly area: FoldedName | null;
  readonly borough: FoldedName | null;
  /** The words are free: where they name a street, they name no area. */
  readonly free: boolean;
  /** The finest name in it, under which it is listed and given a meaning: folded, and as the source writes it. */
  readonly name: string;
  readonly words: string;
  /** The name names no more than a borough. */
  readonly boroughOnly: boolean;
};

/** Null when its words hold nothing to look for. */
export function askedOf({ text, parts }: PlaceText): PlaceNamesAsked | null {
  const { neighbourhood, borough, crossing } = parts;
  const free = parts.street === undefined && neighbourhood === undefined;
  const place = Object.keys(parts).length === 0 ? text : parts.place;
  const street = parts.street ?? place;
  const area = neighbourhood ?? place;
  const split = street !== undefined && crossing === undefined ? crossingOf(street) : null;
  const finest = area ?? street ?? borough ?? '';
  const folded = area !== undefined || street === undefined ? foldArea(finest) : foldStreet(finest);
  if (!folded) return null;
  const folding = (words: string | undefined, foldName: typeof foldArea) =>
    words === undefined ? null : foldName(words);
  return {
    street: split ? foldStreet(split[0]) : folding(street, foldStreet),
    crossing: split ? foldStreet(split[1]) : folding(crossing, foldStreet),
    area: folding(area, foldArea),
    borough: folding(borough, foldArea),
    free,
    name: folded.folded,
    words: finest,
    boroughOnly: area === undefined && street === undefined,
  };
}
