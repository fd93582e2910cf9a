// A cube on disk: one line that says what it is, its header, its columns, and a checksum over all of it.

import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cube, CubeLayout } from '../engine/layout.ts';
import type { SourceFacts } from '../filter/source-profile.ts';

/** A cube and what was learnt while reading it. */
export type SavedCube = { readonly cube: Cube; readonly facts: readonly SourceFacts[] };
type Header = { readonly layout: CubeLayout; readonly facts: readonly SourceFacts[] };

/** Changes with every change of layout, header or meaning: older files are rebuilt, not read. */
const MAGIC = 'cuadra-cube-4\n';
const SHA_BYTES = 32;
const PREFIX_BYTES = MAGIC.length + SHA_BYTES + 4;
const MAX_HEADER_BYTES = 256 * 1024 * 1024;
const PIECE_BYTES = 8 * 1024 * 1024;

/** Saves under the jurisdiction and token, all or nothing, and removes the files of its older tokens. */
export async function saveCube(folder: string, jurisdictionId: number, token: string, saved: SavedCube): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const header = Buffer.from(JSON.stringify({ layout: saved.cube.layout, facts: saved.facts } satisfies Header));
  const columns = new Uint8Array(saved.cube.buffer);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.write(MAGIC);
  (await checksum(header, columns)).copy(prefix, MAGIC.length);
  prefix.writeUInt32LE(header.length, MAGIC.length + SHA_BYTES);

  const path = join(folder, fileName(jurisdictionId, token));
  const arriving = `${path}.${crypto.randomUUID()}.arriving`;
  const file = await open(arriving, 'w', 0o600);
  try {
    await file.writev([prefix, header]);
    for (const piece of pieces(columns)) await file.write(piece);
    await file.sync();
  } catch (error) {
    await rm(arriving, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(arriving, path);
  for (const name of await readdir(folder)) {
    if (name.startsWith(`${jurisdictionId}-`) && join(folder, name) !== path)
      await rm(join(folder, name), { force: true });
  }
}

/** The saved cube of that token; null when there is none or it is not what was written. */
export async function loadCube(folder: string, jurisdictionId: number, token: string): Promise<SavedCube | null> {
  const file = await open(join(folder, fileName(jurisdictionId, token))).catch(() => null);
  if (!file) return null;
  try {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    await file.read(prefix, 0, PREFIX_BYTES, 0);
    const headerBytes = prefix.readUInt32LE(MAGIC.length + SHA_BYTES);
    const columnBytes = (await file.stat()).size - PREFIX_BYTES - headerBytes;
    if (prefix.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
    if (headerBytes > MAX_HEADER_BYTES || columnBytes < 0) return null;
    const header = Buffer.alloc(headerBytes);
    await file.read(header, 0, headerBytes, PREFIX_BYTES);
    const buffer = new SharedArrayBuffer(columnBytes);
    let at = PREFIX_BYTES + headerBytes;
    for (const piece of pieces(new Uint8Array(buffer))) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (bytesRead < piece.length) return null;
      at += bytesRead;
    }
    const sum = await checksum(header, new Uint8Array(buffer));
    if (!sum.equals(prefix.subarray(MAGIC.length, MAGIC.length + SHA_BYTES))) return null;
    const { layout, facts } = JSON.parse(header.toString()) as Header;
    return layout.bytes === columnBytes ? { cube: { layout, buffer }, facts } : null;
  } finally {
    await file.close();
  }
}

/** Removes what is left of jurisdictions that are no more. */
export async function removeCubesExcept(folder: string, jurisdictionIds: readonly number[]): Promise<void> {
  const kept = new Set(jurisdictionIds.map(String));
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (!kept.has(name.split('-')[0]!)) await rm(join(folder, name), { force: true });
}

/** Tokens are random text; whatever they hold, the name stays inside the folder. */
function fileName(jurisdictionId: number, token: string): string {
  return `${jurisdictionId}-${createHash('sha256').update(token).digest('hex').slice(0, 32)}.cube`;
}

/** Gives way to other work between pieces. */
async function checksum(header: Buffer, columns: Uint8Array): Promise<Buffer> {
  const hash = createHash('sha256').update(header);
  for (const piece of pieces(columns)) {
    hash.update(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return hash.digest();
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
