// Worker thread of the analyses; it keeps nothing between questions.

import { answerWith } from '../jobs/thread.ts';
import { type AnalysisAsked, compute } from './compute.ts';

answerWith((asked: AnalysisAsked) => compute(asked));
