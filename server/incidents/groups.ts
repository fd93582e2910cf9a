// A file's batches in groups, the offences and words of each with their ids, one group ahead of whoever stores them.

import type { Database } from '../db/open.ts';
import type { Batch } from '../reading/batch.ts';
import type { FileInColumns } from '../reading/read-in-worker.ts';
import { ensureOffences, ensurePlaceTexts, type Offence, offenceIn } from './dictionaries.ts';

/** Rows whose offences and words for places are looked up at once. */
const GROUP_ROWS = 16_384;

/** Ids of the file's own dictionary entries, by their position in it. */
export type Dictionary = {
  readonly offences: Offence[];
  readonly placeTextIds: number[];
  /** No words for places were stored before the file, which says none of them new twice. */
  readonly isFirst: boolean;
};

type Group = { readonly group: readonly Batch[]; readonly fraction: number };

/** While the rows of a group are stored, the next is read and its words are looked up. */
export function groupsAhead(
  database: Database,
  jurisdictionId: number,
  dictionary: Dictionary,
  batches: FileInColumns['batches'],
): AsyncGenerator<Group> {
  return oneAhead(withWords(database, jurisdictionId, dictionary, inGroups(batches)));
}

async function addToDictionary(
  database: Database,
  jurisdictionId: number,
  dictionary: Dictionary,
  group: readonly Batch[],
): Promise<void> {
  const offences = group.flatMap(({ newOffences }) => newOffences);
  if (offences.length) {
    const ids = await ensureOffences(database, jurisdictionId, offences);
    for (const labelled of offences) dictionary.offences.push(offenceIn(ids, labelled));
  }
  const texts = group.flatMap(({ newPlaceTexts }) => newPlaceTexts);
  const ids = await ensurePlaceTexts(database, jurisdictionId, texts, dictionary.isFirst);
  for (const id of ids) dictionary.placeTextIds.push(id);
}

/** Several batches at a time: each asks the database for the ids of its words, which costs more than the words do. */
async function* inGroups(batches: FileInColumns['batches']): AsyncGenerator<Group> {
  let group: Batch[] = [];
  let rows = 0;
  let last = 0;
  for await (const { batch, fraction } of batches) {
    group.push(batch);
    rows += batch.rows;
    last = fraction;
    if (rows < GROUP_ROWS) continue;
    yield { group, fraction };
    group = [];
    rows = 0;
  }
  if (group.length) yield { group, fraction: last };
}

/** The groups, once their words have ids. */
async function* withWords(
  database: Database,
  jurisdictionId: number,
  dictionary: Dictionary,
  groups: AsyncIterable<Group>,
): AsyncGenerator<Group> {
  for await (const each of groups) {
    await addToDictionary(database, jurisdictionId, dictionary, each.group);
    yield each;
  }
}

/** Has the next item made while one is worked on. */
async function* oneAhead<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const from = items[Symbol.asyncIterator]();
  const ask = () => {
    const asked = from.next();
    asked.catch(() => {}); // whoever awaits it is told
    return asked;
  };
  try {
    for (let next = ask(); ; ) {
      const { done, value } = await next;
      if (done) return;
      next = ask();
      yield value;
    }
  } finally {
    await from.return?.();
  }
}
