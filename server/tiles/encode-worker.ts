// Encodes the large tiles, off the event loop.

import { answerWith } from '../jobs/thread.ts';
import { encodeTile } from './encode.ts';

answerWith(encodeTile);
