// A dispatch centre sending 50 calls a second while eight people ask: their latency against that of a quiet minute, how
// soon a call is acknowledged, the most it takes, and that a kill -9 in the middle neither loses nor doubles a call.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { seeded } from '../../geodata/demo/random.ts';
import type { FeedAnswer } from '../../server/feeds/contract.ts';
import { type Home, reportOf } from '../support/cli.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';
import { copyOfCity, percentile, type Subject } from './subject.ts';

const NAME = 'feed';
const PER_SECOND = 50;
const SECONDS = 60;
/** Questions may take at most this many times as long as on a quiet server. */
const P95_TIMES = 3;
const TARGET = Number((1 / P95_TIMES).toFixed(3));
const KILLED_AFTER_SECONDS = 7;
/** Most a second, tried one after the other, in requests of this many records. */
const RATES = [500, 1000, 2000, 4000, 8000, 16_000];
const RECORDS_A_REQUEST = 100;
const RATE_SECONDS = 8;
/** A rate is sustained while its slowest acknowledgements take no longer. */
const ACKNOWLEDGED_WITHIN_MS = 5000;

type Sent = { readonly id: string; readonly acknowledgedMs: number | null };
type Door = { readonly origin: string; readonly subject: Subject; readonly key: string };

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await copyOfCity(context);
  if (!subject) return [missingLine(NAME, 0, NO_POSTGIS)];
  const { home, rows } = subject;
  const added = ['feed', 'add', 'cad', '--jurisdiction', subject.jurisdiction, '--preset', 'c5-911'];
  const { key } = await reportOf<{ key: string }>(home, added);
  let server = await startServer(home);
  const door = () => ({ origin: server.origin, subject, key });
  try {
    context.say(`${SECONDS / 2} s of questions alone`);
    const idle = await questions(door(), SECONDS / 2);
    context.say(`${SECONDS} s of questions with ${PER_SECOND} calls a second`);
    const [sent, busy] = await Promise.all([
      sendEvenly(door(), 'a', PER_SECOND, 1, SECONDS),
      questions(door(), SECONDS),
    ]);
    const stored = await countStored(home, 'a-');
    const acknowledged = sent.flatMap(({ acknowledgedMs }) => acknowledgedMs ?? []);
    if (stored !== acknowledged.length) throw new Error(`${acknowledged.length} acknowledged, ${stored} stored`);
    const fates = `${stored} of ${sent.length} calls stored`;
    const lines = [
      line({
        name: `${NAME} questions p95`,
        rows,
        baseline: 'the same without a feed',
        unit: 'ms',
        ours: spreadOf([percentile(busy, 95)]),
        theirs: spreadOf([percentile(idle, 95)]),
        target: TARGET,
        note: `${busy.length} questions; ${fates}, ${subject.note}`,
      }),
      limitLine(
        {
          name: `${NAME} acknowledged p95`,
          rows,
          unit: 'ms',
          ours: spreadOf([percentile(acknowledged, 95)]),
          note: `median ${spreadOf(acknowledged).median} ms; the page is told within 3 s`,
        },
        3000,
      ),
    ];

    context.say('kill -9 in the middle');
    const interrupted = sendEvenly(door(), 'k', PER_SECOND, 1, 2 * KILLED_AFTER_SECONDS);
    await sleep(KILLED_AFTER_SECONDS * 1000 + seeded(process.pid).below(1000));
    await server.kill();
    const told = await interrupted;
    server = await startServer(home);
    const again = await send(
      door(),
      told.map(({ id }) => id),
    );
    const kept = told.filter(({ acknowledgedMs }) => acknowledgedMs !== null);
    const lost = kept.filter(({ id }) => again?.records.find((record) => record.id === id)?.outcome !== 'unchanged');
    const after = await countStored(home, 'k-');
    if (lost.length) throw new Error(`${lost.length} acknowledged calls were lost by kill -9`);
    const doubled = after - told.length;
    lines.push(
      limitLine(
        {
          name: `${NAME} kill -9, lost or doubled`,
          rows,
          unit: 'calls',
          ours: spreadOf([Math.max(1, lost.length + Math.abs(doubled))]),
          note: `${kept.length} acknowledged before, ${told.length} sent again: ${lost.length} lost, ${doubled} doubled (0 counts as 1)`,
        },
        1,
      ),
    );

    const most = await mostSustained(context, door());
    lines.push({
      ...missingLine(`${NAME} most sustained`, rows, most.note),
      unit: 'calls/s',
      ours: { min: most.rate, median: most.rate },
    });
    return lines;
  } finally {
    await server.stop();
    server.remove();
  }
}

/** Latencies of eight people's questions, in ms. Throws when any was refused. */
async function questions({ origin, subject }: Door, seconds: number): Promise<number[]> {
  const script = join(import.meta.dirname, 'http-clients.ts');
  const args = [script, origin, subject.jurisdiction, subject.layer, String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  const { latenciesMs, failed } = JSON.parse(stdout) as { latenciesMs: number[]; failed: number };
  if (failed) throw new Error(`${failed} of ${latenciesMs.length} questions were refused`);
  return latenciesMs;
}

/** Sends a request every so often, however long the answers take, and waits for the last. */
async function sendEvenly(door: Door, prefix: string, perSecond: number, records: number, seconds: number) {
  const began = performance.now();
  const requests: Promise<Sent[]>[] = [];
  const total = (perSecond * seconds) / records;
  for (let i = 0; i < total; i++) {
    const wait = began + (i * 1000 * records) / perSecond - performance.now();
    if (wait > 0) await sleep(wait);
    const ids = Array.from({ length: records }, (_, n) => `${prefix}-${i * records + n}`);
    const sentAt = performance.now();
    requests.push(
      send(door, ids).then((answer) =>
        ids.map((id) => ({ id, acknowledgedMs: answer ? performance.now() - sentAt : null })),
      ),
    );
  }
  return (await Promise.all(requests)).flat();
}

/** Null when the server did not acknowledge. */
async function send({ origin, subject, key }: Door, ids: readonly string[]): Promise<FeedAnswer | null> {
  const incidents = ids.map((id) => {
    const spread = seeded(Number(id.split('-')[1])); // sent again it says the same
    const [lon, lat] = subject.point(spread.next(), spread.next());
    return { id, date: '2026-07-01', time: '08:14', offence: 'Robo-Transeúnte', lon, lat, closing: 'A' };
  });
  const response = await fetch(`${origin}/api/v1/${subject.jurisdiction}/incidents`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ incidents }),
  }).catch(() => null);
  return response?.ok ? ((await response.json().catch(() => null)) as FeedAnswer | null) : null;
}

async function mostSustained(context: BenchContext, door: Door): Promise<{ rate: number; note: string }> {
  let best = { rate: 0, note: `not even ${RATES[0]} calls a second` };
  for (const rate of RATES) {
    context.say(`${rate} calls a second`);
    const sent = await sendEvenly(door, `r${rate}`, rate, RECORDS_A_REQUEST, RATE_SECONDS);
    const acknowledged = sent.flatMap(({ acknowledgedMs }) => acknowledgedMs ?? []);
    const p95 = acknowledged.length ? percentile(acknowledged, 95) : Number.POSITIVE_INFINITY;
    if (acknowledged.length < sent.length || p95 > ACKNOWLEDGED_WITHIN_MS) break;
    best = { rate, note: `${RECORDS_A_REQUEST} a request, acknowledged p95 ${Math.round(p95)} ms` };
  }
  return best;
}

async function countStored({ databaseUrl }: Home, prefix: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl! });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from incident i join data_state t on t.jurisdiction_id = i.jurisdiction_id
       where i.source_key like $1 and i.from_delivery <= t.head_delivery and i.until_delivery is null`,
      [`${prefix}%`],
    );
    return rows[0]!.count;
  } finally {
    await client.end();
  }
}
