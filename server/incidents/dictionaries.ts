// Short ids for what repeats in incidents: sources, offence leaves and the words for places.

import { sql } from 'kysely';
import type { Kind } from '../db/contract.ts';
import { copyIn } from '../db/copy.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { PlaceText } from '../reading/contract.ts';
import type { Preset } from '../reading/presets.ts';
import { CODE } from '../taxonomy/contract.ts';

/** Finds or adds the source that delivers; what is known of its accuracy follows the preset. Throws BadInput. */
export async function ensureSource(
  database: Database,
  jurisdictionId: number,
  code: string,
  kind: Kind,
  preset: Preset,
): Promise<number> {
  if (!CODE.test(code)) throw new BadInput('source', 'a source code is small letters, digits, dots, - and _');
  const { rows } = await sql<{ source_id: number }>`
    insert into source (jurisdiction_id, source_id, code, kind, title, preset, accuracy_m, snapped)
    select ${jurisdictionId}, coalesce(max(source_id), 0) + 1, ${code}, ${kind}, ${preset.sourceTitle}, ${preset.code},
      ${preset.accuracyM}::float8, ${preset.snapped}
    from source where jurisdiction_id = ${jurisdictionId}
    on conflict (jurisdiction_id, code, kind) do update
      set preset = excluded.preset, accuracy_m = excluded.accuracy_m, snapped = excluded.snapped
      where not source.monthly
    returning source_id`.execute(database.db);
  if (!rows[0]) throw new BadInput('source', `${code} delivers monthly totals, not incidents`);
  return rows[0].source_id;
}

/** Whether its records are found by their ids: a feed tells of them. */
export async function isKeyed({ db }: Database, jurisdictionId: number, sourceId: number): Promise<boolean> {
  const source = await db
    .selectFrom('source')
    .select('keyed')
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('source_id', '=', sourceId)
    .executeTakeFirst();
  return source?.keyed ?? false;
}

export type Labelled = { readonly code: string; readonly label: string };

export type OffenceIds = {
  readonly offenceId: number;
  /** The leaf's labels in the order met; a record keeps the number of its own, from 1. */
  readonly labels: readonly string[];
};

/** Ids and labels of offence leaves by code, adding leaves and spellings met for the first time. */
export async function ensureOffences(
  database: Database,
  jurisdictionId: number,
  labelled: readonly Labelled[],
): Promise<Map<string, OffenceIds>> {
  if (labelled.length) {
    await sql`
      with met as (
        select code, array_agg(distinct label) as labels
        from unnest(${labelled.map((row) => row.code)}::text[], ${labelled.map((row) => row.label)}::text[]) as met (code, label)
        group by code
      ), next as (select coalesce(max(offence_id), 0) as id from offence where jurisdiction_id = ${jurisdictionId})
      insert into offence (jurisdiction_id, offence_id, code, labels)
      select ${jurisdictionId}, next.id + row_number() over (order by code), code, labels from met, next
      on conflict (jurisdiction_id, code) do update
        set labels = offence.labels
          || array(select label from unnest(excluded.labels) as label where label <> all (offence.labels))
        where not excluded.labels <@ offence.labels`.execute(database.db);
  }
  const rows = await database.db
    .selectFrom('offence')
    .select(['code', 'offence_id', 'labels'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .execute();
  return new Map(rows.map((row) => [row.code, { offenceId: row.offence_id, labels: row.labels }]));
}

/** The id of a labelled leaf and which of its labels it carries. Throws when the leaf was not ensured before. */
export function offenceIn(ids: ReadonlyMap<string, OffenceIds>, { code, label }: Labelled): Offence {
  const found = ids.get(code);
  const labelNo = (found?.labels.indexOf(label) ?? -1) + 1;
  if (!found || labelNo === 0) throw new Error(`offence ${code} was not kept with its label`);
  return { offenceId: found.offenceId, labelNo };
}
export type Offence = { readonly offenceId: number; readonly labelNo: number };

/** The number of the last place text; 0 = there is none. */
export async function lastPlaceText({ db }: Database, jurisdictionId: number): Promise<number> {
  const last = await db
    .selectFrom('place_text')
    .select(({ fn }) => fn.max('place_text_id').as('id'))
    .where('jurisdiction_id', '=', jurisdictionId)
    .executeTakeFirst();
  return last?.id ?? 0;
}

/**
 * Ids of place texts, in the order given, adding those met for the first time. The writer of the jurisdiction alone adds
 * any, so that new ones are numbered here: with the texts of thousands of rows at once, an import hardly waits for them.
 * `areNew` = none of them can be stored already, and none is there twice.
 */
export async function ensurePlaceTexts(
  database: Database,
  jurisdictionId: number,
  texts: readonly PlaceText[],
  areNew = false,
): Promise<number[]> {
  if (texts.length === 0) return [];
  const written = texts.map(({ text, parts }) => ({ text, parts: partsText(parts) }));
  if (areNew) return addPlaceTexts(database, jurisdictionId, written);
  const ids = await storedPlaceTexts(database, jurisdictionId, written);
  const added = [...new Map(written.map((each) => [keyOf(each), each]))].filter(([key]) => !ids.has(key));
  const own = await addPlaceTexts(
    database,
    jurisdictionId,
    added.map(([, each]) => each),
  );
  for (const [i, [key]] of added.entries()) ids.set(key, own[i]!);
  return written.map((each) => ids.get(keyOf(each))!);
}

/** Stores texts that are not there, each another, and answers their ids. */
async function addPlaceTexts(
  database: Database,
  jurisdictionId: number,
  written: readonly Written[],
): Promise<number[]> {
  if (written.length === 0) return [];
  const first = (await lastPlaceText(database, jurisdictionId)) + 1;
  const lines = written.map(
    ({ text, parts }, i) => `${jurisdictionId}\t${first + i}\t${copyText(text)}\t${copyText(parts)}\n`,
  );
  const client = await database.pool.connect();
  let failed: Error | undefined;
  try {
    await copyIn(client, COPY_PLACE_TEXTS, [Buffer.from(lines.join(''))]);
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    client.release(failed);
  }
  return written.map((_, i) => first + i);
}

const COPY_PLACE_TEXTS = 'copy place_text (jurisdiction_id, place_text_id, text, parts) from stdin';

async function storedPlaceTexts(
  { db }: Database,
  jurisdictionId: number,
  written: readonly Written[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ n: number; id: number }>`
    select met.n::int, known.place_text_id as id
    from unnest(${written.map(({ text }) => text)}::text[], ${written.map(({ parts }) => parts)}::text[])
      with ordinality as met (text, parts, n)
    join place_text known
      on known.jurisdiction_id = ${jurisdictionId} and known.text = met.text and known.parts = met.parts::jsonb`.execute(
    db,
  );
  return new Map(rows.map(({ n, id }) => [keyOf(written[n - 1]!), id]));
}

/** As COPY reads text: its own marks are escaped. */
function copyText(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (mark) => ESCAPED[mark]!) : text;
}
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Most texts have none. */
function partsText(parts: PlaceText['parts']): string {
  const names = Object.keys(parts);
  return names.length === 0 ? '{}' : JSON.stringify(parts, names.sort());
}

type Written = { readonly text: string; readonly parts: string };
const keyOf = ({ text, parts }: Written): string => `${text}\u001f${parts}`;
