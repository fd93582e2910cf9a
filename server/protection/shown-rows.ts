// What a public view shows already, held against the rows of an edition: by a hash of what a row tells, so that only what
// changed is written. A large city has millions of rows: their hashes lie in plain columns, not in objects.

import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { copyTuples } from '../cube/read.ts';
import type { Writer } from '../db/lock.ts';
import type { Head } from '../incidents/deliveries.ts';
import type { ProtectedRow } from './contract.ts';

/** What a row tells, as a number: rows with the same are the same row. */
export function rowHash(row: ProtectedRow): bigint {
  const { source, kind, offence, label, period, layer, area, lon, lat } = row;
  const told = JSON.stringify([source, kind, offence, label, period, layer, area, lon, lat]);
  return hash('sha256', told, 'buffer').readBigInt64LE();
}

type Compared = {
  /** By incident id the index of its row, from 1; 0 = none. */
  readonly rowOf: Int32Array;
  /** How many of each row are still to be stored. */
  readonly left: Int32Array;
  /** Ids of what is shown and told no more. */
  readonly ended: readonly number[];
};

const IDS_PER_STATEMENT = 50_000;
/** Two numbers of eight bytes, each behind its length, behind the number of fields. */
const TUPLE_BYTES = 26;

export async function compareShown(
  writer: Writer,
  id: number,
  head: Head,
  rows: readonly ProtectedRow[],
  hashes: BigInt64Array,
): Promise<Compared> {
  const left = Int32Array.from(rows, ({ count }) => count);
  const rowOf = new Int32Array(head.nextIncidentId);
  const ended: number[] = [];
  if (head.nextIncidentId <= 1) return { rowOf, left, ended };
  const indexOf = indexed(hashes);
  for (let from = 1; from < head.nextIncidentId; from += IDS_PER_STATEMENT) {
    // COPY takes no parameters; what is put in are integers of our own tables.
    const statement = `copy (
      select incident_id::int8, record_hash::int8 from incident
      where jurisdiction_id = ${id} and incident_id >= ${from} and incident_id < ${from + IDS_PER_STATEMENT}
        and until_delivery is null
      order by incident_id
    ) to stdout (format binary)`;
    await copyTuples(writer, statement, TUPLE_BYTES, (at, o) => {
      const incident = Number(at.getBigInt64(o + 6));
      const index = indexOf(at.getBigInt64(o + 18));
      if (index < 0 || left[index] === 0) ended.push(incident);
      else {
        left[index]!--;
        rowOf[incident] = index + 1;
      }
    });
  }
  return { rowOf, left, ended };
}

/** The index of a hash among others, -1 for one that is not there: open addressing, twice as wide as there are hashes. */
function indexed(hashes: BigInt64Array): (hash: bigint) => number {
  const width = 2 ** Math.ceil(Math.log2(Math.max(2, hashes.length * 2)));
  const slots = new Int32Array(width).fill(-1);
  // Already evenly spread: it is the beginning of a SHA-256.
  const slotOf = (hash: bigint) => Number(BigInt.asUintN(32, hash)) % width;
  for (let index = 0; index < hashes.length; index++) {
    let slot = slotOf(hashes[index]!);
    while (slots[slot]! >= 0) slot = (slot + 1) % width;
    slots[slot] = index;
  }
  return (hash) => {
    for (let slot = slotOf(hash); slots[slot]! >= 0; slot = (slot + 1) % width)
      if (hashes[slots[slot]!] === hash) return slots[slot]!;
    return -1;
  };
}

/** Removes what earlier editions showed: the public may look at the present one alone. */
export async function dropEnded({ db }: Writer, id: number, head: Head, most: number): Promise<void> {
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from incident where jurisdiction_id = ${id} and incident_id = any(array(
        select incident_id from incident where jurisdiction_id = ${id} and until_delivery <= ${head.delivery}
        limit ${most}))`.execute(db);
    if (Number(numAffectedRows ?? 0) < most) return;
  }
}
