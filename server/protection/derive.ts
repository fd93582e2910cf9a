// Makes the protected dataset of the incidents of one data version: a pure function of what is known of them, so that
// whoever holds the published file can answer every public question with the same numbers.

import { setImmediate as breathe } from 'node:timers/promises';
import { monthOf, monthStart, quarterOf, textOf } from '../calendar/days.ts';
import type { ReadRows } from '../cube/read.ts';
import { type Catchments, nearest } from './catchments.ts';
import type { ProtectedRow, ProtectionAccount, ProtectionRules } from './contract.ts';
import { roundCells } from './rounding.ts';

/** What protection knows of an offence: ordinary, or the class it is counted under. */
export type ProtectedOffence = {
  readonly code: string;
  readonly label: string | null;
  /** The highest node above it that is sensitive; null = ordinary. */
  readonly sensitiveClass: string | null;
};
export type ProtectedSource = {
  readonly code: string;
  readonly kind: string;
  /** The first month, since January 1970, that is not complete. */
  readonly untilMonth: number;
};
/** A layer of areas: its code, and codes by place id. */
export type AreaCodes = { readonly code: string; readonly codes: readonly string[] };
export type Geography = {
  /** Areas in which ordinary incidents are counted, the finest there are; null where there is no layer of areas. */
  readonly finest: AreaCodes | null;
  /** Areas in which sensitive ones are; null = the whole jurisdiction. */
  readonly coarse: AreaCodes | null;
  readonly catchments: Catchments;
  /** Areas of the finest layer that are large enough to be named. */
  readonly named: ReadonlySet<number>;
  /** Areas of the coarse layer that are: one drawn round a house would tell that something happened in it. */
  readonly namedCoarse: ReadonlySet<number>;
};

const NO_POINT = -2_147_483_648;
const DEGREES = 1e-7;
const ROWS_AT_ONCE = 50_000;

/**
 * `staged` with its places by `finest`, `coarse` and streets, in this order; `null` layers are left out of the keys.
 * Rows are sorted by what they tell: their order tells nothing. Gives way to other work between times.
 */
export async function protect(
  staged: ReadRows,
  keys: { readonly finest: number | null; readonly coarse: number | null; readonly streets: number | null },
  offences: ReadonlyMap<number, ProtectedOffence>,
  sources: ReadonlyMap<number, ProtectedSource>,
  geography: Geography,
  rules: ProtectionRules,
): Promise<{ readonly rows: ProtectedRow[]; readonly account: ProtectionAccount }> {
  const placeIn = (key: number | null, row: number) => (key === null ? 0 : staged.keys[key]!.column[row]!);
  const account = { ...NOTHING, incidents: staged.rows };
  const ordinary = tallyOrdinary(geography);
  const sensitive = new Map<string, SensitiveTable>();

  for (let at = 0; at < staged.rows; at++) {
    if (at % ROWS_AT_ONCE === 0) await breathe();
    const { day } = staged.groups[staged.group[at]!]!;
    const { offenceId, sourceId } = staged.combos[staged.combo[at]!]!;
    const source = sources.get(sourceId);
    const offence = offences.get(offenceId);
    if (!source || !offence) throw new Error(`incident of unknown offence ${offenceId} or source ${sourceId}`);
    const month = monthOf(day);
    const area = placeIn(keys.finest, at);
    const lon = staged.lon[at]!;
    const hasPoint = lon !== NO_POINT;
    if (month >= (offence.sensitiveClass === null ? source.untilMonth : quarterOf(source.untilMonth))) {
      account.tooRecent++;
    } else if (geography.finest && hasPoint && area === 0) {
      account.outside++;
    } else if (offence.sensitiveClass !== null) {
      account.sensitive++;
      const coarse = placeIn(keys.coarse, at);
      const told = geography.namedCoarse.has(coarse) ? coarse : 0;
      countSensitive(sensitive, source, offence.sensitiveClass, quarterOf(month), told);
    } else {
      const exact = hasPoint ? { lon: lon * DEGREES, lat: staged.lat[at]! * DEGREES } : null;
      const point = publicPoint(geography, area, placeIn(keys.streets, at), exact);
      // One area too small to be named would be known by elimination if its incidents were told by a larger one.
      const where = inArea(geography.finest, geography.named.has(area) ? area : 0);
      if (point !== null) account.atPoints++;
      else if (where.area !== null) account.byArea++;
      else if (area) account.tooSmall++;
      else account.withoutPlace++;
      ordinary.add(source, offence, month, where.area === null ? 0 : area, point);
    }
  }
  const rows = await ordinary.rows();
  for (const table of sensitive.values()) {
    await breathe();
    rows.push(...roundedRows(table, geography.coarse, rules.base));
  }
  account.sensitiveTold = rows.reduce((sum, { period, count }) => sum + (period.includes('Q') ? count : 0), 0);
  return { rows: sortedRows(rows), account };
}

/**
 * Counts what tells the same. A large city has a million such counts: what is told and where are numbered, and the pairs
 * of numbers sorted, which takes a tenth of what a map of texts does.
 */
function tallyOrdinary({ finest, catchments }: Geography) {
  type What = { readonly source: ProtectedSource; readonly offence: ProtectedOffence; readonly month: number };
  const whats: What[] = [];
  const wheres: { readonly area: number; readonly point: number | null }[] = [];
  const whatOf = new Map<ProtectedSource, Map<ProtectedOffence, Map<number, number>>>();
  const whereOf = new Map<number, Map<number | null, number>>();
  let pairs = new Float64Array(1024);
  let length = 0;
  return {
    add(source: ProtectedSource, offence: ProtectedOffence, month: number, area: number, point: number | null): void {
      const months = within(within(whatOf, source), offence);
      const what = months.get(month) ?? whats.push({ source, offence, month }) - 1;
      months.set(month, what);
      const points = within(whereOf, area);
      const where = points.get(point) ?? wheres.push({ area, point }) - 1;
      points.set(point, where);
      if (length === pairs.length) {
        const wider = new Float64Array(length * 2);
        wider.set(pairs);
        pairs = wider;
      }
      pairs[length++] = what * PLACES + where;
    },
    async rows(): Promise<ProtectedRow[]> {
      const sorted = pairs.subarray(0, length).sort();
      const period = (month: number) => textOf(monthStart(month)).slice(0, 7);
      const periods = whats.map(({ month }) => period(month));
      const places = wheres.map(({ area, point }) => {
        const at = point === null ? null : catchments.points[point]!;
        return { ...inArea(finest, area), lon: at && rounded(at.lon), lat: at && rounded(at.lat) };
      });
      const rows: ProtectedRow[] = [];
      for (let at = 0, end = 0; at < length; at = end) {
        if (rows.length % ROWS_AT_ONCE === 0) await breathe();
        for (end = at + 1; end < length && sorted[end] === sorted[at]; ) end++;
        const what = Math.floor(sorted[at]! / PLACES);
        const { source, offence } = whats[what]!;
        const { layer, area, lon, lat } = places[sorted[at]! % PLACES]!;
        rows.push({
          ...{ source: source.code, kind: source.kind, offence: offence.code, label: offence.label },
          ...{ period: periods[what]!, layer, area, lon, lat, count: end - at },
        });
      }
      return rows;
    },
  };
}

/** More than there are areas and points of any city; pairs stay whole numbers below 2^53. */
const PLACES = 2 ** 24;

function within<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = maps.get(key) ?? new Map<L, V>();
  maps.set(key, known);
  return known;
}

const NOTHING = {
  ...{ tooRecent: 0, outside: 0, atPoints: 0, byArea: 0, tooSmall: 0, withoutPlace: 0 },
  ...{ sensitive: 0, sensitiveTold: 0 },
};

/**
 * The point of the catchment its street lies in, if that lies in its area too: an area's total must stay what it was.
 * Beside a border the nearest point of its own area stands for it. Null where there is none.
 */
function publicPoint(
  { finest, catchments }: Geography,
  area: number,
  segment: number,
  exact: { readonly lon: number; readonly lat: number } | null,
): number | null {
  const bySegment = catchments.pointOf.get(segment);
  if (bySegment !== undefined && (!finest || catchments.points[bySegment]!.area === area)) return bySegment;
  const candidates = finest && exact ? (catchments.pointsIn.get(area) ?? []) : [];
  if (candidates.length === 0) return null;
  return candidates[
    nearest(
      exact!,
      candidates.map((index) => catchments.points[index]!),
    )
  ]!;
}

/** Counts of one source in one quarter, by coarse area and class: rounded together, and never again once it is over. */
type SensitiveTable = {
  readonly source: ProtectedSource;
  readonly month: number;
  readonly cells: Map<string, { readonly area: number; readonly sensitiveClass: string; count: number }>;
};

function countSensitive(
  tables: Map<string, SensitiveTable>,
  source: ProtectedSource,
  sensitiveClass: string,
  month: number,
  area: number,
): void {
  const key = `${source.code} ${source.kind} ${month}`;
  const table = tables.get(key) ?? { source, month, cells: new Map() };
  tables.set(key, table);
  const cell = table.cells.get(`${area} ${sensitiveClass}`);
  if (cell) cell.count++;
  else table.cells.set(`${area} ${sensitiveClass}`, { area, sensitiveClass, count: 1 });
}

function roundedRows({ source, month, cells }: SensitiveTable, coarse: AreaCodes | null, base: number): ProtectedRow[] {
  const list = [...cells.values()];
  const counts = roundCells(
    list.map(({ area, sensitiveClass, count }) => ({
      row: coarse?.codes[area] ?? '',
      column: sensitiveClass,
      count,
    })),
    base,
  );
  const period = `${textOf(monthStart(month)).slice(0, 4)}-Q${Math.floor((((month % 12) + 12) % 12) / 3) + 1}`;
  return list.flatMap(({ area, sensitiveClass }, index) => {
    const count = counts[index]!;
    if (count === 0) return [];
    const what = { source: source.code, kind: source.kind, offence: sensitiveClass, label: null, period };
    return [{ ...what, ...inArea(coarse, area), lon: null, lat: null, count }];
  });
}

function inArea(layer: AreaCodes | null, area: number): { layer: string | null; area: string | null } {
  if (!layer || area === 0) return { layer: null, area: null };
  return { layer: layer.code, area: layer.codes[area]! };
}

const rounded = (degrees: number) => Math.round(degrees * 1e6) / 1e6;

const ORDER = ['source', 'kind', 'offence', 'label', 'period', 'layer', 'area', 'lon', 'lat', 'count'] as const;

/** By what they tell: their order tells nothing. What is not told goes first. */
export function sortedRows(rows: readonly ProtectedRow[]): ProtectedRow[] {
  return rows.toSorted((one, other) => {
    for (const name of ORDER) {
      const [a, b] = [one[name], other[name]];
      if (a === b) continue;
      if (a === null || b === null) return a === null ? -1 : 1;
      return a < b ? -1 : 1;
    }
    return 0;
  });
}
