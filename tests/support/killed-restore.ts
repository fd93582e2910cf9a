// A restore in a process of its own that kills itself some milliseconds after it has reached a step; `backup.test.ts`
// runs it as `killed-restore.ts DATA_DIR DATABASE_URL FILE STEP AFTER_MS`.

import { restoreBackup } from '../../server/backup/restore.ts';
import { openDatabase } from '../../server/db/open.ts';
import { quietLog } from './log.ts';

const [dataDir = '', databaseUrl, file = '', step, afterMs] = process.argv.slice(2);
const database = await openDatabase({ dataDir, databaseUrl: databaseUrl || null, log: quietLog });
const kill = () => process.kill(process.pid, 'SIGKILL');
const onProgress = (reached: string) => {
  if (reached !== step) return;
  if (Number(afterMs) === 0) kill();
  else setTimeout(kill, Number(afterMs));
};
const watch = { signal: new AbortController().signal, onProgress };
await restoreBackup({ database, log: quietLog }, file, { replace: true }, watch);
await database.close();
