// What is known of a map file before it becomes a layer: its source, reference system and findings. Pure.

import type { Bounds, SourceFeature } from '../geometry/contract.ts';
import type { Note } from '../text/contract.ts';

/** How to open a file; `null` = find out. `crs` is an EPSG code and overrides what the file says. */
export type ReadOptions = {
  readonly sourceLayer: string | null;
  readonly crs: number | null;
  readonly encoding: string | null;
  /** The file has latitude before longitude. */
  readonly swapAxes?: boolean | undefined;
};

/** The reference system as the file names it; `code` is the EPSG number where known. */
export type Crs = { readonly name: string; readonly code: number | null };

/** One layer of a file, as far as it is known without reading it; null = not known. */
export type FoundLayer = {
  readonly name: string;
  readonly features: number | null;
  readonly geometryType: string | null;
  readonly crs: Crs | null;
};

/** How it is known where on earth a file is. */
export type CrsOrigin = 'file' | 'alias' | 'format' | 'given' | 'guess';

/** Whether longitude came first; `seem-swapped`: turned round, since only so it lies where it must. */
export type Axes = 'as-written' | 'seem-swapped' | 'turned';

/** A file as read: one layer of it, with geometries already in EPSG:4326. */
export type SourceFile = {
  readonly sourceLayer: string;
  /** What the file really is, as an extension: shp, geojson, csv, … */
  readonly format: string;
  readonly crs: Crs;
  readonly features: readonly SourceFeature[];
  readonly notes: readonly Note[];
  readonly layers: readonly FoundLayer[];
  readonly crsFrom: CrsOrigin;
  readonly axes: Axes;
  /** West, south, east, north in the file's own reference system. */
  readonly sourceExtent: readonly number[] | null;
  /** The server it comes from says that it did not send everything. */
  readonly isCut: boolean;
  /** What texts were decoded by; null where the format leaves no doubt. */
  readonly encoding: { readonly name: string; readonly guessed: boolean } | null;
};

export type CheckLevel = 'blocking' | 'warning' | 'info';
/** What was done with the features concerned. `refused`: nothing is published while it stands. */
export type CheckDone = 'repaired' | 'left-out' | 'kept' | 'refused';

/** Everything a file is checked for, in the order of a report. */
export const CHECKS = {
  'crs-elsewhere': { level: 'blocking', done: 'refused' },
  'axes-swapped': { level: 'blocking', done: 'refused' },
  'crs-guessed': { level: 'blocking', done: 'refused' },
  'crs-degrees': { level: 'warning', done: 'kept' },
  'axes-turned': { level: 'info', done: 'repaired' },
  'geometry-repaired': { level: 'warning', done: 'repaired' },
  'ring-closed': { level: 'warning', done: 'repaired' },
  'closed-line-as-area': { level: 'info', done: 'repaired' },
  'heights-dropped': { level: 'info', done: 'repaired' },
  'geometry-missing': { level: 'warning', done: 'left-out' },
  'geometry-empty': { level: 'warning', done: 'left-out' },
  'geometry-type': { level: 'warning', done: 'left-out' },
  'geometry-without-area': { level: 'warning', done: 'left-out' },
  'coordinates-not-finite': { level: 'warning', done: 'left-out' },
  'coordinates-not-degrees': { level: 'warning', done: 'left-out' },
  'too-many-vertices': { level: 'warning', done: 'left-out' },
  'too-many-crossings': { level: 'warning', done: 'left-out' },
  'code-missing': { level: 'warning', done: 'left-out' },
  'code-repeated': { level: 'warning', done: 'left-out' },
  'features-numbered': { level: 'warning', done: 'kept' },
  'codes-decimal': { level: 'info', done: 'repaired' },
  'code-passed-over': { level: 'warning', done: 'kept' },
  'residents-unused': { level: 'warning', done: 'kept' },
  'class-unknown': { level: 'warning', done: 'left-out' },
  'not-a-street': { level: 'warning', done: 'left-out' },
  'file-cut': { level: 'warning', done: 'kept' },
  'points-are-incidents': { level: 'warning', done: 'kept' },
  'not-mine': { level: 'info', done: 'left-out' },
  'name-repeated': { level: 'info', done: 'kept' },
  'geometry-repeated': { level: 'warning', done: 'kept' },
  overlap: { level: 'warning', done: 'kept' },
  gap: { level: 'warning', done: 'kept' },
  sliver: { level: 'warning', done: 'kept' },
  outside: { level: 'warning', done: 'kept' },
  'coverage-not-checked': { level: 'info', done: 'kept' },
  'lines-cross': { level: 'warning', done: 'kept' },
  'ends-near': { level: 'warning', done: 'kept' },
  'lines-split': { level: 'info', done: 'repaired' },
  'ends-joined': { level: 'info', done: 'repaired' },
  'levels-cross': { level: 'info', done: 'kept' },
  'junctions-not-checked': { level: 'info', done: 'kept' },
  'duplicate-lines': { level: 'info', done: 'left-out' },
  'line-without-length': { level: 'info', done: 'left-out' },
  'dual-carriageway': { level: 'info', done: 'kept' },
  'unnamed-segments': { level: 'info', done: 'kept' },
} as const satisfies Record<string, { readonly level: CheckLevel; readonly done: CheckDone }>;
export type CheckCode = keyof typeof CHECKS;

/** One feature a check found; `feature` counts from 1 in the file. Areas: overlap, gap, or change by the repair. */
export type CheckItem = {
  readonly feature: number | null;
  readonly code: string | null;
  readonly name: string | null;
  readonly at: readonly [lon: number, lat: number] | null;
  readonly areaM2: number | null;
  /** Of lines: how much of the street is concerned. */
  readonly lengthM: number | null;
  readonly detail: string | null;
};
export type Check = {
  readonly code: CheckCode;
  readonly level: CheckLevel;
  readonly done: CheckDone;
  readonly count: number;
  /** Of all features found, those beyond `items` among them; null where none has a length. */
  readonly lengthM: number | null;
  readonly items: readonly CheckItem[];
};

export type CrsRow = {
  readonly code: number;
  readonly name: string;
  /** Of Mexico, where it is a zone there. */
  readonly states: readonly string[];
};
/** A reference system, where it would put a file, and whether that is where the jurisdiction lies. */
export type RankedCrs = CrsRow & { readonly bounds: Bounds; readonly fits: boolean; readonly distanceKm: number };

export type ColumnInfo = {
  readonly name: string;
  readonly filled: number;
  readonly different: number;
  readonly examples: readonly string[];
};

/** Names with letters beyond ASCII in the encoding used and in others. */
export type EncodingSamples = {
  readonly used: string;
  readonly guessed: boolean;
  readonly samples: readonly string[];
  readonly others: readonly { readonly name: string; readonly samples: readonly string[] }[];
};
