// Whether a jurisdiction takes tips and for how long it keeps them; and forgetting those kept long enough.

import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Jurisdiction } from '../access/contract.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { KEEP_DAYS, type TipSettings } from './contract.ts';
import { newFormKey } from './form.ts';

export type TipBox = TipSettings & { readonly formKey: string };

const FORGET_EVERY_MS = 3600_000;
export const DAY_MS = 86_400_000;

/** Null where nobody ever said. */
export async function readBox({ db }: Pick<Database, 'db'>, { id }: Pick<Jurisdiction, 'id'>): Promise<TipBox | null> {
  const row = await db
    .selectFrom('tip_box')
    .select(['is_on as isOn', 'keep_days as keepDays', 'form_key as formKey'])
    .where('jurisdiction_id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function readTipSettings(
  database: Database,
  jurisdiction: Pick<Jurisdiction, 'id'>,
): Promise<TipSettings> {
  const box = await readBox(database, jurisdiction);
  return { isOn: box?.isOn ?? false, keepDays: box?.keepDays ?? KEEP_DAYS };
}

/** Keeps the settings; what is kept too long by them is gone at once. */
export async function saveTipSettings(
  database: Database,
  { id }: Pick<Jurisdiction, 'id'>,
  { isOn, keepDays }: TipSettings,
  now: Date,
): Promise<void> {
  const values = { is_on: isOn, keep_days: keepDays };
  await database.db
    .insertInto('tip_box')
    .values({ jurisdiction_id: id, form_key: newFormKey(), ...values })
    .onConflict((conflict) => conflict.column('jurisdiction_id').doUpdateSet({ ...values, changed_at: now }))
    .execute();
  await forgetOld(database, id, keepDays, now);
}

async function forgetOld({ db }: Database, id: number, keepDays: number, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from tip where jurisdiction_id = ${id} and received_at < ${keptSince(keepDays, now)}::timestamptz`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}

/** What came in before is kept no longer. */
export const keptSince = (keepDays: number, now: Date): string =>
  new Date(now.getTime() - keepDays * DAY_MS).toISOString();

/** Of every jurisdiction, also of those that take none any more. */
export async function forgetTips(database: Database, now: Date): Promise<number> {
  const { rows } = await sql<{ id: number; keepDays: number }>`
    select jurisdiction_id as id, keep_days as "keepDays" from tip_box order by jurisdiction_id`.execute(database.db);
  let gone = 0;
  for (const { id, keepDays } of rows) gone += await forgetOld(database, id, keepDays, now);
  return gone;
}

/** While the server runs, every hour and when it starts. */
export function keepForgetting(deps: { readonly database: Database; readonly log: Logger; readonly now: () => Date }): {
  close(): Promise<void>;
} {
  const { database, log, now } = deps;
  const forget = async () => {
    try {
      const tips = await forgetTips(database.background, now());
      if (tips > 0) log.info({ tips }, 'tips kept long enough were forgotten');
    } catch (error) {
      if (!isConnectionLost(error)) log.error({ err: error }, 'old tips were not forgotten');
    }
  };
  let working = forget();
  const timer = setInterval(() => {
    working = working.then(forget);
  }, FORGET_EVERY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}
