// Any vector file to features in degrees, written as text, by GDAL's WebAssembly build in a capped child process.

import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import type { Crs } from './contract.ts';
import type { CopyColumn } from './copy-text.ts';

/** A layer as GDAL lists it; `geometryType` null = a table without geometry. */
export type GdalLayer = {
  readonly name: string;
  readonly features: number;
  readonly columns: readonly CopyColumn[];
  readonly geometryType: string | null;
  readonly extent: readonly number[] | null;
  readonly crs: Crs | null;
};

/** `settings` are GDAL configuration options, `openOptions` those of the file's driver. */
export type OpenRequest = {
  readonly file: string;
  readonly folder: string;
  readonly openOptions: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
};
export type ConvertRequest = { readonly layer: string; readonly sourceCrs: number | null };
export type ChildAnswer =
  | { readonly type: 'opened'; readonly layers: readonly GdalLayer[] }
  | { readonly type: 'converted'; readonly file: string }
  | { readonly type: 'failed'; readonly message: string };

export type GdalLimits = { readonly seconds: number; readonly rssBytes: number };
const LIMITS: GdalLimits = { seconds: 120, rssBytes: 1_000_000_000 };
const HEAP_MB = 768;
const PROJECT = join(import.meta.dirname, '../..');
const WATCH_INTERVAL_MS = 200;
const STDERR_KEPT = 4000;
/**
 * GDAL's program of 28 MB is compiled while it runs. For small files that is done quickly: a slow file would gain by more
 * care, these have been read by then, in two thirds of the time.
 */
const COMPILED_QUICKLY = ['--liftoff-only', '--wasm-lazy-validation'];
const SMALL_BYTES = 4_000_000;

/** Codes in GML keep their leading zeros; for the other see copy-text.ts. */
export const GDAL_SETTINGS = { GML_FIELDTYPES: 'ALWAYS_STRING', PG_USE_COPY: 'YES' };

/** Which program reads: GDAL, or the one for KML. */
export type Reader = 'gdal-child' | 'kml-child';

/**
 * Opens `request.file` and converts the layer that `choose` picks among those listed into a file in EPSG:4326 inside
 * `request.folder`: COPY text (copy-text.ts) by GDAL, GeoJSON lines by the reader of KML. Throws BadInput when GDAL cannot read the file, TooLarge when it takes longer or
 * more memory than `limits`; whatever `choose` throws ends the child and comes through.
 */
export async function convertWithGdal(
  request: OpenRequest,
  choose: (layers: readonly GdalLayer[]) => ConvertRequest,
  limits = LIMITS,
  reader: Reader = 'gdal-child',
): Promise<string> {
  const child = takeSpare(request, reader) ?? startReader(reader, request.settings, await isSmall(request));
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stopWatching = watch(child, limits, reject);
  child.on('message', (answer: ChildAnswer) => {
    if (answer.type === 'converted') resolve(answer.file);
    else if (answer.type === 'failed') reject(unreadable(stderr, answer.message));
    else {
      try {
        child.send(choose(answer.layers));
      } catch (error) {
        reject(error);
      }
    }
  });
  child.on('error', reject);
  child.on('close', () => reject(unreadable(stderr, 'the reader ended')));
  child.send(request);
  try {
    return await promise;
  } finally {
    stopWatching();
    child.removeAllListeners('message');
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

/** The folder holds the parts of the file. */
async function isSmall({ file, folder }: OpenRequest): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const parts = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all([file, ...parts].map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0) < SMALL_BYTES;
}

function startReader(reader: Reader, settings: OpenRequest['settings'], isForSmallFile = false): ChildProcess {
  return fork(new URL(`./${reader}.ts`, import.meta.url), [JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    cwd: PROJECT, // where gdal3.js looks for its own files, from wherever the command was given
    execArgv: [`--max-old-space-size=${HEAP_MB}`, ...(isForSmallFile ? COMPILED_QUICKLY : [])],
    env: {},
  });
}

/** Started ahead, for files that need no settings of their own. A process reads one file only. */
const spares = new Map<Reader, ChildProcess>();

/** Has both readers ready for the next file. Only for processes that end by themselves and take them along. */
export function keepSpareReaders(): void {
  for (const reader of ['gdal-child', 'kml-child'] as const) {
    if (!spares.has(reader)) spares.set(reader, startReader(reader, GDAL_SETTINGS));
  }
}

function takeSpare({ settings }: OpenRequest, reader: Reader): ChildProcess | null {
  if (reader === 'gdal-child' && JSON.stringify(settings) !== JSON.stringify(GDAL_SETTINGS)) return null;
  const spare = spares.get(reader);
  spares.delete(reader);
  return spare?.connected ? spare : null;
}

/** GDAL's own words where it had any, without the paths of the child's file system. */
function unreadable(stderr: string, message: string): BadInput {
  const said = /ERROR \d+: (.+)/.exec(stderr)?.[1] ?? message;
  const reason = said.replaceAll(/\/(?:input|output)\//g, '').trim();
  return new BadInput('file', `the file cannot be read as map data${reason && `: ${reason}`}`);
}

/** Rejects, and so ends the child, past the time or memory limit. Memory is seen on Linux only. */
function watch(child: ChildProcess, limits: GdalLimits, reject: (error: Error) => void): () => void {
  const timer = setTimeout(
    () => reject(new TooLarge(`reading the file took longer than ${limits.seconds} s`)),
    limits.seconds * 1000,
  );
  const meter = setInterval(() => {
    if (residentBytes(child.pid) > limits.rssBytes) {
      reject(new TooLarge(`reading the file took more than ${Math.round(limits.rssBytes / 1e6)} MB of memory`));
    }
  }, WATCH_INTERVAL_MS);
  return () => {
    clearTimeout(timer);
    clearInterval(meter);
  };
}

/** Memory of a process now; 0 when it is gone, or where there is no /proc. */
export function residentBytes(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
