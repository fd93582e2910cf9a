// Streets that the public are told of together: each has the figure of the one in whose middle their incidents stand.

import { computed, effect, type ReadonlySignal } from '@preact/signals';
import type { FeatureRow } from '../../server/layers/contract.ts';
import type { CatchmentsAnswer } from '../../server/protection/contract.ts';
import type { StreetPicture } from '../map/picture.ts';
import { type Ask, paths } from './api.ts';
import { createQuestion } from './question.ts';
import type { Reference } from './reference.ts';
import type { Store } from './state.ts';

/** By the ids of segments. */
export type StreetGroups = {
  /** The street whose figure stands for this one too; itself where none does. */
  middleOf(id: string): string;
  /** All that are told together with it, itself among them. */
  with(id: string): readonly string[];
  /** The class of each street for all that are told with it. */
  widen(picture: StreetPicture): StreetPicture;
  /** The streets, those that stand for others as long as all of them. */
  lengths(rows: ReadonlyMap<string, FeatureRow>): ReadonlyMap<string, FeatureRow>;
};

export function groupStreets(middles: readonly number[]): StreetGroups {
  const members = new Map<string, string[]>();
  middles.forEach((middle, at) => {
    if (middle === 0) return;
    const key = String(middle);
    const known = members.get(key);
    if (known) known.push(String(at + 1));
    else members.set(key, [String(at + 1)]);
  });
  const middleOf = (id: string) => String(middles[Number(id) - 1] || id);
  const together = (id: string) => members.get(middleOf(id)) ?? [id];
  return {
    middleOf,
    with: together,
    widen: (picture) => {
      if (members.size === 0) return picture;
      const classes = new Map(
        [...picture.classes].flatMap(([id, number]) => together(id).map((each) => [each, number] as const)),
      );
      const places = picture.places.map((_, at) => [...classes.values()].filter((number) => number === at + 1).length);
      return { ...picture, classes, places };
    },
    lengths: (rows) => {
      if (members.size === 0) return rows;
      const whole = new Map(rows);
      for (const [id, streets] of members) {
        const row = rows.get(id);
        const lengthM = streets.reduce((sum, each) => sum + (rows.get(each)?.lengthM ?? 0), 0);
        if (row) whole.set(id, { ...row, lengthM });
      }
      return whole;
    },
  };
}

const APART = groupStreets([]);

/** Asked by the public, where streets are shown; a street that is chosen becomes the one that stands for it. */
export function createCatchments(
  store: Store,
  reference: Reference,
  ask: Ask,
  isPublic: () => boolean,
): ReadonlySignal<StreetGroups> {
  const question = createQuestion<CatchmentsAnswer>(
    computed(() => {
      const city = reference.jurisdiction.value?.code;
      return city && isPublic() && reference.segments.value.size > 0 ? paths.catchments(city) : null;
    }),
    ask,
  );
  const groups = computed(() => {
    const answer = question.answered.value?.value;
    const streets = reference.streetLayer.value;
    // Of another version the ids would be of other streets.
    const isSame = answer && streets && answer.layer === streets.layer && answer.version === streets.version;
    return isSame ? groupStreets(answer.middles) : APART;
  });
  effect(() => {
    const { middleOf } = groups.value;
    const place = store.place.value;
    if (groups.value === APART || place?.layer !== reference.streetLayer.value?.layer) return;
    const rows = reference.segments.value;
    const row = [...rows.values()].find(({ code }) => code === place?.code);
    const middle = row && rows.get(middleOf(row.id));
    if (place && middle && middle !== row) store.adjust({ place: { layer: place.layer, code: middle.code } });
  });
  return groups;
}
