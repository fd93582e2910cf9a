// A thread that is asked: each question gets its own answer, whatever becomes of the others.

import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { withinLimits } from '../../server/jobs/limits.ts';
import { threadOf } from '../../server/jobs/thread.ts';

/** Doubles; throws at numbers below nought, and ends at nought. */
const start = () =>
  threadOf(
    new Worker(
      `import(${JSON.stringify(new URL('../../server/jobs/thread.ts', import.meta.url).href)}).then(({ answerWith }) =>
        answerWith((n) => {
          if (n < 0) throw new Error('below nought');
          if (n === 0) process.exit(3);
          return n * 2;
        }))`,
      { eval: true },
    ),
  );

test('it answers in order, and what it throws fails the question it was asked alone', async () => {
  const thread = start();
  const answers = await Promise.allSettled([1, -1, 2].map((n) => thread.ask(n)));
  expect(answers).toMatchObject([
    { value: 2 },
    { reason: { message: expect.stringContaining('below nought') } },
    { value: 4 },
  ]);
  expect(thread.hasEnded()).toBe(false);
  await thread.close();
  await expect(thread.ask(3)).rejects.toThrow('the thread has ended');
});

test('when it ends, whoever waits or asks later is told', async () => {
  const thread = start();
  const answers = await Promise.allSettled([1, 0, 2].map((n) => thread.ask(n)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(thread.hasEnded()).toBe(true);
  await expect(thread.ask(1)).rejects.toThrow('the thread has ended');
});

test('a question that cannot be sent fails, and takes no answer of another', async () => {
  const thread = start();
  await expect(thread.ask(() => {})).rejects.toThrow('could not be cloned');
  expect(await thread.ask(5)).toBe(10);
  await thread.close();
});

test('one that holds more typed arrays than its limit says is ended by name, which V8’s own limit does not do', async () => {
  const hoarder = new Worker(
    `const held = [];
    const until = Date.now() + 20_000;
    while (Date.now() < until) if (held.length < 40) held.push(new Float64Array(1_000_000).fill(1));`,
    { eval: true, resourceLimits: { maxOldGenerationSizeMb: 100 } },
  );
  const end = new Promise((_, reject) => hoarder.on('exit', () => reject(new Error('ended'))));
  const over = () => new Error('takes more than 100 MB');
  await expect(withinLimits(hoarder, { longestMs: 20_000, mostMb: 100 }, () => end, over)).rejects.toThrow('100 MB');
});
