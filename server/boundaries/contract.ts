// What goes into an import of polygons or lines and what comes out of it. Pure: the page may import this.

import type { Note } from '../incidents/contract.ts';

/** How to open a file; `null` = find out. `crs` is an EPSG code and overrides what the file says. */
export type ReadOptions = {
  readonly sourceLayer: string | null;
  readonly crs: number | null;
  readonly encoding: string | null;
};

/** What the caller decides about an import of areas; `null` = guess and report the choice. */
export type AreasOptions = ReadOptions & {
  readonly layer: string;
  readonly title: string | null;
  readonly type: 'areas' | 'context';
  readonly code: string | null;
  readonly name: string | null;
  /** `COLUMN` or `COLUMN:YEAR`. */
  readonly population: string | null;
};

export type StreetsOptions = ReadOptions & {
  readonly title: string | null;
  readonly code: string | null;
  readonly name: string | null;
};

/** Longitude and latitude in degrees; more numbers (height, measure) may follow. */
export type Coordinates = readonly number[];
export type Geometry = { readonly type: string; readonly coordinates?: unknown; readonly geometries?: unknown };
export type Properties = Readonly<Record<string, unknown>>;
export type SourceFeature = { readonly properties: Properties; readonly geometry: Geometry | null };

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

/** A file as read: one layer of it, with geometries already in EPSG:4326. */
export type SourceFile = {
  readonly sourceLayer: string;
  readonly crs: Crs;
  readonly features: readonly SourceFeature[];
  readonly notes: readonly Note[];
  readonly layers: readonly FoundLayer[];
  readonly crsFrom: CrsOrigin;
  /** West, south, east, north in the file's own reference system. */
  readonly sourceExtent: readonly number[] | null;
  /** What texts were decoded by; null where the format leaves no doubt. */
  readonly encoding: { readonly name: string; readonly guessed: boolean } | null;
};

/**
 * What an import did. Areas: read = stored + unchanged + rejected. Streets: `read` counts lines, `stored` segments,
 * `rejected` lines. `unchanged` is all of them when the same file came again: then there is no new version.
 */
export type LayerReport = {
  readonly read: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly repaired: number;
  readonly rejected: number;
  readonly layer: string;
  readonly version: number;
  readonly seconds: number;
  readonly notes: readonly Note[];
};

/** Steps of an import, in order; `fraction` within the step, null where unknown. */
export const IMPORT_STEPS = ['reading', 'checking', 'storing', 'placing', 'publishing'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];
export type OnProgress = (fraction: number | null, step: ImportStep) => void;

/** Collects notes: how often each code was seen, with the first example. */
export function noteTaker(): { add(code: string, example?: string | null, count?: number): void; list(): Note[] } {
  const notes = new Map<string, { count: number; example: string | null }>();
  return {
    add(code, example = null, count = 1) {
      const note = notes.get(code);
      if (note) note.count += count;
      else notes.set(code, { count, example });
    },
    list: () => [...notes].map(([code, note]) => ({ code, ...note })),
  };
}
