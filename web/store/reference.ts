// What hardly changes while the page is open: jurisdictions, and the layers, offences, themes and sources of one.

import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import { shareOf } from '../../server/basemap/contract.ts';
import type { OffenceRow, SourceRow, ThemeRow } from '../../server/counts/contract.ts';
import type { FeatureRow, LayerRow } from '../../server/layers/contract.ts';
import { type Ask, paths } from './api.ts';
import { createQuestion, type Question } from './question.ts';
import type { Store } from './state.ts';

/** Beyond this many streets their names and lengths are not all fetched; the page does without them. */
const MAX_SEGMENTS_LISTED = 30_000;

export type Reference = {
  readonly jurisdictions: Question<JurisdictionRow[]>;
  readonly jurisdiction: ReadonlySignal<JurisdictionRow | null>;
  readonly layers: ReadonlySignal<readonly LayerRow[]>;
  /** The area layer the address names, and whether it is gone: the layer, or the version asked for. */
  readonly named: ReadonlySignal<{
    readonly layer: string;
    readonly version: number | null;
    readonly gone: boolean;
  } | null>;
  /** The layer a link shows in a version other than the present one; it stands in the lists of layers instead. */
  readonly pinned: ReadonlySignal<LayerRow | null>;
  /** A layer as questions name it: with its version where that is not the present one. */
  address(layer: string): string;
  readonly areaLayers: ReadonlySignal<readonly LayerRow[]>;
  /** The area layer drawn and listed. */
  readonly areaLayer: ReadonlySignal<LayerRow | null>;
  /** Larger areas that the drawn ones lie in, such as boroughs: they are drawn and named from afar. */
  readonly largerLayer: ReadonlySignal<LayerRow | null>;
  readonly streetLayer: ReadonlySignal<LayerRow | null>;
  readonly contextLayers: ReadonlySignal<readonly LayerRow[]>;
  readonly offences: ReadonlySignal<readonly OffenceRow[]>;
  readonly themes: ReadonlySignal<readonly ThemeRow[]>;
  readonly sources: ReadonlySignal<readonly SourceRow[]>;
  /** Sources the present filter counts. */
  readonly sourcesInUse: ReadonlySignal<readonly SourceRow[]>;
  /** The first day any of them has a record of; what lies before cannot be compared with. */
  readonly firstDay: ReadonlySignal<string | null>;
  /** Whether all that is counted is known by its month alone. */
  readonly monthOnly: ReadonlySignal<boolean>;
  /** May streets be coloured: there are streets, and every source in use locates to the street. */
  readonly streetsUsable: ReadonlySignal<boolean>;
  /** Places by id. */
  readonly areas: ReadonlySignal<ReadonlyMap<string, FeatureRow>>;
  /** Empty until somebody needs them: they are a third of what the page loads. */
  readonly segments: ReadonlySignal<ReadonlyMap<string, FeatureRow>>;
  wantSegments(): void;
  /** Says which layer is listed: its places may be of another than those drawn. */
  wantListed(layer: string | null): void;
  /** The places of a layer by id, also of one that is not drawn but listed, or that the chosen place or filter names. */
  rowsOf(layer: string): ReadonlyMap<string, FeatureRow>;
  /** Layers, themes and sources of this jurisdiction have all arrived. */
  readonly ready: ReadonlySignal<boolean>;
  /** First failure among them. */
  readonly questions: readonly Question<unknown>[];
};

/** Larger areas of a part of the city only would name that part alone. */
const MOSTLY = 0.7;
const NOTHING: never[] = [];
/** What a file of no known office is called where it is kept; others go by their own names in every language. */
const OWN_FILE = 'Archivo propio';
const NO_ROWS: ReadonlyMap<string, FeatureRow> = new Map();

/** Nothing is asked before it is known who asks: `viewer` is null until then. */
export function createReference(
  store: Store,
  ask: Ask,
  viewer: ReadonlySignal<object | null>,
  ownFile: () => string,
): Reference {
  const jurisdictions = createQuestion(
    computed(() => (viewer.value ? paths.jurisdictions() : null)),
    ask,
  );
  const city = computed(() => store.page.value.city);
  const jurisdiction = computed(() => {
    const rows = jurisdictions.answered.value?.value ?? NOTHING;
    return (
      (city.value === null ? (rows.find((row) => row.from) ?? rows[0]) : rows.find((row) => row.code === city.value)) ??
      null
    );
  });
  const code = computed(() => jurisdiction.value?.code ?? null);
  const ofCity = <T>(path: (city: string) => string): Question<T> =>
    createQuestion<T>(
      computed(() => (code.value === null ? null : path(code.value))),
      ask,
    );
  const layersAsked = ofCity<LayerRow[]>(paths.layers);
  // Titles come in the language asked for; naming it in the path has them asked for again when it changes.
  const spoken = (path: string) => `${path}?lang=${store.language.value}`;
  const offencesAsked = ofCity<OffenceRow[]>((code) => spoken(paths.offences(code)));
  const themesAsked = ofCity<ThemeRow[]>((code) => spoken(paths.themes(code)));
  const sourcesAsked = ofCity<SourceRow[]>(paths.sources);

  const present = computed(() => layersAsked.answered.value?.value ?? NOTHING);
  const asNamed = computed(() => {
    const [layer, version] = store.page.value.layer?.split('@') ?? [];
    return layer ? { layer, version: version ? Number(version) : null } : null;
  });
  // Only the map can stand still at an older version; elsewhere it is the present one that is told of.
  const older = computed(() => {
    const row = present.value.find(({ layer }) => layer === asNamed.value?.layer);
    const version = asNamed.value?.version ?? null;
    if (!row || code.value === null || store.page.value.tab !== 'map') return null;
    return version === null || version === row.version ? null : paths.layerAt(code.value, row.layer, version);
  });
  const pinnedAsked = createQuestion(older, ask, (path) => path);
  const pinned = computed(() => pinnedAsked.answered.value?.value ?? null);
  const pinnedSettled = computed(() => older.value === null || pinned.value || pinnedAsked.problem.value);
  const layers = computed(() => present.value.map((row) => (row.layer === pinned.value?.layer ? pinned.value : row)));
  const areaLayers = computed(() => layers.value.filter((row) => row.type === 'areas'));
  const areaLayer = computed(
    () =>
      areaLayers.value.find((row) => row.layer === asNamed.value?.layer) ??
      [...areaLayers.value].sort(
        (a, b) => Number(b.hasPopulation) - Number(a.hasPopulation) || b.features - a.features,
      )[0] ??
      null,
  );
  const streetLayer = computed(() => layers.value.find((row) => row.type === 'streets') ?? null);
  const sources = computed(() =>
    (sourcesAsked.answered.value?.value ?? NOTHING).map((row) =>
      row.title === OWN_FILE ? { ...row, title: ownFile() } : row,
    ),
  );
  const sourcesInUse = computed(() => {
    const { kind, source } = store.filter.value;
    return sources.value.filter((row) => row.kind === kind && (source === null || row.code === source));
  });
  const segmentsWanted = signal(false);
  const featuresOf = (layer: ReadonlySignal<LayerRow | null>, most: number) => {
    const asked = createQuestion(
      computed(() => {
        const row = layer.value;
        return row && code.value && row.features <= most ? paths.features(code.value, row.layer, row.version) : null;
      }),
      ask,
      (path) => path,
    );
    return computed(
      () => new Map((asked.answered.value?.value.features ?? NOTHING).map((row: FeatureRow) => [row.id, row])),
    );
  };

  const areas = featuresOf(areaLayer, Number.POSITIVE_INFINITY);
  const segments = featuresOf(
    computed(() => (segmentsWanted.value ? streetLayer.value : null)),
    MAX_SEGMENTS_LISTED,
  );
  /** An area layer that is named but not drawn. */
  const other = (name: () => string | undefined) => {
    const layer = computed(() => {
      const row = areaLayers.value.find((each) => each.layer === name());
      return row === areaLayer.value ? null : (row ?? null);
    });
    return { layer, rows: featuresOf(layer, Number.POSITIVE_INFINITY) };
  };
  const placed = other(() => store.place.value?.layer);
  const filtered = other(() => {
    const { within } = store.filter.value;
    return within?.type === 'place' ? within.layer : undefined;
  });
  const listedLayer = signal<string | null>(null);
  const listed = other(() => listedLayer.value ?? undefined);

  return {
    jurisdictions,
    jurisdiction,
    layers,
    named: computed(() => {
      if (asNamed.value === null) return null;
      const isThere = present.value.some(({ layer }) => layer === asNamed.value?.layer);
      return { ...asNamed.value, gone: !isThere || pinnedAsked.problem.value !== null };
    }),
    pinned,
    address: (layer) => (pinned.value?.layer === layer ? `${layer}@${pinned.value.version}` : layer),
    areaLayers,
    areaLayer,
    largerLayer: computed(() => largerThan(areaLayer.value, areaLayers.value)),
    streetLayer,
    contextLayers: computed(() => layers.value.filter((row) => row.type === 'context')),
    offences: computed(() => offencesAsked.answered.value?.value ?? NOTHING),
    themes: computed(() => themesAsked.answered.value?.value ?? NOTHING),
    sources,
    sourcesInUse,
    firstDay: computed(() => sourcesInUse.value.flatMap(({ from }) => from ?? []).sort()[0] ?? null),
    monthOnly: computed(
      () =>
        sourcesInUse.value.length > 0 &&
        sourcesInUse.value.every(({ datePrecision }) => ['month', 'quarter'].includes(datePrecision)),
    ),
    streetsUsable: computed(
      () =>
        streetLayer.value !== null &&
        sourcesInUse.value.length > 0 &&
        sourcesInUse.value.every((row) => row.streetPrecise),
    ),
    areas,
    segments,
    wantSegments: () => {
      segmentsWanted.value = true;
    },
    wantListed: (layer) => {
      listedLayer.value = layer;
    },
    rowsOf: (layer) => {
      if (layer === streetLayer.value?.layer) return segments.value;
      if (layer === areaLayer.value?.layer) return areas.value;
      return [placed, filtered, listed].find((other) => other.layer.value?.layer === layer)?.rows.value ?? NO_ROWS;
    },
    ready: computed(
      () =>
        [layersAsked, themesAsked, sourcesAsked].every((question) => question.answered.value !== null) &&
        Boolean(pinnedSettled.value),
    ),
    questions: [jurisdictions, layersAsked, offencesAsked, themesAsked, sourcesAsked],
  };
}

/** What is worth drawing from afar, and small enough in number to be told apart there. */
const LARGER_AREAS = { least: 2, most: 40, inside: 3 };

/** The layer of most areas among those of few, each of which holds several of the drawn ones. */
export function largerThan(drawn: LayerRow | null, layers: readonly LayerRow[]): LayerRow | null {
  const { least, most, inside } = LARGER_AREAS;
  if (!drawn || drawn.features <= most) return null;
  const found = layers.filter(
    ({ layer, features, bounds }) =>
      layer !== drawn.layer &&
      features >= least &&
      features <= most &&
      features * inside <= drawn.features &&
      bounds !== null &&
      drawn.bounds !== null &&
      shareOf(drawn.bounds, bounds) >= MOSTLY,
  );
  return found.sort((a, b) => b.features - a.features)[0] ?? null;
}
