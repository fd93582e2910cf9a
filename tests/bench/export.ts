// The incidents of a whole city as a file: a slow reader costs the server no memory, a fast one is told how fast it goes
// beside PostgreSQL's own COPY, and the embedded engine goes on answering meanwhile.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import copyStreams from 'pg-copy-streams';
import type { Home } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { CITY, loadCity } from './city.ts';
import { type BenchContext, type BenchLine, limitLine, line, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';
import { residentMb } from './memory.ts';
import { findSubject, type Subject } from './subject.ts';

const NAME = 'export';
const WARM_SECONDS = 5;
const SLOW_SECONDS = 15;
const SLOW_BYTES_PER_SECOND = 2_000_000;
const GROWTH_LIMIT_MB = 60;
const FAST_ROUNDS = 2;
const EMBEDDED_ROWS = 60_000;
/** Tiles and /readyz answer within 3 s whatever else goes on. */
const ANSWER_LIMIT_MS = 3000;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await findSubject(context);
  const lines = subject?.home.databaseUrl
    ? await onPostgis(context, subject, subject.home.databaseUrl)
    : [missingLine(NAME, 0, NO_POSTGIS)];
  return [...lines, await onEmbedded(context)];
}

async function onPostgis(context: BenchContext, subject: Subject, databaseUrl: string): Promise<BenchLine[]> {
  const { jurisdiction, rows, note } = subject;
  const server = await startServer(subject.home);
  try {
    // A program that has just started grows whatever it does.
    await readAtMost(server, `${jurisdiction}/incidents.csv`, Number.POSITIVE_INFINITY, WARM_SECONDS);
    context.say(`a reader at ${SLOW_BYTES_PER_SECOND / 1e6} MB/s for ${SLOW_SECONDS} s`);
    const slow = await readAtMost(server, `${jurisdiction}/incidents.csv`, SLOW_BYTES_PER_SECOND, SLOW_SECONDS);
    context.say('readers as fast as they can, and COPY');
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < FAST_ROUNDS; round++) {
      const read = await readAll(server, `${jurisdiction}/incidents.csv`);
      if (read.rows !== rows) throw new Error(`the export gave ${read.rows} rows instead of ${rows}`);
      ours.push(read.seconds);
      theirs.push(await copySeconds(databaseUrl, rows));
    }
    const perSecond = Math.round(rows / spreadOf(ours).median);
    const baseline = 'COPY (the same columns) TO STDOUT csv';
    const speed = {
      name: NAME,
      rows,
      baseline,
      unit: 's',
      ours: spreadOf(ours),
      theirs: spreadOf(theirs),
      target: null,
    };
    const lines = [line({ ...speed, note: `${perSecond.toLocaleString('en')} rows/s, ${note}` })];
    if (slow.growthMb === null) return [...lines, missingLine(`${NAME} slow reader`, rows, 'no /proc to read it from')];
    const grown = { unit: 'MB', ours: spreadOf([Math.max(slow.growthMb, 0.1)]) };
    const told = `growth while ${slow.megabytes.toFixed(0)} MB went out in ${SLOW_SECONDS} s`;
    return [...lines, limitLine({ name: `${NAME} slow reader`, rows, ...grown, note: told }, GROWTH_LIMIT_MB)];
  } finally {
    await server.stop();
  }
}

async function onEmbedded(context: BenchContext): Promise<BenchLine> {
  const home: Home = { dataDir: context.scratch(), databaseUrl: null };
  context.say(`the same beside questions, on the embedded engine with ${EMBEDDED_ROWS.toLocaleString('en')} incidents`);
  await loadCity(home, EMBEDDED_ROWS, context.scratch(), false);
  const server = await startServer(home);
  try {
    let isOver = false;
    const reading = readAll(server, `${CITY}/incidents.csv?within=areas:A0400`).then(() =>
      readAll(server, `${CITY}/incidents.csv`),
    );
    reading.finally(() => {
      isOver = true;
    });
    const answers: number[] = [];
    while (!isOver) {
      const began = performance.now();
      await Promise.all([
        (await fetch(`${server.origin}/readyz`)).text(),
        (await fetch(`${server.origin}/api/v1/${CITY}/incidents?limit=1`)).text(),
      ]);
      answers.push(performance.now() - began);
      await sleep(20);
    }
    const { rows, seconds } = await reading;
    if (rows !== EMBEDDED_ROWS) throw new Error(`the export gave ${rows} rows instead of ${EMBEDDED_ROWS}`);
    const note = `slowest of ${answers.length} answers beside it; ${Math.round(rows / seconds).toLocaleString('en')} rows/s`;
    const slowest = spreadOf([Math.max(...answers)]);
    return limitLine({ name: `${NAME}, embedded`, rows, unit: 'ms', ours: slowest, note }, ANSWER_LIMIT_MS);
  } finally {
    await server.stop();
  }
}

async function begin(server: TestServer, path: string): Promise<IncomingMessage> {
  const asked = get(`${server.origin}/api/v1/${path}`, { headers: { 'Accept-Encoding': 'identity' } });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode}`);
  return response;
}

/** Rows are counted by their line ends; no cell of these holds one. */
async function readAll(server: TestServer, path: string): Promise<{ rows: number; seconds: number }> {
  const began = performance.now();
  let lines = 0;
  for await (const chunk of await begin(server, path)) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return { rows: lines - 1, seconds: (performance.now() - began) / 1000 };
}

/** Reads for some seconds and goes away; tells how much the server grew meanwhile. */
async function readAtMost(server: TestServer, path: string, bytesPerSecond: number, forSeconds: number) {
  const before = residentMb(server.pid);
  let mostMb = before ?? 0;
  const timer = setInterval(() => {
    mostMb = Math.max(mostMb, residentMb(server.pid) ?? 0);
  }, 100);
  const response = await begin(server, path);
  const began = performance.now();
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    const seconds = (performance.now() - began) / 1000;
    if (seconds > forSeconds) break;
    const ahead = bytes / bytesPerSecond - seconds;
    if (ahead > 0) await sleep(ahead * 1000);
  }
  response.destroy();
  clearInterval(timer);
  return { growthMb: before === null ? null : Math.round(mostMb - before), megabytes: bytes / 1e6 };
}

async function copySeconds(databaseUrl: string, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const began = performance.now();
    let lines = 0;
    const counting = new Writable({
      write(chunk: Buffer, _encoding, done) {
        for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
        done();
      },
    });
    const statement = `copy (
      select incident_id, s.kind, s.code, occurred_on, date_precision, minute_of_day / 60, until_on, until_minute / 60,
        reported_on, reported_minute / 60, o.code, o.labels[1], lon, lat, place_precision
      from incident i join source s using (jurisdiction_id, source_id) join offence o using (jurisdiction_id, offence_id)
      order by occurred_on desc, incident_id desc) to stdout (format csv, header)`;
    await pipeline(client.query(copyStreams.to(statement)), counting);
    if (lines - 1 !== rows) throw new Error(`COPY gave ${lines - 1} rows instead of ${rows}`);
    return (performance.now() - began) / 1000;
  } finally {
    await client.end();
  }
}
