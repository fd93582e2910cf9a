// Where a role may hold: jurisdictions that are there, or areas of one for the roles that have nothing to do beyond.

import { sql } from 'kysely';
import type { Role, Scope, Viewer } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { ROLES_OF_AREAS } from '../access/rights.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';

/** Throws BadInput('scope') for jurisdictions and areas that are not there, and for areas of a role that goes beyond them. */
export async function checkScope(
  database: Database,
  by: Viewer,
  role: Role,
  { jurisdictions, areas }: Scope,
): Promise<void> {
  const found = [];
  for (const code of jurisdictions ?? []) {
    try {
      found.push(await findJurisdiction(database, by, code));
    } catch (error) {
      throw error instanceof NotFound ? new BadInput('scope', `no jurisdiction ${code}`) : error;
    }
  }
  if (areas === null) return;
  if (!ROLES_OF_AREAS.some((each) => each === role))
    throw new BadInput('scope', `only these roles may be bound to areas: ${ROLES_OF_AREAS.join(', ')}`);
  const [jurisdiction, another] = found;
  if (!jurisdiction || another) throw new BadInput('scope', 'areas are of one jurisdiction: give that one');
  const { rows } = await sql<{ code: string }>`
    select a.code from layer l
    join area a on a.jurisdiction_id = ${jurisdiction.id} and a.layer_id = l.layer_id and a.version = l.current_version
    where l.jurisdiction_id = ${jurisdiction.id} and l.code = ${areas.layer} and l.type = 'areas'
      and a.code = any(${[...areas.codes]}::text[])`.execute(database.db);
  const there = new Set(rows.map(({ code }) => code));
  const missing = areas.codes.find((code) => !there.has(code));
  if (missing !== undefined) throw new BadInput('scope', `no such area in ${areas.layer}: ${missing.slice(0, 100)}`);
}

/** As the audit has it. */
export const toldScope = (role: string, { jurisdictions, areas }: Scope): string =>
  [role, jurisdictions?.join(',') ?? '*', ...(areas ? [`${areas.layer}:${areas.codes.join(',')}`] : [])].join(' ');
