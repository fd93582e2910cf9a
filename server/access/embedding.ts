// Which other sites may show the public view of a jurisdiction in a frame: as the installation says, or as the city does.

import { sql } from 'kysely';
import type { Database } from '../db/open.ts';
import { NotFound } from '../errors.ts';
import { JURISDICTION_CODE, type Jurisdiction, PUBLIC } from './contract.ts';
import { findJurisdiction } from './jurisdictions.ts';

/** Null = as the installation says; empty = nobody. */
export async function setEmbedOrigins(
  { db }: Database,
  { id }: Pick<Jurisdiction, 'id'>,
  origins: readonly string[] | null,
): Promise<void> {
  await db
    .updateTable('jurisdiction')
    .set({ embed_origins: origins && [...origins] })
    .where('jurisdiction_id', '=', id)
    .execute();
}

/**
 * For the page of the public view of a city. Of an address that names no city with a public view nobody knows which one the
 * page will open: there the word of the installation holds only where no city has one of its own.
 */
export async function embedOriginsFor(
  database: Database,
  code: string | null,
  byInstallation: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await sql<{ code: string; origins: readonly string[] }>`
    select code, embed_origins as origins from jurisdiction where embed_origins is not null`.execute(database.db);
  if (rows.length === 0) return byInstallation;
  if (code === null || !JURISDICTION_CODE.test(code) || !(await isPublic(database, code))) return [];
  return rows.find((row) => row.code === code)?.origins ?? byInstallation;
}

const isPublic = (database: Database, code: string): Promise<boolean> =>
  findJurisdiction(database, PUBLIC, code).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NotFound) return false;
      throw error;
    },
  );
