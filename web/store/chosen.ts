// The chosen place, and the place a filter is limited to, with their names.

import { effect } from '@preact/signals';
import type { Within } from '../../server/filter/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { App } from '../app.ts';
import { hasNamesake } from './namesakes.ts';
import type { PlaceKey } from './url.ts';
import { placeText } from './words.ts';

type Named = Pick<FeatureRow, 'code' | 'name' | 'crossings'>;

export type Chosen = {
  readonly key: PlaceKey;
  readonly name: string;
  readonly isStreet: boolean;
  readonly row: FeatureRow | null;
};

/** The name of a place that stands alone: with its code where another area of its layer is called the same. */
export function placeName({ reference, words }: App, layer: string, row: Named): string {
  const isStreet = layer === reference.streetLayer.value?.layer;
  const name = placeText(words.value, row, isStreet);
  return !isStreet && hasNamesake(reference.rowsOf(layer), row) ? `${name} (${row.code})` : name;
}

/** Null when nothing is chosen; without a row while the places are still on their way. */
export function chosenPlace(page: App, key: PlaceKey | null): Chosen | null {
  if (!key) return null;
  const { reference } = page;
  const isStreet = key.layer === reference.streetLayer.value?.layer;
  const row = [...reference.rowsOf(key.layer).values()].find(({ code }) => code === key.code) ?? null;
  return { key, isStreet, row, name: row ? placeName(page, key.layer, row) : key.code };
}

export function withinText(page: App, within: Within | null): string {
  const { t } = page.words.value;
  if (!within) return t('filter.whereAll');
  if (within.type === 'polygon') return t('filter.whereDrawn');
  if (!('code' in within.place)) return `${within.layer} ${within.place.id}`;
  return chosenPlace(page, { layer: within.layer, code: within.place.code })?.name ?? '';
}

/** A place an old link names may be gone from the newest boundaries: nothing is chosen then, which is told. Answers a stop. */
export function forgetUnknownPlace({ store, reference }: App): () => void {
  return effect(() => {
    const place = store.place.value;
    if (!place || !reference.ready.value) return;
    const layer = reference.layers.value.find((row) => row.layer === place.layer);
    const rows = reference.rowsOf(place.layer);
    const gone = !layer || (rows.size > 0 && ![...rows.values()].some(({ code }) => code === place.code));
    if (!gone) return;
    store.lost.value = [...store.lost.peek(), `place=${place.layer}:${place.code}`];
    store.adjust({ place: null });
  });
}
