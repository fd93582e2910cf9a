// The part of the PostGIS bundle the embedded engine needs. The package brings 95 MB (raster, topology, geocoder, upgrade
// scripts) that every start would unpack, load as programs and keep in memory; a third of it is ever used.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { postgis } from '@electric-sql/pglite-postgis';
import { CACHE, engineVersions } from './cache.ts';

const BLOCK = 512;
const NAME_BYTES = 100;
const SIZE_AT = 124;
const SIZE_BYTES = 12;
/** The program, its projections, and what `create extension postgis` reads. */
const NEEDED =
  /^(\.\/)?(lib\/postgresql\/postgis-3\.so|share\/proj\/.*|share\/postgresql\/extension\/postgis(--\d+\.\d+\.\d+\.sql|\.control))$/;

/** The extension with the lean bundle, which is made unless it is there (prepare does; it takes a second). */
export function leanPostgis(): typeof postgis {
  const path = join(CACHE, `postgis-${engineVersions().join('-')}.tar.gz`);
  if (!existsSync(path)) {
    const whole = join(dirname(fileURLToPath(import.meta.resolve('@electric-sql/pglite-postgis'))), 'postgis.tar.gz');
    mkdirSync(CACHE, { recursive: true });
    const arriving = `${path}.${process.pid}`;
    // Not compressed: unpacking is what starts would wait for.
    writeFileSync(arriving, gzipSync(needed(gunzipSync(readFileSync(whole))), { level: constants.Z_NO_COMPRESSION }));
    renameSync(arriving, path);
  }
  return {
    ...postgis,
    setup: async (...given) => ({ ...(await postgis.setup(...given)), bundlePath: new URL(`file://${path}`) }),
  };
}

/** The tar archive with the needed files only. */
function needed(tar: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (offset: number, bytes: number) =>
      tar.toString('latin1', at + offset, at + offset + bytes).split('\0')[0]!;
    const size = Number.parseInt(text(SIZE_AT, SIZE_BYTES), 8);
    const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (NEEDED.test(text(0, NAME_BYTES))) kept.push(tar.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK)]);
}
