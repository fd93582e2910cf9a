// Certificates in the database: issued, asked for, revoked; what each is now.

import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { dayOf } from '../calendar/days.ts';
import { dayIn, openZone } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import type { CertificateRow, CertificateShown, CertificateState } from './contract.ts';
import { MOST_CERTIFICATES_SHOWN } from './contract.ts';

export type Revoked = 'revoked' | 'replaced' | 'withdrawn';
export type StoredCertificate = {
  readonly code: string;
  readonly learner: number | null;
  readonly course: string;
  readonly titleEs: string;
  readonly titleEn: string;
  readonly hours: number;
  readonly holder: string | null;
  readonly completedOn: string;
  readonly issuedAt: Date;
  readonly issuedBy: string;
  readonly validUntil: string | null;
  readonly keyId: string;
  readonly listNo: number | null;
  readonly listIndex: number | null;
  readonly signed: string | null;
  readonly revokedAt: Date | null;
  readonly revokedAs: Revoked | null;
  readonly because: string | null;
};

const columns = sql`
  code, account_id as learner, course, title_es as "titleEs", title_en as "titleEn", hours, holder,
  completed_on::text as "completedOn", issued_at as "issuedAt", issued_by as "issuedBy", valid_until::text as "validUntil",
  key_id as "keyId", list_no as "listNo", list_index as "listIndex", signed, revoked_at as "revokedAt",
  revoked_as as "revokedAs", because`;

export async function findCertificate(
  { db }: { readonly db: Kysely<Tables> },
  jurisdictionId: number,
  code: string,
): Promise<StoredCertificate | null> {
  const { rows } = await sql<StoredCertificate>`
    select ${columns} from certificate where jurisdiction_id = ${jurisdictionId} and code = ${code}`.execute(db);
  return rows[0] ?? null;
}

/** Of one learner, of these (`LEARNER COURSE`), or of everybody (null). */
export type WhoseCertificates = number | ReadonlySet<string> | null;
const ofThose = (whose: WhoseCertificates) =>
  whose === null
    ? sql`true`
    : typeof whose === 'number'
      ? sql`account_id = ${whose}`
      : sql`account_id::text || ' ' || course = any(${[...whose]}::text[])`;

/** The newest first, and how many there are in all. */
export async function listCertificates(
  { db }: Pick<Database, 'db'>,
  jurisdictionId: number,
  whose: WhoseCertificates,
): Promise<{ readonly certificates: StoredCertificate[]; readonly inAll: number }> {
  const { rows } = await sql<StoredCertificate & { all: number }>`
    select ${columns}, (count(*) over ())::int as "all" from certificate
    where jurisdiction_id = ${jurisdictionId} and ${ofThose(whose)}
    order by issued_at desc, code limit ${MOST_CERTIFICATES_SHOWN}`.execute(db);
  return { certificates: rows.map(({ all: _, ...row }) => row), inAll: rows[0]?.all ?? 0 };
}

/** Who has one that holds on that local day, and of what: `LEARNER COURSE`. */
export async function holding(
  { db }: Pick<Database, 'db'>,
  jurisdictionId: number,
  today: string,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ readonly held: string }>`
    select distinct account_id::text || ' ' || course as held from certificate
    where jurisdiction_id = ${jurisdictionId} and account_id is not null and revoked_at is null
      and (valid_until is null or valid_until >= ${today}::date)`.execute(db);
  return new Set(rows.map(({ held }) => held));
}

/** Stored unless the place in the list was given out meanwhile. */
export async function storeCertificate(
  db: Kysely<Tables>,
  jurisdictionId: number,
  made: StoredCertificate,
): Promise<boolean> {
  const { rows } = await sql`
    insert into certificate (jurisdiction_id, code, account_id, course, title_es, title_en, hours, holder, completed_on,
      issued_at, issued_by, valid_until, key_id, list_no, list_index, signed)
    values (${jurisdictionId}::int, ${made.code}, ${made.learner}::int, ${made.course}, ${made.titleEs}, ${made.titleEn},
      ${made.hours}::float8, ${made.holder}, ${made.completedOn}::date, ${made.issuedAt.toISOString()}::timestamptz,
      ${made.issuedBy}, ${made.validUntil}::date, ${made.keyId}, ${made.listNo}::int, ${made.listIndex}::int,
      ${made.signed})
    on conflict do nothing returning code`.execute(db);
  return rows.length > 0;
}

export type Request = {
  readonly learner: number;
  readonly course: string;
  readonly holder: string;
  readonly askedAt: Date;
};

export async function requestsFor(
  { db }: Pick<Database, 'db'>,
  jurisdictionId: number,
  learner: number | null,
): Promise<Request[]> {
  const { rows } = await sql<Request>`
    select account_id as learner, course, holder, asked_at as "askedAt" from certificate_request
    where jurisdiction_id = ${jurisdictionId} and (${learner}::int is null or account_id = ${learner}::int)
    order by asked_at`.execute(db);
  return rows;
}

export async function storeRequest({ db }: Database, jurisdictionId: number, asked: Request): Promise<void> {
  await sql`
    insert into certificate_request (jurisdiction_id, account_id, course, holder, asked_at)
    values (${jurisdictionId}::int, ${asked.learner}::int, ${asked.course}, ${asked.holder},
      ${asked.askedAt.toISOString()}::timestamptz)
    on conflict (jurisdiction_id, account_id, course) do update
      set holder = excluded.holder, asked_at = excluded.asked_at`.execute(db);
}

export async function removeRequest(db: Kysely<Tables>, id: number, learner: number, course: string): Promise<void> {
  await sql`delete from certificate_request
    where jurisdiction_id = ${id} and account_id = ${learner} and course = ${course}`.execute(db);
}

/** Of a course by its number: whether any certificate, or wish for one, is of it. */
export async function isCertified({ db }: Database, jurisdictionId: number, course: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from certificate where jurisdiction_id = ${jurisdictionId} and course = ${`course:${course}`}
    union all
    select 1 from certificate_request where jurisdiction_id = ${jurisdictionId} and course = ${`course:${course}`}
    limit 1`.execute(db);
  return rows.length > 0;
}

/** Whoever leaves a course wishes for no certificate of it any more. */
export const forgetRequest = ({ db }: Database, id: number, learner: number, course: number): Promise<void> =>
  removeRequest(db, id, learner, `course:${course}`);

/**
 * A learner is removed: what they asked for is gone, and nothing tells any more whose account a certificate was. What was
 * issued stays with its name, since whoever was shown it relies on it; only its holder withdraws it, before.
 */
export async function forgetHolder({ db }: Database, jurisdictionId: number, learner: number): Promise<void> {
  await sql`delete from certificate_request
    where jurisdiction_id = ${jurisdictionId} and account_id = ${learner}`.execute(db);
  await sql`update certificate set account_id = null
    where jurisdiction_id = ${jurisdictionId} and account_id = ${learner}`.execute(db);
}

/** The first moment of the local day after. */
export function endOf(day: string, timezone: string): Date {
  return new Date(openZone(timezone).toUtc((dayOf(day) + 1) * 1440) * 60_000);
}

function stateOf({ revokedAs, validUntil }: StoredCertificate, today: string): CertificateState {
  if (revokedAs !== null) return revokedAs;
  // The day it names is the last on which it holds.
  return validUntil !== null && today > validUntil ? 'expired' : 'valid';
}

export function shownOf(stored: StoredCertificate, city: Jurisdiction, now: Date): CertificateShown {
  const day = (at: Date) => dayIn(city.timezone, at);
  return {
    ...{ code: stored.code, state: stateOf(stored, day(now)), holder: stored.holder, hours: stored.hours },
    ...{ title: { es: stored.titleEs, en: stored.titleEn }, issuer: city.name, isSample: city.synthetic },
    ...{ completedOn: stored.completedOn, issuedOn: day(stored.issuedAt), validUntil: stored.validUntil },
    revokedOn: stored.revokedAt && day(stored.revokedAt),
  };
}

export const rowOf = (stored: StoredCertificate, city: Jurisdiction, now: Date): CertificateRow => ({
  ...shownOf(stored, city, now),
  ...{ course: stored.course, learner: stored.learner, because: stored.because },
});
