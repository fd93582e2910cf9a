// The basemap an operator may have set instead of the city's own streets: its style under our data.

import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { type Ask, paths } from '../store/api.ts';

/** Layers of ours that a basemap takes the place of. */
const GROUND = /^(beyond|land-|ground-|water-|street-casing|street-base|street-main|label-streets)/;
const PREFIX = 'basemap:';

/** The style the operator set, or null when there is none or it cannot be had: the map then does without. */
export async function fetchBasemap(ask: Ask, signal: AbortSignal): Promise<StyleSpecification | null> {
  try {
    const { basemapStyle } = await ask(paths.portal(), signal);
    if (!basemapStyle) return null;
    const response = await fetch(basemapStyle, { signal });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Our style over a basemap: its ground and names below our data, our own ground kept invisible for pointing at. */
export function overBasemap(ours: StyleSpecification, basemap: StyleSpecification): StyleSpecification {
  const renamed = basemap.layers.map((layer): LayerSpecification => {
    const source = 'source' in layer && layer.source ? { source: PREFIX + layer.source } : {};
    return { ...layer, ...source, id: PREFIX + layer.id } as LayerSpecification;
  });
  const sources = Object.fromEntries(Object.entries(basemap.sources).map(([name, source]) => [PREFIX + name, source]));
  return {
    ...ours,
    ...(basemap.glyphs ? { glyphs: basemap.glyphs } : {}),
    ...(basemap.sprite ? { sprite: basemap.sprite } : {}),
    sources: { ...sources, ...ours.sources },
    layers: [...renamed, ...ours.layers.map((layer) => (GROUND.test(layer.id) ? invisible(layer) : layer))],
  };
}

/** Still found under the pointer, but not seen. */
function invisible(layer: LayerSpecification): LayerSpecification {
  const paint = {
    background: { 'background-opacity': 0 },
    fill: { 'fill-opacity': 0 },
    line: { 'line-opacity': 0 },
    symbol: { 'text-opacity': 0 },
  };
  return layer.type in paint
    ? ({ ...layer, paint: { ...layer.paint, ...paint[layer.type as keyof typeof paint] } } as LayerSpecification)
    : layer;
}
