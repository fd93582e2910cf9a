// The names that incidents without a point carry and no place of a layer has, the commonest first, with what they may mean.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { PLACE_PRECISIONS } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { PlaceText } from '../reading/contract.ts';
import { listAliases } from './aliases.ts';
import type { PlaceNamesAnswer, Suggestion, UnmatchedName } from './contract.ts';
import { foldArea, wholeOf } from './fold-names.ts';
import { keyOf } from './layer-overlap.ts';
import { type NamedLayer, namedLayers } from './layers.ts';
import { findAlike, prepareNames } from './names.ts';
import { askedOf } from './parse-place-text.ts';

const SUGGESTED = 3;
/** A suggestion may be farther off than what is taken without asking. */
const LEAST_SUGGESTED = 0.3;
const [STREET, CROSSING, NONE] = (['street', 'crossing', 'none'] as const).map((each) =>
  PLACE_PRECISIONS.indexOf(each),
);

/** On the layer of that code; the finest one of areas without. Throws BadInput('layer'). */
export async function listPlaceNames(
  database: Database,
  jurisdiction: Jurisdiction,
  code: string | null,
  limit: number,
): Promise<PlaceNamesAnswer> {
  const { id } = jurisdiction;
  const layers = (await namedLayers(database, id, null)).filter(({ type, current }) => type === 'areas' && current);
  const layer = layers.find((each) => code === null || each.layer === code);
  if (!layer && code !== null) throw new BadInput('layer', `no such layer of areas: ${code}`);
  const aliases = await listAliases(database, jurisdiction);
  const [layerId, version] = [layer?.layerId ?? 0, layer?.version ?? 0];
  const counted = sql`counted as materialized (
      select i.place_text_id, count(*)::int as incidents
      from incident i join data_state d on d.jurisdiction_id = ${id}
      where i.jurisdiction_id = ${id} and i.lon is null and i.from_delivery <= d.head_delivery
        and coalesce(i.until_delivery > d.head_delivery, true)
      group by 1
    )`;
  const found = sql`place_match m on m.jurisdiction_id = ${id} and m.place_text_id = c.place_text_id
      and m.layer_id = ${layerId} and m.version = ${version}`;
  const totals = await sql<{ all: number; matched: number }>`
    with ${counted}
    select coalesce(sum(c.incidents), 0)::int as all,
      coalesce(sum(c.incidents) filter (where m.place_id is not null), 0)::int as matched
    from counted c left join ${found}`.execute(database.db);
  const { all, matched } = totals.rows[0]!;
  const answer = { layer: layer?.layer ?? null, withoutPoint: all, matched, unmatched: all - matched, aliases };
  if (!layer) return { ...answer, names: [] };
  const { rows } = await sql<Listed>`
    with ${counted}
    select t.name, t.within_name as within, sum(c.incidents)::int as incidents,
      (array_agg(t.text order by c.incidents desc))[1] as text, (array_agg(t.parts order by c.incidents desc))[1] as parts
    from counted c
    join place_text t on t.jurisdiction_id = ${id} and t.place_text_id = c.place_text_id
    left join ${found}
    left join place_alias a on a.jurisdiction_id = ${id} and a.name = t.name and a.within_name = t.within_name
    where m.place_id is null and a.name is null and t.name <> ''
      and (t.place_precision = ${NONE} or t.parts = '{}' or t.parts ?| array['street', 'place', 'neighbourhood'])
      and (t.place_precision not in (${STREET}, ${CROSSING}) or t.parts ? 'neighbourhood')
    group by 1, 2 order by 3 desc, 1, 2 limit ${limit}`.execute(database.db);
  return { ...answer, names: await withSuggestions(database, id, layer, rows) };
}

type Listed = PlaceText & { readonly name: string; readonly within: string; readonly incidents: number };

async function withSuggestions(
  database: Database,
  jurisdictionId: number,
  layer: NamedLayer,
  listed: readonly Listed[],
): Promise<UnmatchedName[]> {
  await prepareNames(database, jurisdictionId, layer);
  const asked = listed.map((row) => askedOf(row));
  const cores = asked.map((one) => (one ? foldArea(one.words)?.core : null) ?? '');
  const wanted = [...new Set(cores)].filter((core) => core !== '');
  const found = (await findAlike(database, jurisdictionId, [layer], wanted, LEAST_SUGGESTED)).get(keyOf(layer))!;
  const ids = [...new Set([...found.values()].flatMap((all) => all.map(({ placeId }) => placeId)))];
  const areas = await sql<{ id: number; code: string; name: string; parent: string | null }>`
    select place_id as id, code, name, parent from area
    where jurisdiction_id = ${jurisdictionId} and layer_id = ${layer.layerId} and version = ${layer.version}
      and place_id = any(${ids}::int[])`.execute(database.db);
  const byId = new Map(areas.rows.map((row) => [row.id, row]));
  return listed.map(({ name, within, incidents, text, parts }, i): UnmatchedName => {
    const candidates = (found.get(cores[i]!) ?? []).map((each) => ({ ...each, area: byId.get(each.placeId)! }));
    const inBorough = ({ area }: (typeof candidates)[number]) =>
      area.parent === null || within === '' || foldArea(area.parent)?.core === within;
    const near = candidates.filter(inBorough);
    const suggestions = (near.length ? near : candidates)
      .sort((a, b) => b.score - a.score || a.placeId - b.placeId)
      .slice(0, SUGGESTED)
      .map(
        ({ area, score }): Suggestion => ({
          layer: layer.layer,
          code: area.code,
          name: area.name,
          parent: area.parent,
          score: Math.round(score * 100) / 100,
        }),
      );
    return {
      name,
      within,
      words: asked[i]?.words ?? text,
      withinWords: parts.borough ?? null,
      incidents,
      dividedInto: near.filter(({ core }) => core !== cores[i] && wholeOf(core) === cores[i]).length,
      suggestions,
    };
  });
}
