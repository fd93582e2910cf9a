// The published files of public views as they are handed out: written once for each state of a view, and then sent as they
// lie; one at a time, for the rows of a large city take memory.

import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { askAgain } from '../cube/again.ts';
import type { Database } from '../db/open.ts';
import { makeScratch } from '../files/scratch.ts';
import type { DataState } from '../filter/catalogue.ts';
import { readEdition } from './read-edition.ts';
import { layersFileOf, publishedTexts, writeProtectedFiles } from './write-file.ts';

type Files = { readonly state: DataState; readonly rows: string };

type PublishedFiles = {
  /** One of the two files of a view as it is at `state` or since, open for whoever closes it. */
  open(
    view: Jurisdiction,
    state: DataState,
    which: 'rows' | 'layers',
  ): Promise<{ readonly file: FileHandle; readonly state: DataState }>;
};

export function createPublishedFiles(database: Database): PublishedFiles {
  const kept = new Map<number, Files>();
  let folder: Promise<string> | null = null;
  let writing: Promise<unknown> = Promise.resolve();
  let written = 0;

  const write = async (view: Jurisdiction, state: DataState): Promise<Files> => {
    const before = kept.get(view.id);
    if (before?.state.token === state.token) return before;
    folder ??= makeScratch('published');
    const edition = await askAgain(() => readEdition(database, view));
    const rows = join(await folder, `${view.id}-${written++}.csv`);
    await writeProtectedFiles(rows, await publishedTexts(database, view, view.id, edition));
    const files = { state: edition.state, rows };
    kept.set(view.id, files);
    // Who is being sent the old ones has them open.
    if (before) for (const path of [before.rows, layersFileOf(before.rows)]) await rm(path, { force: true });
    return files;
  };

  return {
    async open(view, state, which) {
      const made = writing.then(async () => {
        const files = await write(view, state);
        return { file: await open(which === 'rows' ? files.rows : layersFileOf(files.rows)), state: files.state };
      });
      writing = made.catch(() => {});
      return made;
    },
  };
}
