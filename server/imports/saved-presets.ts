// How a city's own files are read, kept under a name for next month.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { parseWith } from '../http/contract.ts';
import { foldName } from '../text/fold.ts';
import { type ImportMapping, importMapping, type SavedPreset } from './contract.ts';

const MOST_SAVED = 200;

/** By name. */
export async function listSavedPresets({ db }: Database, { id }: Jurisdiction): Promise<SavedPreset[]> {
  const rows = await db
    .selectFrom('saved_preset')
    .select(['name', 'mapping', 'saved_at'])
    .where('jurisdiction_id', '=', id)
    .orderBy('name')
    .execute();
  return rows.map(({ name, mapping, saved_at }) => ({
    name,
    mapping: parseWith(importMapping, mapping),
    savedAt: saved_at.toISOString(),
  }));
}

/** Keeps a mapping under a name, over what that name stood for; never the period of one delivery. */
export async function savePreset(database: Database, { id }: Jurisdiction, name: string, mapping: ImportMapping) {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 80) throw new BadInput('name', 'a name of 1 to 80 characters is needed');
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from saved_preset where jurisdiction_id = ${id} and name <> ${trimmed}`.execute(
    database.db,
  );
  if (rows[0]!.count >= MOST_SAVED) throw new BadInput('name', `more than ${MOST_SAVED} saved presets`);
  const kept: ImportMapping = { ...mapping, replaces: null, through: null };
  await sql`
    insert into saved_preset (jurisdiction_id, name, preset, mapping)
    values (${id}, ${trimmed}, ${kept.preset}, ${JSON.stringify(kept)}::jsonb)
    on conflict (jurisdiction_id, name) do update
      set preset = excluded.preset, mapping = excluded.mapping, saved_at = excluded.saved_at`.execute(database.db);
}

/** Throws NotFound. */
export async function removeSavedPreset({ db }: Database, { id }: Jurisdiction, name: string): Promise<void> {
  const { numDeletedRows } = await db
    .deleteFrom('saved_preset')
    .where('jurisdiction_id', '=', id)
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new NotFound('no such saved preset');
}

/** The newest whose columns all stand in the header; null without one that names any. */
export function fittingPreset(saved: readonly SavedPreset[], header: readonly string[]): SavedPreset | null {
  const names = new Set(header.map(foldName));
  const fits = ({ mapping }: SavedPreset) => {
    const columns = Object.keys(mapping.map);
    return columns.length > 0 && columns.every((column) => names.has(foldName(column)));
  };
  return saved.filter(fits).sort((a, b) => (a.savedAt < b.savedAt ? 1 : -1))[0] ?? null;
}
