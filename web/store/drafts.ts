// What was written and is not sent yet, kept in this tab of the browser: whoever leaves for the map, or loads the page anew,
// goes on where they were. Each of one person and one city; signing out forgets them.

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;
const PREFIX = 'cuadra.draft.';

/** Null where there is none, or what is there cannot be read. */
export function readDraft<T>(storage: Kept, name: string): T | null {
  try {
    return JSON.parse(storage.getItem(PREFIX + name) ?? 'null');
  } catch {
    return null;
  }
}

/** Where the browser takes no more it lasts as long as the form is open. */
export function keepDraft(storage: Kept, name: string, draft: unknown): void {
  try {
    if (draft === null) storage.removeItem(PREFIX + name);
    else storage.setItem(PREFIX + name, JSON.stringify(draft));
  } catch {
    // Full, or not to be had.
  }
}

export function forgetDrafts(storage: Kept): void {
  const names = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '');
  for (const name of names) if (name.startsWith(PREFIX)) storage.removeItem(name);
}
