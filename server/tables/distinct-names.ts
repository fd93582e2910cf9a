// Names of columns such that each says which one is meant.

import { foldName } from '../text/fold.ts';

/** The header with names that come again told apart: fecha, fecha (2). */
export function distinctNames(header: readonly string[]): readonly string[] {
  const all = new Set(header.map(foldName));
  const taken = new Set<string>();
  let renamed = false;
  const names = header.map((name) => {
    if (foldName(name) === '' || !taken.has(foldName(name))) {
      taken.add(foldName(name));
      return name;
    }
    renamed = true;
    let other = name;
    for (let n = 2; all.has(foldName(other)) || taken.has(foldName(other)); n++) other = `${name.trim()} (${n})`;
    taken.add(foldName(other));
    return other;
  });
  return renamed ? names : header;
}
