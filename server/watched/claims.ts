// Files of a watched folder in one server's hands: taken by a rename, which only one can win, and kept by a sign of life.
// FOLDER/.importing/ID/NAME is a file somebody imports; the folder ID is touched as long as that somebody lives.

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rmdir, utimes } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/** Where a watched folder keeps the files that are in somebody's hands. */
export const CLAIMS = '.importing';
/** Signs of life until a claim counts as abandoned. */
const SIGNS = 5;
const MOST_NAMES = 1000;

export type Claim = {
  /** Where the file is now. */
  readonly path: string;
  readonly name: string;
  /** Moves it to FOLDER/done or FOLDER/refused under a name of its own; answers its path there. */
  settle(to: 'done' | 'refused', stamp: string): Promise<string>;
  /** Puts it back where it came from, for whoever looks next. */
  putBack(): Promise<void>;
  /** Gives no more sign of life: what is still in hand is abandoned. */
  release(): void;
};

/** Takes a file that lies in the folder; null when somebody else did, or it cannot be moved yet. */
export async function claimFile(folder: string, name: string, abandonedMs: number): Promise<Claim | null> {
  const mine = join(folder, CLAIMS, randomUUID());
  await mkdir(mine, { recursive: true });
  try {
    await rename(join(folder, name), join(mine, name));
  } catch {
    await rmdir(mine).catch(() => {});
    return null;
  }
  return hold(folder, mine, name, abandonedMs);
}

/** Takes over what nobody has touched for long: the server that had it is gone. */
export function openAbandoned(abandonedMs: number, now: () => number = Date.now) {
  // Since when, by our own clock, a folder has been touched no more: clocks of a share may differ.
  const seen = new Map<string, { readonly mtimeMs: number; readonly since: number }>();
  return async (folder: string, ours: ReadonlySet<string>): Promise<Claim[]> => {
    const claims: Claim[] = [];
    const ids = await readdir(join(folder, CLAIMS)).catch((): string[] => []);
    for (const path of seen.keys())
      if (!ids.includes(basename(path)) && dirname(path) === join(folder, CLAIMS)) seen.delete(path);
    for (const id of ids) {
      const path = join(folder, CLAIMS, id);
      const about = await lstat(path).catch(() => null);
      if (!about?.isDirectory()) continue;
      const before = seen.get(path);
      if (before?.mtimeMs !== about.mtimeMs) seen.set(path, { mtimeMs: about.mtimeMs, since: now() });
      else if (now() - before.since >= abandonedMs && !ours.has(path)) {
        seen.delete(path);
        const claim = await takeOver(folder, path, abandonedMs);
        if (claim) claims.push(claim);
      }
    }
    return claims;
  };
}

async function takeOver(folder: string, abandoned: string, abandonedMs: number): Promise<Claim | null> {
  const mine = join(folder, CLAIMS, randomUUID());
  try {
    await rename(abandoned, mine);
  } catch {
    return null;
  }
  const name = (await readdir(mine)).find((each) => !each.startsWith('.'));
  if (name !== undefined) return hold(folder, mine, name, abandonedMs);
  await rmdir(mine).catch(() => {});
  return null;
}

function hold(folder: string, mine: string, name: string, abandonedMs: number): Claim {
  const path = join(mine, name);
  const touch = () => {
    const now = new Date();
    utimes(mine, now, now).catch(() => {});
  };
  touch();
  const timer = setInterval(touch, abandonedMs / SIGNS);
  const letGo = async () => {
    clearInterval(timer);
    await rmdir(mine).catch(() => {}); // whatever else lies there is not ours to remove
  };
  return {
    path,
    name,
    async settle(to, stamp) {
      const there = join(folder, to);
      await mkdir(there, { recursive: true });
      const target = join(there, await freeName(there, `${stamp} ${name}`));
      await rename(path, target);
      await letGo();
      return target;
    },
    async putBack() {
      await rename(path, join(folder, await freeName(folder, name)));
      await letGo();
    },
    release: () => clearInterval(timer),
  };
}

/** `junio.csv`, `junio (2).csv`, …: nothing is ever written over. */
async function freeName(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  for (let n = 1; n <= MOST_NAMES; n++) {
    const candidate = n === 1 ? name : `${name.slice(0, name.length - ending.length)} (${n})${ending}`;
    if (!(await lstat(join(folder, candidate)).catch(() => null))) return candidate;
  }
  throw new Error('too many files of one name');
}
