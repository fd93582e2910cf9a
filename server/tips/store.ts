// Tips in the database: one row each, read newest first, with nothing of whoever sent them.

import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Viewer } from '../access/contract.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { NotFound, TooMany } from '../errors.ts';
import { keptSince, type TipBox } from './box.ts';
import type { NewTip, TipRow, TipState, TipsQuery } from './contract.ts';
import type { TipPlace } from './place.ts';

const HOUR_MS = 3600_000;
/** Of one jurisdiction in an hour, whoever sends them: beyond, a flood would bury what people tell. */
export const MOST_AN_HOUR = 300;

/** Throws TooMany. What the database says of a row it refuses holds the row, so it goes no further. */
export async function storeTip(
  { db }: Database,
  jurisdictionId: number,
  { kind, day, dayPart, words }: NewTip,
  { layer, code, name, lon, lat }: TipPlace,
  now: Date,
): Promise<void> {
  const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  try {
    const { rows } = await sql<{ id: string }>`
      insert into tip (jurisdiction_id, tip_id, received_at, kind, layer, place_code, place_name, lon, lat, on_day,
        day_part, words)
      select ${jurisdictionId}::int, ${randomUUID()}, ${hour.toISOString()}::timestamptz, ${kind}, ${layer},
        ${code}, ${name}, ${lon}::float8, ${lat}::float8, ${day}::date, ${dayPart}, ${words}
      where (select count(*) from tip where jurisdiction_id = ${jurisdictionId}
        and received_at = ${hour.toISOString()}::timestamptz) < ${MOST_AN_HOUR}
      returning tip_id as id`.execute(db);
    if (rows.length > 0) return;
  } catch (error) {
    throw isConnectionLost(error) ? error : new Error('a tip was not stored');
  }
  throw new TooMany('too many tips in this hour', Math.ceil((hour.getTime() + HOUR_MS - now.getTime()) / 1000));
}

type Row = {
  id: string;
  at: Date;
  kind: TipRow['kind'];
  layer: string;
  code: string;
  name: string;
  lon: number;
  lat: number;
  day: string | null;
  dayPart: TipRow['dayPart'];
  words: string;
  state: TipState;
};

const toTip = ({ id, at, kind, layer, code, name, lon, lat, day, dayPart, words, state }: Row): TipRow => ({
  ...{ id, receivedAt: at.toISOString(), kind, place: { layer, code, name }, at: [lon, lat] },
  ...{ day, dayPart, words, state },
});

const columns = sql`
  t.tip_id as id, t.received_at as at, t.kind, t.layer, t.place_code as code, t.place_name as name, t.lon, t.lat,
  t.on_day::text as day, t.day_part as "dayPart", t.words, t.state`;

/** Whoever is bound to areas reads what was told of there. */
function withinScope({ scope }: Viewer, id: number): RawBuilder<unknown> {
  if (!scope.areas) return sql`true`;
  return sql`exists (
    select from layer l
    join area a on a.jurisdiction_id = ${id} and a.layer_id = l.layer_id and a.version = l.current_version
    where l.jurisdiction_id = ${id} and l.code = ${scope.areas.layer} and a.code = any(${[...scope.areas.codes]}::text[])
      and ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(t.lon, t.lat), 4326)))`;
}

/** Newest first; nothing that is kept no longer. */
export async function listTips(
  { db }: Database,
  viewer: Viewer,
  id: number,
  { keepDays }: Pick<TipBox, 'keepDays'>,
  { state, kind, after, limit }: Omit<TipsQuery, 'lang'>,
  now: Date,
): Promise<TipRow[]> {
  const [moment = null, last = null] = after?.split('_') ?? [];
  const { rows } = await sql<Row>`
    select ${columns} from tip t
    where t.jurisdiction_id = ${id} and t.received_at >= ${keptSince(keepDays, now)}::timestamptz
      and (${state ?? null}::text is null or t.state = ${state ?? null})
      and (${kind ?? null}::text is null or t.kind = ${kind ?? null})
      and (${moment}::timestamptz is null or (t.received_at, t.tip_id) < (${moment}::timestamptz, ${last}))
      and ${withinScope(viewer, id)}
    order by t.received_at desc, t.tip_id desc limit ${limit}`.execute(db);
  return rows.map(toTip);
}

/** Throws NotFound. */
export async function changeTip(
  { db }: Database,
  viewer: Viewer,
  id: number,
  tip: string,
  state: TipState,
): Promise<TipRow> {
  const { rows } = await sql<Row>`
    update tip as t set state = ${state}
    where t.jurisdiction_id = ${id} and t.tip_id = ${tip} and ${withinScope(viewer, id)}
    returning ${columns}`.execute(db);
  if (!rows[0]) throw new NotFound('no such tip');
  return toTip(rows[0]);
}
