// What was found wrong with a file, feature by feature, and what was done about it. Pure.

import type { Note } from '../text/contract.ts';
import { BOM, csvLine } from '../text/contract.ts';
import { CHECKS, type Check, type CheckCode, type CheckItem, type SourceFile } from './contract.ts';

/** Features told of one by one, per kind of finding; beyond them only the count goes on. */
const MOST_ITEMS = 500;

const NOWHERE: CheckItem = {
  feature: null,
  code: null,
  name: null,
  at: null,
  areaM2: null,
  lengthM: null,
  detail: null,
};

export type Findings = {
  /** `count` where one call stands for several. */
  add(code: CheckCode, item?: Partial<CheckItem>, count?: number): void;
  /** Blocking ones first, then in the order of CHECKS; the largest areas and longest lines first within one. */
  list(): Check[];
  /** The same as an import reports them: counts with one example. */
  notes(): Note[];
};

export function openFindings(): Findings {
  const found = new Map<CheckCode, { count: number; lengthM: number | null; items: CheckItem[] }>();
  return {
    add(code, item = {}, count = 1) {
      let entry = found.get(code);
      if (!entry) {
        entry = { count: 0, lengthM: null, items: [] };
        found.set(code, entry);
      }
      entry.count += count;
      const lengthM = item.lengthM == null ? null : Math.round(item.lengthM);
      if (lengthM !== null) entry.lengthM = (entry.lengthM ?? 0) + lengthM;
      if (entry.items.length < MOST_ITEMS) entry.items.push({ ...NOWHERE, ...item, lengthM });
    },
    list() {
      const order = Object.keys(CHECKS);
      const rank = ({ code, level }: Check) => (level === 'blocking' ? 0 : order.length) + order.indexOf(code);
      return [...found]
        .map(([code, { count, lengthM, items }]): Check => {
          const size = (item: CheckItem) => item.areaM2 ?? item.lengthM ?? 0;
          const sorted = items.toSorted((a, b) => size(b) - size(a));
          return { code, ...CHECKS[code], count, lengthM, items: sorted };
        })
        .sort((a, b) => rank(a) - rank(b));
    },
    notes: () =>
      [...found].flatMap(([code, { count, items }]): Note[] => {
        // Each says of another check that it was not made: none may stand for all.
        if (code === 'coverage-not-checked') return items.map(({ detail }) => ({ code, count: 1, example: detail }));
        const first = items[0];
        const feature = first?.feature == null ? null : `#${first.feature}`;
        return [{ code, count, example: first?.code ?? feature ?? first?.detail ?? null }];
      }),
  };
}

/** For a file as read: what was done to all of it is found at once. */
export function findingsOf({ axes, features, isCut }: SourceFile): Findings {
  const findings = openFindings();
  if (isCut) findings.add('file-cut', {}, features.length);
  if (axes === 'turned') findings.add('axes-turned', {}, features.length);
  return findings;
}

const CSV_COLUMNS = [
  'check',
  'level',
  'done',
  'feature',
  'code',
  'name',
  'lon',
  'lat',
  'areaM2',
  'lengthM',
  'detail',
] as const;

/** One line per feature found, for a spreadsheet; a line without feature where only a count is known. */
export function checksToCsv(checks: readonly Check[]): string {
  const lines = checks.flatMap((check) =>
    (check.items.length ? check.items : [NOWHERE]).map((item) => {
      const [lon, lat] = item.at ?? [null, null];
      const { feature, code, name, areaM2, lengthM, detail } = item;
      return csvLine([check.code, check.level, check.done, feature, code, name, lon, lat, areaM2, lengthM, detail]);
    }),
  );
  return BOM + csvLine(CSV_COLUMNS) + lines.join('');
}

/** The findings that have a place, as points on a map. */
export function checksToGeojson(checks: readonly Check[]): object {
  const features = checks.flatMap(({ code: check, level, done, items }) =>
    items.flatMap(({ at, ...properties }) =>
      at === null
        ? []
        : [
            {
              type: 'Feature',
              properties: { check, level, done, ...properties },
              geometry: { type: 'Point', coordinates: at },
            },
          ],
    ),
  );
  return { type: 'FeatureCollection', features };
}
