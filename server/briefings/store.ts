// Briefings in the database: documents with a version, as problems are, whose parts are changed apart from each other; and
// the figures as they were answered, which stay until the same question is answered anew.

import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import type * as z from 'zod';
import type { Right, Viewer } from '../access/contract.ts';
import { whoIs } from '../accounts/doors.ts';
import { ownerOf } from '../alerts/store.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, NotAllowed, NotFound } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { sameContent } from '../problems/store.ts';
import {
  areasTold,
  type BriefingBody,
  type BriefingChanges,
  type BriefingConflict,
  type BriefingFigure,
  type BriefingRow,
  type BriefingsAnswer,
  briefingBody,
  type briefingPatch,
  type FigureData,
} from './contract.ts';

type Db = Kysely<Tables> | Transaction<Tables>;
/** Open at a time, and of the open templates of one person; what is archived makes room. */
const MOST_BRIEFINGS = 1000;
const MOST_TEMPLATES = 50;
/** All that can be open, and the archive's newest. */
const MOST_LISTED = 2000;
/** Of a body as it is stored; every version keeps one. */
const MOST_BODY_KB = 256;
/** As many states are kept of one; an autosave of every letter is not meant to be. */
const MOST_VERSIONS = 5000;

type Stamps = { version: number; created: Date; createdBy: string; changed: Date; changedBy: string };
type Row = Stamps & { id: number; template: number | null; areas: string | null; body: BriefingBody };
const columns = sql`briefing_id as id, version, template_of as template, areas, body, created_at as created,
  created_by as "createdBy", changed_at as changed, changed_by as "changedBy"`;

export type StoredBriefing = Omit<BriefingRow, 'title' | 'state' | 'period'> & { readonly body: BriefingBody };
const toBriefing = ({ created, changed, template, ...row }: Row): StoredBriefing => ({
  ...row,
  isTemplate: template !== null,
  ...{ createdAt: created.toISOString(), changedAt: changed.toISOString() },
});

/** Whoever is bound to areas knows the briefings of those bound to the same; a template is its owner's alone. */
const seenBy = (viewer: Viewer) => {
  const areas = areasTold(viewer.scope);
  const owner = viewer.entry?.kind === 'key' ? null : ownerOf(viewer);
  const within = areas === null ? sql`true` : sql`areas = ${areas}`;
  return sql`${within} and (template_of is null or template_of = ${owner}::int)`;
};

/**
 * Figures are answered for whoever asks, and all who know the briefing read them: somebody of other areas would put their
 * own numbers in. Templates have no figures. Throws NotAllowed.
 */
export function refuseOfOtherAreas({ scope }: Viewer, { areas, isTemplate }: StoredBriefing): void {
  if (!isTemplate && areas !== areasTold(scope))
    throw new NotAllowed('this briefing is of other areas than yours: whoever is bound to them changes and renews it');
}

export async function listBriefings({ db }: Database, viewer: Viewer, id: number): Promise<BriefingsAnswer> {
  const { rows: found } = await sql<Row & { known: number }>`
    select ${columns}, count(*) over ()::int as known from briefing where jurisdiction_id = ${id} and ${seenBy(viewer)}
    order by (body ->> 'state' = 'open') desc, changed_at desc, briefing_id desc limit ${MOST_LISTED}`.execute(db);
  const rows = found.map(({ known: _, ...row }) => {
    const { body, ...stamps } = toBriefing(row);
    return { ...stamps, title: body.title, state: body.state, period: body.period };
  });
  return { rows, leftOut: (found[0]?.known ?? 0) - found.length };
}

/** Throws NotFound, also for what the viewer is not to know of. */
export async function findBriefing(
  { db }: { readonly db: Db },
  viewer: Viewer,
  id: number,
  briefing: number,
): Promise<StoredBriefing> {
  const { rows } = await sql<Row>`
    select ${columns} from briefing
    where jurisdiction_id = ${id} and briefing_id = ${briefing} and ${seenBy(viewer)}`.execute(db);
  if (!rows[0]) throw new NotFound('no such briefing');
  return toBriefing(rows[0]);
}

export async function addBriefing(
  { db }: Database,
  viewer: Viewer,
  id: number,
  body: BriefingBody,
  isTemplate: boolean,
): Promise<StoredBriefing> {
  return db.transaction().execute(async (trx) => {
    // One at a time in a jurisdiction, so that no number is given twice.
    await refuseMoreOpen(trx, id, isTemplate ? ownerOf(viewer) : null, body);
    const who = whoIs(viewer);
    const { rows } = await sql<Row>`
      insert into briefing (jurisdiction_id, briefing_id, version, template_of, areas, body, created_by, changed_by)
      select ${id}::int, coalesce(max(briefing_id), 0) + 1, 1, ${isTemplate ? ownerOf(viewer) : null}::int,
        ${areasTold(viewer.scope)}::text, ${JSON.stringify(body)}::jsonb, ${who}, ${who}
      from briefing where jurisdiction_id = ${id}
      returning ${columns}`.execute(trx);
    const row = rows[0]!;
    await noteState(trx, id, row.id, 1, who, body);
    return toBriefing(row);
  });
}

/** Holds the jurisdiction, so that nobody opens another meanwhile. `template`: whose; null = a briefing. */
async function refuseMoreOpen(trx: Db, id: number, template: number | null, { state }: BriefingBody): Promise<void> {
  await sql`select from data_state where jurisdiction_id = ${id} for update`.execute(trx);
  if (state !== 'open') return;
  const { rows } = await sql<{ open: number }>`
    select count(*)::int as open from briefing
    where jurisdiction_id = ${id} and body ->> 'state' = 'open' and template_of is not distinct from ${template}::int
  `.execute(trx);
  const open = rows[0]?.open ?? 0;
  if (template === null && open >= MOST_BRIEFINGS)
    throw new BadInput('state', `at most ${MOST_BRIEFINGS} open briefings: archive some`);
  if (template !== null && open >= MOST_TEMPLATES)
    throw new BadInput('state', `at most ${MOST_TEMPLATES} open templates of one person: archive some`);
}

/** A document by what can be changed of it apart: its title, state, period, and each of its parts. */
const fieldsOf = ({ blocks, ...rest }: BriefingBody): Record<string, unknown> => ({
  ...rest,
  ...Object.fromEntries(Object.entries(blocks).map(([name, block]) => [`blocks.${name}`, block])),
});

function bodyOf(fields: Record<string, unknown>): BriefingBody {
  const blocks: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith('blocks.')) rest[name] = value;
    else if (value !== null) blocks[name.slice('blocks.'.length)] = value;
  }
  return parseWith(briefingBody, { ...rest, blocks });
}

/** Null, or both texts where others changed the same since the version that was seen. Throws NotFound. */
export async function changeBriefing(
  { db }: Database,
  viewer: Viewer,
  id: number,
  briefing: number,
  { version, changes: { blocks, ...rest } }: z.output<typeof briefingPatch>,
): Promise<BriefingConflict | null> {
  const changes: Record<string, unknown> = {
    ...rest,
    ...Object.fromEntries(Object.entries(blocks ?? {}).map(([name, block]) => [`blocks.${name}`, block])),
  };
  return db.transaction().execute(async (trx) => {
    const now = await lockBriefing(trx, viewer, id, briefing);
    if (version > now.version) throw new BadInput('version', 'no such version');
    const present = fieldsOf(now.body);
    if (version < now.version) {
      const seen = fieldsOf(await bodyAt(trx, id, briefing, version));
      const both = Object.keys(changes).filter(
        (name) => !sameContent(seen[name], present[name]) && !sameContent(changes[name], present[name]),
      );
      if (both.length) return conflictOf(now, present, changes, both);
    }
    const body = bodyOf({ ...present, ...changes });
    if (sameContent(body, now.body)) return null;
    await writeBriefing(trx, viewer, id, now, body);
    return null;
  });
}

/** It becomes what it was in version `to`; what stands now is kept as a version. */
export async function restoreBriefing(
  { db }: Database,
  viewer: Viewer,
  id: number,
  briefing: number,
  { version, to }: { readonly version: number; readonly to: number },
): Promise<BriefingConflict | null> {
  return db.transaction().execute(async (trx) => {
    const now = await lockBriefing(trx, viewer, id, briefing);
    const present = fieldsOf(now.body);
    if (version !== now.version) return conflictOf(now, present, {}, Object.keys(present));
    const body = await bodyAt(trx, id, briefing, to);
    if (!sameContent(body, now.body)) await writeBriefing(trx, viewer, id, now, body);
    return null;
  });
}

/** Newest first. */
export async function listStates({ db }: Database, id: number, briefing: number): Promise<BriefingChanges['changes']> {
  const { rows } = await sql<{ version: number; at: Date; who: string; title: string; parts: number }>`
    select version, at, who, body ->> 'title' as title,
      (select count(*)::int from jsonb_object_keys(body -> 'blocks')) as parts
    from briefing_change where jurisdiction_id = ${id} and briefing_id = ${briefing}
    order by version desc limit 200`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** To change it. Throws NotFound, and NotAllowed where it is of other areas. */
async function lockBriefing(trx: Db, viewer: Viewer, id: number, briefing: number): Promise<StoredBriefing> {
  await sql`select from briefing where jurisdiction_id = ${id} and briefing_id = ${briefing} for update`.execute(trx);
  const found = await findBriefing({ db: trx }, viewer, id, briefing);
  refuseOfOtherAreas(viewer, found);
  return found;
}

async function bodyAt(trx: Db, id: number, briefing: number, version: number): Promise<BriefingBody> {
  const { rows } = await sql<{ body: BriefingBody }>`
    select body from briefing_change
    where jurisdiction_id = ${id} and briefing_id = ${briefing} and version = ${version}`.execute(trx);
  if (!rows[0]) throw new BadInput('version', 'no such version');
  return rows[0].body;
}

async function writeBriefing(
  trx: Db,
  viewer: Viewer,
  id: number,
  { id: briefing, isTemplate, version: before, body: { state } }: StoredBriefing,
  body: BriefingBody,
): Promise<void> {
  const version = before + 1;
  if (state !== 'open' && body.state === 'open')
    await refuseMoreOpen(trx, id, isTemplate ? ownerOf(viewer) : null, body);
  if (version > MOST_VERSIONS) throw new BadInput('briefing', `at most ${MOST_VERSIONS} versions of a briefing`);
  const who = whoIs(viewer);
  await sql`update briefing set version = ${version}, body = ${JSON.stringify(body)}::jsonb,
      changed_at = ${new Date().toISOString()}::timestamptz, changed_by = ${who}
    where jurisdiction_id = ${id} and briefing_id = ${briefing}`.execute(trx);
  await noteState(trx, id, briefing, version, who, body);
}

async function noteState(trx: Db, id: number, briefing: number, version: number, who: string, body: BriefingBody) {
  if (Buffer.byteLength(JSON.stringify(body)) > MOST_BODY_KB * 1000)
    throw new BadInput('briefing', `a briefing holds at most ${MOST_BODY_KB} kB of text and questions`);
  await sql`insert into briefing_change (jurisdiction_id, briefing_id, version, who, body)
    values (${id}, ${briefing}, ${version}, ${who}, ${JSON.stringify(body)}::jsonb)`.execute(trx);
}

const conflictOf = (
  now: StoredBriefing,
  present: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, unknown>>,
  names: readonly string[],
): BriefingConflict => ({
  ...{ type: 'conflict', version: now.version, changedBy: now.changedBy, changedAt: now.changedAt },
  theirs: Object.fromEntries(names.map((name) => [name, present[name] ?? null])),
  yours: Object.fromEntries(names.map((name) => [name, changes[name] ?? null])),
});

/** What is asked, as the key of its answers. */
export const keyOfAsked = (asked: object): string => {
  const inOrderOfNames = (value: unknown): unknown =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, part]) => [name, inOrderOfNames(part)]),
        )
      : value;
  return createHash('sha256')
    .update(JSON.stringify(inOrderOfNames(asked)))
    .digest('hex');
};

export type KeptFigure = BriefingFigure & { readonly needs: readonly Right[] };

/** Of each question the newest answer; of those kept by earlier versions of the program there may be several. */
export async function keptFigures(
  { db }: Database,
  id: number,
  briefing: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KeptFigure>> {
  const { rows } = await sql<Omit<KeptFigure, 'madeAt' | 'data'> & { key: string; made: Date; answer: FigureData }>`
    select distinct on (asked_key) asked_key as key, made_at as made, made_by as "madeBy",
      data_version as "dataVersion", needs, answer
    from briefing_figure
    where jurisdiction_id = ${id} and briefing_id = ${briefing} and asked_key = any(${[...new Set(keys)]}::text[])
    order by asked_key, made_at desc`.execute(db);
  return new Map(
    rows.map(({ key, made, answer, ...rest }) => [key, { ...rest, madeAt: made.toISOString(), data: answer }]),
  );
}

export type NewFigure = {
  readonly key: string;
  readonly dataVersion: number;
  readonly needs: readonly Right[];
  readonly data: FigureData;
};

/** What was answered to the same questions before goes: nobody is told it any more. */
export async function keepFigures(
  { db }: Database,
  viewer: Viewer,
  id: number,
  briefing: number,
  made: readonly NewFigure[],
  now: Date,
): Promise<void> {
  const keys = [...new Set(made.map(({ key }) => key))];
  if (keys.length === 0) return;
  await db.transaction().execute(async (trx) => {
    // One at a time of a briefing: of two who renew it, the later answer is the one that stays.
    await sql`select from briefing where jurisdiction_id = ${id} and briefing_id = ${briefing} for update`.execute(trx);
    for (const { key, dataVersion, needs, data } of made)
      await sql`insert into briefing_figure (jurisdiction_id, briefing_id, asked_key, made_at, made_by, data_version, needs, answer)
        values (${id}, ${briefing}, ${key}, ${now.toISOString()}::timestamptz, ${whoIs(viewer)}, ${dataVersion},
          ${JSON.stringify(needs)}::jsonb, ${JSON.stringify(data)}::jsonb)
        on conflict do nothing`.execute(trx);
    await sql`delete from briefing_figure
      where jurisdiction_id = ${id} and briefing_id = ${briefing} and asked_key = any(${keys}::text[])
        and exists (select from briefing_figure newer
          where newer.jurisdiction_id = ${id} and newer.briefing_id = ${briefing}
            and newer.asked_key = briefing_figure.asked_key and newer.made_at > briefing_figure.made_at)`.execute(trx);
  });
}
