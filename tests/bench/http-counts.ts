// Eight people asking for counts by neighbourhood over HTTP for a minute, no question twice: latency, event loop, memory.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startServer, type TestServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, NO_POSTGIS, spreadOf } from './contract.ts';
import { residentMb } from './memory.ts';
import { findSubject, percentile, ROWS, type Subject } from './subject.ts';

const NAME = 'http-counts';
const SECONDS = 60;
const P95_LIMIT_MS = 10;
const LOOP_P99_LIMIT_MS = 50;
/** Resident memory allowed beside the cube itself. */
const MEMORY_LIMIT_MB = 400;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await findSubject(context);
  if (!subject) return [missingLine(NAME, ROWS, NO_POSTGIS)];
  const delayFile = join(context.scratch(), 'loop-delay.json');
  const preload = new URL('./loop-delay.ts', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${preload}`, BENCH_LOOP_DELAY: delayFile };
  const server = await startServer({ ...subject.home, env });
  const { latenciesMs, failed } = await load(server, subject);
  const memoryMb = residentMb(server.pid);
  const cubeMb = cubeBytes(server) / 1024 / 1024;
  await server.stop();
  if (failed) throw new Error(`${failed} of ${latenciesMs.length} questions were refused`);
  const { p99Ms, cpuMs } = JSON.parse(readFileSync(delayFile, 'utf8')) as { p99Ms: number; cpuMs: number };

  const p95 = percentile(latenciesMs, 95);
  const each = (cpuMs / latenciesMs.length).toFixed(2);
  const asked = `${latenciesMs.length} questions, median ${spreadOf(latenciesMs).median} ms, ${each} ms CPU each, ${subject.note}`;
  const { rows } = subject;
  const lines = [
    limitLine({ name: `${NAME} p95`, rows, unit: 'ms', ours: spreadOf([p95]), note: asked }, P95_LIMIT_MS),
    limitLine(
      { name: `${NAME} event loop p99`, rows, unit: 'ms', ours: spreadOf([Math.max(p99Ms, 0.01)]) },
      LOOP_P99_LIMIT_MS,
    ),
  ];
  if (memoryMb === null) return [...lines, missingLine(`${NAME} memory`, rows, 'no /proc to read it from')];
  const note = `limit ${MEMORY_LIMIT_MB} MB and the cube of ${cubeMb.toFixed(0)} MB`;
  const ours = spreadOf([Math.round(memoryMb)]);
  return [
    ...lines,
    limitLine({ name: `${NAME} memory`, rows, unit: 'MB', ours, note }, Math.round(MEMORY_LIMIT_MB + cubeMb)),
  ];
}

async function load(
  server: TestServer,
  { jurisdiction, layer }: Subject,
): Promise<{ latenciesMs: number[]; failed: number }> {
  process.kill(server.pid, 'SIGUSR2');
  const script = join(import.meta.dirname, 'http-clients.ts');
  const args = [script, server.origin, jurisdiction, layer, String(SECONDS)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as { latenciesMs: number[]; failed: number };
}

/** The size the server itself says its cubes have. */
function cubeBytes(server: TestServer): number {
  const entries = server.log().filter((text) => text.includes('"cube ready"'));
  return entries.reduce((sum, text) => sum + (JSON.parse(text) as { bytes: number }).bytes, 0);
}
