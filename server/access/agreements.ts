// Agreements between authorities, each by the codes of both sides: proposing, answering, ending, and what a viewer of the
// receiving side is let see by them. Whether one holds is looked up for every request and remembered nowhere.

import { type Kysely, sql } from 'kysely';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import {
  type Agreement,
  type AgreementStep,
  type AgreementTerms,
  type Scope,
  SHARE_LEVELS,
  type Viewer,
} from './contract.ts';

/** Those of one authority that still matter, and some of before. */
const MOST_LISTED = 500;
const MOST_OPEN = 200;

type Row = {
  readonly id: string;
  readonly giver: string;
  readonly receiver: string;
  readonly level: Agreement['level'];
  readonly offences: readonly string[] | null;
  readonly areas: Scope['areas'];
  readonly until: string;
  readonly state: Exclude<Agreement['state'], 'expired'>;
  readonly proposedBy: string;
  readonly steps: readonly AgreementStep[];
};

const selected = sql`select agreement_id as id, giver, receiver, level, offences, areas, ends_on::text as until, state,
  proposed_by as "proposedBy", steps from agreement`;

/** At the place of an authority that is not there any more. */
const NOWHERE = 'UTC';

async function daysOf({ db }: Pick<Database, 'db'>, codes: readonly string[], now: Date): Promise<Map<string, string>> {
  if (codes.length === 0) return new Map();
  const rows = await db.selectFrom('jurisdiction').select(['code', 'timezone']).where('code', 'in', codes).execute();
  return new Map(rows.map(({ code, timezone }) => [code, dayIn(timezone, now)]));
}

async function toAgreements(database: Pick<Database, 'db'>, rows: readonly Row[], now: Date): Promise<Agreement[]> {
  const days = await daysOf(database, [...new Set(rows.map(({ giver }) => giver))], now);
  return rows.map((row) => {
    const isOver = row.until <= (days.get(row.giver) ?? dayIn(NOWHERE, now));
    return { ...row, state: isOver && ['proposed', 'accepted'].includes(row.state) ? 'expired' : row.state };
  });
}

/** Those of an authority, on either side; of all there are for null. The latest first. */
export async function listAgreements(
  database: Pick<Database, 'db'>,
  code: string | null,
  now: Date,
): Promise<Agreement[]> {
  const { rows } = await sql<Row>`${selected} where ${code}::text is null or giver = ${code} or receiver = ${code}
    order by steps -> 0 ->> 'at' desc, agreement_id limit ${MOST_LISTED}`.execute(database.db);
  return toAgreements(database, rows, now);
}

/** One that `code` is a side of. Throws NotFound. */
async function findAgreement(database: Pick<Database, 'db'>, code: string, id: string, now: Date): Promise<Agreement> {
  const { rows } =
    await sql<Row>`${selected} where agreement_id = ${id} and (giver = ${code} or receiver = ${code})`.execute(
      database.db,
    );
  const [found] = await toAgreements(database, rows, now);
  if (!found) throw new NotFound('no such agreement');
  return found;
}

type By = { readonly who: string; readonly now: Date };

/** Throws BadInput for terms that make no sense, Conflict where too many are open. */
export async function proposeAgreement(
  database: Pick<Database, 'db'>,
  proposedBy: string,
  { giver, receiver, level, offences, areas, until }: AgreementTerms,
  { who, now }: By,
): Promise<Agreement> {
  if (giver === receiver) throw new BadInput('with', 'an authority has no agreement with itself');
  const days = await daysOf(database, [giver], now);
  if (until <= (days.get(giver) ?? dayIn(NOWHERE, now)))
    throw new BadInput('until', 'an agreement ends on a day to come');
  const id = crypto.randomUUID();
  const steps: AgreementStep[] = [{ what: 'proposed', side: proposedBy, who, at: now.toISOString() }];
  await database.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ open: number }>`select count(*)::int as open from agreement
      where proposed_by = ${proposedBy} and state = 'proposed'`.execute(trx);
    if (rows[0]!.open >= MOST_OPEN) throw new Conflict('too many proposals wait for an answer');
    await sql`insert into agreement (agreement_id, giver, receiver, level, offences, areas, ends_on, state, proposed_by, steps)
      values (${id}, ${giver}, ${receiver}, ${level}, ${offences === null ? null : [...offences]}::text[],
        ${areas === null ? null : JSON.stringify(areas)}::jsonb, ${until}::date, 'proposed', ${proposedBy},
        ${JSON.stringify(steps)}::jsonb)`.execute(trx);
  });
  return findAgreement(database, giver, id, now);
}

export const ANSWERS = ['accept', 'refuse', 'end'] as const;
type Answer = (typeof ANSWERS)[number];
const BECOMES = { accept: 'accepted', refuse: 'refused', end: 'ended' } as const;

/**
 * What a side says to an agreement: the other side than the proposer's accepts or refuses, either ends it or takes its
 * proposal back. Throws NotFound for one that is not theirs, Conflict where it stands otherwise.
 */
export async function answerAgreement(
  database: Pick<Database, 'db'>,
  side: string,
  id: string,
  answer: Answer,
  { who, now }: By,
): Promise<Agreement> {
  const found = await findAgreement(database, side, id, now);
  const isOpen = found.state === 'proposed';
  if (answer !== 'end' && side === found.proposedBy)
    throw new Conflict('the other side answers what this one proposed');
  if (answer === 'end' ? !isOpen && found.state !== 'accepted' : !isOpen)
    throw new Conflict('the agreement does not stand so any more');
  const state = BECOMES[answer];
  const step: AgreementStep = { what: state, side, who, at: now.toISOString() };
  const { numAffectedRows } =
    await sql`update agreement set state = ${state}, steps = steps || ${JSON.stringify([step])}::jsonb
    where agreement_id = ${id} and state = ${found.state}`.execute(database.db);
  if (Number(numAffectedRows ?? 0) === 0) throw new Conflict('the agreement does not stand so any more');
  return findAgreement(database, side, id, now);
}

/** An authority that is no more has no agreements: one of the same code is another. */
export async function endAgreementsOf(db: Kysely<Tables>, code: string, now: Date): Promise<void> {
  const step: AgreementStep = { what: 'ended', side: code, who: '', at: now.toISOString() };
  await sql`update agreement set state = 'ended', steps = steps || ${JSON.stringify([step])}::jsonb
    where (giver = ${code} or receiver = ${code}) and state in ('proposed', 'accepted')`.execute(db);
}

/** Who may be let see something of others: whoever is of an authority as a whole. */
const ownOf = ({ role, scope }: Viewer): readonly string[] =>
  role === 'public' || scope.areas !== null || scope.level !== undefined ? [] : (scope.jurisdictions ?? []);

/** The agreement by which a viewer is let see another authority, and the scope that is; null where there is none. */
type Shared = { readonly agreement: string; readonly giver: string; readonly scope: Scope };

const rank = ({ level }: Agreement) => SHARE_LEVELS.indexOf(level);

/** Of every authority that shares with the viewer's the agreement that lets them see most; of `giver` alone, where given. */
export async function sharedWith(
  database: Pick<Database, 'db'>,
  viewer: Viewer,
  now: Date,
  giver: string | null = null,
): Promise<Shared[]> {
  const own = [...ownOf(viewer)];
  if (own.length === 0 || (giver !== null && own.includes(giver))) return [];
  const { rows } = await sql<Row>`${selected} where state = 'accepted' and receiver = any(${own}::text[])
    and not giver = any(${own}::text[]) and (${giver}::text is null or giver = ${giver})
    order by agreement_id`.execute(database.db);
  const best = new Map<string, Agreement>();
  for (const each of await toAgreements(database, rows, now)) {
    const before = best.get(each.giver);
    if (each.state === 'accepted' && (!before || rank(each) > rank(before))) best.set(each.giver, each);
  }
  return [...best.values()].map(({ id, giver: code, level, offences, areas }) => ({
    agreement: id,
    giver: code,
    scope: { jurisdictions: [code], areas, offences, level },
  }));
}

/** Of these agreements those that still hold. */
export async function holdingOf(
  database: Pick<Database, 'db'>,
  ids: readonly string[],
  now: Date,
): Promise<Set<string>> {
  const { rows } =
    await sql<Row>`${selected} where state = 'accepted' and agreement_id = any(${[...ids]}::text[])`.execute(
      database.db,
    );
  const all = await toAgreements(database, rows, now);
  return new Set(all.filter(({ state }) => state === 'accepted').map(({ id }) => id));
}
