// A class of two hundred, each with an account of their own, opening one lesson and answering within the same seconds: how
// long one waits to be marked, and whether all that was said to be kept is there after the server was killed.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { EVERYWHERE } from '../../server/access/contract.ts';
import { openSessions } from '../../server/accounts/sessions.ts';
import { addAccount } from '../../server/accounts/store.ts';
import { openDatabase } from '../../server/db/open.ts';
import { seeingEverybody } from '../../server/db/tenants.ts';
import type { LessonsAnswer } from '../../server/lessons/contract.ts';
import { type Person, person } from '../support/people.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine } from './contract.ts';

type Given = readonly [exercise: string, answer: number | string];
const LEARNERS = 200;
const LESSON = 'count-and-rate';
/** Of it in the sample city; whether they are right is all the same here. */
const ANSWERS = [
  ['total', 70],
  ['most-incidents', 'C-07'],
  ['highest-rate', 'C-03'],
] as const satisfies readonly Given[];
/** The second option is right, which the portal tells afterwards. */
const LAST: Given = ['no-rate', 1];
/** Each reads and thinks before they answer. */
const THINK_MS = 8000;
const LIMIT_MS = 200;
const PUBLIC_VIEW = 'the public view is up to date';
const ENV = { CUADRA_ACCESS: 'accounts', CUADRA_DEMO: '1' };

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const dataDir = context.scratch();
  const before = await startServer({ dataDir, env: ENV, readyTimeoutMs: 300_000 });
  // A city that was just made is read through once for its public view, which no class waits for.
  await until(() => before.log().some((line) => line.includes(PUBLIC_VIEW)), 180_000, PUBLIC_VIEW);
  await before.stop();
  const cookies = await seeingEverybody(() => classIn(dataDir));
  const options = { dataDir, env: ENV, readyTimeoutMs: 300_000, isLongLived: true };
  let server = await startServer(options);
  try {
    const learners = (): Person[] => cookies.map((cookie) => Object.assign(person(server), { cookie }));
    const times: number[] = [];
    const kept = new Set<number>();
    let refused = 0;
    const give = async (somebody: Person, learner: number, [exercise, answer]: Given) => {
      const body = { id: randomUUID(), givenAt: new Date().toISOString(), answer };
      const began = performance.now();
      const path = `demo/lessons/${LESSON}/exercises/${exercise}`;
      const came = await somebody.ask('POST', path, body).catch(() => null);
      await came?.arrayBuffer().catch(() => null);
      if (came?.status !== 200) return void refused++;
      times.push(performance.now() - began);
      if (exercise === LAST[0]) kept.add(learner);
    };
    const cpuBefore = await cpuMsOf(server.pid);
    context.say(`${LEARNERS} learners answer, one answer each every ${THINK_MS / 1000} s`);
    const answering = learners().map(async (somebody, learner) => {
      await sleep(Math.random() * THINK_MS);
      await somebody.get(`demo/lessons/${LESSON}`);
      for (const each of ANSWERS) {
        await sleep(THINK_MS * (0.5 + Math.random()));
        await give(somebody, learner, each);
      }
    });
    await Promise.all(answering);
    const quiet = [...times];
    const cpuMs = ((await cpuMsOf(server.pid)) - cpuBefore) / quiet.length;
    if (refused > 0) throw new Error(`${refused} answers were not taken`);

    context.say('the server is killed while they answer');
    const last = learners().map(async (somebody, learner) => {
      await sleep(Math.random() * 1000);
      await give(somebody, learner, LAST);
    });
    await until(() => kept.size >= LEARNERS / 10, 60_000, 'answers taken before the kill');
    await server.kill();
    await Promise.all(last);
    server = await startServer(options);
    const lost: number[] = [];
    for (const [learner, somebody] of learners().entries()) {
      if (!kept.has(learner)) continue;
      const { lessons } = await somebody.get<LessonsAnswer>('demo/lessons');
      const done = lessons.find(({ code }) => code === LESSON)?.done ?? [];
      if (!done.includes(LAST[0])) lost.push(learner);
    }
    if (lost.length > 0) throw new Error(`answers of ${lost.length} learners were lost`);
    const sorted = quiet.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]!);
    const note = `${sorted.length} answers, ${Math.round((LEARNERS / THINK_MS) * 1000)} a second: median ${at(0.5)} ms, slowest ${at(1)} ms, ${cpuMs.toFixed(1)} ms of CPU each; none of ${kept.size} lost after kill -9, ${refused} cut off`;
    const measured = { name: 'learners p95', rows: LEARNERS, unit: 'ms to be marked', note };
    return [limitLine({ ...measured, ours: { min: at(0.5), median: at(0.95) } }, LIMIT_MS)];
  } finally {
    await server.stop();
  }
}

/** What a process has used so far, where the system says so (Linux counts hundredths of a second); else NaN. */
async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  const fields = stat?.split(') ')[1]?.split(' ');
  return fields ? 10 * (Number(fields[11]) + Number(fields[12])) : Number.NaN;
}

async function until(isSo: () => boolean, withinMs: number, what: string): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(20);
  }
}

/** Accounts and their sessions, made while no server has the data: two hundred invitations would take minutes. */
async function classIn(dataDir: string): Promise<string[]> {
  const log = pino({ level: 'silent' });
  const database = await openDatabase({ databaseUrl: null, dataDir, log });
  try {
    const now = () => new Date();
    const deps = { database, log, now, isDemoAlone: async () => false, needsSecondStep: () => false };
    const sessions = openSessions(deps);
    const cookies: string[] = [];
    for (let n = 0; n < LEARNERS; n++) {
      const of = { role: 'planner', scope: EVERYWHERE, password: null, at: now() } as const;
      const accountId = await addAccount(database.db, { name: `Persona ${n}`, ...of });
      cookies.push(await sessions.begin({ accountId }, { address: '127.0.0.1', device: 'bench' }));
    }
    return cookies;
  } finally {
    await database.close();
  }
}
