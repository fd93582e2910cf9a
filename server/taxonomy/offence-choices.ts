// What people say a label is, where no list knows it: kept by its words, good for every record with them, stored or yet
// to come. No incident is touched: where a leaf hangs in the tree is decided when it is counted.

import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { foldWords } from '../text/fold.ts';
import { repairWords } from '../text/mojibake.ts';
import type { LabelsAnswer } from './contract.ts';
import { isUnconfirmed, UNCONFIRMED } from './contract.ts';
import { type OffenceChoices, type Taxonomy, UNCLASSIFIED } from './taxonomy.ts';

const MOST_CHOICES = 5000;
const MOST_PROPOSED = 5;
/** As the table holds; of some scripts folding makes several letters of one. */
const MOST_WORDS_CHARS = 400;

/** Two labels are one when they differ by case, accents, spaces or letters known to be damaged, and by nothing else. */
export const wordsOf = (label: string): string => foldWords(repairWords(label));

export async function readChoices({ db }: Database, jurisdictionId: number): Promise<OffenceChoices> {
  const rows = await db
    .selectFrom('offence_choice')
    .select(['words', 'offence'])
    .where('jurisdiction_id', '=', jurisdictionId)
    .execute();
  return new Map(rows.map(({ words, offence }) => [words, offence]));
}

/** Says what a label is, over what was said before. Throws BadInput for a node that does not exist. */
export async function chooseOffence(
  { db }: Database,
  { id }: Jurisdiction,
  taxonomy: Taxonomy,
  { label, offence }: { readonly label: string; readonly offence: string },
): Promise<void> {
  const words = wordsOf(label);
  if (words === '') throw new BadInput('label', 'a label is needed');
  if (words.length > MOST_WORDS_CHARS) throw new BadInput('label', 'the label is too long');
  checkNode(taxonomy, offence);
  await db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ others: number }>`
      select count(*)::int as others from offence_choice
      where jurisdiction_id = ${id} and words <> ${words}`.execute(trx);
    if (rows[0]!.others >= MOST_CHOICES) throw new BadInput('label', `more than ${MOST_CHOICES} labels`);
    await sql`
      insert into offence_choice (jurisdiction_id, words, label, offence)
      values (${id}, ${words}, ${label.trim()}, ${offence})
      on conflict (jurisdiction_id, words) do update
        set label = excluded.label, offence = excluded.offence, chosen_at = excluded.chosen_at`.execute(trx);
    await raiseDataVersion(trx, id);
  });
}

/** Takes back what was said of a label. Throws NotFound. */
export async function forgetChoice({ db }: Database, { id }: Jurisdiction, label: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { numDeletedRows } = await trx
      .deleteFrom('offence_choice')
      .where('jurisdiction_id', '=', id)
      .where('words', '=', wordsOf(label))
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new NotFound('nothing was said of this label');
    await raiseDataVersion(trx, id);
  });
}

type LabelledOffence = { readonly offenceId: number; readonly code: string; readonly labels: readonly string[] };

/** The labels no list knows, the commonest first, and what was said of others; `counts` by the number of the offence. */
export async function listLabels(
  { db }: Database,
  { id }: Jurisdiction,
  lists: Taxonomy,
  offences: readonly LabelledOffence[],
  counts: ReadonlyMap<number, number>,
): Promise<LabelsAnswer> {
  const said = await db
    .selectFrom('offence_choice')
    .select(['words', 'label', 'offence'])
    .where('jurisdiction_id', '=', id)
    .orderBy('label')
    .execute();
  const chosen = new Map(said.map(({ words }) => [words, 0]));
  const unclassified = new Map<string, { label: string; incidents: number }>();
  for (const { offenceId, code, labels } of offences) {
    const label = labels[0];
    if (label === undefined || isUnconfirmed(code)) continue;
    const words = wordsOf(label);
    const incidents = counts.get(offenceId) ?? 0;
    const before = chosen.get(words);
    if (before !== undefined) chosen.set(words, before + incidents);
    else if (incidents > 0 && lists.parentOf(code) === UNCLASSIFIED) {
      unclassified.set(words, { label, incidents: (unclassified.get(words)?.incidents ?? 0) + incidents });
    }
  }
  const labels = [...unclassified.values()].sort((a, b) => b.incidents - a.incidents || (a.label < b.label ? -1 : 1));
  return {
    incidents: labels.reduce((sum, { incidents }) => sum + incidents, 0),
    labels,
    choices: said.map(({ words, label, offence }) => ({ label, offence, incidents: chosen.get(words)! })),
  };
}

/** How many incidents that count have each offence, straight from the tables. */
export async function countByOffence({ db }: Database, { id }: Jurisdiction): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ offenceId: number; incidents: number }>`
    select i.offence_id as "offenceId", count(*)::int as incidents
    from incident i join data_state t on t.jurisdiction_id = ${id}
    where i.jurisdiction_id = ${id} and i.from_delivery <= t.head_delivery
      and (i.until_delivery is null or i.until_delivery > t.head_delivery)
    group by i.offence_id`.execute(db);
  return new Map(rows.map(({ offenceId, incidents }) => [offenceId, incidents]));
}

function checkNode({ nodes }: Taxonomy, offence: string): void {
  const choosable = nodes.filter(({ code }) => code !== UNCLASSIFIED && code !== UNCONFIRMED);
  if (choosable.some(({ code }) => code === offence)) return;
  const asked = foldWords(offence);
  const near = choosable
    .filter(({ code, es, en }) => [code, foldWords(es), foldWords(en)].some((text) => text.includes(asked)))
    .slice(0, MOST_PROPOSED)
    .map(({ code }) => code);
  const proposed = near.length ? ` (there are: ${near.join(', ')})` : '';
  throw new BadInput('offence', `no such offence in the tree: ${offence.slice(0, 80)}${proposed}`);
}
