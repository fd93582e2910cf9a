// The commands about what authorities share: proposing an agreement, listing, accepting and ending them.

import { answerAgreement, listAgreements, proposeAgreement } from '../access/agreements.ts';
import { type Agreement, agreementBody, SHARE_LEVELS } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { appendRows } from '../audit/chain.ts';
import { BadInput, NotFound } from '../errors.ts';
import { inOneLine } from '../sharing/in-words.ts';
import { tellAgreement, tellAgreements } from '../terminal/tell-sharing.ts';
import { type Command, type CommandDeps, type Given, type Run, text, told } from './command.ts';

const by = () => ({ who: 'command', now: new Date() });

const add: Run = async ({ database, taxonomy }, given) => {
  const [giver = '', receiver = ''] = given.arguments;
  for (const code of [giver, receiver]) await findJurisdiction(database, OPERATOR, code);
  const terms = termsOf(given);
  taxonomy.subtree(terms.offences ?? [], []); // refuses a code that stands for nothing
  const proposed = await proposeAgreement(database, giver, { giver, receiver, ...terms }, by());
  await kept(database, 'propose', proposed);
  return told(proposed, tellAgreement);
};

const list: Run = async ({ database }) =>
  told({ agreements: await listAgreements(database, null, new Date()) }, tellAgreements);

/** Whoever has the machine speaks for both sides: for the one that has to answer. */
const accept: Run = async ({ database }, { argument }) => {
  const { giver, receiver, proposedBy } = await found(database, argument);
  const side = proposedBy === giver ? receiver : giver;
  const accepted = await answerAgreement(database, side, argument, 'accept', by());
  await kept(database, 'accept', accepted);
  return told(accepted, tellAgreement);
};

const end: Run = async ({ database }, { argument }) => {
  const { giver } = await found(database, argument);
  const ended = await answerAgreement(database, giver, argument, 'end', by());
  await kept(database, 'end', ended);
  return told(ended, tellAgreement);
};

async function found(database: CommandDeps['database'], id: string): Promise<Agreement> {
  const agreement = (await listAgreements(database, null, new Date())).find((each) => each.id === id);
  if (!agreement) throw new NotFound('no such agreement');
  return agreement;
}

function termsOf({ option, required }: Given) {
  const level = SHARE_LEVELS.find((each) => each === required('level'));
  if (!level) throw new BadInput('level', `not a level (${SHARE_LEVELS.join(', ')})`);
  const offences = option('offences')?.split(',') ?? null;
  const [, layer, codes] = /^([a-z0-9][a-z0-9_-]*):(.+)$/.exec(option('areas') ?? '') ?? [];
  if (option('areas') !== null && !layer) throw new BadInput('areas', 'not areas of a layer (LAYER:CODE,…)');
  const areas = layer ? { layer, codes: codes!.split(',') } : null;
  const {
    direction: _direction,
    with: _with,
    ...terms
  } = checked({
    ...{ direction: 'give', with: 'x', level, offences, areas, until: required('until') },
  });
  return terms;
}

function checked(body: object) {
  const parsed = agreementBody.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new BadInput(String(issue!.path[0]), issue!.message);
}

async function kept(database: CommandDeps['database'], what: string, agreement: Agreement): Promise<void> {
  const row = { at: new Date().toISOString(), who: 'command', role: 'administrator', address: '', rows: null } as const;
  const detail = `${what} ${inOneLine(agreement)}`;
  await appendRows(
    database,
    [agreement.giver, agreement.receiver].map((jurisdiction) => ({ ...row, what: 'sharing', jurisdiction, detail })),
  );
}

export const SHARE_COMMANDS: readonly Command[] = [
  { words: 'share add', takes: 2, options: { level: text, offences: text, areas: text, until: text }, run: add },
  { words: 'share list', takes: 0, options: {}, run: list },
  { words: 'share accept', options: {}, run: accept },
  { words: 'share end', options: {}, run: end },
];
