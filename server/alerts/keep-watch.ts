// Looks by every rule whenever the data of its jurisdiction changed, in the background while the server runs, and sends
// what was found. Each looks with the rights that its owner has at that moment.

import { sql } from 'kysely';
import type { Logger } from 'pino';
import { STAFF, type Viewer } from '../access/contract.ts';
import { findJurisdictionById } from '../access/jurisdictions.ts';
import { mayDo, seesAsMuch } from '../access/rights.ts';
import { whoIs } from '../accounts/doors.ts';
import { accountById } from '../accounts/store.ts';
import type { Audit } from '../audit/log.ts';
import { type Day, dayOf, textOf, weekdayOf } from '../calendar/days.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Stats } from '../counts/asking.ts';
import { type Database, isConnectionLost } from '../db/open.ts';
import { BadInput, NotAllowed, NotFound, Unavailable } from '../errors.ts';
import { parseFilter } from '../filter/contract.ts';
import type { SourceInfo } from '../filter/source-profile.ts';
import type { AlertRule } from './contract.ts';
import { lastWholeWeek, lookBy } from './look.ts';
import {
  giveBack,
  listRules,
  listUnsent,
  markLooked,
  markSent,
  raiseAlert,
  roleOfOwner,
  type StoredRule,
  takeUnsent,
  type Unsent,
} from './store.ts';
import { type AlertWays, digestOf, leaveFile, mayMailTo, sendMail } from './tell.ts';

export type WatchDeps = {
  readonly stats: Stats;
  readonly ways: AlertWays;
  /** Whether people sign in; else whoever reaches the server is its administrator. */
  readonly hasAccounts: boolean;
  readonly audit: Pick<Audit, 'write'>;
  readonly log: Logger;
  readonly now: () => Date;
};

const LOOK_EVERY_MS = 60_000;
/** Weeks that one delivery may bring; of what is longer ago nobody is alerted. */
const MOST_WEEKS_AT_ONCE = 8;

export function keepWatch(deps: WatchDeps, lookEveryMs = LOOK_EVERY_MS): { close(): Promise<void> } {
  const seen = new Map<number, SeenState>();
  let working: Promise<void> = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    working = lookAtAll(deps, seen).finally(() => {
      isLooking = false;
    });
  }, lookEveryMs);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}

async function lookAtAll(deps: WatchDeps, seen: Map<number, SeenState>): Promise<void> {
  const { stats, log } = deps;
  try {
    const { rows } = await sql<{ id: number }>`
      select distinct jurisdiction_id as id from alert_rule order by jurisdiction_id`.execute(
      stats.database.background.db,
    );
    // One whose data cannot be looked at does not silence those after it.
    for (const { id } of rows) await watchOver(deps, id, seen).catch((error: unknown) => tellFailure(log, error, id));
  } catch (error) {
    tellFailure(log, error, null);
  }
}

function tellFailure(log: Logger, error: unknown, jurisdictionId: number | null): void {
  if (isConnectionLost(error)) log.info({ err: error }, 'alerts not looked at: the database went away');
  else if (!(error instanceof Unavailable)) log.error({ err: error, jurisdictionId }, 'alerts were not looked at');
}

/** `seen`: the state each jurisdiction was last looked at in; rules made since are looked at all the same. */
export async function watchOver(deps: WatchDeps, id: number, seen: Map<number, SeenState>): Promise<void> {
  const { stats, log, now } = deps;
  const background = stats.database.background;
  const jurisdiction = await findJurisdictionById(stats.database, id);
  const rules = await listRules(background, id, null);
  const snapshot = await stats.cubes.snapshot(jurisdiction);
  const today = dayIn(jurisdiction.timezone, now());
  const before = seen.get(id);
  const isSame = before?.token === snapshot.token;
  const refused = new Set<string>();
  const volumes = volumesByWeek(snapshot.sources);
  for (const rule of rules) {
    const { dataVersion } = snapshot;
    if (rule.lookedTo !== null && (rule.lookedVersion === dataVersion || (isSame && before?.refused.has(rule.id))))
      continue;
    if (rule.mutedUntil !== null && rule.mutedUntil > today) continue;
    const viewer = await viewerOfOwner(background, rule.owner, jurisdiction.code, deps.hasAccounts);
    if (!viewer) continue;
    try {
      const { mondays, missed } = weeksToLook(rule, lastWholeWeek(parseFilter(rule.filter), snapshot));
      if (missed > 0) log.warn({ jurisdictionId: id, rule: rule.id, weeks: missed }, 'weeks too long ago for alerts');
      // Of another version than the one before, as after a start, it is not known which weeks are others by now.
      const known = before && rule.lookedVersion === before.dataVersion ? before.volumes : null;
      const again = weeksChanged(rule, known, volumes);
      for (const monday of [...again, ...mondays]) {
        const found = await lookBy(rule, { stats, jurisdiction, snapshot, viewer, language: rule.language }, monday);
        const sunday = textOf(monday + 6);
        await raiseAlert(background, id, rule, { found, foundAs: viewer, sunday, dataVersion }, now());
      }
      await markLooked(background, id, rule.id, dataVersion);
    } catch (error) {
      if (isConnectionLost(error) || error instanceof Unavailable) throw error;
      refused.add(rule.id);
      // A place or an offence may be gone that a rule is about, or a look take too long: the others go on.
      const isRefused = [BadInput, NotFound, NotAllowed].some((refusal) => error instanceof refusal);
      log[isRefused ? 'info' : 'error'](
        { err: error, jurisdictionId: id, rule: rule.id },
        'a rule of alerts cannot be looked by',
      );
    }
  }
  seen.set(id, { token: snapshot.token, dataVersion: snapshot.dataVersion, volumes, refused });
  await sendAll(deps, id, jurisdiction);
}

/**
 * The Mondays of the weeks that a rule has not looked at, the oldest first: a delivery may bring several at once. `last`
 * is that of the last whole week; a new rule begins with it, and of weeks that a rule was silenced in nothing is told
 * afterwards.
 */
export function weeksToLook(
  { lookedTo, mutedUntil }: Pick<AlertRule, 'lookedTo' | 'mutedUntil'>,
  last: Day | null,
): { readonly mondays: readonly Day[]; readonly missed: number } {
  if (last === null) return { mondays: [], missed: 0 };
  const next = lookedTo === null ? last : dayOf(lookedTo) + 1;
  const told = mutedUntil === null ? next : Math.max(next, Math.min(last, dayOf(mutedUntil) - 6));
  const weeks = Math.max(0, Math.floor((last - told) / 7) + 1);
  const count = Math.min(weeks, MOST_WEEKS_AT_ONCE);
  return { mondays: Array.from({ length: count }, (_, i) => last - 7 * (count - 1 - i)), missed: weeks - count };
}

/** A state of the data, what each week held in it, and the rules that could not be looked by. */
type SeenState = {
  readonly token: string;
  readonly dataVersion: number;
  readonly volumes: ReadonlyMap<Day, string>;
  readonly refused: ReadonlySet<string>;
};

/** By Monday, how many of each source: what differs was delivered, corrected or undone meanwhile. */
export function volumesByWeek(sources: readonly Pick<SourceInfo, 'sourceId' | 'days'>[]): ReadonlyMap<Day, string> {
  const volumes = new Map<Day, Map<number, number>>();
  for (const { sourceId, days } of sources)
    for (const [i, day] of days.days.entries()) {
      const monday = day - weekdayOf(day);
      const of = volumes.get(monday) ?? new Map<number, number>();
      volumes.set(monday, of.set(sourceId, (of.get(sourceId) ?? 0) + days.counts[i]!));
    }
  return new Map([...volumes].map(([monday, of]) => [monday, JSON.stringify([...of].sort(([a], [b]) => a - b))]));
}

/**
 * Of the last weeks a rule has looked at, those that hold other numbers than before, or all of them where that is not known:
 * they are looked at again. None that ended before the rule was made or while it was silenced.
 */
export function weeksChanged(
  { lookedTo, mutedUntil, createdOn }: Pick<StoredRule, 'lookedTo' | 'mutedUntil' | 'createdOn'>,
  before: ReadonlyMap<Day, string> | null,
  now: ReadonlyMap<Day, string>,
): Day[] {
  if (lookedTo === null) return [];
  const last = dayOf(lookedTo) - 6;
  const first = Math.max(dayOf(createdOn), mutedUntil === null ? 0 : dayOf(mutedUntil));
  return Array.from({ length: MOST_WEEKS_AT_ONCE }, (_, i) => last - 7 * (MOST_WEEKS_AT_ONCE - 1 - i)).filter(
    (monday) => monday + 6 >= first && (before === null || before.get(monday) !== now.get(monday)),
  );
}

/** As they may see at this moment; null for who may not see this jurisdiction, or no alerts, any more. */
async function viewerOfOwner(
  database: Database,
  owner: number,
  jurisdiction: string,
  hasAccounts: boolean,
): Promise<Viewer | null> {
  if (owner === 0) return hasAccounts ? null : STAFF;
  const role = roleOfOwner(owner);
  if (role) return { role, account: null, scope: { jurisdictions: null, areas: null } };
  const account = await accountById(database, owner);
  if (!account || account.disabled) return null;
  const viewer: Viewer = { role: account.role, account: { id: account.id, name: account.name }, scope: account.scope };
  const { jurisdictions } = account.scope;
  if (jurisdictions !== null && !jurisdictions.includes(jurisdiction)) return null;
  return mayDo(viewer, 'follow-events') ? viewer : null;
}

/** One digest for each person, way and address; one that cannot be sent does not silence those after it. */
async function sendAll(
  deps: WatchDeps,
  id: number,
  jurisdiction: Awaited<ReturnType<typeof findJurisdictionById>>,
): Promise<void> {
  const { stats, ways, log, now } = deps;
  const background = stats.database.background;
  // What leaves by a way that is not set here waits until it is.
  const unsent: Unsent[] = [];
  if (ways.smtpUrl !== null) unsent.push(...(await listUnsent(background, jurisdiction, 'mail', now())));
  if (ways.folder !== null) unsent.push(...(await listUnsent(background, jurisdiction, 'folder', now())));
  const to = (each: Unsent) => JSON.stringify([each.way, each.owner, each.to, each.language]);
  for (const digest of Map.groupBy(unsent, to).values()) {
    const { way } = digest[0]!;
    const ids = digest.map((each) => each.id);
    try {
      await sendDigest(deps, id, jurisdiction, digest);
    } catch (error) {
      log.warn({ err: error, jurisdictionId: id, way, alerts: ids.length }, 'alerts were not sent; tried again later');
      // Where this cannot be written either, they are free again after a while.
      await giveBack(background, id, ids, way, now()).catch((again: unknown) => tellFailure(log, again, id));
    }
  }
}

/** Throws where the other side does not take it. */
async function sendDigest(
  { stats, ways, hasAccounts, audit, log, now }: WatchDeps,
  id: number,
  jurisdiction: Awaited<ReturnType<typeof findJurisdictionById>>,
  unsent: readonly Unsent[],
): Promise<void> {
  const background = stats.database.background;
  const { way, to: address, language, owner } = unsent[0]!;
  const ids = unsent.map((each) => each.id);
  // A rule may be older than the setting: it is told as not delivered.
  if (way === 'mail' && !mayMailTo(ways, address)) throw new Error('no alerts are mailed to addresses of that domain');
  const free = await takeUnsent(background, id, ids, way, now());
  const taken = unsent.filter((each) => free.has(each.id));
  const viewer = await viewerOfOwner(background, owner, jurisdiction.code, hasAccounts);
  const alerts = viewer === null ? [] : taken.filter(({ foundAs }) => seesAsMuch(viewer, foundAs));
  const kept = taken.length - alerts.length;
  if (kept > 0)
    log.info({ jurisdictionId: id, owner, alerts: kept }, 'alerts not sent: their owner may not see them now');
  if (viewer !== null && alerts.length > 0) {
    const digest = digestOf(jurisdiction, alerts, language, ways.portal);
    // Written down before it leaves; where that cannot be, it stays.
    await audit.write({
      ...{ who: whoIs(viewer), role: viewer.role, address: '', what: 'export', jurisdiction: jurisdiction.code },
      ...{ detail: `alerts ${way}${address && ` ${address}`}`, rows: alerts.length },
    });
    if (way === 'mail') await sendMail(ways, address, digest);
    else await leaveFile(ways.folder!, jurisdiction, owner, digest, now());
  }
  // Also of those that are not theirs to see any more: they are not looked at again each minute.
  const done = taken.map((each) => each.id);
  if (done.length > 0) await markSent(background, id, done, way, now());
}
