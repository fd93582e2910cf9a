// A question of the page: the answer under way comes, whatever is asked meanwhile, unless the question itself changes.

import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { ofOne } from '../../web/store/answers.ts';
import { createQuestion } from '../../web/store/question.ts';

/** A server that answers when told to. */
function slowServer() {
  const asked: { path: string; signal: AbortSignal; answer: (value: string) => void; fail: (error: Error) => void }[] =
    [];
  const ask = (path: string, stop: AbortSignal) =>
    new Promise<string>((answer, fail) => void asked.push({ path, signal: stop, answer, fail }));
  return { asked, ask };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

test('asked again while an answer is under way, it shows that one and asks once more', async () => {
  const { asked, ask } = slowServer();
  const question = createQuestion<string>(signal('/a'), ask);
  for (let event = 0; event < 5; event++) question.ask();
  expect(asked.map(({ signal: { aborted } }) => aborted)).toEqual([false]);
  asked[0]!.answer('first');
  await settled();
  expect(question.answered.value?.value).toBe('first');
  expect(asked.length).toBe(2);
  asked[1]!.answer('second');
  await settled();
  expect([question.answered.value?.value, asked.length]).toEqual(['second', 2]);
});

test('a failure is asked again too, and said when that fails', async () => {
  const { asked, ask } = slowServer();
  const question = createQuestion<string>(signal('/a'), ask);
  question.ask();
  asked[0]!.fail(new Error('away'));
  await settled();
  expect(asked.length).toBe(2);
  asked[1]!.fail(new Error('away'));
  await settled();
  expect([question.problem.value?.message, asked.length]).toEqual(['Error: away', 2]);
});

test('another question calls off the answer under way, and what was asked of it', async () => {
  const { asked, ask } = slowServer();
  const path = signal('/a');
  const question = createQuestion<string>(path, ask);
  question.ask();
  path.value = '/b';
  expect(asked.map(({ path: each, signal: { aborted } }) => [each, aborted])).toEqual([
    ['/a', true],
    ['/b', false],
  ]);
  asked[0]!.answer('late');
  asked[1]!.answer('of b');
  await settled();
  expect([question.answered.value?.value, asked.length]).toEqual(['of b', 2]);
});

test('the answer to the question before is kept and told as old, unless it is of another place or layer', async () => {
  const { asked, ask } = slowServer();
  const path = signal('/api/v1/villa/top?layer=colonias&hour=20-2');
  const question = createQuestion<string>(path, ask, ofOne('layer'));
  expect(question.isOld.value).toBe(false);
  asked[0]!.answer('nights by colonia');
  await settled();
  path.value = '/api/v1/villa/top?layer=colonias&weekday=5';
  expect([question.answered.value?.value, question.isOld.value]).toEqual(['nights by colonia', true]);
  asked[1]!.fail(new Error('away'));
  await settled();
  expect([question.answered.value?.value, question.isOld.value]).toEqual(['nights by colonia', true]);
  path.value = '/api/v1/villa/top?layer=streets&weekday=5';
  expect([question.answered.value, question.isOld.value]).toEqual([null, false]);
  asked[2]!.answer('by street');
  await settled();
  expect([question.answered.value?.value, question.isOld.value]).toEqual(['by street', false]);
});

test('the card of a place shows no figures of another, whatever else is asked of it', () => {
  const scope = ofOne('within');
  const of = (query: string) => scope(`/api/v1/villa/summary?${query}`);
  expect(of('within=colonias%3A03&hour=20-2')).toBe(of('hour=6-9&within=colonias%3A03'));
  expect(of('within=colonias%3A03')).not.toBe(of('within=colonias%3A04'));
  expect(of('within=colonias%3A03')).not.toBe(scope('/api/v1/otra/summary?within=colonias%3A03'));
});
