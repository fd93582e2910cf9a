// How much of the disk uploads may take, in all and for one client, counting what is still arriving.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NoRoom, TooMany } from '../errors.ts';

export type UploadShares = { readonly bytesInAll: number; readonly bytesOfOne: number; readonly uploadsOfOne: number };

const RETRY_AFTER_S = 60;

/** `announced`: what is kept free for one that still arrives. */
type Held = { readonly client: string; bytes: number; readonly announced: number; arriving: boolean };
const sizeHeld = ({ bytes, announced, arriving }: Held) => (arriving ? Math.max(bytes, announced) : bytes);

/** Counts the uploads under `root`; whose those are that lay there before is not known, nor written anywhere. */
export async function countUploads(root: string, shares: UploadShares) {
  const held = new Map<string, Held>();
  const recount = async (): Promise<void> => {
    const there = new Set(await readdir(root));
    for (const id of held.keys()) if (!there.has(id) && !held.get(id)!.arriving) held.delete(id);
    for (const id of there) {
      const known = held.get(id);
      if (known?.arriving) continue;
      held.set(id, { client: known?.client ?? '', bytes: await sizeOf(join(root, id)), announced: 0, arriving: false });
    }
  };
  const check = (client: string, more: { readonly bytes: number; readonly uploads: number }): void => {
    let { bytes: inAll, bytes: ofOne, uploads } = more;
    for (const each of held.values()) {
      inAll += sizeHeld(each);
      if (each.client !== client) continue;
      ofOne += sizeHeld(each);
      uploads++;
    }
    if (inAll > shares.bytesInAll) throw new NoRoom('too many files wait on this server');
    if (client !== '' && (ofOne > shares.bytesOfOne || uploads > shares.uploadsOfOne))
      throw new TooMany('too many of your files wait: publish or remove some', RETRY_AFTER_S);
  };
  await recount();
  return {
    /** Throws NoRoom or TooMany when `announced` bytes are too many. The client of a file of this machine is ''. */
    async begin(id: string, client: string, announced: number): Promise<void> {
      const more = { bytes: announced, uploads: 1 };
      try {
        check(client, more);
      } catch {
        // Published files are gone from the disk without a word.
        await recount();
        check(client, more);
      }
      // Only now: one that is refused must not count against those let in before.
      held.set(id, { client, bytes: 0, announced, arriving: true });
    },
    /** Throws like `begin`. */
    add(id: string, bytes: number): void {
      const mine = held.get(id);
      if (!mine) return;
      mine.bytes += bytes;
      if (mine.bytes > mine.announced) check(mine.client, { bytes: 0, uploads: 0 });
    },
    end(id: string): void {
      const mine = held.get(id);
      if (mine) mine.arriving = false;
    },
    forget: (id: string) => void held.delete(id),
  };
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => null);
    bytes += found?.size ?? 0;
  }
  return bytes;
}
