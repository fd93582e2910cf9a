// What an analysis found as a picture for a problem: the map, or its chart where the method draws none, and in words what it
// says and how it was made.

import { filterToQuery } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { classNotes } from '../map/picture.ts';
import { filterInWords } from '../panels/filter-words.ts';
import type { Taken } from '../problems/add-picture.tsx';
import { chartDrawn } from '../problems/draw-picture.ts';
import type { AnalysisFound } from './found.ts';
import { madeTexts } from './made.ts';
import { pictureOf } from './picture.ts';
import { readingOf } from './reading.ts';
import type { Naming } from './rows.ts';

type Shown = {
  readonly layer: string | null;
  readonly isStreets: boolean;
  readonly naming: Naming;
  /** Of the method, where it draws one. */
  readonly chart: SVGSVGElement | null;
};

/** Null where there is nothing to draw yet. */
export function analysisTaken(
  page: App,
  found: AnalysisFound,
  { layer, isStreets, naming, chart }: Shown,
): Taken | null {
  const { answers, map, reference, words } = page;
  const { t } = words.peek();
  const filter = answers.counted.peek();
  if (!filter || found.answer.reason !== null) return null;
  const picture = pictureOf(found, words.peek());
  const isOnMap = picture.classes.size > 0 || picture.bands !== null;
  const hasNumbers = isOnMap && layer !== null && !isStreets && picture.bands === null;
  const notes = hasNumbers ? classNotes(picture.classes, reference.rowsOf(layer), map.zoom.peek()) : [];
  const drawn = isOnMap ? map.handle.peek()?.snapshot(notes) : chart && chartDrawn(chart);
  if (!drawn) return null;
  const title = t(`analysis.task_${found.task}`);
  const told = [...readingOf(found, words.peek(), naming), t(`analysis.not_${found.task}`)];
  const { parameters } = found.answer;
  const made = [...madeTexts(found, words.peek()), ...('reference' in parameters ? [parameters.reference] : [])];
  return {
    about: {
      ...{ title, asked: filterInWords(page).map((line) => line.slice(0, 500)) },
      told: told.slice(0, 20).map((sentence) => sentence.slice(0, 1000)),
      parameters: made.join(' · ').slice(0, 4000),
      dataVersion: found.answer.dataVersion,
      legend: {
        ...{ title: '', ramp: null, notes: [] },
        entries: isOnMap
          ? picture.entries.slice(0, 40).map(({ color, text }) => ({
              ...{
                text: text.slice(0, 200),
                color: color ?? '',
                widthPx: isStreets ? 5 : null,
                isHatched: color === null,
              },
              number: hasNumbers && color ? picture.colors.indexOf(color) + 1 || null : null,
            }))
          : [],
      },
    },
    layer: picture.bands === null ? layer : null,
    ...{ filter: filterToQuery(filter), beside: null },
    drawn,
  };
}
