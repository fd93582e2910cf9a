// The people of the soak: readers who ask a different thing each time, one who listens to events, and a dispatch centre.

import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, seeded } from '../../geodata/demo/random.ts';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';

/** What has happened since the last look; `errors` name the question and what came of it. */
export type Tally = {
  readonly feedMs: number[];
  readonly questionsMs: number[];
  events: number;
  readonly errors: string[];
};

const CITY = 'demo';
const THINK_MS = 400;
const DAY_MS = 86_400_000;
const SPANS_DAYS = [28, 365, null];
const GIVE_UP_MS = 60_000;
const LEAST_ZOOM = 11;
const MOST_ZOOM = 16;

/** Asks, reads, thinks, asks something else, until the signal. */
export async function visit(origin: string, person: number, tally: Tally, signal: AbortSignal): Promise<void> {
  const random = seeded(1000 + person);
  const api = `${origin}/api/v1`;
  const city = ((await (await fetch(`${api}/jurisdictions`)).json()) as JurisdictionRow[]).find(
    ({ code }) => code === CITY,
  )!;
  const layers = (await (await fetch(`${api}/${CITY}/layers`)).json()) as LayerRow[];
  while (!signal.aborted) {
    const url = origin + question(random, city, layers);
    const began = performance.now();
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(GIVE_UP_MS) });
      await response.arrayBuffer();
      tally.questionsMs.push(performance.now() - began);
      if (!response.ok) tally.errors.push(`${response.status} ${new URL(url).pathname}`);
    } catch (error) {
      tally.errors.push(`${String(error)} ${new URL(url).pathname}`);
    }
    await sleep(THINK_MS, undefined, { signal }).catch(() => {});
  }
}

function question(random: Random, city: JurisdictionRow, layers: readonly LayerRow[]): string {
  const counted = layers.filter(({ type }) => type !== 'points' && type !== 'context');
  const filter = filterFrom(random, city);
  const layer = random.pick(counted).layer;
  return random.pick([
    () => `/api/v1/${CITY}/counts?layer=${layer}&${filter}`,
    () => `/api/v1/${CITY}/top?layer=${layer}&limit=10&${filter}`,
    () => `/api/v1/${CITY}/summary?layer=${layer}&${filter}`,
    () => `/api/v1/${CITY}/series?step=${random.pick(['day', 'week', 'month'])}&${filter}`,
    () => `/api/v1/${CITY}/clock?${filter}`,
    () => `/api/v1/${CITY}/heat?zoom=${LEAST_ZOOM + random.below(5)}&${filter}`,
    () => `/api/v1/${CITY}/incidents?limit=100&${filter}`,
    () => tile(random, city, random.pick(layers)),
    () => tile(random, city, random.pick(layers)),
  ])();
}

function filterFrom(random: Random, { from, until }: JurisdictionRow): string {
  const parts: string[] = [];
  const first = Date.parse(from ?? '2022-01-01');
  const last = Date.parse(until ?? '2025-01-01');
  const span = random.pick(SPANS_DAYS);
  if (span !== null) {
    const begin = first + random.below(Math.max(1, (last - first) / DAY_MS - span)) * DAY_MS;
    parts.push(`from=${dayText(begin)}`, `until=${dayText(begin + span * DAY_MS)}`);
  }
  if (random.chance(0.3)) parts.push(`weekday=${1 + random.below(7)}`);
  if (random.chance(0.3)) {
    const hour = random.below(24);
    parts.push(`hour=${hour}-${(hour + 1 + random.below(12)) % 24}`);
  }
  return parts.join('&');
}

const dayText = (time: number) => new Date(time).toISOString().slice(0, 10);

function tile(random: Random, { bounds }: JurisdictionRow, { layer, version }: LayerRow): string {
  const [west, south, east, north] = bounds ?? [-99, 19, -98, 20];
  const zoom = LEAST_ZOOM + random.below(MOST_ZOOM - LEAST_ZOOM);
  const lon = west + random.next() * (east - west);
  const lat = south + random.next() * (north - south);
  const x = Math.floor(((lon + 180) / 360) * 2 ** zoom);
  const y = Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** zoom);
  return `/tiles/${CITY}/${layer}/${version}/${zoom}/${x}/${y}.mvt`;
}

/** Listens as an open page does, and again when the stream ends before its time. */
export async function listen(origin: string, tally: Tally, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await fetch(`${origin}/api/v1/${CITY}/events`, { signal });
      const decoder = new TextDecoder();
      for await (const bytes of response.body!) {
        tally.events += decoder.decode(bytes, { stream: true }).split('event: data').length - 1;
      }
      if (!signal.aborted) tally.errors.push('the event stream ended');
    } catch (error) {
      if (!signal.aborted) tally.errors.push(`event stream: ${String(error)}`);
    }
    await sleep(THINK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Sends a call every so often, however long the answers take; every tenth tells a call of before again, changed. */
export async function feedEvenly(
  origin: string,
  key: string,
  perSecond: number,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const city = ((await (await fetch(`${origin}/api/v1/jurisdictions`)).json()) as JurisdictionRow[]).find(
    ({ code }) => code === CITY,
  )!;
  const [west, south, east, north] = city.bounds ?? [-99, 19, -98, 20];
  const random = seeded(20);
  const underWay = new Set<Promise<void>>();
  const began = performance.now();
  for (let call = 0; !signal.aborted; call++) {
    await sleep(Math.max(0, began + (call * 1000) / perSecond - performance.now()));
    const lon = west + random.next() * (east - west);
    const lat = south + random.next() * (north - south);
    const id = call % 10 === 9 ? call - 9 : call;
    const incident = {
      id: `s-${id}`,
      date: '2026-07-01',
      time: '08:14',
      offence: 'Robo-Transeúnte',
      lon,
      lat,
      closing: 'A',
    };
    const sent = sendOne(origin, key, incident, tally).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }
  await Promise.all(underWay);
}

async function sendOne(origin: string, key: string, incident: object, tally: Tally): Promise<void> {
  const began = performance.now();
  try {
    const response = await fetch(`${origin}/api/v1/${CITY}/incidents`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ incidents: [incident] }),
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    await response.arrayBuffer();
    if (response.ok) tally.feedMs.push(performance.now() - began);
    else tally.errors.push(`${response.status} feed`);
  } catch (error) {
    tally.errors.push(`${String(error)} feed`);
  }
}
