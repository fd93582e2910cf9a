// The options that answer a refusal, where its reason names what there is to choose from.

import { namesIn } from '../text/choices.ts';

type Answer = readonly [option: string, value?: string];

/** Options with a column as a reason quotes them. */
const MAP_NAMED = /--map "(.+?)=([A-Za-z]+)"/g;
const KEY_NAMED = /--(code|name) "(.+?)" \(\d+\)/g;
/** Reasons that end with a list, with the option that takes one of them. */
const LISTS: readonly (readonly [RegExp, string])[] = [
  [/^which column holds the residents\? (.+)$/, '--population'],
  [/^which column tells the area\? (.+)$/, '--code'],
  [/^the (?:archive|file) holds several layers, name one: (.+)$/, '--source-layer'],
  [/^several sheets hold data in different columns: (.+); say which one with --sheet$/, '--sheet'],
];
const AREAS = /^(?:several municipalities are called|no area of the file is called) .*?, say which(?: to keep)?: (.+)$/;
const NO_CODE = /^no column has a different value in every row, .*\(--numbered\): (.+)$/;
const MOST = 12;

export function answersTo(message: string): Answer[] {
  for (const [pattern, option] of LISTS) {
    const list = pattern.exec(message)?.[1];
    if (list !== undefined)
      return namesIn(list)
        .slice(0, MOST)
        .map((each) => [option, each] as const);
  }
  const codes = NO_CODE.exec(message)?.[1];
  if (codes !== undefined) {
    const columns = namesIn(codes).slice(0, MOST);
    return [['--numbered'], ...columns.map((column) => ['--code', column] as const)];
  }
  const areas = AREAS.exec(message)?.[1];
  if (areas !== undefined) {
    const named = [...areas.matchAll(/(?:^|, )(\d{2}(?:\d{3})?) /g)].map(([, code]) => code!);
    return named.slice(0, MOST).map((code) => ['--area', code] as const);
  }
  // The year and the reference system are for the reader to say: what stands there is refused.
  const year = /^give the year of the (?:residents|population): (.+):YEAR$/.exec(message)?.[1];
  if (year !== undefined) return [['--population', `${year}:YEAR`]];
  if (/give its EPSG code$/.test(message)) return [['--crs', 'EPSG']];
  if (/\(--numbered\)$/.test(message)) return [['--numbered']];
  if (/; --swap-axes turns them$/.test(message)) return [['--swap-axes']];
  if (/confirm to let them go$/.test(message)) return [['--confirm']];
  const period = /from (\S+) until (\S+); replace that period, or confirm that they are others$/.exec(message);
  if (period) return [['--confirm']];
  if (/; --replace puts the backup in the place of all$/.test(message)) return [['--replace']];
  return [
    ...[...message.matchAll(MAP_NAMED)].map(([, column, field]) => ['--map', `${column}=${field}`] as const),
    ...[...message.matchAll(KEY_NAMED)].map(([, of, column]) => [`--${of}`, column!] as const),
  ];
}
