// A published file on another installation: a jurisdiction that is its own public view, and answers every public question
// with the numbers of the one the file is of.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import Papa from 'papaparse';
import * as z from 'zod';
import {
  addJurisdiction,
  findJurisdictionById,
  removeJurisdiction,
  showAsItIs,
  viewIdOf,
} from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { KINDS } from '../db/contract.ts';
import { withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict } from '../errors.ts';
import { CODE } from '../taxonomy/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { BOM } from '../text/contract.ts';
import { PERIOD, type ProtectedRow } from './contract.ts';
import { putGround } from './ground.ts';
import { featuresInFile, type LayersAbout, readLayersAbout } from './layers-file.ts';
import { dropUnshown, publicLayersOf, writeLayer } from './public-layers.ts';
import { type Stored, storeEdition } from './store-edition.ts';
import { ROW_COLUMNS } from './write-file.ts';

export type ImportedFile = {
  readonly jurisdiction: string;
  readonly rows: number;
  readonly incidents: number;
  /** Null when all of it was here already. */
  readonly stored: Stored | null;
};

/**
 * Reads a published file and the layers beside it. Throws BadInput for files that are not a pair, or not whole, and
 * Conflict where a jurisdiction of that code has data of its own.
 */
export async function importProtected(
  database: Database,
  taxonomy: Taxonomy,
  path: string,
  layersPath: string,
  signal: AbortSignal,
): Promise<ImportedFile> {
  const head = await readLayersAbout(layersPath);
  const { rows, sha256 } = await readRows(path);
  if (sha256 !== head.rowsSha256) throw new BadInput('file', `${layersPath} belongs to another file of rows`);
  const told = new Set(head.about.sources.map(({ code, kind }) => `${code} ${kind}`));
  const untold = rows.find(({ source, kind }) => !told.has(`${source} ${kind}`));
  if (untold) throw new BadInput('file', `nothing is said of the source ${untold.source}`);
  const id = await ownView(database, head);
  return withJurisdictionLock(database, id, async (writer) => {
    await dropUnshown(writer, id);
    await putGround(writer, id, head.ground);
    const shown = new Set((await publicLayersOf(writer, id)).map(({ layerId, version }) => `${layerId}@${version}`));
    for (const layer of head.layers) {
      signal.throwIfAborted();
      if (!shown.has(`${layer.layerId}@${layer.version}`))
        await writeLayer(writer, id, layer, featuresInFile(layersPath, layer));
    }
    const view = await findJurisdictionById(writer, id);
    const titleOf = (offence: string) => taxonomy.title(offence, 'es');
    const { about, choices, catchments } = head;
    const edition = { about, rows, choices, catchments };
    const stored = await storeEdition(writer, view, edition, { layers: head.layers, titleOf });
    const incidents = rows.reduce((sum, { count }) => sum + count, 0);
    return { jurisdiction: head.jurisdiction.code, rows: rows.length, incidents, stored };
  });
}

/** The id of the jurisdiction that is its own view; a new one where it lies on other ground than before. */
async function ownView(database: Database, { jurisdiction, ground, layers }: LayersAbout): Promise<number> {
  const { code, name, timezone, synthetic } = jurisdiction;
  const known = await database.db
    .selectFrom('jurisdiction')
    .select(['jurisdiction_id as id', 'srid'])
    .where('code', '=', code)
    .executeTakeFirst();
  if (known) {
    if ((await viewIdOf(database, known)) !== known.id) throw new Conflict(`jurisdiction ${code} has data of its own`);
    const stamps = new Map(
      (await publicLayersOf(database, known.id)).map((each) => [`${each.layerId}@${each.version}`, each.stamp]),
    );
    const isSame = layers.every(({ layerId, version, stamp }) =>
      [undefined, stamp].includes(stamps.get(`${layerId}@${version}`)),
    );
    if (isSame && known.srid === ground.srid) return known.id;
    await removeJurisdiction(database, OPERATOR, code);
  }
  const added = await addJurisdiction(database, OPERATOR, { code, name, timezone, synthetic, srid: ground.srid });
  await showAsItIs(database, added);
  return added.id;
}

const text = z.string().max(2000);
const degrees = (most: number) =>
  z.union([z.literal('').transform(() => null), z.coerce.number().min(-most).max(most)]);
const orNull = z
  .string()
  .max(200)
  .transform((value) => (value === '' ? null : value));
const row = z
  .object({
    source: z.string().regex(CODE),
    kind: z.enum(KINDS),
    offence: z.string().regex(CODE),
    label: text.transform((value) => (value === '' ? null : value)),
    period: z.string().regex(PERIOD),
    layer: orNull,
    area: orNull,
    lon: degrees(180),
    lat: degrees(90),
    count: z.coerce.number().int().min(1).max(10_000_000),
  })
  .refine(({ lon, lat }) => (lon === null) === (lat === null), 'half a point') satisfies z.ZodType<ProtectedRow>;

const MOST_ROWS = 10_000_000;

async function readRows(path: string): Promise<{ readonly rows: ProtectedRow[]; readonly sha256: string }> {
  const rows: ProtectedRow[] = [];
  const hash = createHash('sha256');
  const file = createReadStream(path);
  file.on('data', (bytes) => hash.update(bytes));
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => {
      file.destroy();
      reject(error);
    };
    file.on('error', () => refuse(new BadInput('file', `${path} cannot be read`)));
    let isHead = true;
    Papa.parse<string[]>(file, {
      skipEmptyLines: true,
      step: ({ data, errors }) => {
        const [first = '', ...others] = data;
        const isNoRow = errors.length > 0 || data.length !== ROW_COLUMNS.length;
        if (isNoRow || (isHead && [first.replace(BOM, ''), ...others].join() !== ROW_COLUMNS.join()))
          return refuse(new BadInput('file', 'not a file as protect export writes it'));
        if (isHead) {
          isHead = false;
          return;
        }
        const { data: read, error } = row.safeParse(
          Object.fromEntries(ROW_COLUMNS.map((name, at) => [name, data[at]])),
        );
        if (!read)
          return refuse(new BadInput('file', `row ${rows.length + 1}: ${z.prettifyError(error).slice(0, 200)}`));
        if (rows.push(read) > MOST_ROWS) refuse(new BadInput('file', `more than ${MOST_ROWS} rows`));
      },
      complete: () => resolve(),
      error: refuse,
    });
  });
  return { rows, sha256: hash.digest('hex') };
}
