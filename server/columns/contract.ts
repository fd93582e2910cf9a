// The columns of what counts, as they travel: what they are and what stands beside them.

import type { Kind, LayerType } from '../db/contract.ts';
import type { Excluded, Filler } from '../filter/contract.ts';

export const COLUMNS_TYPE = 'application/vnd.apache.arrow.stream';
/** The header by which each answer says of which version of the data it is. */
export const DATA_VERSION = 'Cuadra-Data-Version';
/** Beyond this the server answers one question after the other, as it does without the columns. */
export const MOST_ROWS = 3_000_000;

/**
 * The columns are `date` = the local day, or the first of the month or quarter where no more is known; `known` = hour, day,
 * month or quarter, whichever is known; `place` = what is known of where: point, name, withheld or none; `weekday` 1 = Monday
 * … 7, and `hour`, null where they are not known; `offence` and `source`, codes. Then one per layer of areas or streets,
 * under this and its code: the code of the place, null for none. By the address for those who may see points `lon` and
 * `lat` besides, in degrees to 1e-7.
 */
export const LAYER_PREFIX = 'in_';
/** What the file says of itself, as JSON under this key of the schema's metadata. */
export const ABOUT_KEY = 'cuadra';
export type ColumnsAbout = {
  readonly jurisdiction: string;
  readonly dataVersion: number;
  /** Of the protected data set: places moved to where others stand, hours and small numbers told more roughly or not at all. */
  readonly isProtected: boolean;
  /** The question, as in an address. */
  readonly question: string;
  readonly rows: number;
  /** Not among the rows: what the days or hours asked for may not hold, being known less exactly. */
  readonly excluded: Excluded;
  /** Those that lie outside the layer of `inside`; null where nothing was asked of the kind. */
  readonly leftOut: number | null;
  /** Whether sensitive offences are left out that whoever asks is not told of so finely, and how many where that is told. */
  readonly leavesOutSensitive: boolean;
  readonly sensitiveLeftOut: number;
  readonly layers: readonly { readonly code: string; readonly version: number; readonly features: number }[];
  /** What is known of the sources beside their rows: enough to say up to when they are complete. */
  readonly sources: readonly {
    readonly code: string;
    readonly kind: Kind;
    readonly live: boolean;
    readonly declaredThrough: string | null;
    readonly fillers: readonly Filler[];
  }[];
  /** Offences of which streets are not told: their column of a layer of streets is null. */
  readonly streetsWithheld: readonly string[];
};

/** What the places of the columns are called and measured by, as JSON: by layer, by place id; [0] stands for none. */
export type ColumnPlaces = {
  readonly dataVersion: number;
  readonly layers: readonly {
    readonly layer: string;
    readonly version: number;
    readonly type: LayerType;
    readonly names: readonly string[];
    readonly crossings: readonly (readonly [string, string] | null)[];
    readonly lengthM: readonly (number | null)[] | null;
    readonly population: readonly {
      readonly year: number;
      readonly source: string;
      readonly residents: readonly (number | null)[];
    }[];
  }[];
};
