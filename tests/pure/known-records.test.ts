// The counting table of stored records against a Map.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { knownRecords } from '../../server/incidents/known-records.ts';

test('a record is taken as often as it was added, and the rest remains', () => {
  const hash = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const few = fc.constantFrom(0n, 1n, -1n, 2n ** 32n, -(2n ** 63n), 5n + 2n ** 12n, 5n + 2n ** 13n);
  fc.assert(
    fc.property(fc.array(fc.oneof(hash, few)), fc.array(fc.oneof(hash, few)), (added, asked) => {
      const known = knownRecords(0);
      const oracle = new Map<bigint, number>();
      for (const each of added) {
        known.add(each);
        oracle.set(each, (oracle.get(each) ?? 0) + 1);
      }
      for (const each of [...asked, ...added.slice(0, added.length / 2)]) {
        const left = oracle.get(each) ?? 0;
        expect(known.take(each)).toBe(left > 0);
        if (left > 0) oracle.set(each, left - 1);
      }
      expect(known.remaining()).toBe([...oracle.values()].reduce((sum, left) => sum + left, 0));
    }),
  );
});

test('it grows past its first size and forgets nothing', () => {
  const known = knownRecords(0);
  for (let i = 0n; i < 20_000n; i++) known.add(i * 4096n);
  expect(known.remaining()).toBe(20_000);
  for (let i = 0n; i < 20_000n; i++) expect(known.take(i * 4096n)).toBe(true);
  expect(known.remaining()).toBe(0);
  expect(known.take(4096n)).toBe(false);
});
