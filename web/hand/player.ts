// A window that runs over the data by itself: every figure follows it, the colours mean the same from first to last, and
// the address is left alone.

import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { CountsAnswer, HeatAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { classBounds } from '../map/classify.ts';
import { leastOfClasses } from '../map/concentration.ts';
import { areaValues, holders } from '../map/picture.ts';
import { OVERVIEW_ZOOM, sharedHeatScale } from '../map/symbology.ts';
import { answerWithin } from '../map/within-limit.ts';
import { paths } from '../store/api.ts';
import { addDays, daysBetween } from '../store/days.ts';
import { sampleOf, type TimeWindow, WINDOW_KINDS, type WindowName, windowsOver } from './windows.ts';

/** Windows a second. */
export const SPEEDS = [1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];
/** Windows whose counts make the scale of all; of heat, which the server alone can tell, fewer. */
const SAMPLED = 12;
const SAMPLED_HEAT = 5;
const DAYS_PER_YEAR = 365.25;
const SECOND_MS = 1000;
/** Longer than this nobody waits for what an answer should have brought. */
const LONGEST_WAIT_MS = 10_000;

export type Player = {
  readonly kind: ReadonlySignal<WindowName>;
  readonly windows: ReadonlySignal<readonly TimeWindow[]>;
  readonly at: ReadonlySignal<number>;
  readonly window: ReadonlySignal<TimeWindow | null>;
  readonly isRunning: ReadonlySignal<boolean>;
  readonly speed: ReadonlySignal<Speed>;
  readonly isLooping: ReadonlySignal<boolean>;
  /** While the scale that all windows share is being made. */
  readonly isScaling: ReadonlySignal<boolean>;
  choose(kind: WindowName): void;
  goTo(index: number): void;
  run(isRunning: boolean): void;
  setSpeed(speed: Speed): void;
  loop(isLooping: boolean): void;
  /** Chooses the window shown as the period. */
  keep(): void;
  /** Stops, and takes everything back to the period chosen. */
  close(): void;
};

/** Where nothing is shorter known than a month, the windows are of months. */
export function createPlayer(page: App): Player {
  const { store, reference, answers, columns, catchments, map, pictures } = page;
  const kind = signal<WindowName>(reference.monthOnly.peek() ? 'quarter' : 'fourWeeks');
  const asked = signal<number | null>(null);
  const isRunning = signal(false);
  const speed = signal<Speed>(2);
  const isLooping = signal(false);
  // By value: every answer brings the same days anew, and nothing is to be worked out anew for that.
  const known = computed((): string | null => {
    const city = reference.jurisdiction.value;
    const from = reference.firstDay.value ?? city?.from;
    const through = answers.summary.answered.value?.value.through;
    const until = through ? addDays(through, 1) : city?.until;
    return from && until ? `${from}/${until}` : null;
  });
  // The last complete day is the same whichever window is shown, so what is known moves only when data arrive.
  const windows = computed(() => {
    const [from, until] = known.value?.split('/') ?? [];
    return from && until ? windowsOver({ from, until }, WINDOW_KINDS[kind.value]) : [];
  });
  const at = computed(() => Math.max(0, Math.min(asked.value ?? 0, windows.value.length - 1)));
  const window = computed(() => windows.value[at.value] ?? null);

  columns.want();
  const stopShowing = effect(() => {
    const shown = window.value;
    if (shown) store.playAs({ period: null, from: shown.from, until: shown.until });
  });

  /** What is counted, whenever: a window that moves does not change it. */
  const counted = computed(() => {
    const filter = answers.filter.value;
    return filter && JSON.stringify({ ...filter, from: null, until: null, period: null });
  });
  const yearsOf = ({ from, until }: TimeWindow) => daysBetween(from, until) / DAYS_PER_YEAR;
  /** How many scales are being made: nothing runs meanwhile, or its colours would change their meaning on the way. */
  const beingScaled = signal(0);
  /**
   * Makes a scale of a sample of the windows, and takes it back where there can be none: then each window has one of its own,
   * as a single period has.
   */
  const scaleBy = <Scale>(
    most: number,
    held: { value: Scale | null },
    make: (windows: readonly TimeWindow[], filter: Filter, signal: AbortSignal) => Promise<Scale | null>,
  ) => {
    const all = windows.value;
    const filter = counted.value === null ? null : (JSON.parse(counted.value) as Filter);
    if (!filter || all.length === 0) {
      held.value = null;
      return;
    }
    const called = new AbortController();
    beingScaled.value = beingScaled.peek() + 1;
    make(sampleOf(all, most), filter, called.signal)
      .catch(() => null)
      .then((scale) => {
        batch(() => {
          beingScaled.value = beingScaled.peek() - 1;
          if (!called.signal.aborted) held.value = scale;
        });
      });
    return () => called.abort();
  };
  const countsOf = (layer: string, sample: readonly TimeWindow[], filter: Filter, signal: AbortSignal) => {
    const city = reference.jurisdiction.peek()?.code ?? '';
    const ask = async (days: TimeWindow) => ({
      answer: await columns.ask<CountsAnswer>(paths.counts(city, layer, { ...filter, ...days }), signal),
      years: yearsOf(days),
    });
    return Promise.all(sample.map(ask));
  };
  const drawn = computed(() => pictures.drawn.value);
  /** The scale of the whole run: the classes of a sample of its windows put together. */
  const stopScaling = effect(() => {
    const layer = reference.areaLayer.value?.layer;
    const { measure, method, classes } = store.legend.value;
    const isCut = answers.cutsAreas.value;
    if (!layer || drawn.value !== 'areas') return;
    return scaleBy(SAMPLED, pictures.heldAreas, async (sample, filter, signal) => {
      const found = await countsOf(reference.address(layer), sample, filter, signal);
      const isRated = !isCut && measure === 'rate' && found.every(({ answer }) => hasRatesMostly(answer));
      const held = {
        measure: isRated ? ('rate' as const) : ('count' as const),
        isSampled: sample.length < windows.peek().length,
      };
      const values = found.flatMap(({ answer, years }) => areaValues(answer, held, years, true).values);
      return {
        ...held,
        bounds: classBounds(
          values.filter((value) => value !== null),
          method,
          classes,
        ),
      };
    });
  });
  const stopScalingStreets = effect(() => {
    const layer = reference.streetLayer.value?.layer;
    const { perKm } = store.legend.value;
    if (!layer || drawn.value !== 'streets') return;
    return scaleBy(SAMPLED, pictures.heldStreets, async (sample, filter, signal) => {
      const asked = { ...(answers.counted.peek() ?? filter), period: null };
      const found = await countsOf(reference.address(layer), sample, asked, signal);
      const lengths = catchments.peek().lengths(reference.segments.peek());
      const all = found.flatMap(({ answer }) => holders(answer, lengths));
      return leastOfClasses(all, perKm);
    });
  });
  const stopScalingHeat = effect(() => {
    const city = reference.jurisdiction.value;
    if (!city?.bounds || drawn.value !== 'heat') return;
    const { code, bounds } = city;
    return scaleBy(SAMPLED_HEAT, pictures.heldHeat, async (sample, filter, signal) => {
      const periods = await Promise.all(
        sample.map(async (days) => {
          const asked = { ...(answers.counted.peek() ?? filter), period: null, ...days };
          const path = paths.heat(code, asked, OVERVIEW_ZOOM, null);
          const answer = answerWithin(await columns.ask<HeatAnswer>(path, signal), map.limit.peek());
          return { answer, years: yearsOf(days) };
        }),
      );
      return sharedHeatScale(periods, reference.sourcesInUse.peek(), bounds);
    });
  });

  const stopRunning = effect(() => {
    const index = at.value;
    const { length } = windows.value;
    if (!isRunning.value || length === 0) return;
    const isLast = index >= length - 1;
    if (isLast && !isLooping.value) {
      isRunning.value = false;
      return;
    }
    const began = Date.now();
    let timer: ReturnType<typeof setTimeout>;
    // The next window waits for the answers to this one, however slow the machine.
    const next = () => {
      const isWaiting = beingScaled.peek() > 0 || answers.all.some(({ waitingSince }) => waitingSince.peek() !== null);
      if (isWaiting && Date.now() - began < LONGEST_WAIT_MS) timer = setTimeout(next, SECOND_MS / 20);
      else asked.value = isLast ? 0 : index + 1;
    };
    timer = setTimeout(next, SECOND_MS / speed.value);
    return () => clearTimeout(timer);
  });

  return {
    kind,
    windows,
    at,
    window,
    isRunning,
    speed,
    isLooping,
    isScaling: computed(() => beingScaled.value > 0),
    choose: (name) => {
      // From where it stands, as near as the other windows come.
      const now = window.peek()?.until;
      kind.value = name;
      const nearest = windows.peek().findIndex(({ until }) => now !== undefined && until >= now);
      asked.value = nearest < 0 ? 0 : nearest;
    },
    goTo: (index) => {
      isRunning.value = false;
      asked.value = index;
    },
    run: (running) => {
      if (running && at.peek() >= windows.peek().length - 1) asked.value = 0;
      isRunning.value = running;
    },
    setSpeed: (each) => {
      speed.value = each;
    },
    loop: (looping) => {
      isLooping.value = looping;
    },
    keep: () => {
      const shown = window.peek();
      if (shown) store.changeFilter({ period: null, from: shown.from, until: shown.until });
    },
    close: () => {
      for (const stop of [stopRunning, stopShowing, stopScaling, stopScalingStreets, stopScalingHeat]) stop();
      for (const held of [pictures.heldAreas, pictures.heldStreets, pictures.heldHeat]) held.value = null;
      store.playAs(null);
    },
  };
}

/**
 * Whether most places with incidents have a rate: in shorter windows few have the ten that a rate takes, and the map would
 * be hatched, or count in one window and rate in the next.
 */
export function hasRatesMostly({ rates, counts }: Pick<CountsAnswer, 'rates' | 'counts'>): boolean {
  const rated = rates?.filter((rate) => rate !== null).length ?? 0;
  return rated > 0 && 2 * rated >= counts.filter((count) => count > 0).length;
}
