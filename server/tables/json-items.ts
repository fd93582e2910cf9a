// The features of a GeoJSON file one by one, however large it is: a collection, a list, or one feature on every line.

import { BadInput } from '../errors.ts';

/** A feature of more is no point with what is known of it. */
const MOST_ITEM_CHARS = 1_000_000;
/** What stands around the features: a title, a reference system. */
const MOST_AROUND_CHARS = 1_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_BRACE, CLOSE_BRACE] = [0x7b, 0x7d];
const [OPEN_BRACKET, CLOSE_BRACKET] = [0x5b, 0x5d];

/** `items` are the texts of features; `around` is the collection without them, once they are read. */
export type JsonItems = { readonly items: AsyncIterable<string>; readonly around: () => string };

/** Throws BadInput('file') for a file that is cut, or whose features are larger than any is. */
export function jsonItems(pieces: AsyncIterable<string>): JsonItems {
  let around = '';
  async function* items(): AsyncGenerator<string> {
    let text = '';
    let at = 0;
    let depth = 0;
    let inString = false;
    /** Where the object being read begins, and the last string at its own level. */
    let start = -1;
    let stringStart = -1;
    let key = '';
    /** Depth inside the list of features; -1 outside. */
    let list = -1;
    let base = 0;
    for await (const piece of pieces) {
      text += piece;
      for (; at < text.length; at++) {
        const char = text.charCodeAt(at);
        if (inString) {
          if (char === BACKSLASH) at += 1;
          else if (char === QUOTE) {
            inString = false;
            if (depth === base + 1) key = text.slice(stringStart, at);
          }
        } else if (char === QUOTE) {
          inString = true;
          stringStart = at + 1;
        } else if (char === OPEN_BRACE) {
          if (start < 0) start = at;
          depth += 1;
        } else if (char === OPEN_BRACKET) {
          depth += 1;
          const isFeatures = depth === base + 2 && key === 'features' && list < 0;
          if ((depth === 1 && start < 0) || isFeatures) {
            around += start < 0 ? '' : text.slice(start, at + 1);
            list = depth;
            base = depth;
            start = -1;
          }
        } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
          depth -= 1;
          if (char === CLOSE_BRACKET && depth === list - 1) {
            list = -1;
            base = 0;
            // What follows belongs to the collection.
            start = depth > 0 ? at : -1;
            key = '';
          } else if (char === CLOSE_BRACE && depth === (list < 0 ? 0 : list) && start >= 0) {
            const item = text.slice(start, at + 1);
            start = -1;
            key = '';
            if (around !== '' && list < 0) around += item;
            else yield item;
          }
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
