// What the map shows now as a picture for a problem: drawn, with its legend and the question in words.

import { filterToQuery } from '../../server/filter/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import { classNotes } from '../map/picture.ts';
import type { Taken } from '../problems/add-picture.tsx';
import { insideOf } from '../store/inside-of.ts';
import { filterInWords } from './filter-words.ts';
import { useLegend } from './legend-entries.ts';

/** Reads the page as it stands when called; null while there is no map, or no answer. */
export function useMapTaken(): () => Taken | null {
  const page = usePage();
  const legend = useLegend();
  const { answers, map, pictures, reference, t, f } = page;
  return () => {
    const filter = answers.filter.peek();
    const summary = answers.summary.answered.peek()?.value;
    const handle = map.handle.peek();
    const drawnAs = pictures.drawn.peek();
    const layer = drawnAs === 'areas' ? pictures.areas.peek()?.layer : reference.streetLayer.peek()?.layer;
    if (!filter || !summary || !handle || !legend) return null;
    // The colours of a difference are not those of the classes that are numbered.
    const classes = drawnAs === 'areas' && !map.overlay.peek() ? pictures.areas.peek()?.classes : undefined;
    const other = map.beside.peek()?.filter;
    const notes = classes && layer ? classNotes(classes, reference.rowsOf(layer), map.zoom.peek()) : [];
    const matched = insideOf(summary);
    return {
      about: {
        title: t('problems.pictureOfMap', { what: legend.title }).slice(0, 200),
        asked: filterInWords(page),
        told: [`${f.int(matched)} ${kindNoun(t, filter.kind, matched)}`],
        ...{ parameters: '', dataVersion: summary.dataVersion },
        legend: {
          title: legend.title.slice(0, 200),
          entries: legend.entries.slice(0, 40).map(({ text, color, widthPx, swatch, number }) => ({
            ...{ text: text.slice(0, 200), color, widthPx, isHatched: swatch === 'is-hatch' },
            number: notes.length > 0 ? number : null,
          })),
          ramp: legend.ramp && [...legend.ramp],
          notes: legend.notes.slice(0, 20).map((note) => note.slice(0, 500)),
        },
      },
      layer: drawnAs === 'heat' ? null : (layer ?? null),
      filter: filterToQuery(filter),
      beside: other ? filterToQuery(other) : null,
      drawn: handle.snapshot(notes),
    };
  };
}
