// What an import tells of its rows without a point: how many were found by name and how exactly, and which names were not.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { PLACE_PRECISIONS, type PlacePrecision } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import type { PlaceText } from '../reading/contract.ts';
import type { Note } from '../text/contract.ts';
import { namedLayers } from './layers.ts';
import { matchTexts } from './match.ts';
import { askedOf } from './parse-place-text.ts';

const NAMES_SHOWN = 5;
const TEXTS_AT_ONCE = 5000;

type Told = {
  readonly text: PlaceText;
  readonly rows: number;
  readonly precision: PlacePrecision;
  /** In a place of the finest layer of areas. */
  readonly onFinest: boolean;
};

/** Of stored texts, by the number of rows each stands in. */
export async function notesOfStored(
  { db, ...database }: Database,
  { id }: Jurisdiction,
  rowsByText: ReadonlyMap<number, number>,
): Promise<Note[]> {
  if (rowsByText.size === 0) return [];
  const finest = await finestAreas({ db, ...database }, id);
  const told: Told[] = [];
  const ids = [...rowsByText.keys()];
  for (let from = 0; from < ids.length; from += TEXTS_AT_ONCE) {
    const { rows } = await sql<PlaceText & { id: number; precision: number; onFinest: boolean }>`
      select t.place_text_id as id, t.text, t.parts, t.place_precision as precision, exists (
        select from place_match m where m.jurisdiction_id = ${id} and m.place_text_id = t.place_text_id
          and m.layer_id = ${finest?.layerId ?? 0} and m.version = ${finest?.version ?? 0}
      ) as "onFinest"
      from place_text t
      where t.jurisdiction_id = ${id} and t.place_precision is not null
        and t.place_text_id = any(${ids.slice(from, from + TEXTS_AT_ONCE)}::int[])`.execute(db);
    for (const { id: textId, precision, onFinest, ...text } of rows) {
      told.push({ text, rows: rowsByText.get(textId)!, precision: PLACE_PRECISIONS[precision]!, onFinest });
    }
  }
  return notesOf(told);
}

/** Of texts that are not stored: what an import would tell. */
export async function notesOfTexts(
  database: Database,
  jurisdiction: Jurisdiction,
  counted: readonly { readonly text: PlaceText; readonly rows: number }[],
): Promise<Note[]> {
  if (counted.length === 0) return [];
  const finest = await finestAreas(database, jurisdiction.id);
  const told: Told[] = [];
  for (let from = 0; from < counted.length; from += TEXTS_AT_ONCE) {
    const chunk = counted.slice(from, from + TEXTS_AT_ONCE);
    const matched = await matchTexts(
      database,
      jurisdiction,
      chunk.map(({ text }) => text),
    );
    chunk.forEach(({ text, rows }, i) => {
      const { precision, matches } = matched[i]!;
      const onFinest = matches.some(
        ({ layer }) => layer.layerId === finest?.layerId && layer.version === finest.version,
      );
      told.push({ text, rows, precision, onFinest });
    });
  }
  return notesOf(told);
}

async function finestAreas(database: Database, jurisdictionId: number) {
  const layers = await namedLayers(database, jurisdictionId, null);
  return layers.find(({ type, current }) => type === 'areas' && current) ?? null;
}

function notesOf(told: readonly Told[]): Note[] {
  const notes: Note[] = [];
  const add = (code: string, of: readonly Told[], words: boolean) => {
    const count = of.reduce((sum, { rows }) => sum + rows, 0);
    if (count) notes.push({ code, count, example: words ? commonest(of) : null });
  };
  for (const precision of ['crossing', 'street', 'area'] as const) {
    add(
      `placed-by-${precision}`,
      told.filter((each) => each.precision === precision),
      false,
    );
  }
  add(
    'neighbourhood-unknown',
    told.filter(({ text, precision, onFinest }) => precision === 'area' && !onFinest && !askedOf(text)?.boroughOnly),
    true,
  );
  add(
    'place-unknown',
    told.filter(({ precision }) => precision === 'none'),
    true,
  );
  return notes;
}

/** «Centro (12), Juárez (9)». */
function commonest(told: readonly Told[]): string {
  const byName = Map.groupBy(told, ({ text }) => askedOf(text)?.name ?? text.text);
  return [...byName.values()]
    .map((of) => ({
      words: askedOf(of[0]!.text)?.words ?? of[0]!.text.text,
      rows: of.reduce((sum, { rows }) => sum + rows, 0),
    }))
    .sort((a, b) => b.rows - a.rows)
    .slice(0, NAMES_SHOWN)
    .map(({ words, rows }) => `${words} (${rows})`)
    .join(', ');
}
