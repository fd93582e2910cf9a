// How far a background job is, as the page shows it. Pure.

import type { Right } from '../access/contract.ts';

/** Work in the background as the API tells it. */
export type JobState = {
  readonly id: string;
  readonly kind: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** What a running job is at, in the words of its runner, and how far (0–1, null = not known). */
  readonly step: string | null;
  readonly fraction: number | null;
  readonly report: unknown;
  /** Why a job failed, as one line: a message for the caller, `internal` (the log says more) or `stopped`. */
  readonly problem: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
};

/** A job that waits for another writer to be done tells as its step since when that one writes, and what. */
export const stepOfWaiting = ({ since, about }: { readonly since: string | null; readonly about: string | null }) =>
  `turn ${since ?? '-'} ${about ?? ''}`.trimEnd();
export function waitingOf(step: string): { readonly since: string | null; readonly about: string | null } | null {
  const [, since = '-', about = ''] = /^turn (\S+)(?: (.*))?$/s.exec(step) ?? [];
  return step.startsWith('turn ') ? { since: since === '-' ? null : since, about: about || null } : null;
}

/**
 * Who may have such work done is told what came of it, and may stop it: the check of a file of incidents shows some of them
 * as they stand there.
 */
export const rightOfJob = (kind: string): Right => RIGHT_OF[kind] ?? 'import';
const RIGHT_OF: Readonly<Record<string, Right>> = {
  ...{ publish: 'publish-layers', restore: 'publish-layers', limit: 'publish-layers', 'place-names': 'manage-places' },
};
