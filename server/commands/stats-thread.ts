// `stats` in a thread of its own, which is ended where a method would take more than it may: a file chosen by mistake
// holds neither the terminal nor the memory of the machine.

import { Worker } from 'node:worker_threads';
import pino from 'pino';
import type { CommandIo } from '../db/control.ts';
import { BadInput } from '../errors.ts';
import { openSpeech, terminalLanguage } from '../i18n/speech.ts';
import { type Limits, withinLimits } from '../jobs/limits.ts';
import { threadOf } from '../jobs/thread.ts';
import { explain } from '../terminal/explain.ts';

export type StatsRun = Pick<CommandIo, 'cwd' | 'language'> & { readonly argv: readonly string[] };
export type StatsPrinted = {
  readonly status: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
};

/** Two million rows that are read take most of a gigabyte. */
const USUAL: Limits = { longestMs: 10_000, mostMb: 1024 };

/** Answers the exit status. */
export async function runStatsWithin(
  argv: readonly string[],
  { out, err, cwd, language }: Pick<CommandIo, 'out' | 'err' | 'cwd' | 'language'>,
  limits: Limits = USUAL,
): Promise<number> {
  const worker = new Worker(new URL('./stats-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: limits.mostMb },
  });
  const thread = threadOf(worker);
  const tooMuch = () =>
    new BadInput(
      'file',
      `takes more than ${limits.longestMs / 1000} seconds or ${limits.mostMb} MB: choose fewer data or neighbours`,
    );
  try {
    const asked: StatsRun = { argv, cwd, language };
    const printed = await withinLimits(worker, limits, async () => (await thread.ask(asked)) as StatsPrinted, tooMuch);
    for (const text of printed.out) out(text);
    for (const text of printed.err) err(text);
    return printed.status;
  } catch (error) {
    const speech = openSpeech(terminalLanguage(argv, { LANG: language }));
    err(explain(speech, thread.hasEnded() ? tooMuch() : error, argv, pino({ level: 'silent' })));
    return 1;
  } finally {
    await thread.close();
  }
}
