// How often each record is stored already: a counting hash table over 64-bit record hashes, 12 bytes a slot, so that a
// revision of millions of rows is compared in memory while it streams by.

const GROW_ABOVE = 0.6;
const SMALLEST = 1 << 12;

export type KnownRecords = {
  /** Number of stored records not yet met in the file. */
  readonly remaining: () => number;
  add(hash: bigint): void;
  /** Takes one record of this hash; false when none is left. */
  take(hash: bigint): boolean;
};

export function knownRecords(expected: number): KnownRecords {
  let slots = SMALLEST;
  while (slots * GROW_ABOVE < expected) slots *= 2;
  let hashes = new BigInt64Array(slots);
  let counts = new Int32Array(slots); // records left; EMPTY = the slot was never used
  counts.fill(EMPTY);
  let used = 0;
  let left = 0;

  /** Linear probing from the low bits: the hash is already uniform. */
  const slotOf = (hash: bigint): number => {
    let slot = Number(BigInt.asUintN(32, hash)) & (slots - 1);
    while (counts[slot] !== EMPTY && hashes[slot] !== hash) slot = (slot + 1) & (slots - 1);
    return slot;
  };

  const grow = () => {
    const [oldHashes, oldCounts] = [hashes, counts];
    slots *= 2;
    hashes = new BigInt64Array(slots);
    counts = new Int32Array(slots).fill(EMPTY);
    for (let i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] === EMPTY) continue;
      const slot = slotOf(oldHashes[i]!);
      hashes[slot] = oldHashes[i]!;
      counts[slot] = oldCounts[i]!;
    }
  };

  return {
    remaining: () => left,
    add: (hash) => {
      if (used > slots * GROW_ABOVE) grow();
      const slot = slotOf(hash);
      if (counts[slot] === EMPTY) {
        hashes[slot] = hash;
        counts[slot] = 0;
        used++;
      }
      counts[slot]!++;
      left++;
    },
    take: (hash) => {
      const slot = slotOf(hash);
      if (counts[slot]! <= 0) return false;
      counts[slot]!--;
      left--;
      return true;
    },
  };
}

const EMPTY = -1;
