// Whether a jurisdiction has a public view, and by which rules: kept in the database, so that every server goes by them.

import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { type ProtectionRules, SAFE_RULES } from './contract.ts';

export type ProtectionSettings = {
  readonly isOn: boolean;
  readonly rules: ProtectionRules;
  /** Layers ordinary and sensitive incidents are counted in; null = chosen by what their areas hold. */
  readonly areas: string | null;
  readonly sensitiveAreas: string | null;
  /** Points that are addresses; null = the layer whose code says so, if there is one. */
  readonly addresses: string | null;
  /** What the public may do with the file, in the words of the city. */
  readonly licence: string | null;
};

const OFF: ProtectionSettings = {
  ...{ isOn: false, rules: SAFE_RULES, areas: null, sensitiveAreas: null, addresses: null, licence: null },
};

/** What the view shown was made of. */
export type MadeFrom = {
  readonly token: string;
  readonly dataVersion: number;
  readonly head: number;
  readonly nextIncidentId: number;
  /** The settings, as one text. */
  readonly settings: string;
  /** The first day that nothing is published of; null where there are no sources. */
  readonly before: string | null;
  /** The day it was made. */
  readonly on: string;
};

export async function readSettings(database: Database, { id }: Pick<Jurisdiction, 'id'>): Promise<ProtectionSettings> {
  const row = await database.db
    .selectFrom('protection')
    .select(['is_on as isOn', 'rules', 'areas', 'sensitive_areas as sensitiveAreas', 'addresses', 'licence'])
    .where('jurisdiction_id', '=', id)
    .executeTakeFirst();
  return row ? { ...row, rules: { ...SAFE_RULES, ...(row.rules as ProtectionRules) } } : OFF;
}

/** Keeps the settings; what they protect less than those before is told in the log. */
export async function saveSettings(
  database: Database,
  { id, code }: Jurisdiction,
  settings: ProtectionSettings,
  log: Logger,
): Promise<void> {
  const before = await readSettings(database, { id });
  const { isOn: is_on, areas, sensitiveAreas: sensitive_areas, addresses, licence } = settings;
  const values = { is_on, rules: JSON.stringify(settings.rules), areas, sensitive_areas, addresses, licence };
  await database.db
    .insertInto('protection')
    .values({ jurisdiction_id: id, ...values })
    .onConflict((conflict) => conflict.column('jurisdiction_id').doUpdateSet({ ...values, changed_at: new Date() }))
    .execute();
  const told = { jurisdiction: code, before, now: settings };
  if (protectsLess(settings.rules, before.rules)) log.warn(told, 'a public view protects less than before');
  else log.info(told, 'the settings of a public view were changed');
}

/** Whether some rule tells more about single people than those it is compared with. */
export function protectsLess(now: ProtectionRules, before: ProtectionRules): boolean {
  return (Object.keys(SAFE_RULES) as (keyof ProtectionRules)[]).some((rule) => now[rule] < before[rule]);
}

export async function readMadeFrom(database: Database, { id }: Pick<Jurisdiction, 'id'>): Promise<MadeFrom | null> {
  const row = await database.db
    .selectFrom('protection')
    .select('made_from as madeFrom')
    .where('jurisdiction_id', '=', id)
    .executeTakeFirst();
  return (row?.madeFrom as MadeFrom | null | undefined) ?? null;
}

export async function saveMadeFrom(
  { db }: Pick<Database, 'db'>,
  { id }: Pick<Jurisdiction, 'id'>,
  madeFrom: MadeFrom | null,
): Promise<void> {
  await db
    .updateTable('protection')
    .set({ made_from: madeFrom && JSON.stringify(madeFrom) })
    .where('jurisdiction_id', '=', id)
    .execute();
}
