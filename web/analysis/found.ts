// The answer of an analysis together with which analysis it is of.

import type {
  ChangeAnswer,
  ConcentrationAnswer,
  DensityAnswer,
  EmergingAnswer,
  GridHotspotsAnswer,
  HotspotsAnswer,
  NearRepeatAnswer,
  SaidBeside,
  StreetDensityAnswer,
} from '../../server/analysis/contract.ts';
import type { RatesAnswer, ScoringAnswer, StabilityAnswer } from '../../server/rating/contract.ts';
import type { AoristicAnswer, ClocksAnswer, TrendAnswer } from '../../server/timing/contract.ts';
import { isOneOf } from '../store/is-one-of.ts';
import { TASKS, type Task } from './params.ts';

type AnswerOf = {
  readonly hotspots: HotspotsAnswer;
  readonly density: DensityAnswer;
  readonly 'near-repeat': NearRepeatAnswer;
  readonly concentration: ConcentrationAnswer;
  readonly change: ChangeAnswer;
  readonly emerging: EmergingAnswer;
  readonly 'grid-hotspots': GridHotspotsAnswer;
  readonly 'street-density': StreetDensityAnswer;
  readonly stability: StabilityAnswer;
  readonly rates: RatesAnswer;
  readonly trend: TrendAnswer;
  readonly clocks: ClocksAnswer;
  readonly aoristic: AoristicAnswer;
  readonly scoring: ScoringAnswer;
};
export type AnyAnswer = AnswerOf[Task] & SaidBeside;
export type AnalysisFound = { [T in Task]: { readonly task: T; readonly answer: AnswerOf[T] & SaidBeside } }[Task];

/** What rates, times and scores found; the rest are of hot spots. */
export type LaterFound = Extract<
  AnalysisFound,
  {
    readonly task:
      | 'grid-hotspots'
      | 'street-density'
      | 'stability'
      | 'rates'
      | 'trend'
      | 'clocks'
      | 'aoristic'
      | 'scoring';
  }
>;

/** By the path that was asked: an answer may arrive after the form has moved on. */
export function foundOf(path: string, answer: AnyAnswer): AnalysisFound | null {
  const task = /^\/api\/v1\/[^/]+\/([a-z-]+)\?/.exec(path)?.[1] ?? '';
  return isOneOf(TASKS, task) ? ({ task, answer } as AnalysisFound) : null;
}
