// Worker thread of `stats`: runs the method and answers what it would print.

import { answerWith } from '../jobs/thread.ts';
import { runStats } from './stats.ts';
import type { StatsPrinted, StatsRun } from './stats-thread.ts';

answerWith(async ({ argv, cwd, language }: StatsRun): Promise<StatsPrinted> => {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text), cwd, language };
  return { status: await runStats(argv, io), out, err };
});
