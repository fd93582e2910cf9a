// The part of the PostGIS bundle the embedded engine needs. The package brings 95 MB (raster, topology, geocoder, upgrade
// scripts) that every start would unpack, load as programs and keep in memory; a third of it is ever used. It lies unpacked,
// and the engine loads the program when a statement first needs it: who asks for no geometry starts in half the time.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Extension } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import { CACHE, engineVersions } from './cache.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const SIZE_AT = 124;
const SIZE_BYTES = 12;
/** Where the engine looks for what extensions bring, in its own file system. */
const ENGINE_ROOT = '/pglite';
/** The program, its projections, and what `create extension postgis` reads. */
const NEEDED =
  /^(lib\/postgresql\/postgis-3\.so|share\/proj\/.*|share\/postgresql\/extension\/postgis(--\d+\.\d+\.\d+\.sql|\.control))$/;

type FileSystem = {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
};

/** The extension with the lean bundle, which is made unless it is there (prepare does; it takes a second). */
export function leanPostgis(): Extension {
  const folder = join(CACHE, `postgis-${engineVersions().join('-')}`);
  if (!existsSync(folder)) unpackInto(folder);
  const write = ({ FS }: { FS: FileSystem }) => {
    for (const { path, data } of filesIn(folder)) {
      FS.mkdirTree(dirname(`${ENGINE_ROOT}/${path}`));
      FS.writeFile(`${ENGINE_ROOT}/${path}`, data, { canOwn: true });
    }
  };
  return {
    ...postgis,
    setup: async (engine, given) => {
      const { emscriptenOpts } = await postgis.setup(engine, given);
      return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), write] } };
    },
  };
}

function filesIn(folder: string): { path: string; data: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((at) => ({ path: at.slice(folder.length + 1).replaceAll('\\', '/'), data: readFileSync(at) }));
}

function unpackInto(folder: string): void {
  const whole = join(dirname(fileURLToPath(import.meta.resolve('@electric-sql/pglite-postgis'))), 'postgis.tar.gz');
  const arriving = `${folder}.${process.pid}`;
  for (const { path, data } of needed(gunzipSync(readFileSync(whole)))) {
    mkdirSync(join(arriving, dirname(path)), { recursive: true });
    writeFileSync(join(arriving, path), data);
  }
  try {
    renameSync(arriving, folder);
  } catch (error) {
    rmSync(arriving, { recursive: true });
    if (!existsSync(folder)) throw error; // else another process was faster; its files are the same
  }
}

/** The needed files of a tar archive. */
function* needed(tar: Buffer): Generator<{ path: string; data: Buffer }> {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (offset: number, bytes: number) =>
      tar.toString('latin1', at + offset, at + offset + bytes).split('\0')[0]!;
    const size = Number.parseInt(text(SIZE_AT, SIZE_BYTES), 8);
    const path = text(0, NAME_BYTES).replace(/^\.\//, '');
    if (NEEDED.test(path) && !path.endsWith('/')) yield { path, data: tar.subarray(at + BLOCK, at + BLOCK + size) };
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
