// The columns of a file and the letters in it, for people to judge the guesses by. Pure.

import iconv from 'iconv-lite';
import type { SourceFeature } from '../geometry/contract.ts';
import { cellText } from './columns.ts';
import type { ColumnInfo, EncodingSamples, SourceFile } from './contract.ts';

const EXAMPLES = 3;
const EXAMPLE_LENGTH = 60;
const SAMPLES = 6;
const OTHER_ENCODINGS = ['utf8', 'cp1252', 'cp850', 'cp437', 'macroman'];

export function describeColumns(features: readonly SourceFeature[]): ColumnInfo[] {
  const values = new Map<string, { filled: number; different: Map<string, true> }>();
  for (const { properties } of features) {
    for (const [name, value] of Object.entries(properties)) {
      const column = values.get(name) ?? { filled: 0, different: new Map() };
      values.set(name, column);
      const text = cellText(value);
      if (text === null) continue;
      column.filled += 1;
      column.different.set(text, true);
    }
  }
  return [...values].map(([name, { filled, different }]) => ({
    name,
    filled,
    different: different.size,
    examples: [...different.keys()].slice(0, EXAMPLES).map((text) => text.slice(0, EXAMPLE_LENGTH)),
  }));
}

/** Texts with letters beyond ASCII as they were read, and as other encodings would have read the same bytes. */
export function describeEncoding({ encoding, features }: SourceFile): EncodingSamples | null {
  if (encoding === null) return null;
  const { name: used, guessed } = encoding;
  const samples = new Set<string>();
  for (const { properties } of features) {
    for (const value of Object.values(properties)) {
      const text = typeof value === 'string' ? cellText(value) : null;
      if (text !== null && /[^\x20-\x7e]/.test(text)) samples.add(text.slice(0, EXAMPLE_LENGTH));
    }
    if (samples.size >= SAMPLES) break;
  }
  const shown = [...samples].slice(0, SAMPLES);
  const bytes = shown.map((text) => iconv.encode(text, used));
  const others = OTHER_ENCODINGS.filter((name) => name !== used.replace('-', '')).map((name) => ({
    name,
    samples: bytes.map((each) => iconv.decode(each, name)),
  }));
  return { used, guessed, samples: shown, others: shown.length > 0 ? others : [] };
}
