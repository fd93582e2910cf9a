// What the page and the map, which arrives later in its own chunk, tell each other.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Filter } from '../../server/filter/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { Days } from '../store/covered.ts';
import type { Store } from '../store/state.ts';
import type { MapPosition, Shown } from '../store/url.ts';
import type { Sketch } from './drawing.ts';
import type { Drawn } from './picture.ts';
import type { LonLat } from './zone-shapes.ts';

/** A word to write at a place on the ground. */
export type MapNote = { readonly at: readonly [number, number]; readonly text: string };
/** A PNG as data URL, and the size in CSS pixels of what it shows. */
export type Snapshot = { readonly url: string; readonly width: number; readonly height: number };

export type MapHandle = {
  zoomBy(steps: number): void;
  /** The whole municipality. */
  whole(): void;
  /** A place in the middle: an area of so many km² filling half of the map, a street close up. */
  show(at: readonly [number, number], areaKm2: number | null): void;
  bounds(): readonly [number, number, number, number];
  /** Where a place on the ground is on the map, in pixels; null when it is out of view. */
  pixel(at: readonly [number, number]): { readonly x: number; readonly y: number } | null;
  /** Tells where the map stands, now and whenever it moves, until the answer is called. */
  follow(hear: (camera: MapPosition) => void): () => void;
  jumpTo(camera: MapPosition): void;
  /** When all that is to be drawn is, or soon after. */
  settled(): Promise<void>;
  /** What is drawn now, with words written on it; taken without waiting. */
  snapshot(notes?: readonly MapNote[]): Snapshot;
};

/** What a zone can be drawn as: by its corners, freehand, as a circle, or along a street. */
export const DRAWN_SHAPES = ['polygon', 'lasso', 'circle', 'stretch'] as const;
export type DrawnShape = (typeof DRAWN_SHAPES)[number];

/** Larger areas are drawn from the start, but not among streets, where their limits would pass for some. */
export const outlinesShown = ({ outlines }: Shown, larger: string | undefined, drawn: Drawn): readonly string[] =>
  outlines ?? (larger === undefined || drawn === 'streets' ? [] : [larger]);

/** Whose the basemap is that is seen now, if it says. */
export const creditShown = ({ store, map }: { readonly store: Store; readonly map: MapLink }): string | null =>
  store.page.value.basemap ? (map.basemap.value?.credit ?? null) : null;

export type Hovered = {
  readonly x: number;
  readonly y: number;
  readonly layer: string;
  readonly id: string;
  readonly name: string;
};

/** What an analysis found, drawn in place of what the main screen shows. */
export type Overlay = {
  /** The layer of the places that have classes, and whether they are areas or streets. */
  readonly layer: string | null;
  readonly drawn: 'areas' | 'streets';
  /** 1 … n into `colors`, or -1 = nothing can be said. */
  readonly classes: ReadonlyMap<string, number>;
  readonly colors: readonly string[];
  /** Bands of densities, each with its `color`; null where places are coloured. */
  readonly bands: GeoJSON.FeatureCollection | null;
  /** What is said of a place under the pointer. */
  readonly tell: (id: string) => string | null;
};

export type Besides = {
  readonly layer: string;
  /** What both say of a place. */
  readonly tell: (id: string) => string | null;
  /** The second question, and the days its data cover. */
  readonly filter: Filter | null;
  readonly covered: Days | null;
  /** Whether chance was asked about at all. */
  readonly isJudged: boolean;
};

export type MapLink = {
  readonly state: Signal<'loading' | 'ready' | 'no-webgl' | 'failed'>;
  /** When the map that is not there yet was asked for, in milliseconds of the clock. */
  readonly waitingSince: Signal<number | null>;
  readonly handle: Signal<MapHandle | null>;
  readonly zoom: Signal<number>;
  /** Of the municipality, once it is known; null where it is not. */
  readonly limit: Signal<GeoJSON.Geometry | null>;
  /** The class the pointer rests on in the legend; the others are dimmed. */
  readonly highlighted: Signal<number | null>;
  readonly shown: ReadonlySignal<Shown>;
  /** The basemap there is, seen or not, and whose it is. */
  readonly basemap: Signal<{ readonly credit: string | null } | null>;
  /** While streets stand as columns: how many with incidents are in view, and what the tallest has; null = too many. */
  readonly streetColumns: Signal<{ readonly inView: number; readonly most: number | null } | null>;
  readonly overlay: Signal<Overlay | null>;
  /** While two questions are compared. */
  readonly beside: Signal<Besides | null>;
  /** Whether the dialog that asks about a place is open. */
  readonly isAskingPlace: Signal<boolean>;
  /** The zone being drawn now, how large it is, and what ends it; setting `drawing` to null calls it off. */
  readonly drawing: Signal<DrawnShape | null>;
  readonly drawingFailed: Signal<boolean>;
  readonly sketch: Signal<Sketch | null>;
  readonly finishDrawing: Signal<(() => void) | null>;
  readonly zoneDrawn: Signal<((ring: readonly LonLat[]) => void) | null>;
  /** Places of a layer that hold more than chance explains; null where that is not known. */
  readonly hotPlaces: Signal<{ readonly layer: string; readonly ids: readonly string[] } | null>;
  readonly hovered: Signal<Hovered | null>;
  /** The row of the list the pointer or focus rests on. */
  readonly pointedAt: Signal<{ readonly layer: string; readonly row: Pick<FeatureRow, 'id'> } | null>;
};

export function createMapLink({ page }: Pick<Store, 'page'>): MapLink {
  return {
    state: signal('loading'),
    waitingSince: signal(null),
    handle: signal(null),
    zoom: signal(10),
    limit: signal(null),
    highlighted: signal(null),
    shown: computed(() => page.value.shown),
    basemap: signal(null),
    streetColumns: signal(null),
    overlay: signal(null),
    beside: signal(null),
    isAskingPlace: signal(false),
    drawing: signal(null),
    drawingFailed: signal(false),
    sketch: signal(null),
    finishDrawing: signal(null),
    zoneDrawn: signal(null),
    hotPlaces: signal(null),
    hovered: signal(null),
    pointedAt: signal(null),
  };
}
