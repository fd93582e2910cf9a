// The places a problem or a measure can be given: what is chosen on the map, the zone asked about, and zones kept by name.

import type { Within } from '../../server/filter/contract.ts';
import type { AskedPlace, MeasureBody } from '../../server/problems/contract.ts';
import type { App } from '../app.ts';
import { chosenPlace, withinText } from '../store/chosen.ts';
import type { NamedZone } from '../store/url.ts';

/** `of`: of a drawn zone, whether its streets or its areas are meant. */
export type GroundOffered = {
  readonly name: string;
  readonly of: 'streets' | 'areas' | null;
  readonly place: AskedPlace;
};
type Selected = {
  readonly place: { readonly layer: string; readonly code: string; readonly name: string } | null;
  readonly within: { readonly within: Within; readonly name: string } | null;
  readonly zones: readonly NamedZone[];
  readonly layers: { readonly streets: string | null; readonly areas: string | null };
  readonly versionOf: (layer: string) => number;
};

/** The chosen place goes before the zone that is asked about; of a drawn zone its streets before its areas. */
export function groundsOffered({ place, within, zones, layers, versionOf }: Selected): readonly GroundOffered[] {
  const inRing = (ring: NamedZone['ring'], name: string) =>
    (['streets', 'areas'] as const).flatMap((of): GroundOffered[] => {
      const layer = layers[of];
      return layer === null ? [] : [{ name, of, place: { layer, ring: ring.map(([lon, lat]) => [lon, lat]) } }];
    });
  const asked = (): readonly GroundOffered[] => {
    if (!within) return [];
    if (within.within.type === 'polygon') return inRing(within.within.ring, within.name);
    const { layer, version, place: found } = within.within;
    const at = { layer, version: version ?? versionOf(layer) };
    return [
      {
        name: within.name,
        of: null,
        place: 'code' in found ? { ...at, codes: [found.code] } : { ...at, id: found.id },
      },
    ];
  };
  return [
    ...(place
      ? [
          {
            ...{ name: place.name, of: null },
            place: { layer: place.layer, version: versionOf(place.layer), codes: [place.code] },
          },
        ]
      : []),
    ...asked(),
    ...zones.flatMap(({ name, ring }) => inRing(ring, name)),
  ];
}

export function groundsOnMap(page: App): readonly GroundOffered[] {
  const { reference, store } = page;
  const chosen = chosenPlace(page, store.place.value);
  const { within } = store.filter.value;
  return groundsOffered({
    place: chosen && { ...chosen.key, name: chosen.name },
    within: within && { within, name: withinText(page, within) },
    zones: store.page.value.zones,
    layers: {
      streets: reference.streetsUsable.value ? (reference.streetLayer.value?.layer ?? null) : null,
      areas: reference.areaLayer.value?.layer ?? null,
    },
    versionOf: (layer) => reference.layers.value.find((row) => row.layer === layer)?.version ?? 1,
  });
}

/** A measure as it is written: its place may be a zone of which the server finds the places. */
export type MeasureDraft = Omit<MeasureBody, 'ground'> & { readonly ground: AskedPlace };

/**
 * What else changes with the place: controls chosen by hand were chosen for the other one, and how far around crime may
 * have moved is told in metres of streets or as the areas that touch.
 */
export function movedTo(
  { ringM, controls }: Pick<MeasureDraft, 'ringM' | 'controls'>,
  { place, name }: Pick<GroundOffered, 'place' | 'name'>,
  isStreets: { readonly was: boolean; readonly is: boolean },
): Partial<MeasureDraft> {
  return {
    ...{ ground: place, placeName: name.slice(0, 200) },
    ...(controls && { controls: null }),
    ...(isStreets.was !== isStreets.is && ringM > 0 && { ringM: usualRing(isStreets.is) }),
  };
}

export const usualRing = (isStreets: boolean): number => (isStreets ? 250 : 100);
