// The closed lists of words that columns of the schema hold. Pure: contracts and SQL share them.

/** Kinds are never added together. */
export const KINDS = ['incident', 'call', 'victim'] as const;
export type Kind = (typeof KINDS)[number];

/** How exactly the time is known; stored as the index in this list. Protected data alone know a quarter, by its first day. */
export const DATE_PRECISIONS = ['minute', 'hour', 'day', 'month', 'quarter'] as const;
export type DatePrecision = (typeof DATE_PRECISIONS)[number];

/**
 * How exactly the place is known; stored as the index in this list. `none` = no usable point; `withheld` = no point, and no
 * more of the place is told than the area of one layer, if that.
 */
export const PLACE_PRECISIONS = ['point', 'street', 'crossing', 'area', 'none', 'withheld'] as const;
/** The index of `withheld`. */
export const WITHHELD = 5;
export type PlacePrecision = (typeof PLACE_PRECISIONS)[number];

export const LAYER_TYPES = ['areas', 'streets', 'points', 'context'] as const;
export type LayerType = (typeof LAYER_TYPES)[number];
