// The commands about the labels of offences: what there is, which are in no list, and what one is.

import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { offenceRows } from '../counts/listings.ts';
import { readCatalogue, readState } from '../filter/catalogue.ts';
import { parseWith } from '../http/contract.ts';
import type { Language } from '../i18n/contract.ts';
import { labelChoice, labelQuery } from '../taxonomy/contract.ts';
import { chooseOffence, countByOffence, forgetChoice, listLabels, wordsOf } from '../taxonomy/offence-choices.ts';
import { commandLine } from '../terminal/shell.ts';
import { tellLabels } from '../terminal/tell-incidents.ts';
import { type Command, type CommandDeps, type Run, text, told } from './command.ts';

const unclassified: Run = async (deps, { argument }) => {
  const { labels } = await labelsOf(deps, argument);
  return told(labels, (speech) => tellLabels(speech, argument, deps.taxonomy, labels));
};

const list: Run = async (deps, { argument }) => {
  const { counts, offences, choices } = await labelsOf(deps, argument);
  const said = deps.taxonomy.withChoices(choices);
  const nodes = new Set(said.nodes.map(({ code }) => code));
  const rows = (language: Language) =>
    offenceRows(said, offences, counts, language).filter(({ code }) => nodes.has(code));
  const report = {
    offences: rows('es').map(({ code, parent, title, incidents }) => ({ code, parent, title, incidents })),
  };
  return told(report, ({ say, int, language }) =>
    rows(language).map(({ code, title, incidents }) => say('node', { n: int(incidents).padStart(9), code, title })),
  );
};

const map: Run = async (deps, { arguments: [label, offence], required }) => {
  const { database, taxonomy } = deps;
  const city = required('jurisdiction');
  const choice = parseWith(labelChoice, { label, offence });
  await chooseOffence(database, await findJurisdiction(database, OPERATOR, city), taxonomy, choice);
  const { labels } = await labelsOf(deps, city);
  const incidents = labels.choices.find((each) => wordsOf(each.label) === wordsOf(choice.label))?.incidents ?? 0;
  return told({ ...choice, incidents }, ({ say, int, language }) => [
    say(incidents ? 'chosen' : 'chosenNone', {
      label: choice.label,
      title: taxonomy.title(choice.offence, language),
      code: choice.offence,
      n: int(incidents),
    }),
    say('undoWith'),
    `  ${commandLine(['offences', 'unmap', choice.label, '--jurisdiction', city])}`,
  ]);
};

const unmap: Run = async ({ database }, { argument, required }) => {
  const { label } = parseWith(labelQuery, { label: argument });
  await forgetChoice(database, await findJurisdiction(database, OPERATOR, required('jurisdiction')), label);
  return told({ removed: label }, ({ say }) => [say('forgotten', { label })]);
};

async function labelsOf({ database, taxonomy }: CommandDeps, city: string) {
  const jurisdiction = await findJurisdiction(database, OPERATOR, city);
  const head = (await readState(database, jurisdiction.id))?.head ?? 0;
  const { offences, choices } = await readCatalogue(database, jurisdiction.id, head);
  const counts = await countByOffence(database, jurisdiction);
  return { labels: await listLabels(database, jurisdiction, taxonomy, offences, counts), counts, offences, choices };
}

export const OFFENCE_COMMANDS: readonly Command[] = [
  { words: 'offences unclassified', options: {}, run: unclassified },
  { words: 'offences list', options: {}, run: list },
  { words: 'offences map', audited: 'setting', takes: 2, options: { jurisdiction: text }, run: map },
  { words: 'offences unmap', audited: 'setting', options: { jurisdiction: text }, run: unmap },
];
