// Issues a certificate with its signed badge, revokes one, issues it again under another name, and lets its holder withdraw
// it; each change of what is revoked signs the list anew.

import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { dayOf } from '../calendar/days.ts';
import { dayIn, openZone } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { CERTIFICATE_WORDS } from '../i18n/certificates.ts';
import type { Language } from '../i18n/contract.ts';
import { type Completed, codeFrom, type NewCertificate, undrawable } from './contract.ts';
import { type Addresses, addressesOf, badgeClaims, LIST_BITS, listClaims } from './credential.ts';
import { jose, oneSignerAtATime, type SigningKey, signingKey } from './keys.ts';
import { sign } from './sign.ts';
import {
  endOf,
  findCertificate,
  type Revoked,
  removeRequest,
  type StoredCertificate,
  storeCertificate,
} from './store.ts';

export type BadgeDeps = {
  readonly database: Database;
  readonly dataDir: string;
  /** The portal as people open it; null: it has no address of its own, and badges name their issuer by the key. */
  readonly portal: string | null;
  readonly now: () => Date;
};

/** A list is half full at most, so that a free place is found at once. */
const PLACES_GIVEN = LIST_BITS / 2;
const TRIES = 8;

export const addressesIn = ({ portal }: Pick<BadgeDeps, 'portal'>, city: Jurisdiction): Addresses | null =>
  portal === null ? null : addressesOf(portal, city);

type Wanted = Pick<NewCertificate, 'holder' | 'validUntil'> & { readonly completed: Completed; readonly by: string };

/** Throws Conflict where the learner has one of this course that holds. */
export async function issueCertificate(
  deps: BadgeDeps,
  city: Jurisdiction,
  wanted: Wanted,
  language: Language,
): Promise<StoredCertificate> {
  const { course, learner } = wanted.completed;
  return signing(deps, city, async (trx, key) => {
    await refuseSecond(trx, city, course, learner, dayIn(city.timezone, deps.now()));
    const made = await store(deps, trx, city, wanted, key, language);
    await removeRequest(trx, city.id, learner, course);
    return made;
  });
}

/** One after another, each with the key of that moment. */
function signing<T>(
  deps: BadgeDeps,
  city: Jurisdiction,
  work: (trx: Kysely<Tables>, key: SigningKey) => Promise<T>,
): Promise<T> {
  return deps.database.db.transaction().execute(async (trx) => {
    await oneSignerAtATime(trx, city.id);
    return work(trx, await signingKey({ ...deps, database: { db: trx } }, city));
  });
}

async function refuseSecond(trx: Kysely<Tables>, { id }: Jurisdiction, course: string, learner: number, today: string) {
  const { rows } = await sql`
    select code from certificate
    where jurisdiction_id = ${id} and account_id = ${learner} and course = ${course} and revoked_at is null
      and (valid_until is null or valid_until >= ${today}::date) limit 1`.execute(trx);
  if (rows.length > 0) throw new Conflict('there is a certificate of this course that holds');
}

async function store(
  deps: BadgeDeps,
  trx: Kysely<Tables>,
  city: Jurisdiction,
  { completed, holder, validUntil, by }: Wanted,
  key: SigningKey,
  language: Language,
): Promise<StoredCertificate> {
  const at = addressesIn(deps, city);
  const now = new Date(Math.floor(deps.now().getTime() / 1000) * 1000);
  if (validUntil !== null && validUntil < dayIn(city.timezone, now))
    throw new BadInput('validUntil', 'the day is over already');
  const missing = undrawable([city.name, ...Object.values(completed.title)].join(' '));
  if (missing) throw new BadInput('course', `the certificate cannot show these signs: ${missing}`);
  const words = CERTIFICATE_WORDS[language];
  const list = at ? await openList(trx, city, key, at, now) : null;
  for (let tries = 0; tries < TRIES; tries++) {
    const code = codeFrom(randomBytes(12));
    const place = list === null ? null : { list, index: randomInt(LIST_BITS) };
    const title = completed.title[language];
    const claims = badgeClaims(city, key, at, {
      ...{ code, subject: `urn:uuid:${randomUUID()}`, holder, course: completed.course, title, hours: completed.hours },
      description: [words.description(title, completed.hours), ...(city.synthetic ? [words.sample] : [])].join(' '),
      criteria: completed.course.startsWith('lessons:') ? words.lessonsCriteria : words.courseCriteria,
      ...{ language, completedAt: completed.completedAt, issuedAt: now },
      validUntil: validUntil === null ? null : endOf(validUntil, city.timezone),
      place,
    });
    const made: StoredCertificate = {
      ...{ code, learner: completed.learner, course: completed.course, holder, hours: completed.hours, issuedAt: now },
      ...{ titleEs: completed.title.es, titleEn: completed.title.en, issuedBy: by, validUntil, keyId: key.id },
      completedOn: dayIn(city.timezone, new Date(completed.completedAt)),
      ...{ listNo: place?.list ?? null, listIndex: place?.index ?? null, signed: await sign(claims, key, at) },
      ...{ revokedAt: null, revokedAs: null, because: null },
    };
    if (await storeCertificate(trx, city.id, made)) return made;
  }
  throw new Error('no free place in the list of badges');
}

/** The list places are given out of now, at today's address; a new one is signed before anything refers to it. */
async function openList(trx: Kysely<Tables>, city: Jurisdiction, key: SigningKey, at: Addresses, now: Date) {
  const { rows } = await sql<{ no: number; signed: string; given: number }>`
    select l.list_no as no, l.signed, count(c.code)::int as given
    from badge_list l left join certificate c on c.jurisdiction_id = ${city.id} and c.list_no = l.list_no
    where l.jurisdiction_id = ${city.id} group by l.list_no, l.signed order by l.list_no desc limit 1`.execute(trx);
  const last = rows[0];
  if (last && last.given < PLACES_GIVEN && (await addressesAsSigned(last.signed, city)).portal === at.portal)
    return last.no;
  const no = (last?.no ?? 0) + 1;
  await signList(trx, city, key, at, no, now);
  return no;
}

/** Signs a list of what is revoked now. */
async function signList(
  trx: Kysely<Tables>,
  city: Jurisdiction,
  key: SigningKey,
  at: Addresses,
  no: number,
  now: Date,
): Promise<void> {
  const { rows } = await sql<{ index: number }>`
    select list_index as index from certificate
    where jurisdiction_id = ${city.id} and list_no = ${no} and revoked_at is not null`.execute(trx);
  const claims = listClaims(
    at,
    no,
    rows.map(({ index }) => index),
    now,
  );
  const signed = await sign(claims, key, at);
  await sql`
    insert into badge_list (jurisdiction_id, list_no, signed, changed_at)
    values (${city.id}::int, ${no}::int, ${signed}, ${now.toISOString()}::timestamptz)
    on conflict (jurisdiction_id, list_no) do update
      set signed = excluded.signed, changed_at = excluded.changed_at`.execute(trx);
}

/** Where the badges that stand in a list look for it, whatever the portal's address is by now. */
async function addressesAsSigned(list: string, city: Jurisdiction): Promise<Addresses> {
  const { decodeJwt } = await jose();
  return addressesOf(decodeJwt(list).jti!.split('/api/v1/')[0]!, city);
}

async function signListAnew(trx: Kysely<Tables>, city: Jurisdiction, key: SigningKey, no: number, now: Date) {
  const before = await findBadgeList({ db: trx }, city.id, no);
  if (before === null) throw new Error(`no list ${no} of badges in ${city.code}`);
  await signList(trx, city, key, await addressesAsSigned(before, city), no, now);
}

export async function findBadgeList(
  { db }: { readonly db: Kysely<Tables> },
  jurisdictionId: number,
  no: number,
): Promise<string | null> {
  const row = await db
    .selectFrom('badge_list')
    .select('signed')
    .where('jurisdiction_id', '=', jurisdictionId)
    .where('list_no', '=', no)
    .executeTakeFirst();
  return row?.signed ?? null;
}

type Revoking = { readonly code: string; readonly by: string; readonly as: Revoked; readonly because: string | null };

/** Withdrawn, nothing is left of the name and the badge. Throws NotFound, Conflict. */
export async function revokeCertificate(deps: BadgeDeps, city: Jurisdiction, revoking: Revoking): Promise<void> {
  await signing(deps, city, (trx, key) => revoke(deps, trx, city, key, revoking));
}

async function revoke(
  deps: BadgeDeps,
  trx: Kysely<Tables>,
  city: Jurisdiction,
  key: SigningKey,
  { code, by, as, because }: Revoking,
): Promise<StoredCertificate> {
  const stored = await findCertificate({ db: trx }, city.id, code);
  if (!stored) throw new NotFound('no such certificate');
  const isForgotten = as === 'withdrawn';
  // A revoked one may still be withdrawn: the name on it is its holder's.
  if (stored.revokedAs === 'withdrawn' || (stored.revokedAs !== null && !isForgotten))
    throw new Conflict('the certificate is revoked already');
  const now = deps.now();
  await sql`
    update certificate set revoked_at = coalesce(revoked_at, ${now.toISOString()}::timestamptz), revoked_by = ${by},
      revoked_as = ${as}, because = ${because},
      holder = case when ${isForgotten} then null else holder end,
      signed = case when ${isForgotten} then null else signed end,
      account_id = case when ${isForgotten} then null else account_id end
    where jurisdiction_id = ${city.id} and code = ${code}`.execute(trx);
  if (stored.listNo !== null) await signListAnew(trx, city, key, stored.listNo, now);
  return stored;
}

/** The same course under another name and code; the one before is revoked. Throws NotFound, Conflict. */
export async function reissueCertificate(
  deps: BadgeDeps,
  city: Jurisdiction,
  code: string,
  { holder, because, by }: { readonly holder: string; readonly because: string; readonly by: string },
  language: Language,
): Promise<StoredCertificate> {
  return signing(deps, city, async (trx, key) => {
    const before = await revoke(deps, trx, city, key, { code, by, as: 'replaced', because });
    const completed: Completed = {
      ...{ course: before.course, hours: before.hours, title: { es: before.titleEs, en: before.titleEn } },
      learner: before.learner ?? 0,
      completedAt: new Date(openZone(city.timezone).toUtc(dayOf(before.completedOn) * 1440) * 60_000).toISOString(),
    };
    const wanted = { completed, holder, by, validUntil: before.validUntil };
    const made = await store(deps, trx, city, wanted, key, language);
    if (before.learner === null)
      await sql`update certificate set account_id = null
        where jurisdiction_id = ${city.id} and code = ${made.code}`.execute(trx);
    return made;
  });
}

/** After a key was rotated the lists are signed with the new one. */
export async function signListsAnew(deps: BadgeDeps, city: Jurisdiction): Promise<number> {
  return signing(deps, city, async (trx, key) => {
    const { rows } = await sql<{ no: number }>`
      select list_no as no from badge_list where jurisdiction_id = ${city.id} order by list_no`.execute(trx);
    for (const { no } of rows) await signListAnew(trx, city, key, no, deps.now());
    return rows.length;
  });
}
