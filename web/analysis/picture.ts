// What an analysis found as classes, colours and the entries of a legend.

import { type HotClass, PATTERNS, type Quadrant } from '../../server/statistics/contract.ts';
import { AFTER, BEFORE, STREET_COLORS } from '../map/colors.ts';
import type { Words } from '../store/words.ts';
import { bandFeatures, bandsOf } from './bands.ts';
import type { AnalysisFound } from './found.ts';
import { aroundFeatures, laterPicture } from './later-picture.ts';

/** `color` null = the hatch of what nothing can be said of. */
export type PictureEntry = { readonly color: string | null; readonly text: string };
export type Picture = {
  readonly classes: ReadonlyMap<string, number>;
  readonly colors: readonly string[];
  readonly bands: GeoJSON.FeatureCollection | null;
  readonly entries: readonly PictureEntry[];
};

/** Hot and cold by how sure it is; strongest first, as the legend lists them. */
export const HOT_CLASSES = [3, 2, 1, -1, -2, -3] as const satisfies readonly HotClass[];
export const HOT_COLORS = ['#7f1d1d', '#c8481e', '#f5a566', '#a9cbe0', '#4a8db8', '#1f4e79'] as const;
export const QUADRANTS = ['high-high', 'high-low', 'low-low', 'low-high'] as const satisfies readonly Quadrant[];
export const QUADRANT_COLORS = ['#7f1d1d', '#f5a566', '#1f4e79', '#a9cbe0'] as const;
const HOT_PATTERNS = ['#ff6a3d', '#e0481e', '#7f1d1d', '#a63a2a', '#c98470', '#f5a566', '#e8c24a', '#c9b8a8'] as const;
const COLD_PATTERNS = ['#55c1e8', '#2f9cc9', '#123a63', '#1f5f94', '#7d9cba', '#a9cbe0', '#8fb8b0', '#b4c0c8'] as const;
/** Of what nothing can be said: the hatch of places without a rate. */
const NOT_SAID = -1;

const NOTHING: Picture = { classes: new Map(), colors: [], bands: null, entries: [] };

export function pictureOf(found: AnalysisFound, { t, f }: Words): Picture {
  if (found.answer.reason !== null) return NOTHING;
  const counted = (text: string, count: number) => t('analysis.entry', { what: text, n: f.int(count) });
  switch (found.task) {
    case 'hotspots': {
      const { ids, z, quadrant } = found.answer;
      const byQuadrant = found.answer.parameters.method === 'lisa' && quadrant !== null;
      const classes = new Map<string, number>();
      ids.forEach((id, i) => {
        if (z[i] === null) classes.set(id, NOT_SAID);
        else if (found.answer.class[i] !== 0) {
          const at = byQuadrant
            ? QUADRANTS.indexOf(quadrant[i] as (typeof QUADRANTS)[number])
            : HOT_CLASSES.indexOf(found.answer.class[i] as (typeof HOT_CLASSES)[number]);
          if (at >= 0) classes.set(id, at + 1);
        }
      });
      const colors = byQuadrant ? QUADRANT_COLORS : HOT_COLORS;
      const names = byQuadrant
        ? QUADRANTS.map((each) => t(`analysis.quadrant_${each}`))
        : HOT_CLASSES.map((each) => t(`analysis.class_${sayable(each)}`));
      const picture = drawn(classes, colors, names, counted);
      const entries = [...picture.entries, ...hatchedIn(classes, t('analysis.hatched_hotspots'), counted)];
      return { ...picture, entries };
    }
    case 'density': {
      const bands = bandsOf(found.answer);
      return {
        ...NOTHING,
        bands: bandFeatures(found.answer, bands),
        entries: bands.toReversed().map(({ from, color, km2 }) => ({
          color,
          text: t('analysis.band', { from: f.rate(from), km2: f.rate(km2) }),
        })),
      };
    }
    case 'near-repeat': {
      const { daysAfter } = found.answer;
      if (!daysAfter) return NOTHING;
      const said = {
        days: f.int(daysAfter.days),
        distance: f.int(daysAfter.distanceM),
        n: f.int(daysAfter.around.length),
      };
      const { notDrawn } = daysAfter;
      const rest = notDrawn > 0 ? `. ${t('analysis.notDrawn', { n: f.int(notDrawn) })}` : '';
      const entries = [{ color: HOT_COLORS[1], text: `${t('analysis.around', said)}${rest}` }];
      return { ...NOTHING, bands: aroundFeatures(daysAfter, HOT_COLORS[1]), entries };
    }
    case 'concentration': {
      const shares = [0.25, 0.5, 0.8];
      let before = 0;
      const classes = new Map(
        found.answer.rows.flatMap(({ id, cumulatedShare }): [string, number][] => {
          // The place that reaches a share is still one of those that hold it.
          const at = shares.findIndex((share) => before < share);
          before = cumulatedShare;
          return at < 0 ? [] : [[id, at + 1]];
        }),
      );
      const { holding } = found.answer;
      // Of the places that hold so much, only those among the rows of the answer are drawn.
      const drawnCount = (number: number) => [...classes.values()].filter((each) => each === number).length;
      const entries = holding.map(({ share, count }, k) => {
        const more = count - (holding[k - 1]?.count ?? 0);
        const shown = drawnCount(k + 1);
        const what = t(k === 0 ? 'analysis.holds' : 'analysis.holdsUpTo', { share: f.share(share) });
        const isWhole = shown >= more;
        const n = { what, n: f.int(more), shown: f.int(shown) };
        return { color: STREET_COLORS[k]!, text: t(isWhole ? 'analysis.entry' : 'analysis.entryPart', n) };
      });
      return { classes, colors: STREET_COLORS.slice(0, shares.length), bands: null, entries };
    }
    case 'change': {
      const { ids, direction } = found.answer;
      const sides: readonly string[] = ['up', 'down'];
      const classes = new Map(
        ids.flatMap((id, i): [string, number][] => {
          const at = sides.indexOf(direction[i]!);
          return at < 0 ? [] : [[id, at + 1]];
        }),
      );
      return drawn(classes, [AFTER, BEFORE], [t('analysis.direction_up'), t('analysis.direction_down')], counted);
    }
    case 'emerging': {
      const { ids, pattern } = found.answer;
      const at = ({ side, pattern }: (typeof found.answer.pattern)[number]) =>
        PATTERNS.indexOf(pattern) + (side === 'hot' ? 0 : PATTERNS.length);
      const classes = new Map(ids.map((id, i) => [id, at(pattern[i]!) + 1]));
      const names = (['hot', 'cold'] as const).flatMap((side) =>
        PATTERNS.map((each) => t(`analysis.${side}`, { what: t(`analysis.pattern_${each}`) })),
      );
      return drawn(classes, [...HOT_PATTERNS, ...COLD_PATTERNS], names, counted, true);
    }
    default:
      return laterPicture(found, { t, f });
  }
}

/** A key of the catalogues has no minus. */
export const sayable = (hotClass: HotClass) =>
  (({ 3: 'hot99', 2: 'hot95', 1: 'hot90', 0: 'none', [-1]: 'cold90', [-2]: 'cold95', [-3]: 'cold99' }) as const)[
    hotClass
  ];

/** What the hatch says, where there is any. */
function hatchedIn(
  classes: ReadonlyMap<string, number>,
  what: string,
  counted: (text: string, count: number) => string,
): PictureEntry[] {
  const count = [...classes.values()].filter((each) => each === NOT_SAID).length;
  return count > 0 ? [{ color: null, text: counted(what, count) }] : [];
}

function drawn(
  classes: ReadonlyMap<string, number>,
  colors: readonly string[],
  names: readonly string[],
  counted: (text: string, count: number) => string,
  onlyThere = false,
): Picture {
  const counts = colors.map(() => 0);
  for (const number of classes.values()) if (number > 0) counts[number - 1]!++;
  const entries = colors
    .map((color, i) => ({ color, text: counted(names[i]!, counts[i]!), count: counts[i]! }))
    .filter(({ count }) => count > 0 || !onlyThere);
  return { classes, colors, bands: null, entries };
}
