// How often each record is stored already: a counting hash table over 64-bit record hashes, 12 bytes a slot, so that a
// revision of millions of rows is compared in memory while it streams by.

const GROW_ABOVE = 0.6;
const SMALLEST = 1 << 12;
/** A slot lies together, so that a record is one look into memory: the halves of its hash, and UNUSED or how many are left and one more. */
const SLOT = 3;
const [LOW, HIGH, LEFT] = [0, 1, 2];
const UNUSED = 0;
const NONE_LEFT = 1;

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
  let table = new Int32Array(slots * SLOT);
  let used = 0;
  let remaining = 0;
  const whole = new BigInt64Array(1);
  const halves = new Int32Array(whole.buffer);

  /** Where its slot begins. Linear probing from the low bits: the hash is already uniform. */
  const find = (low: number, high: number): number => {
    for (let slot = low & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const at = slot * SLOT;
      if (table[at + LEFT] === UNUSED || (table[at + LOW] === low && table[at + HIGH] === high)) return at;
    }
  };
  const findHash = (hash: bigint): number => {
    whole[0] = hash;
    return find(halves[0]!, halves[1]!);
  };
  const put = (at: number, low: number, high: number, left: number): void => {
    table[at + LOW] = low;
    table[at + HIGH] = high;
    table[at + LEFT] = left;
  };

  const grow = () => {
    const old = table;
    slots *= 2;
    table = new Int32Array(slots * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      const [low, high, left] = [old[at + LOW]!, old[at + HIGH]!, old[at + LEFT]!];
      if (left !== UNUSED) put(find(low, high), low, high, left);
    }
  };

  return {
    remaining: () => remaining,
    add: (hash) => {
      if (used > slots * GROW_ABOVE) grow();
      const at = findHash(hash);
      const isNew = table[at + LEFT] === UNUSED;
      if (isNew) {
        put(at, halves[0]!, halves[1]!, NONE_LEFT);
        used++;
      }
      table[at + LEFT]!++;
      remaining++;
      return isNew;
    },
    take: (hash) => {
      const at = findHash(hash);
      if (table[at + LEFT]! <= NONE_LEFT) return false;
      table[at + LEFT]!--;
      remaining--;
      return true;
    },
  };
}
