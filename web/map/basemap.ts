// The basemap under our data: one an operator added to this server, or a style set by its address; and switching it.

import type { Map as GLMap, LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import { type BasemapBounds, type BasemapRow, basemapFor } from '../../server/basemap/contract.ts';
import { type Ask, paths } from '../store/api.ts';

export type Basemap = {
  readonly sources: Readonly<Record<string, SourceSpecification>>;
  readonly below: readonly LayerSpecification[];
  /** Drawn over coloured areas. */
  readonly over: readonly LayerSpecification[];
  /** Drawn below our names, which go first. */
  readonly names: readonly LayerSpecification[];
  /** Whose map it is, in words; null where nobody says, or the map itself tells. */
  readonly credit: string | null;
  /** Whether its credits stand in its style, for the map to tell. */
  readonly creditsItself: boolean;
  /** Whether it writes the names of streets itself. */
  readonly namesStreets: boolean;
  readonly glyphs?: string;
  readonly sprite?: StyleSpecification['sprite'];
};

const PREFIX = 'basemap:';
/** Layers of ours that a basemap takes the place of. */
const GROUND = /^(beyond|limit-fill|land-|ground-|water-|street-casing|street-base|street-main)/;
const STREET_NAMES = 'label-streets';
const OPACITY = {
  background: ['background-opacity'],
  fill: ['fill-opacity'],
  line: ['line-opacity'],
  symbol: ['text-opacity'],
} as const;
type Hidden = keyof typeof OPACITY;

export type Wanted = {
  /** Of what is shown: the jurisdiction, or what a file holds. */
  readonly bounds: BasemapBounds | null;
  readonly hasStreets: boolean;
  readonly language: string;
  /** The layer of the largest areas: together they stand in for a limit that is not known. */
  readonly largest?: string | null;
};

/** What lies under the data there, or null when nothing does or it cannot be had: the map then does without. */
export async function fetchBasemap(ask: Ask, wanted: Wanted, signal: AbortSignal): Promise<Basemap | null> {
  try {
    const [rows, { basemapStyle }] = await Promise.all([ask(paths.basemaps(), signal), ask(paths.portal(), signal)]);
    const row: BasemapRow | null = basemapFor(rows, wanted.bounds);
    if (row) {
      const { localBasemap } = await import('./basemap-style.ts');
      return localBasemap(row, wanted.hasStreets, wanted.language);
    }
    if (!basemapStyle) return null;
    const response = await fetch(basemapStyle, { signal });
    return response.ok ? remote(await response.json()) : null;
  } catch {
    return null;
  }
}

const remote = ({ sources, layers, glyphs, sprite }: StyleSpecification): Basemap => ({
  sources,
  below: layers,
  over: [],
  names: [],
  credit: null,
  creditsItself: true,
  namesStreets: true,
  ...(glyphs ? { glyphs } : {}),
  ...(sprite ? { sprite } : {}),
});

/** Our style over a basemap, which is seen or not: our own ground stays, invisible under it, for pointing at. */
export function overBasemap(ours: StyleSpecification, basemap: Basemap, isSeen: boolean): StyleSpecification {
  const renamed = (layers: readonly LayerSpecification[]) =>
    layers.map((layer) => {
      const source = 'source' in layer && layer.source ? { source: PREFIX + layer.source } : {};
      const layout = isSeen ? {} : { layout: { ...('layout' in layer ? layer.layout : {}), visibility: 'none' } };
      return { ...layer, ...source, ...layout, id: PREFIX + layer.id } as LayerSpecification;
    });
  const sources = Object.fromEntries(Object.entries(basemap.sources).map(([name, source]) => [PREFIX + name, source]));
  const mine = ours.layers.map((layer) => (isSeen && isReplaced(layer.id, basemap) ? invisible(layer) : layer));
  const overAt = mine.findIndex(({ id }) => id.startsWith('outline-') || id === 'limit-line' || id === 'before');
  const namesAt = mine.findIndex(({ type }) => type === 'symbol');
  const [split, names] = [overAt < 0 ? mine.length : overAt, namesAt < 0 ? mine.length : namesAt];
  return {
    ...ours,
    ...(basemap.glyphs ? { glyphs: basemap.glyphs } : {}),
    ...(basemap.sprite ? { sprite: basemap.sprite } : {}),
    sources: { ...sources, ...ours.sources },
    layers: [
      ...renamed(basemap.below),
      ...mine.slice(0, split),
      ...renamed(basemap.over),
      ...mine.slice(split, Math.max(split, names)),
      ...renamed(basemap.names),
      ...mine.slice(Math.max(split, names)),
    ],
  };
}

/** Switches a basemap of a map drawn over it; `ours` as it was before it was laid over it. */
export function showBasemap(map: GLMap, ours: StyleSpecification, basemap: Basemap, isSeen: boolean): void {
  const visibility = isSeen ? 'visible' : 'none';
  for (const { id } of [...basemap.below, ...basemap.over, ...basemap.names])
    map.setLayoutProperty(PREFIX + id, 'visibility', visibility);
  for (const layer of ours.layers) {
    if (!isReplaced(layer.id, basemap)) continue;
    const paint = ('paint' in layer ? layer.paint : {}) as Record<string, unknown>;
    for (const name of OPACITY[layer.type as Hidden] ?? [])
      map.setPaintProperty(layer.id, name, (isSeen ? 0 : paint[name]) as number | undefined);
  }
}

/** Its layers that are drawn only over coloured areas. */
export const overIds = ({ over }: Basemap): string[] => over.map(({ id }) => PREFIX + id);

const isReplaced = (id: string, { namesStreets }: Basemap) => GROUND.test(id) || (namesStreets && id === STREET_NAMES);

/** Still found under the pointer, but not seen. */
function invisible(layer: LayerSpecification): LayerSpecification {
  const unseen = Object.fromEntries((OPACITY[layer.type as Hidden] ?? []).map((name) => [name, 0]));
  return { ...layer, paint: { ...('paint' in layer ? layer.paint : {}), ...unseen } } as LayerSpecification;
}
