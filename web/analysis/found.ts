// The answer of an analysis together with which analysis it is of.

import type {
  ChangeAnswer,
  ConcentrationAnswer,
  DensityAnswer,
  EmergingAnswer,
  HotspotsAnswer,
  NearRepeatAnswer,
} from '../../server/analysis/contract.ts';
import { isOneOf } from '../store/is-one-of.ts';
import { TASKS, type Task } from './params.ts';

type AnswerOf = {
  readonly hotspots: HotspotsAnswer;
  readonly density: DensityAnswer;
  readonly 'near-repeat': NearRepeatAnswer;
  readonly concentration: ConcentrationAnswer;
  readonly change: ChangeAnswer;
  readonly emerging: EmergingAnswer;
};
export type AnyAnswer = AnswerOf[Task];
export type AnalysisFound = { [T in Task]: { readonly task: T; readonly answer: AnswerOf[T] } }[Task];

/** By the path that was asked: an answer may arrive after the form has moved on. */
export function foundOf(path: string, answer: AnyAnswer): AnalysisFound | null {
  const task = /^\/api\/v1\/[^/]+\/([a-z-]+)\?/.exec(path)?.[1] ?? '';
  return isOneOf(TASKS, task) ? ({ task, answer } as AnalysisFound) : null;
}
