// The edition a public view shows, read back out of it: the published file again, without a look at the true tables.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { refuseOutdated } from '../cube/again.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { type DataState, readState } from '../filter/catalogue.ts';
import { readPlaces } from '../filter/places.ts';
import { slicedBetween } from '../filter/slices.ts';
import type { Edition, ProtectedRow } from './contract.ts';
import { sortedRows } from './derive.ts';
import { type PublicLayer, publicLayersOf } from './public-layers.ts';

export type ShownEdition = Edition & { readonly state: DataState; readonly publishedAt: string };

/** What the view says of itself. Throws NotFound where it shows nothing. */
export async function readAbout(
  database: Database,
  view: Pick<Jurisdiction, 'id'>,
): Promise<Omit<ShownEdition, 'rows'>> {
  const state = await readState(database, view.id);
  const { rows } = await sql<{ report: Pick<Edition, 'about' | 'choices'> & Partial<Edition>; publishedAt: string }>`
    select report, to_json(created_at) #>> '{}' as "publishedAt" from delivery
    where jurisdiction_id = ${view.id} and delivery = ${state?.head ?? 0}`.execute(database.db);
  if (!state || !rows[0]) throw new NotFound('no public view');
  const { report, publishedAt } = rows[0];
  const { about, choices, catchments = [] } = report;
  return { about, choices, catchments, state, publishedAt };
}

const IDS_PER_STATEMENT = 50_000;
const QUARTER = DATE_PRECISIONS.indexOf('quarter');

type Told = Pick<ProtectedRow, 'source' | 'kind' | 'offence' | 'lon' | 'lat' | 'count'> & {
  readonly hash: string;
  readonly title: string;
  readonly precision: number;
  readonly month: string;
  readonly quarter: number;
  readonly fine: number;
  readonly coarse: number;
};

/** Throws NotFound where the view shows nothing, Outdated when another edition came meanwhile. */
export async function readEdition(database: Database, view: Pick<Jurisdiction, 'id'>): Promise<ShownEdition> {
  const { about, ...said } = await readAbout(database, view);
  const layers = await publicLayersOf(database, view.id);
  const [fine, coarse] = [await codesIn(about.areas), await codesIn(about.sensitiveAreas)];
  const rows = new Map<string, ProtectedRow>();
  for (let first = 1; first < said.state.nextIncidentId; first += IDS_PER_STATEMENT) {
    for (const told of await readRange(first)) {
      const known = rows.get(told.hash);
      rows.set(told.hash, known ? { ...known, count: known.count + told.count } : rowOf(told));
    }
  }
  await refuseOutdated(database, view.id, said.state);
  return { about, ...said, rows: sortedRows([...rows.values()]) };

  async function codesIn(code: string | null) {
    const layer = layers.find((each) => each.code === code);
    return layer ? { layer, codes: (await readPlaces(database, view.id, layer)).codes } : null;
  }

  function rowOf({
    source,
    kind,
    offence,
    title,
    precision,
    month,
    quarter,
    lon,
    lat,
    count,
    ...at
  }: Told): ProtectedRow {
    const isSensitive = precision === QUARTER;
    const [place, of] = isSensitive ? [at.coarse, coarse] : [at.fine, fine];
    return {
      ...{ source, kind, offence, label: isSensitive ? null : title },
      period: isSensitive ? `${month.slice(0, 4)}-Q${quarter}` : month,
      layer: of && place ? of.layer.code : null,
      area: of && place ? of.codes[place]! : null,
      ...{ lon, lat, count },
    };
  }

  async function readRange(first: number): Promise<readonly Told[]> {
    const { head } = said.state;
    const slice = slicedBetween(view.id, first, first + IDS_PER_STATEMENT);
    const placeIn = (of: { readonly layer: PublicLayer } | null, name: string) =>
      of
        ? sql`left join (select incident_id, place_id as ${sql.id(name)} from ${slice.placed(of.layer)}) as ${sql.id(`in_${name}`)}
            using (incident_id)`
        : sql`cross join (select 0 as ${sql.id(name)}) as ${sql.id(`in_${name}`)}`;
    const { rows: told } = await sql<Told>`
      select i.record_hash as hash, s.code as source, s.kind, o.code as offence, o.labels[i.label_no] as title,
        i.date_precision as precision, to_char(i.occurred_on, 'YYYY-MM') as month,
        extract(quarter from i.occurred_on)::int as quarter, coalesce(fine, 0) as fine, coalesce(coarse, 0) as coarse,
        i.lon, i.lat, count(*)::int as count
      from incident i
      join source s on s.jurisdiction_id = ${view.id} and s.source_id = i.source_id
      join offence o on o.jurisdiction_id = ${view.id} and o.offence_id = i.offence_id
      ${placeIn(fine, 'fine')} ${placeIn(coarse, 'coarse')}
      where i.jurisdiction_id = ${view.id} and ${slice.condition}
        and i.from_delivery <= ${head} and (i.until_delivery is null or i.until_delivery > ${head})
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`.execute(database.db);
    return told;
  }
}
