// The real server as a child process on a free loopback port, with its own database, its log kept and judged.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from './node-flags.ts';

const ROOT = join(import.meta.dirname, '../..');
/** pino's number for `warn`; a test ends with nothing at or above it that it did not expect. */
const WARN = 40;

export type TestServer = {
  readonly origin: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  /** Milliseconds from start of the process until `/readyz` said yes. */
  readonly readyMs: number;
  /** Every line the server wrote, standard output and standard error in one order of arrival. */
  log(): readonly string[];
  /** Throws when the log holds a warning, an error or a Node warning that no pattern allows. */
  assertLogClean(allowed?: readonly RegExp[]): void;
  /** Ends the server as an operator would and answers its exit status. */
  stop(): Promise<number | null>;
  /** kill -9; the data stay, to start again on them. */
  kill(): Promise<void>;
  /** Removes the data folder; after stop(). */
  remove(): void;
};

export type ServerOptions = {
  readonly databaseUrl?: string | null;
  /** An existing data folder to go on with; without it a new, empty one. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly readyTimeoutMs?: number;
  /** It serves a whole suite: the engine's program is compiled as on a user's machine. */
  readonly isLongLived?: boolean;
  /** For whoever watches from the first moment; without it a free one. */
  readonly port?: number;
};

/** Starts `server/main.ts` and waits until it is ready. Without `CUADRA_DEMO` in `env` the demo city stays out. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'cuadra-server-'));
  const databaseUrl = options.databaseUrl ?? null;
  const origin = `http://127.0.0.1:${options.port ?? (await freePort())}`;
  const flags = options.isLongLived ? [] : nodeFlags(databaseUrl);
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, join(ROOT, 'server/main.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: serverEnvironment(dataDir, databaseUrl, new URL(origin).port, options.env),
  });
  const lines = collectLines(child);
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  exited.then(() => process.off('exit', killWithUs));
  try {
    await waitUntilReady(origin, child, options.readyTimeoutMs ?? 90_000);
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw new Error(`${String(error)}\n${lines.join('\n')}`);
  }
  return {
    origin,
    pid: child.pid!,
    dataDir,
    databaseUrl,
    readyMs: performance.now() - started,
    log: () => lines,
    assertLogClean: (allowed = []) => assertClean(lines, allowed),
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    remove: () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function serverEnvironment(dataDir: string, databaseUrl: string | null, port: string, extra: ServerOptions['env']) {
  const {
    DATABASE_URL: _outer,
    DATABASE_ADMIN_URL: _owner,
    CUADRA_PASSWORD: _password,
    CUADRA_ACCESS: _access,
    ...inherited
  } = process.env;
  const database = databaseUrl ? { DATABASE_URL: databaseUrl } : {};
  return {
    ...inherited,
    PORT: port,
    HOST: '127.0.0.1',
    CUADRA_DATA_DIR: dataDir,
    CUADRA_DEMO: '0',
    // What most tests try is the same for everybody; those about accounts set `accounts`.
    ...(extra?.CUADRA_PASSWORD ? {} : { CUADRA_ACCESS: 'open' }),
    ...database,
    ...extra,
  };
}

/** Asks the operating system for a port nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function collectLines(child: ChildProcess): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    stream?.on('end', () => rest && lines.push(rest));
  }
  return lines;
}

async function waitUntilReady(origin: string, child: ChildProcess, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with status ${child.exitCode}`);
    const ready = await fetch(`${origin}/readyz`).catch(() => null);
    await ready?.body?.cancel();
    if (ready?.ok) return;
    await sleep(50);
  }
  throw new Error(`the server was not ready after ${timeoutMs} ms`);
}

function assertClean(lines: readonly string[], allowed: readonly RegExp[]): void {
  const problems = lines.filter((line) => isProblem(line) && !allowed.some((pattern) => pattern.test(line)));
  if (problems.length) throw new Error(`the server's log is not clean:\n${problems.join('\n')}`);
}

/** A pino line of level warn or above, Node's own warnings, and stack traces. */
function isProblem(line: string): boolean {
  if (line.startsWith('{')) {
    try {
      const { level } = JSON.parse(line) as { level?: unknown };
      return typeof level === 'number' && level >= WARN;
    } catch {
      return true;
    }
  }
  return /^\(node:\d+\)|^\s+at .+:\d+:\d+|^\w*Error\b/.test(line);
}
