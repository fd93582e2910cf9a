// The words of a row that say where it was, as one text and, where that is all there is to find the place by, in parts.

import { fold } from '../text/fold.ts';
import { type Incident, PLACE_PARTS, type PlaceParts } from './contract.ts';
import type { Field } from './presets.ts';

/** What is kept of a part, so that texts stay short enough to be unique by. */
const MAX_PART = 80;
const MAX_TEXT = 200;
/** Not where, but whose: no place can be found by it. */
const AT_HOME = /^(en )?(el )?(interior del? )?(domicilio|casa)\b/;

type Where = Pick<Incident, 'placeText' | 'placeParts'>;

/**
 * Reads the cells at the places of a header. One with a point keeps the words its source calls the place by, as what
 * people read; one without keeps all of them apart. `read` gives the words of a cell, null where it says nothing.
 */
export function openPlaceReader(
  at: (field: Field) => number,
  read: (cell: string) => string | null,
): (cells: readonly string[], hasPoint: boolean) => Where {
  const [street, crossing, place, neighbourhood, borough] = PLACE_PARTS.map(at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const columns = { street, crossing, place, neighbourhood, borough };
  const shown = [place, neighbourhood, street].filter((column) => column >= 0);
  const inParts = [street, crossing, neighbourhood, borough].some((column) => column >= 0);

  return (cells, hasPoint) => {
    if (hasPoint || !inParts) {
      for (const column of shown) {
        const text = read(cells[column]!);
        if (text !== null) return { placeText: text, placeParts: null };
      }
      return { placeText: null, placeParts: null };
    }
    const parts: Partial<Record<keyof PlaceParts, string>> = {};
    for (const part of PLACE_PARTS) {
      const text = columns[part] < 0 ? null : read(cells[columns[part]]!);
      if (text === null || AT_HOME.test(fold(text))) continue;
      parts[part] = text.slice(0, MAX_PART).trim().toWellFormed();
    }
    const texts = Object.values(parts);
    if (texts.length === 0) return { placeText: null, placeParts: null };
    if (texts.length === 1 && parts.place) return { placeText: parts.place, placeParts: null };
    return { placeText: texts.join(', ').slice(0, MAX_TEXT).toWellFormed(), placeParts: parts };
  };
}
