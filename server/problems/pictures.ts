// Pictures of the analysis as of that day, kept with a problem: a PNG that the page drew, read chunk by chunk before it is
// kept, and in words what it shows. They are no uploads: nothing but such a picture is taken, and it is small.

import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Right, Viewer } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import type { Stats } from '../counts/asking.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NoRoom, NotFound } from '../errors.ts';
import { parseFilter } from '../filter/contract.ts';
import {
  type ItemRow,
  MOST_PICTURE_BYTES,
  MOST_PICTURE_PX,
  MOST_PROBLEM_PICTURES,
  type NewPicture,
  type PictureBody,
} from './contract.ts';
import { holdsSensitive } from './sensitive.ts';
import { addItem, findProblem } from './store.ts';
import { shownTo } from './visible.ts';

/** Of all problems of a jurisdiction: they are in every backup. */
const MOST_BYTES_IN_ALL = 500_000_000;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Length and type before what a chunk holds, its sum after it. */
const CHUNK_ROUND = 12;
const HEADER_BYTES = 13;
/** What a browser draws: nothing else is kept, such as words that would travel unseen. */
const CHUNKS: readonly string[] = [
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'sRGB',
  'gAMA',
  'cHRM',
  'iCCP',
  'pHYs',
  'sBIT',
  'tRNS',
];

/** How wide and high it is. Throws BadInput for what is not wholly a PNG and nothing besides. */
function sizeOfPng(png: Buffer): { readonly width: number; readonly height: number } {
  const refused = new BadInput('png', 'not a picture as the page draws one');
  if (png.length > MOST_PICTURE_BYTES) throw new BadInput('png', `at most ${MOST_PICTURE_BYTES} bytes`);
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) throw refused;
  let at = SIGNATURE.length;
  let size: { width: number; height: number } | null = null;
  for (let type = ''; type !== 'IEND'; ) {
    if (at + CHUNK_ROUND > png.length) throw refused;
    const length = png.readUInt32BE(at);
    type = png.toString('latin1', at + 4, at + 8);
    // Its size stands first, and once.
    if (!CHUNKS.includes(type) || (type === 'IHDR') !== (size === null)) throw refused;
    if (at + CHUNK_ROUND + length > png.length) throw refused;
    if (type === 'IHDR') {
      if (length !== HEADER_BYTES) throw refused;
      size = { width: png.readUInt32BE(at + 8), height: png.readUInt32BE(at + 12) };
    }
    at += CHUNK_ROUND + length;
  }
  if (at !== png.length || !size) throw refused;
  const isDrawable = [size.width, size.height].every((px) => px >= 1 && px <= MOST_PICTURE_PX);
  if (!isDrawable) throw refused;
  return size;
}

type Deps = { readonly database: Database; readonly stats: Stats; readonly snapshot: Snapshot };

/** Throws BadInput past so many of a problem, NoRoom past the bytes of all, NotFound beyond the areas of the viewer. */
export async function addPicture(
  { database: { db }, stats, snapshot }: Deps,
  viewer: Viewer,
  id: number,
  problem: number,
  { about, layer, filter, beside, png: sent }: NewPicture,
): Promise<ItemRow<'picture'>> {
  const png = Buffer.from(sent, 'base64');
  const size = sizeOfPng(png);
  const shown = beside ? [filter, beside] : [filter];
  const isDrawn = shown.some((each) => parseFilter(each).within?.type === 'polygon');
  const isByArea = !isDrawn && snapshot.layers.some(({ code, type }) => code === layer && type === 'areas');
  const held = await Promise.all(shown.map((each) => holdsSensitive(stats, snapshot, viewer, each, isByArea)));
  const needs: Right[] = [
    ...(held.includes(true) ? (['see-sensitive-places'] as const) : []),
    ...(isDrawn && mayDo(viewer, 'see-points') ? (['see-points'] as const) : []),
  ];
  const sha256 = createHash('sha256').update(png).digest('hex');
  const { areas } = viewer.scope;
  const body: PictureBody = { ...about, ...size, bytes: png.length, sha256, needs, areas, isRemoved: false };
  return addItem({ db }, viewer, id, problem, 'picture', body, async (trx, item) => {
    const { rows } = await sql<{ pictures: number; bytes: number }>`
      select (count(*) filter (where problem_id = ${problem}))::int as pictures, sum((body ->> 'bytes')::float8) as bytes
      from problem_item
      where jurisdiction_id = ${id} and kind = 'picture' and body ->> 'isRemoved' = 'false'`.execute(trx);
    const [all] = rows;
    if (all!.pictures > MOST_PROBLEM_PICTURES)
      throw new BadInput('png', `at most ${MOST_PROBLEM_PICTURES} pictures of a problem`);
    if (all!.bytes > MOST_BYTES_IN_ALL) throw new NoRoom('the files of all problems take too much room');
    await sql`insert into problem_file (jurisdiction_id, problem_id, item_id, part, content)
      values (${id}, ${problem}, ${item}, 0, ${png}::bytea)`.execute(trx);
  });
}

/** Throws NotFound, also for one that was removed or that this viewer may not see. */
export async function readPicture(
  database: Database,
  viewer: Viewer,
  id: number,
  problem: number,
  item: number,
): Promise<Buffer> {
  await findProblem(database, viewer, id, problem);
  const { rows } = await sql<Pick<ItemRow<'picture'>, 'body'> & { content: Buffer }>`
    select i.body, f.content from problem_item i
    join problem_file f on f.jurisdiction_id = ${id} and f.problem_id = i.problem_id and f.item_id = i.item_id
    where i.jurisdiction_id = ${id} and i.problem_id = ${problem} and i.item_id = ${item} and i.kind = 'picture'`.execute(
    database.db,
  );
  const [found] = rows;
  if (!found?.body || !shownTo(viewer, { kind: 'picture', body: found.body }).body)
    throw new NotFound('no such picture');
  return found.content;
}
