// Worker thread of evaluations; it keeps nothing between questions.

import { answerWith } from '../jobs/thread.ts';
import { type CompareAsked, compare } from './compare.ts';

answerWith((asked: CompareAsked) => compare(asked));
