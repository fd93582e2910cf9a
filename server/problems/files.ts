// The files of a problem in the database: what each is stands in an item, so that rights, scope and history are those of the
// problem; the bytes lie in parts. Only kinds that are read, not run, are taken, by what they begin with.

import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import { whoIs } from '../accounts/doors.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NoRoom, NotFound } from '../errors.ts';
import { FILE_KINDS, type FileBody, type FileKind, type ItemRow, MOST_PROBLEM_FILES } from './contract.ts';
import { addItem, findProblem, noteChange } from './store.ts';

/** As one statement carries it on either engine. */
const PART_BYTES = 512 * 1024;
/** Of all problems of a jurisdiction: they are in every backup. */
const MOST_BYTES_IN_ALL = 2_000_000_000;
const MOST_NAME = 200;

const begins = (bytes: Uint8Array, ...with_: readonly number[]) => with_.every((byte, i) => bytes[i] === byte);
const isText = (bytes: Uint8Array) => {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
};
const isZip = (bytes: Uint8Array) => begins(bytes, 0x50, 0x4b, 0x03, 0x04);
const BEGINS: Readonly<Record<FileKind, (bytes: Uint8Array) => boolean>> = {
  pdf: (bytes) => begins(bytes, 0x25, 0x50, 0x44, 0x46, 0x2d),
  jpg: (bytes) => begins(bytes, 0xff, 0xd8, 0xff),
  jpeg: (bytes) => begins(bytes, 0xff, 0xd8, 0xff),
  png: (bytes) => begins(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
  webp: (bytes) => begins(bytes, 0x52, 0x49, 0x46, 0x46) && begins(bytes.subarray(8), 0x57, 0x45, 0x42, 0x50),
  docx: isZip,
  xlsx: isZip,
  odt: isZip,
  ods: isZip,
  csv: isText,
  txt: isText,
};

/** Its name without folders and what a header or a file system would stumble over. Throws BadInput. */
export function keptFileOf(sentName: string, bytes: Uint8Array): FileBody {
  const name = sentName
    .toWellFormed()
    .split(/[/\\]/)
    .at(-1)!
    .replaceAll(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '')
    .trim()
    .slice(-MOST_NAME);
  const kind = FILE_KINDS.find((each) => extname(name).toLowerCase() === `.${each}`);
  if (!kind || !BEGINS[kind](bytes))
    throw new BadInput('file', `not a file of a kind that is taken: ${FILE_KINDS.join(', ')}`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, kind, bytes: bytes.length, sha256, isRemoved: false };
}

/** Throws BadInput past so many of a problem, NoRoom past the bytes of all, NotFound beyond the areas of the viewer. */
export async function addFile(
  { db }: Database,
  viewer: Viewer,
  id: number,
  problem: number,
  name: string,
  bytes: Uint8Array,
): Promise<ItemRow<'file'>> {
  const body = keptFileOf(name, bytes);
  return addItem({ db }, viewer, id, problem, 'file', body, async (trx, item) => {
    const { rows } = await sql<{ files: number; bytes: number }>`
      select (count(*) filter (where problem_id = ${problem}))::int as files, sum((body ->> 'bytes')::float8) as bytes
      from problem_item
      where jurisdiction_id = ${id} and kind = 'file' and body ->> 'isRemoved' = 'false'`.execute(trx);
    const [all] = rows;
    if (all!.files > MOST_PROBLEM_FILES) throw new BadInput('file', `at most ${MOST_PROBLEM_FILES} files of a problem`);
    if (all!.bytes > MOST_BYTES_IN_ALL) throw new NoRoom('the files of all problems take too much room');
    for (let part = 0; part * PART_BYTES < bytes.length; part++) {
      const content = Buffer.from(bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
      await sql`insert into problem_file (jurisdiction_id, problem_id, item_id, part, content)
        values (${id}, ${problem}, ${item}, ${part}, ${content}::bytea)`.execute(trx);
    }
  });
}

/** Throws NotFound, also for one that was removed; Conflict where it is not what was sent. */
export async function readFileOf(
  database: Database,
  viewer: Viewer,
  id: number,
  problem: number,
  item: number,
): Promise<{ readonly body: FileBody; readonly content: Buffer }> {
  const { db } = database;
  await findProblem(database, viewer, id, problem);
  const { rows } = await sql<{ body: FileBody }>`
    select body from problem_item
    where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item} and kind = 'file'`.execute(db);
  const body = rows[0]?.body;
  if (!body || body.isRemoved) throw new NotFound('no such file');
  const { rows: parts } = await sql<{ content: Buffer }>`
    select content from problem_file
    where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item} order by part`.execute(db);
  const content = Buffer.concat(parts.map((each) => each.content));
  if (createHash('sha256').update(content).digest('hex') !== body.sha256)
    throw new Conflict('the bytes of this file are not those that were sent: run check, and look into a backup');
  return { body, content };
}

/** Files and pictures whose parts do not make as many bytes as were sent, with what there is of them. */
export async function damagedFiles({ db }: Database, id: number): Promise<string[]> {
  const { rows } = await sql<{
    kind: string;
    problem: number;
    item: number;
    name: string;
    bytes: number;
    found: number;
  }>`
    select i.kind, i.problem_id as problem, i.item_id as item, coalesce(i.body ->> 'name', '') as name,
      (i.body ->> 'bytes')::float8 as bytes, coalesce(sum(octet_length(f.content)), 0)::float8 as found
    from problem_item i
    left join problem_file f on f.jurisdiction_id = ${id} and f.problem_id = i.problem_id and f.item_id = i.item_id
    where i.jurisdiction_id = ${id} and i.kind in ('file', 'picture') and i.body ->> 'isRemoved' = 'false'
    group by i.kind, i.problem_id, i.item_id, i.body
    having coalesce(sum(octet_length(f.content)), 0)::float8 <> (i.body ->> 'bytes')::float8
    order by i.problem_id, i.item_id`.execute(db);
  return rows.map(({ kind, problem, item, name, bytes, found }) => {
    const which = [kind, `${problem}.${item}`, name].filter(Boolean).join(' ');
    return `${which}: ${found} of ${bytes} bytes`;
  });
}

/** Its bytes are gone for good; that it was there stays in the history. Throws NotFound. */
export async function removeFile(
  { db }: Database,
  viewer: Viewer,
  id: number,
  problem: number,
  item: number,
  kind: 'file' | 'picture' = 'file',
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await findProblem({ db: trx }, viewer, id, problem);
    const who = whoIs(viewer);
    const { rows } = await sql<{ version: number; body: FileBody }>`
      update problem_item set version = version + 1, body = body || '{"isRemoved": true}'::jsonb, changed_by = ${who},
        changed_at = ${new Date().toISOString()}::timestamptz
      where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item} and kind = ${kind}
        and body ->> 'isRemoved' = 'false'
      returning version, body`.execute(trx);
    if (!rows[0]) throw new NotFound(kind === 'file' ? 'no such file' : 'no such picture');
    await sql`delete from problem_file
      where jurisdiction_id = ${id} and problem_id = ${problem} and item_id = ${item}`.execute(trx);
    await noteChange(trx, id, { problem, item }, { ...rows[0], what: 'removed', who });
  });
}
