// Looks into the watched folder every few seconds: WATCH/J/file becomes an import of jurisdiction J. Looking is used
// instead of fs.watch, which says nothing of many network shares.

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { holdsFiles, isLink, openArrivals } from './arrivals.ts';
import { type Claim, claimFile, openAbandoned } from './claims.ts';
import { type TakeInDeps, takeIn, withoutNames } from './take-in.ts';

export type WatchTimes = {
  readonly lookEveryMs: number;
  /** A file nobody has changed for so long is whole. */
  readonly quietMs: number;
  /** A claim nobody has touched for so long is abandoned. */
  readonly abandonedMs: number;
};
const TIMES: WatchTimes = { lookEveryMs: 2000, quietMs: 8000, abandonedMs: 20_000 };
/** After so many errors of ours a file is refused. */
const TRIES = 3;
const MOST_TOLD = 100;

export type Watching = {
  /** Ends looking; resolves when no file is in hand any more. Jobs that run must be stopped by whoever runs them. */
  close(): Promise<void>;
};

/** Begins to look. The folder may be missing for a while, as a share that is not mounted yet. */
export function watchFolder(root: string, deps: TakeInDeps, times: WatchTimes = TIMES): Watching {
  const { database, log } = deps;
  const closing = new AbortController();
  const arrived = openArrivals(times.quietMs);
  const abandoned = openAbandoned(times.abandonedMs);
  const inHand = new Map<string, Promise<void>>();
  const ours = new Set<string>();
  /** Files to be tried again: how often they were, and not before when. */
  const again = new Map<string, { readonly tries: number; readonly notBefore: number }>();
  const told = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const once = (what: string, about: { readonly [name: string]: string }) => {
    const key = what + Object.values(about).join();
    if (told.has(key) || told.size >= MOST_TOLD) return;
    told.add(key);
    log.info(about, what);
  };

  const take = async (jurisdiction: Jurisdiction, folder: string, claim: Claim): Promise<void> => {
    const key = join(folder, claim.name);
    ours.add(dirname(claim.path));
    try {
      const tries = (again.get(key)?.tries ?? 0) + 1;
      const outcome = await takeIn(deps, jurisdiction, claim, { signal: closing.signal, lastTry: tries >= TRIES });
      if (outcome === 'later') again.set(key, { tries, notBefore: Date.now() + times.abandonedMs });
      else again.delete(key);
    } finally {
      claim.release();
      ours.delete(dirname(claim.path));
    }
  };

  /** One file after the other, the oldest first: deliveries build on each other. */
  const empty = async (jurisdiction: Jurisdiction, folder: string): Promise<void> => {
    for (const claim of await abandoned(folder, ours)) await take(jurisdiction, folder, claim);
    for (const name of await arrived(folder)) {
      if (closing.signal.aborted) return;
      if ((again.get(join(folder, name))?.notBefore ?? 0) > Date.now()) continue;
      const claim = await claimFile(folder, name, times.abandonedMs);
      if (claim) await take(jurisdiction, folder, claim);
    }
  };

  const look = async (): Promise<void> => {
    const names = await readdir(root).catch(() => null);
    if (names === null) return once('the watched folder is not there', { folder: root });
    const filled: string[] = [];
    for (const name of names) if (!inHand.has(name) && (await holdsFiles(join(root, name)))) filled.push(name);
    if (filled.length === 0) return;
    const jurisdictions = new Map((await listJurisdictions(database, OPERATOR)).map((each) => [each.code, each]));
    for (const name of filled) {
      const folder = join(root, name);
      const jurisdiction = jurisdictions.get(name);
      if (!jurisdiction) {
        once('a folder in the watched one is named like no jurisdiction', { folder: name.slice(0, 80) });
        continue;
      }
      const places = ['.importing', 'done', 'refused'].map((place) => join(folder, place));
      if ((await Promise.all(places.map(isLink))).includes(true)) {
        once('a folder of a watched folder is a link, and not followed', { jurisdiction: name });
        continue;
      }
      const work = empty(jurisdiction, folder)
        .catch((error: unknown) =>
          log.warn({ ...withoutNames(error), jurisdiction: name }, 'the watched folder cannot be worked'),
        )
        .finally(() => inHand.delete(name));
      inHand.set(name, work);
    }
  };

  const lookAgain = () => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.debug({ err: error }, 'the watched folder was not looked at'))
        .finally(() => closing.signal.aborted || lookAgain());
    }, times.lookEveryMs);
  };
  lookAgain();
  return {
    async close() {
      closing.abort();
      clearTimeout(timer);
      await Promise.all(inHand.values());
    },
  };
}
