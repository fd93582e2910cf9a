// Reads a backup and believes nothing in it: every entry is where it must be, and what was read is what was written.

import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type * as z from 'zod';
import { BadInput } from '../errors.ts';
import { type AboutBackup, aboutBackup, type BackupManifest, backupManifest } from './contract.ts';
import { countLines } from './rows.ts';
import { type Entry, unpackTar } from './tar.ts';

const READ_BYTES = 128 * 1024;
const MOST_JSON_BYTES = 32 * 1024 * 1024;

export type Piece = { readonly about: AboutBackup; readonly table: string | null; readonly rows: Buffer };
type Sum = { rows: number; readonly hash: Hash };

/**
 * First a piece of no table, so that the caller knows what the backup is about, then the rows in the order of its
 * tables. Ends only when the whole file was read and agrees with its manifest; throws BadInput otherwise.
 */
export async function* readBackup(file: FileHandle): AsyncGenerator<Piece> {
  const raw = Readable.from(bytesOf(file), { objectMode: false });
  const plain = createGunzip();
  raw.on('error', (error) => plain.destroy(error));
  raw.pipe(plain);
  try {
    yield* checked(unpackTar(plain));
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw refused(code === 'Z_DATA_ERROR' ? 'it is none, or was altered' : message);
  } finally {
    raw.destroy();
    plain.destroy();
  }
}

/** By position, so that the same open file can be read twice: nobody can put another in its place between. */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* checked(entries: AsyncGenerator<Entry>): AsyncGenerator<Piece> {
  const first = await entries.next();
  if (first.done || first.value.name !== 'backup.json') throw refused('it does not begin as one');
  const about = parse(first.value, aboutBackup);
  const aboutSha256 = createHash('sha256').update(first.value.bytes).digest('hex');
  const names = about.tables.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw refused('a table comes twice');
  yield { about, table: null, rows: Buffer.alloc(0) };
  const sums = new Map<string, Sum>(names.map((name) => [name, { rows: 0, hash: createHash('sha256') }]));
  let at = 0;
  for await (const entry of entries) {
    if (entry.name === 'manifest.json') {
      const manifest = parse(entry, backupManifest);
      if (!(await entries.next()).done) throw refused('something follows its end');
      if (manifest.aboutSha256 !== aboutSha256 || !agrees(manifest, names, sums))
        throw refused('its content is not what its manifest says');
      return;
    }
    const table = entry.name.slice(0, entry.name.indexOf('/'));
    const index = names.indexOf(table);
    const sum = sums.get(table);
    if (!sum || index < at || !/^\w+\/\d{6,9}\.copy$/.test(entry.name)) throw refused('an entry is out of place');
    at = index;
    sum.rows += countLines(entry.bytes);
    sum.hash.update(entry.bytes);
    yield { about, table, rows: entry.bytes };
  }
  throw refused('it was not written to its end');
}

function agrees({ tables }: BackupManifest, names: readonly string[], sums: ReadonlyMap<string, Sum>): boolean {
  return (
    tables.length === names.length &&
    tables.every(({ name, rows, sha256 }, i) => {
      const sum = sums.get(name);
      return name === names[i] && sum?.rows === rows && sum.hash.digest('hex') === sha256;
    })
  );
}

function parse<T extends z.ZodType>({ bytes, name }: Entry, schema: T): z.infer<T> {
  if (bytes.length > MOST_JSON_BYTES) throw refused(`${name} is too large`);
  let given: unknown;
  try {
    given = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw refused(`${name} cannot be read`);
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw refused(`${name} says something unexpected`);
  return parsed.data;
}

const refused = (why: string) => new BadInput('file', `this is not a whole backup of Cuadra: ${why}`);
