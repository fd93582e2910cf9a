// Positions, bounds and features as the page and the server exchange them. Pure.

export type Position = readonly [lon: number, lat: number];

export type Bounds = readonly [west: number, south: number, east: number, north: number];

export type Geometry = { readonly type: string; readonly coordinates?: unknown; readonly geometries?: unknown };
export type Properties = Readonly<Record<string, unknown>>;
export type SourceFeature = { readonly properties: Properties; readonly geometry: Geometry | null };
