// The questions statistics ask of the incidents, and what comes back. The cube answers them from memory, SQL from the
// tables; the same plan gets the same numbers from both.

import type { Day } from '../calendar/days.ts';
import type { Excluded } from '../filter/contract.ts';
import type { CountedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';

/**
 * What a plan matched, whichever way it is broken down. `unlocated` = matched without a usable point; by place, those of
 * them whose words name no place of the layer. `withheld` = matched, and where is not told, as far as `unlocated` would
 * have to know; these are not among the unlocated. `leftOut` = not matched only for lying outside the plan's `inside`.
 */
export type Tally = {
  readonly matched: number;
  readonly unlocated: number;
  readonly withheld: number;
  readonly excluded: Excluded;
  readonly leftOut: number;
};

/** Matched incidents by place id; [0] = a point in no place of the layer. */
export type PlaceCounts = Tally & { readonly counts: Uint32Array };

/** Matched incidents by day, ascending; those known by month or quarter only are apart, by its first day. */
export type DayTally = Tally & Readonly<Record<'days' | 'months' | 'quarters', readonly DayCount[]>>;
export type DayCount = readonly [day: Day, count: number];

/** Index of weekday (0 = Monday … 6, 7 = unknown) and hour (0 … 23, 24 = unknown) in a slot table. */
export const HOURS = 25;
export const SLOTS = 8 * HOURS;
export const UNKNOWN_WEEKDAY = 7;
export const UNKNOWN_HOUR = 24;

/** Matched incidents by slot (weekday * HOURS + hour), and by offence id. */
export type Breakdown = Tally & { readonly slots: Uint32Array; readonly offences: ReadonlyMap<number, number> };

/** A grid in integer units of 1e-7 degrees. Cell = row * columns + column, rows from the south. */
export type Grid = {
  readonly west: number;
  readonly south: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columns: number;
  readonly rows: number;
};
/** Cells with matched incidents, ascending. */
export type CellCounts = Tally & { readonly cells: Uint32Array; readonly counts: Uint32Array };
/**
 * The corners of such a grid's cells, `columns` by `rows` of them, with matched incidents: each is shared between the four
 * around it, the more the nearer. Whole numbers that add up to cellWidth · cellHeight for an incident, so that no order of
 * adding them changes a sum below 2^53.
 */
export type CornerShares = Tally & { readonly shares: Float64Array };

export type Answers = {
  byPlace(plan: Plan, layer: CountedLayer): Promise<PlaceCounts>;
  byDay(plan: Plan): Promise<DayTally>;
  bySlot(plan: Plan): Promise<Breakdown>;
  byCell(plan: Plan, grid: Grid): Promise<CellCounts>;
  byCorner(plan: Plan, grid: Grid): Promise<CornerShares>;
};
