// The people of the HTTP benchmark, in a process of their own: ask, wait, ask something else; never the same twice.
// node http-clients.ts ORIGIN JURISDICTION LAYER SECONDS; prints {"latenciesMs": […], "failed": n} at the end.

import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../geodata/demo/random.ts';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import type { OffenceRow } from '../../server/counts/contract.ts';

const CLIENTS = 8;
const THINK_MS = 100;
const DAY_MS = 86_400_000;
/** Of every three questions one is about 28 days, one about a year, one about everything. */
const SPANS_DAYS = [28, 365, null];

const [, , origin = '', jurisdiction = '', layer = '', seconds = ''] = process.argv;
const random = seeded(8);
const asked = new Set<string>();
const latenciesMs: number[] = [];
let failed = 0;

const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${origin}/api/v1/${path}`)).json()) as T;
const offences = (await ask<OffenceRow[]>(`${jurisdiction}/offences`)).filter(({ incidents }) => incidents > 0);
const city = (await ask<JurisdictionRow[]>('jurisdictions')).find(({ code }) => code === jurisdiction);
const first = Date.parse(city?.from ?? '2019-01-01');
const last = Date.parse(city?.until ?? '2024-01-01');

const end = Date.now() + Number(seconds) * 1000;
await Promise.all(Array.from({ length: CLIENTS }, (_, client) => person(client)));
console.log(JSON.stringify({ latenciesMs, failed }));

async function person(client: number): Promise<void> {
  await sleep((client * THINK_MS) / CLIENTS);
  while (Date.now() < end) {
    const url = `${origin}/api/v1/${jurisdiction}/counts?layer=${layer}&${newQuestion()}`;
    const began = performance.now();
    const response = await fetch(url);
    await response.arrayBuffer();
    latenciesMs.push(performance.now() - began);
    if (!response.ok) failed++;
    await sleep(THINK_MS);
  }
}

function newQuestion(): string {
  for (;;) {
    const question = [...dates(), ...someOffences(), ...hours(), ...weekdays()].join('&');
    if (asked.has(question)) continue;
    asked.add(question);
    return question;
  }
}

function dates(): string[] {
  const span = random.pick(SPANS_DAYS);
  if (span === null) return [];
  const from = first + random.below(Math.max(1, (last - first) / DAY_MS - span)) * DAY_MS;
  return [`from=${day(from)}`, `until=${day(from + span * DAY_MS)}`];
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function someOffences(): string[] {
  const codes = new Set(Array.from({ length: 1 + random.below(8) }, () => random.pick(offences).code));
  return [`offence=${[...codes].join(',')}`];
}

function hours(): string[] {
  const from = random.below(24);
  return random.chance(0.5) ? [`hour=${from}-${(from + 1 + random.below(12)) % 24}`] : [];
}

function weekdays(): string[] {
  const chosen = [1, 2, 3, 4, 5, 6, 7].filter(() => random.chance(0.4));
  return chosen.length ? [`weekday=${chosen.join(',')}`] : [];
}
