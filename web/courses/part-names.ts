// Names of parts of a course that people see nowhere: what was ticked or attended is kept by them.

/** One that none of these has, nor had before: what was done of a part that is gone must not come back with another. */
export function newPartName(parts: readonly { readonly id: string }[]): string {
  const taken = new Set(parts.map(({ id }) => id));
  for (;;) {
    const name = crypto.randomUUID().slice(0, 8);
    if (!taken.has(name)) return name;
  }
}
