// The features of a GeoJSON file one by one, however large it is: a collection, a list, or one feature on every line.

import { BadInput } from '../errors.ts';

/** A feature of more is no point with what is known of it. */
const MOST_ITEM_CHARS = 1_000_000;
/** What stands around the features: a title, a reference system. */
const MOST_AROUND_CHARS = 1_000_000;

const RECORD_SEPARATOR = 0x1e;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_BRACE, CLOSE_BRACE] = [0x7b, 0x7d];
const [OPEN_BRACKET, CLOSE_BRACKET] = [0x5b, 0x5d];

/**
 * `items` are the texts of features, and null for whatever else stands in their list; `around` is the collection without
 * them, once they are read.
 */
export type JsonItems = { readonly items: AsyncIterable<string | null>; readonly around: () => string };

/**
 * The items of the list at the end of `path`, keys from the outermost object on. Throws BadInput('file') for a file that
 * is cut, or whose features are larger than any is.
 */
export function jsonItems(pieces: AsyncIterable<string>, path: readonly string[] = ['features']): JsonItems {
  let around = '';
  async function* items(): AsyncGenerator<string | null> {
    let text = '';
    let at = 0;
    let depth = 0;
    let inString = false;
    /** Where the object being read begins, and the last string at its own level. */
    let start = -1;
    let stringStart = -1;
    /** Keys of the objects that are open outside the list; null in a list. */
    const keys: (string | null)[] = [];
    /** Something that is no object stands in the list, or between records of lines. */
    let other = false;
    const isAtPath = (at: number) => at === path.length + 1 && path.every((key, i) => keys[i + 1] === key);
    /** Depth inside the list of features; -1 outside. */
    let list = -1;
    /** Depth at which records stand. */
    let base = 0;
    for await (const piece of pieces) {
      text += piece;
      for (; at < text.length; at++) {
        const char = text.charCodeAt(at);
        if (inString) {
          if (char === BACKSLASH) at += 1;
          else if (char === QUOTE) {
            inString = false;
            if (list < 0 && keys[depth] !== null) keys[depth] = text.slice(stringStart, at);
          }
        } else if (char === QUOTE) {
          if (depth === base && !other) yield null;
          other ||= depth === base;
          inString = true;
          stringStart = at + 1;
        } else if (char === OPEN_BRACE) {
          if (start < 0 && depth === base) start = at;
          depth += 1;
          if (list < 0) keys[depth] = '';
        } else if (char === OPEN_BRACKET) {
          depth += 1;
          if (list < 0 && ((depth === 1 && start < 0) || isAtPath(depth))) {
            around += start < 0 ? '' : text.slice(start, at + 1);
            list = depth;
            base = depth;
            start = -1;
          } else if (list < 0) keys[depth] = null;
          else if (depth === base + 1 && !other) {
            other = true;
            yield null;
          }
        } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
          depth -= 1;
          if (char === CLOSE_BRACKET && depth === list - 1) {
            list = -1;
            base = 0;
            other = false;
            // What follows belongs to the collection.
            start = depth > 0 ? at : -1;
          } else if (char === CLOSE_BRACE && depth === (list < 0 ? 0 : list) && start >= 0) {
            const item = text.slice(start, at + 1);
            start = -1;
            other = false;
            if (around !== '' && list < 0) around += item;
            else yield item;
          }
        } else if (depth === base && char > 0x20 && char !== RECORD_SEPARATOR) {
          if (char !== COMMA && !other) yield null;
          other = char !== COMMA;
        }
      }
      // An escape may end the piece with its second half in the next.
      const kept = start >= 0 ? start : inString ? stringStart : text.length;
      if (text.length - kept > MOST_ITEM_CHARS) throw new BadInput('file', 'a feature of the file is too large');
      if (around.length > MOST_AROUND_CHARS) throw new BadInput('file', 'there is too much around its features');
      text = text.slice(Math.min(kept, text.length));
      at -= Math.min(kept, at);
      stringStart -= kept;
      if (start >= 0) start = 0;
    }
    if (depth !== 0 || inString) throw new BadInput('file', 'the file ends in the middle: it is cut');
  }
  return { items: items(), around: () => around };
}
