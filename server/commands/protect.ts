// The commands about the protected dataset: what of a jurisdiction could be published whole.

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { BadInput, Conflict } from '../errors.ts';
import { type ProtectionRules, SAFE_RULES } from '../protection/contract.ts';
import { protectedDataset } from '../protection/dataset.ts';
import { writeProtectedFile } from '../protection/write-file.ts';
import { tellProtected } from '../terminal/tell-protected.ts';
import { type Command, flag, type Given, integer, type Run, text, told } from './command.ts';

const exportFile: Run = async ({ database, taxonomy }, given, io) => {
  const { argument: code, arguments: words, option, isSet } = given;
  const path = resolve(io.cwd, words[1]!);
  if (!isSet('force') && (await exists(path))) throw new Conflict(`${words[1]} exists already; --force replaces it`);
  const rules = rulesOf(given);
  const wish = { finest: option('areas'), coarse: option('sensitive-areas') };
  const jurisdiction = await findJurisdiction(database, OPERATOR, code);
  const { rows, ...facts } = await protectedDataset(database, jurisdiction, taxonomy, rules, wish, io.signal);
  io.signal.throwIfAborted();
  await writeProtectedFile(path, rows);
  return told({ file: words[1]!, jurisdiction: code, rows: rows.length, rules, ...facts }, tellProtected);
};

const HOURS_OF_A_DAY = 24;

/** The rules with what was said otherwise. Throws BadInput for what is no rule. */
function rulesOf({ option }: Given): ProtectionRules {
  const number = (name: string, safe: number, least: number) => {
    const said = integer(option(name), name) ?? safe;
    if (said < least) throw new BadInput(name, `--${name} is at least ${least}`);
    return said;
  };
  const hours = option('hours');
  const band = hours === 'none' ? null : number('hours', SAFE_RULES.hoursPerBand!, 1);
  if (band !== null && HOURS_OF_A_DAY % band !== 0) throw new BadInput('hours', '--hours divides 24, or is none');
  return {
    ...SAFE_RULES,
    segmentsPerPoint: number('segments', SAFE_RULES.segmentsPerPoint, 1),
    metresPerPoint: number('metres', SAFE_RULES.metresPerPoint, 0),
    hoursPerBand: band,
    base: number('base', SAFE_RULES.base, 2),
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

export const PROTECT_COMMANDS: readonly Command[] = [
  {
    words: 'protect export',
    audited: 'export',
    takes: 2,
    options: {
      ...{ areas: text, 'sensitive-areas': text, hours: text, segments: text, metres: text, base: text },
      force: flag,
    },
    run: exportFile,
  },
];
