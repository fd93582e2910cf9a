// What one command of the command line is: its words, its options, and what it is given to run with.

import type { ParseArgsOptionsConfig } from 'node:util';
import type { AuditEvent } from '../audit/contract.ts';
import type { InstallationDeps } from '../check/installation.ts';
import type { CommandIo } from '../db/control.ts';
import { BadInput } from '../errors.ts';
import type { Speech } from '../i18n/speech.ts';

/** `portal`: its address as people open it, where one is set. */
export type CommandDeps = InstallationDeps & { readonly portal?: string | null };

export type Given = {
  readonly argument: string;
  /** All of them, for a command that takes several. */
  readonly arguments: readonly string[];
  readonly option: (name: string) => string | null;
  readonly required: (name: string) => string;
  readonly list: (name: string) => readonly string[];
  readonly isSet: (name: string) => boolean;
};

/** What came of a command: the report for programs, which says whether it may claim success, and its sentences. */
export type Outcome = { readonly report: object; readonly lines: (speech: Speech) => readonly string[] };
export type Run = (deps: CommandDeps, given: Given, io: CommandIo) => Promise<Outcome>;
export type Command = {
  readonly words: string;
  /** How many arguments it takes; one unless said. */
  readonly takes?: number;
  readonly options: ParseArgsOptionsConfig;
  /** It waits while somebody else writes to the jurisdiction; it may be begun again then. */
  readonly waits?: true;
  /** As what it is written down when it was done. */
  readonly audited?: Exclude<AuditEvent, 'points'>;
  readonly run: Run;
};

export function told<R extends object>(report: R, tell: (speech: Speech, report: R) => readonly string[]): Outcome {
  return { report, lines: (speech) => tell(speech, report) };
}

export const text = { type: 'string' } as const;
export const flag = { type: 'boolean' } as const;

export function integer(value: string | null, name: string): number | null {
  if (value === null) return null;
  if (!/^\d{1,6}$/.test(value)) throw new BadInput(name, `--${name} is a number`);
  return Number(value);
}
