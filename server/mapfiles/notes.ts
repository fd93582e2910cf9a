// What is said of a file as it is read: each code once, with its count and first example. Pure.

import type { Note } from '../text/contract.ts';

/** Collects notes: how often each code was seen, with the first example. */
export function noteTaker(): { add(code: string, example?: string | null, count?: number): void; list(): Note[] } {
  const notes = new Map<string, { count: number; example: string | null }>();
  return {
    add(code, example = null, count = 1) {
      const note = notes.get(code);
      if (note) note.count += count;
      else notes.set(code, { count, example });
    },
    list: () => [...notes].map(([code, note]) => ({ code, ...note })),
  };
}
