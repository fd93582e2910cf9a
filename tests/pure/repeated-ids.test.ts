// Ids within one file: those that start again, and those that are none, however many rows there are.

import { expect, test } from 'vitest';
import { dayOf } from '../../server/calendar/days.ts';
import { watchRepeatedIds } from '../../server/incidents/repeated-ids.ts';

function watched(rows: Iterable<readonly [id: string, day: string]>) {
  const ids = watchRepeatedIds();
  for (const [id, day] of rows) ids.add(id, dayOf(day));
  let question: string | null = null;
  try {
    ids.check();
  } catch (error) {
    question = (error as Error).message;
  }
  return { question, notes: ids.notes() };
}

/** `count` ids from 1 on, all of one day. */
const counted = (count: number, day: string) => Array.from({ length: count }, (_, n) => [`EXP-${n + 1}`, day] as const);

test('ids that start again after more than are kept are asked about', () => {
  const months = [...counted(70_000, '2024-01-10'), ...counted(70_000, '2024-02-10')];
  expect(watched(months).question).toMatch(/^the ids start again within the file: .* --id-rule id\+month/);
  expect(watched(counted(140_000, '2024-01-10')).question).toBeNull();
});

test('an id of many rows in the mean is told as none; a case of a few records is one', () => {
  const rows = (each: number) =>
    Array.from({ length: 48 }, (_, n) => [`S${Math.floor(n / each)}`, '2024-01-10'] as const);
  expect(watched(rows(12)).notes).toEqual([{ code: 'ids-few', count: 4, example: 'S0, S1, S2' }]);
  expect(watched(rows(3)).notes).toEqual([]);
  expect(watched(rows(12).slice(0, 9)).notes).toEqual([]);
});
