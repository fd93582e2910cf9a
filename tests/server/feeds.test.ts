// The live feed through a real server: its own door beside the password, and nothing lost or doubled by a kill -9.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import type { FeedAnswer } from '../../server/feeds/contract.ts';
import { reportAt } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';

const RECORDS = 400;
const KILLED_AFTER_ANSWERS = 20;

test('what was answered survives a kill -9, what is sent again is not doubled, and the key opens no other door', async () => {
  const url = inject('databaseUrl');
  const databaseUrl = url && (await createDatabase(url, `feeds_${randomUUID().slice(0, 8)}`));
  const env = { CUADRA_ACCESS: 'accounts' };
  const first = await startServer({ databaseUrl, env });
  await reportAt(first, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
  const added = ['feed', 'add', 'cad', '--jurisdiction', 'villa', '--preset', 'c5-911'];
  const { key } = await reportAt<{ key: string }>(first, added);
  const authorization = { Authorization: `Bearer ${key}` };
  expect((await fetch(`${first.origin}/api/v1/villa/counts?layer=x`, { headers: authorization })).status).toBe(401);

  const answered = new Set<string>();
  const send = async (origin: string, id: string): Promise<FeedAnswer | null> => {
    const incidents = [{ id, date: '2024-05-06', time: '08:14', offence: 'Robo-Transeúnte', lon: -99.1, lat: 19.4 }];
    const response = await fetch(`${origin}/api/v1/villa/incidents`, {
      method: 'POST',
      // A connection of its own: one kept from before may be closed at the moment it is used again.
      headers: { ...authorization, 'Content-Type': 'application/json', Connection: 'close' },
      body: JSON.stringify({ incidents }),
    }).catch(() => null);
    if (!response?.ok) return null;
    const answer = (await response.json().catch(() => null)) as FeedAnswer | null;
    if (answer) answered.add(id);
    return answer;
  };
  const ids = Array.from({ length: RECORDS }, (_, i) => `call-${i}`);
  let isKilled = false;
  const sending = (async () => {
    const sent: Promise<unknown>[] = [];
    for (const id of ids) {
      if (isKilled) break;
      sent.push(send(first.origin, id));
      await sleep(25);
    }
    await Promise.all(sent);
  })();
  while (answered.size < KILLED_AFTER_ANSWERS) await sleep(20);
  await first.kill();
  isKilled = true;
  await sending;
  const before = new Set(answered);
  expect(before.size).toBeLessThan(RECORDS);

  const second = await startServer({ databaseUrl, dataDir: first.dataDir, env });
  try {
    const again = await Promise.all(ids.map((id) => send(second.origin, id)));
    const outcomes = again.map((answer) => answer?.records[0]?.outcome);
    for (const [i, id] of ids.entries()) {
      if (before.has(id)) expect([id, outcomes[i]]).toEqual([id, 'unchanged']);
      else expect(['stored', 'unchanged']).toContain(outcomes[i]);
    }
    const thrice = await Promise.all(ids.map((id) => send(second.origin, id)));
    expect(thrice.every((answer) => answer?.unchanged === 1)).toBe(true);
    expect(await second.stop()).toBe(0);
    second.assertLogClean();
  } finally {
    second.remove();
  }
});
