// How often each record is stored already: a counting hash table over 64-bit record hashes, 12 bytes a slot, so that a
// revision of millions of rows is compared in memory while it streams by.

const GROW_ABOVE = 0.6;
const SMALLEST = 1 << 12;

export type KnownRecords = {
  /** Number of stored records not yet met in the file. */
  readonly remaining: () => number;
  /** Adds one record; answers whether none of this hash was added before. */
  add(hash: bigint): boolean;
  /** Takes one record of this hash; false when none is left. */
  take(hash: bigint): boolean;
};

export function knownRecords(expected: number): KnownRecords {
  let slots = SMALLEST;
  while (slots * GROW_ABOVE < expected) slots *= 2;
  let low = new Int32Array(slots);
  let high = new Int32Array(slots);
  let counts = new Int32Array(slots); // records left; EMPTY = the slot was never used
  counts.fill(EMPTY);
  let used = 0;
  let left = 0;
  const whole = new BigInt64Array(1);
  const halves = new Int32Array(whole.buffer);

  /** Linear probing from the low bits: the hash is already uniform. */
  const slotOf = (lo: number, hi: number): number => {
    let slot = lo & (slots - 1);
    while (counts[slot] !== EMPTY && (low[slot] !== lo || high[slot] !== hi)) slot = (slot + 1) & (slots - 1);
    return slot;
  };
  const slotOfHash = (hash: bigint): number => {
    whole[0] = hash;
    return slotOf(halves[0]!, halves[1]!);
  };

  const grow = () => {
    const [oldLow, oldHigh, oldCounts] = [low, high, counts];
    slots *= 2;
    [low, high, counts] = [new Int32Array(slots), new Int32Array(slots), new Int32Array(slots).fill(EMPTY)];
    for (let i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] === EMPTY) continue;
      const slot = slotOf(oldLow[i]!, oldHigh[i]!);
      [low[slot], high[slot], counts[slot]] = [oldLow[i]!, oldHigh[i]!, oldCounts[i]!];
    }
  };

  return {
    remaining: () => left,
    add: (hash) => {
      if (used > slots * GROW_ABOVE) grow();
      const slot = slotOfHash(hash);
      const isNew = counts[slot] === EMPTY;
      if (isNew) {
        [low[slot], high[slot], counts[slot]] = [halves[0]!, halves[1]!, 0];
        used++;
      }
      counts[slot]!++;
      left++;
      return isNew;
    },
    take: (hash) => {
      const slot = slotOfHash(hash);
      if (counts[slot]! <= 0) return false;
      counts[slot]!--;
      left--;
      return true;
    },
  };
}

const EMPTY = -1;
