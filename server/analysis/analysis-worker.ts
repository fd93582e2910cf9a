// Worker thread of the analyses; it keeps nothing between questions.

import { answerWith } from '../jobs/thread.ts';
import { type Asked, compute } from './compute.ts';

answerWith((asked: Asked) => compute(asked));
