// What a small map of the tab «Datos» is drawn over, asked for as it opens.

import type { Translate } from '../../server/i18n/contract.ts';
import type { App } from '../app.ts';
import type { fetchGround } from '../map/ground.ts';
import type { PreviewData } from '../map/preview.ts';
import type { PreviewGround } from '../map/preview-ground.ts';

/** So few features with names show by themselves where one is. */
const FEW = 60;

type Box = readonly [west: number, south: number, east: number, north: number];

export async function groundUnder(
  { reference, store, ask }: App,
  fetch: typeof fetchGround,
  data: PreviewData,
  signal: AbortSignal,
): Promise<PreviewGround> {
  const city = reference.jurisdiction.peek();
  const layers = reference.layers.peek();
  const hasStreets = reference.streetLayer.peek() !== null;
  const wanted = { bounds: city?.bounds ?? boxOf(data), hasStreets, language: store.language.peek() };
  const ground = await fetch(ask, city?.code ?? null, wanted, signal);
  const land = reference.areaLayer.peek();
  // What is shown may have names of its own, and be the larger areas itself.
  const isNamed = data.features.some(hasName);
  const named = isNamed ? null : land;
  const larger = isNamed && data.features.length <= FEW ? null : reference.largerLayer.peek();
  return { ...ground, layers, land, named, larger, isBasemapSeen: store.page.peek().basemap };
}

/** What the map would say by itself, in English. */
export const saidByMap = (t: Translate, title: string): Readonly<Record<string, string>> => ({
  'Map.Title': title,
  'CooperativeGesturesHandler.WindowsHelpText': t('boundaries.mapGestureCtrl'),
  'CooperativeGesturesHandler.MacHelpText': t('boundaries.mapGestureCommand'),
  'CooperativeGesturesHandler.MobileHelpText': t('boundaries.mapGestureTouch'),
});

const hasName = (feature: object): boolean =>
  Boolean((feature as { properties?: { name?: unknown } | null }).properties?.name);

/** Of a first file nothing is known yet but where it lies. */
function boxOf({ features }: PreviewData): Box | null {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const extend = (coordinates: unknown): void => {
    if (!Array.isArray(coordinates)) return;
    const [lon, lat] = coordinates;
    if (typeof lon !== 'number' || typeof lat !== 'number') {
      for (const part of coordinates) extend(part);
      return;
    }
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  };
  for (const feature of features)
    extend((feature as { geometry?: { coordinates?: unknown } | null }).geometry?.coordinates);
  return box[0] <= box[2] ? box : null;
}

/** Whose the basemap under it is, to be written below. */
export const creditOf = ({ basemap, isBasemapSeen }: PreviewGround): string | null =>
  isBasemapSeen ? (basemap?.credit ?? null) : null;
