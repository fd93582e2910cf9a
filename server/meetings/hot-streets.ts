// The streets with most incidents in 28 days, and how those chosen a week ago did: how many of the week's incidents came
// to pass on them.

import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { Day } from '../calendar/days.ts';
import { textOf } from '../calendar/days.ts';
import { measureOf } from '../counts/rates.ts';
import { topOf } from '../counts/top.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import type { Answers } from '../engine/answers.ts';
import type { AskedLayer, Places } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import type { MeetingAnswer, MeetingStreet, StreetScore } from './contract.ts';

/** As many as a shift can be sent to; the same number is scored. */
const MOST_STREETS = 10;
const DAYS = 28;

export async function hotStreets(
  answers: Answers,
  plan: Plan,
  layer: AskedLayer,
  places: Places,
  monday: Day,
  /** The streets that lie where the question is about; null = all. */
  there: ReadonlySet<number> | null,
): Promise<{ readonly streets: NonNullable<MeetingAnswer['streets']>; readonly score: StreetScore | null }> {
  const counted = (from: Day, until: Day) => answers.byPlace({ ...plan, range: { from, until } }, layer);
  const until = monday + 7;
  const [now, before, week] = await Promise.all([
    counted(until - DAYS, until),
    counted(monday - DAYS, monday),
    counted(monday, until),
  ]);
  const rows = topOf(now, null, places, measureOf(places, null), MOST_STREETS).map(
    ({ id, code, name, count, crossings }): MeetingStreet => ({
      id,
      code,
      name,
      count,
      ...(crossings && { crossings }),
    }),
  );
  return {
    streets: { from: textOf(until - DAYS), until: textOf(until), layer: layer.code, rows },
    score: scoreOf(before.counts, week.counts, places.lengthM, there),
  };
}

export type StreetsWithin = (
  snapshot: Snapshot,
  plan: Plan,
  streets: AskedLayer,
) => Promise<ReadonlySet<number> | null>;

const KNOWN = 500;

/** The streets whose middle lies in the place of a plan and in the areas its asker is bound to; null = it is of everywhere. */
export function createStreetsWithin({ db }: Database): StreetsWithin {
  const known = new LRUCache<string, ReadonlySet<number>>({ max: KNOWN });
  return async ({ jurisdictionId: id, layersToken }, { within, scope }, streets) => {
    if (within?.type === 'place' && within.layerId === streets.layerId) return new Set([within.placeId]);
    const place = within?.type === 'place' ? [{ ...within, placeIds: [within.placeId] }] : [];
    const areas = [...place, ...(scope ? [scope] : [])];
    if (areas.length === 0) return null;
    const about = areas.map(({ layerId, version, placeIds }) => [layerId, version, placeIds]);
    const key = JSON.stringify([id, layersToken, streets.version, about]);
    const before = known.get(key);
    if (before) return before;
    const inAreas = areas.map(
      ({ layerId, version, placeIds }) => sql`exists (
        select from area a where a.jurisdiction_id = ${id} and a.layer_id = ${layerId} and a.version = ${version}
          and a.place_id = any(${[...placeIds]}::int[]) and a.geom_3857 && s.geom_3857
          and ST_Covers(a.geom, ST_Centroid(s.geom)))`,
    );
    const { rows } = await sql<{ place: number }>`
      select s.place_id as place from segment s
      where s.jurisdiction_id = ${id} and s.layer_id = ${streets.layerId} and s.version = ${streets.version}
        and ${sql.join(inAreas, sql` and `)}`.execute(db);
    const found = new Set(rows.map(({ place: street }) => street));
    known.set(key, found);
    return found;
  };
}

/** Of two streets with as many incidents the one with the lower id was chosen; null where nothing could be caught. */
export function scoreOf(
  before: ArrayLike<number>,
  week: ArrayLike<number>,
  lengthM: ArrayLike<number> | null,
  there: ReadonlySet<number> | null,
): StreetScore | null {
  const chosen = Array.from({ length: before.length }, (_, id) => id)
    .filter((id) => id > 0 && before[id]! > 0)
    .sort((a, b) => before[b]! - before[a]! || a - b)
    .slice(0, MOST_STREETS);
  const isChosen = new Set(chosen);
  let all = 0;
  let length = 0;
  for (let id = 1; id < week.length; id++) {
    all += week[id]!;
    // What is chosen lies there, wherever its middle is.
    if (!there || there.has(id) || isChosen.has(id)) length += lengthM?.[id] || 0;
  }
  if (chosen.length === 0 || all === 0) return null;
  const caught = chosen.reduce((sum, id) => sum + week[id]!, 0);
  const onThem = chosen.reduce((sum, id) => sum + (lengthM?.[id] || 0), 0);
  return { streets: chosen.length, caught, all, lengthShare: length > 0 ? onThem / length : 0 };
}
