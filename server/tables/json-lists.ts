// Finds the list of records in what a service answers: {"result": {"records": […]}}, {"incidents": […]}, however deep.

import { BadInput } from '../errors.ts';

/** Keys from the outermost object to the list. */
export type ListPath = readonly string[];
/** Lists of objects with how many they hold, the one of records first. */
export type FoundLists = readonly { readonly path: ListPath; readonly count: number }[];

const DEEPEST = 6;
/** Of services: they describe the answer, whatever they hold. */
const NO_RECORDS =
  /^(fields?|columns|links?|meta|metadata|facets?|facet_groups|search_facets|aggregations|errors|warnings|schema|headers)$/i;
const LISTS_NAMED = 5;
/** A list of more than this share of the longest may be the one that is meant. */
const SHARE_TO_ASK = 0.5;

const LONGEST_KEY = 200;
const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Null where the file is a list itself, or a record on every line; `features` is the list of a map wherever else one
 * stands. Throws BadInput('file') where no list holds records, or several may.
 */
export async function findList(pieces: AsyncIterable<string>): Promise<FoundLists | null> {
  const lists = new Map<string, { readonly path: ListPath; count: number }>();
  /** Of what is open: the last string in it, and the list it is where its path is known. */
  const open: { key: string; readonly list: string | null; readonly isObject: boolean }[] = [];
  let [inString, escaped, isValue] = [false, false, false];
  let string = '';
  let objects = 0;
  let values = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charCodeAt(at);
      const inside = open.at(-1);
      if (inString) {
        if (escaped) escaped = false;
        else if (char === BACKSLASH) escaped = true;
        else if (char === QUOTE) {
          inString = false;
          if (open.length === 1 && isValue && inside!.key === 'type' && string === 'Feature') return null;
          if (inside && !isValue) inside.key = string;
        } else if (open.length <= DEEPEST && string.length < LONGEST_KEY) string += piece[at];
      } else if (char <= 0x20) continue;
      else if (char === QUOTE) {
        [inString, string] = [true, ''];
        if (open.length === 1 && isValue) values++;
      } else if (char === OPEN_BRACE) {
        if (open.length === 0 && ++objects > 1) return null;
        const list = inside?.list == null ? undefined : lists.get(inside.list);
        if (list) list.count++;
        if (list && list.path.join() === 'features') return [list];
        open.push({ key: '', list: null, isObject: true });
      } else if (char === OPEN_BRACKET) {
        if (open.length === 0) return null;
        const isKnown = open.length <= DEEPEST && open.every(({ isObject }) => isObject);
        const path = open.map(({ key }) => key);
        const name = path.join('\u001f');
        if (isKnown && !lists.has(name)) lists.set(name, { path, count: 0 });
        open.push({ key: '', list: isKnown ? name : null, isObject: false });
      } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) open.pop();
      else if (open.length === 1 && char !== COLON && char !== COMMA) values++;
      if (!inString) isValue = char === COLON;
    }
  }
  const found = [...lists.values()].filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const records = found.filter(({ path }) => !NO_RECORDS.test(path.at(-1)!));
  const [first, second] = records.length ? records : found;
  // One record, or what no service calls records.
  if (!first) {
    if (lists.size === 0 && values > 0) return null;
    throw new BadInput('file', 'the file holds no list of records: save it as one ([{…}, {…}]) or as CSV');
  }
  if (second && second.count > first.count * SHARE_TO_ASK)
    throw new BadInput(
      'file',
      `the file holds several lists (${listNames(records)}): save the one that is meant by itself`,
    );
  return [first, ...found.filter((each) => each !== first)];
}

export const listNames = (lists: FoundLists): string =>
  lists
    .slice(0, LISTS_NAMED)
    .map(({ path, count }) => `${path.join('.')}: ${count}`)
    .join(', ')
    .slice(0, 200)
    .toWellFormed();
