// Whoever closes the page ends what it asked: its question to the database is cancelled, and others are answered.

import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { startTinyTown } from '../support/tinytown.ts';

const LEAVERS = 12;

test.runIf(inject('engine') === 'postgis')(
  'a question and a file are cancelled in the database when the client leaves',
  async () => {
    const server = await startTinyTown({ CUADRA_CUBE_MB: '0' });
    const administrator = new pg.Client(server.databaseUrl!);
    await administrator.connect();
    try {
      const paths = ['series?step=month&from=2022-01-0', 'incidents?from=2022-01-0', 'incidents.csv?from=2022-01-0'];
      const urlOf = (i: number) => `${server.origin}/api/v1/tiny/${paths[i % paths.length]}${1 + (i % 9)}`;
      // What is read once for all is read now.
      for (const i of paths.keys()) expect((await fetch(urlOf(i))).status).toBe(200);
      // Every question about incidents is held up, as by one that takes long.
      await administrator.query('begin; lock table incident in access exclusive mode');
      const underWay = async () => {
        const { rows } = await administrator.query<{ count: number }>(
          `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows[0]!.count;
      };
      const leavers = Array.from({ length: LEAVERS }, (_, i) => {
        const asked = get(urlOf(i), { agent: false });
        asked.on('error', () => {});
        return asked;
      });
      await expect.poll(underWay).toBeGreaterThan(0);
      for (const asked of leavers) asked.destroy();
      await expect.poll(underWay).toBe(0);
      await sleep(500);
      expect(await underWay()).toBe(0);
      await administrator.query('rollback');
      for (const i of paths.keys()) expect((await fetch(urlOf(i))).status).toBe(200);
      await sleep(500);
      server.assertLogClean([/over the memory budget/]);
    } finally {
      await administrator.end();
      await server.stop();
      server.remove();
    }
  },
);
