// The commands about anonymous tips: whether a jurisdiction takes them, and for how long it keeps them.

import { findJurisdiction, viewIdOf } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { BadInput, Conflict } from '../errors.ts';
import type { Speech } from '../i18n/speech.ts';
import { readTipSettings, saveTipSettings } from '../tips/box.ts';
import { MOST_KEEP_DAYS, type TipSettings } from '../tips/contract.ts';
import { type Command, type CommandDeps, type Given, integer, type Run, text, told } from './command.ts';

const on: Run = async (deps, given) => {
  const jurisdiction = await findJurisdiction(deps.database, OPERATOR, given.argument);
  if ((await viewIdOf(deps.database, jurisdiction)) === null)
    throw new Conflict(`the form for tips stands on the public view: protect on ${jurisdiction.code} first`);
  return change(deps, given, { isOn: true, ...daysOf(given) });
};

const off: Run = (deps, given) => change(deps, given, { isOn: false });

const status: Run = (deps, given) => change(deps, given, null);

async function change({ database }: CommandDeps, { argument: code }: Given, wanted: Partial<TipSettings> | null) {
  const jurisdiction = await findJurisdiction(database, OPERATOR, code);
  const before = await readTipSettings(database, jurisdiction);
  const settings = {
    isOn: wanted?.isOn ?? before.isOn,
    keepDays: wanted?.keepDays ?? before.keepDays,
  };
  if (wanted) await saveTipSettings(database, jurisdiction, settings, new Date());
  return told({ jurisdiction: code, ...settings }, tellTips);
}

function daysOf({ option }: Given): Partial<TipSettings> {
  const days = integer(option('keep-days'), 'keep-days');
  if (days === null) return {};
  if (days < 1 || days > MOST_KEEP_DAYS) throw new BadInput('keep-days', `--keep-days is 1 to ${MOST_KEEP_DAYS}`);
  return { keepDays: days };
}

const tellTips = ({ say, int }: Speech, report: TipSettings & { readonly jurisdiction: string }): string[] => [
  say(report.isOn ? 'tipsOn' : 'tipsOff', { jurisdiction: report.jurisdiction, days: int(report.keepDays) }),
];

export const TIP_COMMANDS: readonly Command[] = [
  { words: 'tips on', audited: 'setting', options: { 'keep-days': text }, run: on },
  { words: 'tips off', audited: 'setting', options: {}, run: off },
  { words: 'tips status', options: {}, run: status },
];
