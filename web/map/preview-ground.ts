// What lies under the data of a small map, as under those of the main one: limit, water, streets, larger areas, names.

import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { LayerRow } from '../../server/layers/contract.ts';
import { overBasemap } from './basemap.ts';
import type { Ground } from './ground.ts';
import { LIMIT_SOURCE } from './limit.ts';
import { buildStyle, STREET_SOURCE } from './style.ts';

export type PreviewGround = Ground & {
  /** All there are, each drawn as far as it helps to find one's way. */
  readonly layers: readonly LayerRow[];
  /** Areas that are land. */
  readonly land: LayerRow | null;
  /** Areas that are named, where what is shown has no names of its own. */
  readonly named: LayerRow | null;
  readonly larger: LayerRow | null;
  readonly isBasemapSeen: boolean;
};

/** Streets are most of what a city has to load; farther away they would be a grey veil. */
const STREETS_FROM_ZOOM = 12;

type Own = {
  readonly sources: Readonly<Record<string, SourceSpecification>>;
  readonly layers: readonly LayerSpecification[];
  /** Drawn above everything. */
  readonly names: readonly LayerSpecification[];
};

/** A whole style: the ground, and `own` layers over it. */
export function previewStyle(
  { layers, land, named, larger, limit, basemap, isBasemapSeen }: PreviewGround,
  own: Own,
  absolute: (path: string) => string,
): StyleSpecification {
  const city = buildStyle(layers, new Map(), absolute, limit, larger);
  const isBelow = (id: string) =>
    /^(beyond|limit-|ground-|water-|street-casing$|street-base$)/.test(id) ||
    id === `land-${land?.layer}` ||
    id === `land-${larger?.layer}` ||
    id === `outline-${larger?.layer}`;
  const isName = (id: string) =>
    id === `label-${named?.layer}` || id === `larger-${larger?.layer}` || id === 'label-streets';
  const below = city.layers
    .filter(({ id }) => isBelow(id))
    .map((layer) => (layer.id.startsWith('street-') ? { ...layer, minzoom: STREETS_FROM_ZOOM } : layer));
  const names = city.layers.filter(({ id }) => isName(id));
  const drawn = [...below, ...own.layers, ...names, ...own.names];
  const used = new Set(drawn.flatMap((layer) => ('source' in layer && layer.source ? [layer.source] : [])));
  const sources = Object.fromEntries(
    Object.entries(city.sources).filter(([name]) => used.has(name) || name === LIMIT_SOURCE || name === STREET_SOURCE),
  );
  const style: StyleSpecification = { ...city, sources: { ...sources, ...own.sources }, layers: drawn };
  return basemap ? overBasemap(style, basemap, isBasemapSeen) : style;
}
