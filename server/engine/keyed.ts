// What rows are counted by: the place they lie in, or the hour of the week and the offence; each as one list of counts by key.

import type { CountedLayer } from '../filter/places.ts';
import { HOURS, SLOTS } from './answers.ts';
import type { CubeView, SliceView } from './layout.ts';
import { addByCombo, addByKey, type Rows } from './loops.ts';
import { maxOf } from './truth.ts';

/** What rows are counted by. */
export type Keyed = {
  readonly width: number;
  isKeyed(slice: SliceView): boolean;
  readonly isInWhole: boolean;
  add(into: Uint32Array, rows: Rows): void;
};

export function keyedByPlace({ view, truth }: Counting, layer: CountedLayer): Keyed {
  const { column, features } = view.keys(layer.layerId, layer.version)!;
  return {
    width: features + 1,
    isKeyed: ({ ground }) => ground !== 'none',
    isInWhole: false,
    add: (into, rows) => addByKey(into, column, view.combo, truth, rows),
  };
}

/** By hour of the week, and behind those by offence. */
export function keyedBySlot({ view, truth, scratch }: Counting): Keyed {
  const { histogram, slotOf, offences } = scratch();
  const { combo, dictionary } = view;
  return {
    width: SLOTS + offences,
    isKeyed: () => true,
    isInWhole: true,
    add(into, { lo, hi, list }) {
      if (hi - lo < truth.length) {
        for (let i = lo; i < hi; i++) {
          const of = combo[list ? list[i]! : i]!;
          const counts = truth[of]!;
          into[slotOf[of]!]! += counts;
          into[SLOTS + dictionary.offence[of]!]! += counts;
        }
        return;
      }
      histogram.fill(0);
      addByCombo(histogram, combo, { lo, hi, list });
      for (let of = 0; of < truth.length; of++) {
        const count = histogram[of]! * truth[of]!;
        if (count === 0) continue;
        into[slotOf[of]!]! += count;
        into[SLOTS + dictionary.offence[of]!]! += count;
      }
    },
  };
}

type Counting = { readonly view: CubeView; readonly truth: Uint8Array; readonly scratch: () => Scratch };

/** Kept between questions: making it takes longer than a short window does to be counted. */
export type Scratch = { readonly histogram: Uint32Array; readonly slotOf: Uint8Array; readonly offences: number };

export function scratchOf({ dictionary: { offence, weekday, hour } }: CubeView): Scratch {
  const slotOf = new Uint8Array(offence.length);
  for (let combo = 0; combo < slotOf.length; combo++) slotOf[combo] = weekday[combo]! * HOURS + hour[combo]!;
  return { histogram: new Uint32Array(offence.length), slotOf, offences: maxOf(offence) + 1 };
}
