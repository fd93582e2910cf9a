// Reads cells that repeat only once.

const MOST_KEPT = 50_000;
/** A cell that is longer is hardly one that repeats, and memory must not be what a file makes of it. */
const LONGEST_KEPT = 256;

/** Answers repeated cells from memory. Keys are copies: a cell is a view into the block it was read from. */
export function remembering<T>(read: (text: string) => T, mostKept = MOST_KEPT): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const own = Buffer.from(text).toString();
    const value = read(own);
    if (own.length > LONGEST_KEPT) return value;
    if (known.size >= mostKept) known.clear();
    known.set(own, value);
    return value;
  };
}
