// What goes into an import of polygons or lines and what comes out of it. Pure: the page may import this.

import * as z from 'zod';
import type { LayerType } from '../db/contract.ts';
import type { Bounds } from '../geometry/contract.ts';
import type {
  Axes,
  Check,
  ColumnInfo,
  Crs,
  CrsOrigin,
  EncodingSamples,
  FoundLayer,
  RankedCrs,
  ReadOptions,
} from '../mapfiles/contract.ts';
import { DECIMAL_MARKS, type DecimalMark, type Note } from '../text/contract.ts';

/** `context` layers (water, parks) draw the ground; they are listed only with `?context=1`. */
export type LayerRow = {
  readonly layer: string;
  readonly title: string;
  readonly type: LayerType;
  readonly version: number;
  readonly features: number;
  readonly bounds: readonly [number, number, number, number] | null;
  readonly tiles: string;
  readonly hasPopulation: boolean;
};
export type FeatureRow = {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly population?: number;
  readonly areaKm2?: number;
  readonly lengthM?: number;
  readonly crossings?: readonly [string, string];
  /** Lon, lat of a point on it, to fly to and to pin a marker. */
  readonly at?: readonly [number, number];
};

/** Why a drawn zone has no residents: the areas say none, or mere parts of areas lie in it. */
export const ZONE_REASONS = ['unknown', 'parts'] as const;
/** A drawn zone on the areas of a layer; `insideKm2` = the part of it that lies in them. */
export type ZoneAnswer = {
  readonly layer: string;
  readonly layerVersion: number;
  readonly zoneKm2: number;
  readonly insideKm2: number;
  readonly layerKm2: number;
  /** Areas that lie wholly in the zone, and those it cuts. */
  readonly whole: number;
  readonly cut: number;
  /** In proportion to the parts of areas inside; null for `reason`. */
  readonly residents: number | null;
  readonly reason: (typeof ZONE_REASONS)[number] | null;
  readonly census: { readonly year: number; readonly source: string } | null;
};

/** What the caller decides about an import of areas; `null` = guess and report the choice. */
export type AreasOptions = ReadOptions & {
  readonly layer: string;
  readonly title: string | null;
  readonly type: 'areas' | 'context';
  readonly code: string | null;
  readonly name: string | null;
  /** `COLUMN` or `COLUMN:YEAR`, several separated by commas. */
  readonly population: string | null;
  /** Column of the larger area each belongs to. */
  readonly parent?: string | null;
  /** The decimal mark of the residents; unsaid = found over their column. */
  readonly numbers?: DecimalMark | null;
  /** `overlap` or `COLUMN=VALUE`: only the features of the jurisdiction; undefined in a preview: as offered. */
  readonly only?: string | null;
  /** Without a code of their own the features are numbered as they stand in the file. */
  readonly numbered?: boolean | undefined;
};

export type PointsOptions = ReadOptions & {
  readonly layer: string;
  readonly title: string | null;
  readonly code: string | null;
  readonly name: string | null;
  readonly only?: string | null;
};

export type StreetsOptions = ReadOptions & {
  readonly title: string | null;
  readonly code: string | null;
  readonly name: string | null;
  readonly only?: string | null;
  /** Lines get a vertex where they cross or end beside each other, so that their segments meet. */
  readonly split?: boolean | undefined;
};

/** That only part of a file lies in the jurisdiction: the `only` that keeps it, how much it keeps, and the default. */
export type Mine = { readonly only: string; readonly inside: number; readonly total: number; readonly on: boolean };

/** What kinds of layers a file can become. */
export const UPLOAD_TYPES = ['areas', 'streets', 'points', 'context', 'population'] as const;
export type UploadType = (typeof UPLOAD_TYPES)[number];

const column = z.string().max(200).nullable().default(null);

/** Body of a preview, and of what is then published; null everywhere = find out. */
export const uploadChoices = z.strictObject({
  type: z.enum(UPLOAD_TYPES),
  sourceLayer: column,
  crs: z.number().int().positive().max(999_999).nullable().default(null),
  encoding: z.string().max(40).nullable().default(null),
  /** True: latitude stands before longitude. */
  swapAxes: z.boolean().optional(),
  code: column,
  name: column,
  parent: column,
  /** `COLUMN:YEAR`, several separated by commas; for type `population` one of them. */
  population: z.string().max(400).nullable().default(null),
  /** The decimal mark of the residents; missing = found over their column. */
  numbers: z.enum(DECIMAL_MARKS).optional(),
  /** True: areas without a code of their own are numbered as they stand in the file. */
  numbered: z.boolean().optional(),
  /** True: street lines are split where they cross or end beside each other without a common vertex. */
  split: z.boolean().optional(),
  /** Missing = as offered; null = everything; `overlap` or `COLUMN=VALUE`. */
  only: z.string().max(300).nullable().optional(),
  /** For type `population`: the layer whose residents these are. */
  layer: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'small letters, digits, - and _')
    .nullable()
    .default(null),
});
export type UploadChoices = z.infer<typeof uploadChoices>;

/** Body of a publication: where to, and from which day on. The choices are those of the last preview. */
export const publication = z.strictObject({
  layer: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'small letters, digits, - and _'),
  title: z.string().trim().min(1).max(100).nullable().default(null),
  validFrom: z.iso.date().nullable().default(null),
});
export type Publication = z.infer<typeof publication>;

/** Which areas are to be the limit of the jurisdiction: all of a version together, or the one of this code. */
export const limitWish = z.strictObject({
  layer: z.string().max(63),
  version: z.number().int().min(1).max(999_999),
  area: z.string().min(1).max(200).nullable().default(null),
});
export type LimitWish = z.infer<typeof limitWish>;
export type LimitReport = LimitWish & {
  /** How many were joined. */
  readonly areas: number;
  readonly areaKm2: number;
  /** Holes between them, filled. */
  readonly holes: number;
  readonly holesKm2: number;
};

/** The columns in use; for populations `COLUMN:YEAR`. */
export type ColumnUse = {
  readonly code: string | null;
  readonly name: string | null;
  readonly parent: string | null;
  readonly population: string | null;
};

/** What was understood of an upload, before anything is stored. */
export type Preview = {
  readonly type: Exclude<UploadType, 'population'>;
  readonly fileName: string;
  readonly layers: readonly FoundLayer[];
  readonly sourceLayer: string;
  /** Features in the file, and places that publishing would make of them. */
  readonly read: number;
  readonly features: number;
  readonly crs: {
    readonly used: Crs;
    readonly from: CrsOrigin;
    /** Where the data land, in degrees; null for tables. */
    readonly bounds: Bounds | null;
    /** Null while nobody knows where the jurisdiction is. */
    readonly fits: boolean | null;
    /** Other readings of the same numbers, likeliest first. */
    readonly candidates: readonly RankedCrs[];
    /** `seem-swapped`: shown the other way round, which is to be confirmed by `swapAxes`. */
    readonly axes: Axes;
  };
  /** Null where the format leaves no doubt. */
  readonly encoding: EncodingSamples | null;
  readonly columns: readonly ColumnInfo[];
  readonly use: ColumnUse;
  /** How the figures of residents are read, which stand for none, and a year that was assumed. */
  readonly residents: readonly Note[];
  readonly mine: Mine | null;
  readonly only: string | null;
  readonly checks: readonly Check[];
  /** A choice to be made before the rest can be told, such as the code column. */
  readonly problem: { readonly parameter: string; readonly detail: string } | null;
  /** True while it cannot be published. */
  readonly blocked: boolean;
  /** Simplified GeoJSON with `code` and `name`, at most some thousand features. */
  readonly geojson: { readonly type: 'FeatureCollection'; readonly features: readonly object[] };
};

/** How a column of the table was compared with the areas, and how many rows it matched. */
export const KEY_WAYS = ['plain', 'zeros', 'prefix', 'folded'] as const;
export type PopulationKey = {
  readonly column: string;
  readonly of: 'code' | 'name';
  /** As written, without leading zeros, without the prefix of state or municipality, or names folded. */
  readonly how: (typeof KEY_WAYS)[number];
  readonly matched: number;
};

/** What came of matching a table of residents to areas; nothing is stored by a preview. */
export type PopulationReport = {
  readonly read: number;
  readonly stored: number;
  readonly byCode: number;
  readonly byName: number;
  /** Rows without a readable year or number of residents. */
  readonly unreadable: number;
  readonly repeated: number;
  readonly unmatched: number;
  /** Code and name as the file has them, at most some hundred. */
  readonly unmatchedRows: readonly string[];
  readonly areas: number;
  readonly years: readonly number[];
  /** What the table and the layer have in common; codes go before names. */
  readonly keys: readonly PopulationKey[];
  /** How the figures were read, and which stand for none. */
  readonly notes: readonly Note[];
  readonly use: {
    readonly code: string | null;
    readonly name: string | null;
    readonly year: string | null;
    readonly residents: string;
  };
};

/** The same before anything is stored: the columns to choose from, and the choice to be made before it can be told. */
export type PopulationPreview = PopulationReport & {
  readonly type: 'population';
  readonly fileName: string;
  readonly columns: readonly ColumnInfo[];
  readonly problem: { readonly parameter: string; readonly detail: string } | null;
};

export type LayerVersionRow = {
  readonly version: number;
  readonly current: boolean;
  readonly validFrom: string | null;
  readonly publishedAt: string;
  readonly removed: boolean;
  readonly features: number;
  readonly fileName: string;
  readonly read: number;
  readonly rejected: number;
  readonly repaired: number;
};

export const CHANGES = ['added', 'removed', 'moved', 'renamed'] as const;
/**
 * A place that two versions do not share alike. `areaM2` = ground in one but not the other; null for lines, points, and
 * where its two outlines cross too often to measure it.
 */
export type LayerChange = {
  readonly code: string;
  readonly name: string;
  readonly change: (typeof CHANGES)[number];
  readonly fromId: number | null;
  readonly untilId: number | null;
  readonly areaM2: number | null;
};

/** How two versions differ; incidents are all of kind `incident`, null where a version is not counted on. */
export type VersionsCompared = {
  readonly layer: string;
  readonly from: number;
  readonly until: number;
  readonly changes: readonly (Omit<LayerChange, 'fromId' | 'untilId'> & {
    readonly incidentsFrom: number | null;
    readonly incidentsUntil: number | null;
  })[];
  /** Places that are alike in both. */
  readonly same: number;
  /** Incidents in any place of each version. */
  readonly incidents: { readonly from: number; readonly until: number } | null;
  /** Where asked for: the shapes of what changed, `side` being `from` or `until`. */
  readonly outlines: { readonly type: 'FeatureCollection'; readonly features: readonly object[] } | null;
};

export type LayerHistory = {
  readonly layer: string;
  readonly title: string;
  readonly type: LayerType;
  /** The whole layer is out of use. */
  readonly removed: boolean;
  readonly versions: readonly LayerVersionRow[];
};

/** A layer out of use, and the version it would come back with. */
export type RemovedLayer = {
  readonly layer: string;
  readonly title: string;
  readonly type: LayerType;
  readonly version: number;
  readonly features: number;
};

/** Reference points of one layer in a place. */
export type PointsNearby = { readonly layer: string; readonly title: string; readonly count: number };

/** Steps of an import, in order; `fraction` within the step, null where unknown. */
export const IMPORT_STEPS = ['reading', 'checking', 'storing', 'placing', 'publishing'] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];
export type OnProgress = (fraction: number | null, step: ImportStep) => void;
