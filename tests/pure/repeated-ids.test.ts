// Ids within one file: those that start again, and those that are none, however many rows there are.

import { expect, test } from 'vitest';
import { dayOf } from '../../server/calendar/days.ts';
import { watchRepeatedIds } from '../../server/incidents/repeated-ids.ts';
import { plainId, watchRewrittenIds } from '../../server/incidents/rewritten-ids.ts';

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

test('an id that a spreadsheet wrote anew is read plainly; one that may be a thousand stays as it is', () => {
  const plain = {
    '1234.0': '1234',
    '1234.000': '1234',
    '01234': '1234',
    "'0088": '88',
    '1,234': '1234',
    '1,000': '1000',
  };
  for (const [id, number] of Object.entries(plain)) expect(plainId(id)).toBe(number);
  for (const id of ['1.000', '12.000', '123.000 B', "'1.000", '1.5', 'A-7']) expect(plainId(id)).toBe(id);
});

test('where a file tells two spellings of an id apart, neither is taken for a stored third one', () => {
  const otherOf = (stored: string, ...file: readonly string[]) => {
    const ids = watchRewrittenIds();
    for (const id of file) ids.added(id);
    return ids.otherOf(stored, (id) => file.includes(id));
  };
  expect(otherOf('17', '017', '017')).toBe('017');
  expect(otherOf('017', '17')).toBe('17');
  expect(otherOf('17.0', '017', '17')).toBeNull();
  expect(otherOf('17', '017', '0017', '017')).toBeNull();
  expect(otherOf('1', '1.000')).toBeNull();
});
