// What of a count is of this municipality.

export type Counted = { readonly matched: number; readonly outside: number };

/** What other municipalities have in the same file is no crime of this one. */
export const insideOf = ({ matched, outside }: Counted): number => matched - outside;
