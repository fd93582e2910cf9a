// A list of names in one sentence, and the names again: what a refusal says there is comes back as lines to copy.

/** With commas between; a name that holds one stands in quotes. */
export const listed = (names: readonly string[]): string =>
  names.map((name) => (/, |^"|,$/.test(name) ? JSON.stringify(name) : name)).join(', ');

/** The names of a list as `listed` writes it. */
export function namesIn(list: string): string[] {
  const parts = list.matchAll(/(?:^|, )(?:("(?:[^"\\]|\\.)*")(?=, |$)|(.*?)(?=, |$))/gsu);
  return [...parts].map(([, quoted, plain = '']) => (quoted === undefined ? plain : String(JSON.parse(quoted))));
}
