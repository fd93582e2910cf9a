// What no number of an answer holds, in sentences: also of one that says nothing else.

import type { Words } from '../store/words.ts';
import type { AnalysisFound } from './found.ts';
import type { Task } from './params.ts';

const OF_POINTS: readonly Task[] = ['density', 'grid-hotspots', 'near-repeat'];
/** What has no place counts there as well. */
const OF_TIMES: readonly Task[] = ['clocks', 'aoristic'];

/** A source that is nearer than this hardly moves what is found. */
const LEAST_TOLD_M = 50;

/** What is to be known before any of the numbers is read. */
export const caveatsOf = ({ answer }: AnalysisFound, { t }: Words): string[] =>
  answer.arePlacesMoved ? [t('analysis.readMoved')] : [];

/** Of a source that places only roughly, distances and details below that are made by the source. */
export const roughnessOf = ({ task }: AnalysisFound, coarsestM: number, { t, f }: Words): string[] =>
  OF_POINTS.includes(task) && coarsestM >= LEAST_TOLD_M ? [t('analysis.readRough', { m: f.int(coarsestM) })] : [];

export function leftOutIn({ task, answer }: AnalysisFound, { t, f }: Words): string[] {
  const parts =
    'years' in answer
      ? answer.years.map(({ notPlaced }) => notPlaced)
      : 'notPlaced' in answer
        ? [answer.notPlaced].flat()
        : [];
  const sum = (of: (part: (typeof parts)[number]) => number) => parts.reduce((all, part) => all + of(part), 0);
  const [places, times] = [sum(({ unlocated, outside }) => unlocated + outside), sum(({ excluded }) => excluded)];
  const withheld = sum((part) => part.withheld);
  const sensitive = withheld > 0 ? 'analysis.readSensitive' : 'analysis.readSensitiveUntold';
  const left = OF_POINTS.includes(task) ? 'analysis.readNotLocated' : 'analysis.readNotPlaced';
  return [
    ...(places > 0 && !OF_TIMES.includes(task) ? [t(left, { places: f.int(places) })] : []),
    ...(times > 0 ? [t('analysis.readNotTimed', { times: f.int(times) })] : []),
    ...(answer.leavesOutSensitive ? [t(sensitive, { n: f.int(withheld) })] : []),
    ...(!answer.leavesOutSensitive && withheld > 0 ? [t('analysis.readWithheld', { n: f.int(withheld) })] : []),
  ];
}
