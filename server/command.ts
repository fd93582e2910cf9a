// What one command of the command line is: its words, its options, and what it is given to run with.

import type { ParseArgsOptionsConfig } from 'node:util';
import type { Logger } from 'pino';
import type { CommandIo } from './db/control.ts';
import type { Database } from './db/open.ts';
import { BadInput } from './errors.ts';
import type { Taxonomy } from './incidents/taxonomy.ts';

export type CommandDeps = {
  readonly database: Database;
  readonly taxonomy: Taxonomy;
  readonly dataDir: string;
  readonly log: Logger;
};

export type Given = {
  readonly argument: string;
  readonly option: (name: string) => string | null;
  readonly required: (name: string) => string;
  readonly list: (name: string) => readonly string[];
  readonly isSet: (name: string) => boolean;
};

/** Answers the report, and whether the command may claim success. */
export type Run = (deps: CommandDeps, given: Given, io: CommandIo) => Promise<object>;
export type Command = { readonly words: string; readonly options: ParseArgsOptionsConfig; readonly run: Run };

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;

export function integer(value: string | null, name: string): number | null {
  if (value === null) return null;
  if (!/^\d{1,6}$/.test(value)) throw new BadInput(name, `--${name} is a number`);
  return Number(value);
}
