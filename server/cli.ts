// `npm run cuadra -- …`: what a command loads is compiled once and kept, as for the server; then it is run.

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { CACHE } from './embedded/cache.ts';

enableCompileCache(join(CACHE, 'compiled'));
await import('./commands/at-terminal.ts');
