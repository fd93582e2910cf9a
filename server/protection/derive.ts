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
  const ordinary = new Map<string, { row: Omit<ProtectedRow, 'count'>; count: number }>();
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
      countSensitive(sensitive, source, offence.sensitiveClass, quarterOf(month), placeIn(keys.coarse, at));
    } else {
      const exact = hasPoint ? { lon: lon * DEGREES, lat: staged.lat[at]! * DEGREES } : null;
      const point = publicPoint(geography, area, placeIn(keys.streets, at), exact);
      // One area too small to be named would be known by elimination if its incidents were told by a larger one.
      const where = inArea(geography.finest, geography.named.has(area) ? area : 0);
      if (point !== null) account.atPoints++;
      else if (where.area !== null) account.byArea++;
      else if (area) account.tooSmall++;
      else account.withoutPlace++;
      const period = textOf(monthStart(month)).slice(0, 7);
      const key = [sourceId, offenceId, month, where.layer, where.area, point].join(' ');
      const known = ordinary.get(key);
      if (known) known.count++;
      else {
        const at = point === null ? null : geography.catchments.points[point]!;
        const row = {
          ...{ source: source.code, kind: source.kind, offence: offence.code, label: offence.label, period },
          ...where,
          ...{ lon: at && rounded(at.lon), lat: at && rounded(at.lat) },
        };
        ordinary.set(key, { row, count: 1 });
      }
    }
  }
  const rows = [...ordinary.values()].map(({ row, count }): ProtectedRow => ({ ...row, count }));
  for (const table of sensitive.values()) {
    await breathe();
    rows.push(...roundedRows(table, geography.coarse, rules.base));
  }
  account.sensitiveTold = rows.reduce((sum, { period, count }) => sum + (period.includes('Q') ? count : 0), 0);
  return { rows: sortedRows(rows), account };
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

/** By what they tell: their order tells nothing. */
export function sortedRows(rows: readonly ProtectedRow[]): ProtectedRow[] {
  const keyed = rows.map((row) => [Object.values(row).join('\u0000'), row] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}
