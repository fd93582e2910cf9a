// The legend in data: title, classes with their places, and the notes below; for the card, for paper and for images.

import { kindNoun, usePage } from '../app.ts';
import { rampColors } from '../map/classify.ts';
import { HOT_LINE, RAMP, STREET_COLORS, STREET_WIDTHS } from '../map/colors.ts';
import { type Density, tellsHalf } from '../map/heat.ts';
import { EDGE_LINE, edgeOf, HALF_LINE, HEAT_STOPS } from '../map/heat-colors.ts';
import { halfAreaKm2, hidesRings } from '../map/isolines.ts';
import { withinText } from '../store/chosen.ts';
import { effectLabel } from '../store/legend-text.ts';
import { daysText, sourceText, timeText, whatText } from '../store/words.ts';
import { askedText } from './filter-words.ts';

type Page = ReturnType<typeof usePage>;

export type Entry = {
  readonly text: string;
  /** Class of the swatch in the style sheet. */
  readonly swatch: string;
  /** Class on the map that pointing at it highlights; null = none. */
  readonly number: number | null;
  readonly color: string;
  /** Stroke width of a street; null for areas. */
  readonly widthPx: number | null;
};

export type LegendModel = {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly notes: readonly string[];
  readonly strip: {
    readonly from: string;
    readonly until: string;
    /** What the two figures are. */
    readonly unit: string;
    readonly swatches: readonly string[];
  };
  /** Figures under a ramp of the five colours, evenly apart; null where the colours are classes. */
  readonly ramp: readonly string[] | null;
};

/** The ramp ends in colours, not in figures: what is less, or more, has the same. */
const rampTick = (figure: string, index: number): string =>
  index === 0 ? `≤\u202f${figure}` : index === HEAT_STOPS.length - 1 ? `${figure}+` : figure;

/** Null while nothing has been answered. */
export const useLegend = (): LegendModel | null => legendOf(usePage());

export function legendOf(page: Page): LegendModel | null {
  const { map, t } = page;
  const legend = differenceLegend(page) ?? withOther(page, coloursOf(page));
  const hot = map.shown.value.hot && !map.overlay.value ? map.hotPlaces.value : null;
  if (!legend || !hot?.ids.length) return legend;
  const outlined: Entry = {
    text: t('seen.hotTick'),
    swatch: 'is-hot-place',
    number: null,
    ...HOT_LINE,
  };
  return { ...legend, entries: [...legend.entries, outlined] };
}

/** Where the map shows how two questions differ. */
function differenceLegend(page: Page): LegendModel | null {
  const { store, answers, map, t, f } = page;
  const { overlay, beside } = { overlay: map.overlay.value, beside: map.beside.value };
  const filter = answers.filter.value;
  if (!beside?.filter || !overlay || !filter || store.page.value.beside?.mode !== 'difference') return null;
  const classes = [...overlay.classes.values()];
  const entries = (['up', 'down', 'none'] as const).map((direction, index): Entry => {
    const places = f.int(classes.filter((number) => number === index + 1).length);
    const text = `${t(`beside.direction_${direction}`)} (${places})`;
    return { text, swatch: `is-beside-${index + 1}`, number: null, color: overlay.colors[index] ?? '', widthPx: null };
  });
  const sides = [
    `A: ${askedText(page, filter, answers.covered.value)}`,
    `B: ${askedText(page, beside.filter, beside.covered)}`,
  ];
  return {
    title: t('beside.difference'),
    entries: beside.isJudged ? entries : [],
    notes: [...sides, t(beside.isJudged ? 'beside.rule' : 'beside.notJudged')],
    strip: { from: '', until: '', unit: '', swatches: [] },
    ramp: null,
  };
}

/** Whose map it is of two that are compared, and what the other one asks. */
function withOther(page: Page, legend: LegendModel | null): LegendModel | null {
  const { map, t } = page;
  const beside = map.beside.value;
  if (!legend || !beside?.filter) return legend;
  const note = t('beside.mapIsA', { b: askedText(page, beside.filter, beside.covered) });
  return { ...legend, notes: [note, ...legend.notes] };
}

function coloursOf(page: Page): LegendModel | null {
  const { access, store, reference, answers, pictures, map, words, t, f } = page;
  const isPublic = access.me.value?.role === 'public';
  const filter = answers.filter.value;
  const summary = answers.summary.answered.value?.value;
  const layer = reference.areaLayer.value;
  if (!filter || !summary) return null;
  const { outside } = answers.apart.value;
  const drawn = pictures.drawn.value;
  const what = kindNoun(t, filter.kind, 2);
  const capital = effectLabel(what);
  const used = reference.sourcesInUse.value;
  const delivered = used
    .map((row) => row.delivered)
    .filter((day) => day !== null)
    .sort()
    .at(-1);
  const source = sourceText(words.value, filter, reference.sources.value);
  const made = [
    daysText(words.value, filter, answers.covered.value, reference.monthOnly.value),
    whatText(words.value, filter, reference.offences.value, reference.themes.value),
    filter.hours || filter.weekdays.length ? timeText(words.value, filter) : '',
    filter.within ? withinText(page, filter.within) : '',
    delivered ? t('legend.delivered', { source, date: f.day(delivered.slice(0, 10)) }) : source,
  ]
    .filter(Boolean)
    .join(' · ');
  const protectedNote = summary.totals.withheld ? [t('empty.protected')] : [];
  const protectedEntry: Entry[] = summary.totals.withheld
    ? [
        {
          text: t('legend.protected', { n: f.int(summary.totals.withheld) }),
          swatch: 'is-dots',
          number: null,
          color: '',
          widthPx: null,
        },
      ]
    : [];

  const halfEntry = (density: Density): Entry => {
    const km2 = f.rate(halfAreaKm2(density));
    const key = hidesRings(density, map.zoom.value) ? 'seen.heatHalfFar' : 'legend.heatHalf';
    return { text: t(key, { km2 }), swatch: 'is-heat-half', number: null, ...HALF_LINE };
  };

  if (drawn === 'heat') {
    const density = pictures.density.value;
    const reach = pictures.reachM.value;
    const ticks = HEAT_STOPS.map((stop, index) => rampTick(f.int(stop), index));
    return {
      title: t('legend.heatTitle', { what: capital }),
      entries: [
        ...(density && tellsHalf(density) ? [halfEntry(density)] : []),
        ...(density && edgeOf(density) !== null
          ? [{ text: t('seen.heatEdge'), swatch: 'is-heat-edge', number: null, ...EDGE_LINE }]
          : []),
      ],
      notes: [
        ...(density ? [t('legend.heatMax', { n: f.rate(density.max) })] : []),
        ...(reach ? [t('legend.heatReach', { m: f.int(reach), what })] : []),
        ...(outside ? [t('legend.heatOutside', { n: f.int(outside) })] : []),
        ...protectedNote,
        made,
      ],
      strip: {
        from: ticks[0] ?? '',
        until: ticks.at(-1) ?? '',
        unit: t('legend.perKm2'),
        swatches: swatches(RAMP.length),
      },
      ramp: ticks,
    };
  }

  if (drawn === 'streets') {
    const picture = pictures.streets.value;
    const streetCounts = answers.streetCounts.answered.value?.value;
    const columns = map.streetColumns.value;
    if (!picture) return null;
    const first = picture.places.findIndex((places) => places > 0);
    const last = picture.places.length - 1;
    const held = (index: number) => f.share(picture.held[index] ?? 0);
    const entries = picture.places.flatMap((count, index): Entry[] => {
      if (count === 0) return [];
      const places = t('legend.segments', { count, n: f.int(count) });
      const key = index === first ? 'legend.held' : index < last ? 'legend.heldMore' : 'legend.rest';
      const text = picture.tooFew ? t('legend.some', { places, what }) : t(key, { places, share: held(index) });
      return [
        {
          text,
          swatch: `is-street-${index + 1}`,
          number: index + 1,
          color: STREET_COLORS[index] ?? '',
          widthPx: STREET_WIDTHS[index] ?? 1,
        },
      ];
    });
    const without = (reference.streetLayer.value?.features ?? 0) - picture.classes.size;
    const none: Entry = {
      text: t(filter.within ? 'seen.noneWithin' : 'legend.none', { n: f.int(without), what }),
      swatch: 'is-street-none',
      number: null,
      color: '#ffffff',
      widthPx: 3,
    };
    return {
      title: t(store.legend.value.perKm ? 'legend.streetTitlePerKm' : 'legend.streetTitle', { what }),
      entries: [...entries, none, ...protectedEntry],
      notes: [
        ...(picture.tooFew ? [t('legend.tooFew')] : []),
        ...(columns?.most === null ? [t('seen.columnsTooMany', { n: f.int(columns.inView) })] : []),
        ...(columns?.most ? [t('seen.columnsTall', { n: f.int(columns.most), what })] : []),
        ...(isPublic ? [t('access.streetsMoved')] : []),
        ...protectedNote,
        made,
      ],
      strip: picture.tooFew
        ? {
            from: f.int(1),
            until: f.int(Math.max(1, ...(streetCounts?.counts ?? []))),
            unit: what,
            swatches: ['is-street-4'],
          }
        : {
            from: held(last - 1),
            until: held(first),
            unit: t('legend.unitShare', { what }),
            swatches: ['is-street-3', 'is-street-2', 'is-street-1'],
          },
      ramp: null,
    };
  }

  const picture = pictures.areas.value;
  if (!picture || !layer) return null;
  const title = layer.title.toLowerCase();
  const show = picture.measure === 'rate' ? f.rate : f.int;
  const colors = rampColors(RAMP, picture.bounds.length);
  const entries = picture.bounds.map((until, index): Entry => {
    const below = picture.bounds[index - 1] ?? 0;
    const from = picture.measure === 'rate' ? below : below + 1;
    const places = picture.places[index] ?? 0;
    const isNamed = index === 0 && places !== 1;
    const named = isNamed ? t('legend.places', { count: places, n: f.int(places), layer: title }) : f.int(places);
    const isEndless = picture.isOpen && index === picture.bounds.length - 1;
    const text = isEndless
      ? t('seen.classOpen', { from: show(from), places: named })
      : from === until
        ? `${show(until)} (${named})`
        : t('legend.class', { from: show(from), until: show(until), places: named });
    return {
      text,
      swatch: `is-class-${index + 1} of-${picture.bounds.length}`,
      number: index + 1,
      color: colors[index] ?? '',
      widthPx: null,
    };
  });
  const plain = (text: string, swatch: string): Entry => ({ text, swatch, number: null, color: '', widthPx: null });
  const answer = answers.areaCounts.answered.value?.value;
  const byRate = picture.measure === 'rate';
  const denominator = byRate && answer?.denominator;
  return {
    title: byRate ? t('legend.rateTitle', { what: capital }) : t('legend.countTitle', { what, layer: title }),
    entries: [
      ...entries,
      plain(t(filter.within ? 'seen.noneWithin' : 'legend.none', { n: f.int(picture.none), what }), 'is-none'),
      ...(picture.noRateResidents
        ? [plain(t('legend.noRateResidents', { n: f.int(picture.noRateResidents) }), 'is-hatch')]
        : []),
      ...(picture.noRateCount ? [plain(t('legend.noRateCount', { n: f.int(picture.noRateCount) }), 'is-hatch')] : []),
      ...protectedEntry,
    ],
    notes: [
      ...(picture.max ? [t('legend.max', { n: show(picture.max) })] : []),
      ...(layer.hasPopulation ? [] : [t('legend.noPopulation')]),
      ...(layer.hasPopulation && answers.cutsAreas.value ? [t('seen.cutLayer')] : []),
      ...(denominator ? [t('legend.population', { year: String(denominator.year), source: denominator.source })] : []),
      ...protectedNote,
      made,
    ],
    strip: {
      from: show(byRate ? 0 : 1),
      until: show(picture.max),
      unit: byRate ? t('legend.unitRate') : what,
      swatches: swatches(picture.bounds.length),
    },
    ramp: null,
  };
}

const swatches = (classes: number) =>
  Array.from({ length: classes }, (_, index) => `is-class-${index + 1} of-${classes}`);
