// What has expired is removed on opening the store, whatever else lies beside it.

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openUploads } from '../../server/files/uploads.ts';
import { quietLog } from '../support/log.ts';

test('an upload that vanishes while the expired are looked for does not end the search', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'test-sweep-'));
  const root = join(dataDir, 'uploads');
  mkdirSync(root);
  const expired = ['00000000-0000-4000-8000-000000000000', 'ffffffff-ffff-4fff-8fff-ffffffffffff'];
  for (const id of expired) {
    mkdirSync(join(root, id));
    utimesSync(join(root, id), 0, 0);
  }
  // Listed, and not there when it is looked at.
  symlinkSync(join(root, 'gone'), join(root, '77777777-7777-4777-8777-777777777777'));
  const uploads = await openUploads({ dataDir, log: quietLog, now: () => new Date() });
  uploads.close();
  expect(expired.filter((id) => existsSync(join(root, id)))).toEqual([]);
  rmSync(dataDir, { recursive: true, force: true });
});
