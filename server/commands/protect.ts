// The commands about the public view: what of a jurisdiction could be published whole, shown or as a file.

import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isEmbedOrigin, type Jurisdiction } from '../access/contract.ts';
import { setEmbedOrigins } from '../access/embedding.ts';
import { findJurisdiction, removeView, viewIdOf } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { BadInput, Conflict } from '../errors.ts';
import { type ProtectionRules, SAFE_RULES } from '../protection/contract.ts';
import { protectedDataset } from '../protection/dataset.ts';
import { importProtected } from '../protection/import-file.ts';
import { readAbout, readEdition } from '../protection/read-edition.ts';
import { type ProtectionSettings, readSettings, saveMadeFrom, saveSettings } from '../protection/settings.ts';
import { makeView } from '../protection/view.ts';
import { layersFileOf, publishedTexts, writeProtectedFiles } from '../protection/write-file.ts';
import { tellEmbedding, tellImported, tellProtected, tellView } from '../terminal/tell-protected.ts';
import { type Command, type CommandDeps, flag, type Given, integer, type Run, text, told } from './command.ts';

/** What the public view stands on, if there is one and no other rules are asked for; else what it would stand on. */
const exportFile: Run = async ({ database, taxonomy }, given, io) => {
  const { argument: code, arguments: words, isSet } = given;
  const path = resolve(io.cwd, words[1]!);
  for (const file of [path, layersFileOf(path)]) {
    if (!isSet('force') && (await exists(file))) throw new Conflict(`${file} exists already; --force replaces it`);
  }
  const jurisdiction = await findJurisdiction(database, OPERATOR, code);
  const settings = await readSettings(database, jurisdiction);
  const asked = settingsOf(given, settings);
  const view = await viewIdOf(database, jurisdiction);
  const isShown = view !== null && RULES.every((name) => given.option(name) === null);
  const made = isShown
    ? { edition: await readEdition(database, { id: view }), account: null }
    : await protectedDataset(database, jurisdiction, taxonomy, asked, io.signal);
  io.signal.throwIfAborted();
  const { about, rows } = made.edition;
  const from = isShown ? view : jurisdiction.id;
  await writeProtectedFiles(path, await publishedTexts(database, jurisdiction, from, made.edition));
  const report = {
    ...{ file: words[1]!, layersFile: layersFileOf(words[1]!), jurisdiction: code, rows: rows.length },
    ...{ counted: rows.reduce((sum, { count }) => sum + count, 0), account: made.account, ...about },
  };
  return told(report, tellProtected);
};

const on: Run = async (deps, given, io) => {
  const jurisdiction = await shownApart(deps, given.argument);
  const settings = { ...settingsOf(given, await readSettings(deps.database, jurisdiction)), isOn: true };
  await saveSettings(deps.database, jurisdiction, settings, deps.log);
  const made = await makeView(deps, jurisdiction, io.signal);
  return told({ jurisdiction: given.argument, ...(await statusOf(deps, jurisdiction)), made }, tellView);
};

const off: Run = async (deps, given) => {
  const jurisdiction = await shownApart(deps, given.argument);
  const settings = { ...(await readSettings(deps.database, jurisdiction)), isOn: false };
  await saveSettings(deps.database, jurisdiction, settings, deps.log);
  await removeView(deps.database, jurisdiction);
  await saveMadeFrom(deps.database, jurisdiction, null);
  return told({ jurisdiction: given.argument, ...(await statusOf(deps, jurisdiction)) }, tellView);
};

const status: Run = async (deps, given) => {
  const jurisdiction = await findJurisdiction(deps.database, OPERATOR, given.argument);
  return told({ jurisdiction: given.argument, ...(await statusOf(deps, jurisdiction)) }, tellView);
};

const MOST_ORIGINS = 50;

const embed: Run = async ({ database }, given) => {
  const jurisdiction = await findJurisdiction(database, OPERATOR, given.argument);
  const said = given.arguments[1]!;
  const origins = said === 'default' ? null : said === 'none' ? [] : said.split(',').map((text) => text.trim());
  const wrong = origins?.find((text) => !isEmbedOrigin(text));
  if (wrong !== undefined)
    throw new BadInput('origins', `not an origin like https://example.org: ${wrong.slice(0, 80)}`);
  if (origins && origins.length > MOST_ORIGINS) throw new BadInput('origins', `at most ${MOST_ORIGINS} origins`);
  await setEmbedOrigins(database, jurisdiction, origins);
  return told({ jurisdiction: given.argument, origins }, tellEmbedding);
};

const importFile: Run = async ({ database, taxonomy }, { argument, option }, io) => {
  const path = resolve(io.cwd, argument);
  const layers = resolve(io.cwd, option('layers') ?? layersFileOf(argument));
  return told(await importProtected(database, taxonomy, path, layers, io.signal), tellImported);
};

async function shownApart({ database }: CommandDeps, code: string): Promise<Jurisdiction> {
  const jurisdiction = await findJurisdiction(database, OPERATOR, code);
  if ((await viewIdOf(database, jurisdiction)) === jurisdiction.id)
    throw new Conflict(`${code} came as a published file, and is shown as it is`);
  return jurisdiction;
}

async function statusOf({ database }: CommandDeps, jurisdiction: Jurisdiction) {
  const { isOn, rules, licence } = await readSettings(database, jurisdiction);
  const id = await viewIdOf(database, jurisdiction);
  const shown = id === null ? null : await readAbout(database, { id }).catch(() => null);
  return {
    isOn: isOn || id === jurisdiction.id,
    rules,
    licence,
    shown: shown && { ...shown.about, publishedAt: shown.publishedAt },
  };
}

const RULES = [
  ...(['areas', 'sensitive-areas', 'addresses', 'segments', 'metres', 'base', 'months-behind', 'licence'] as const),
];

/** What was said, over the settings as they are. Throws BadInput for what is no rule. */
function settingsOf({ option }: Given, before: ProtectionSettings): ProtectionSettings {
  const number = (name: string, now: number, least: number) => {
    const said = integer(option(name), name) ?? now;
    if (said < least) throw new BadInput(name, `--${name} is at least ${least}`);
    return said;
  };
  if (![null, 'none'].includes(option('hours'))) throw new BadInput('hours', 'hours are not published: --hours none');
  const rules: ProtectionRules = {
    ...SAFE_RULES,
    segmentsPerPoint: number('segments', before.rules.segmentsPerPoint, 1),
    metresPerPoint: number('metres', before.rules.metresPerPoint, 0),
    base: number('base', before.rules.base, 2),
    monthsBehind: number('months-behind', before.rules.monthsBehind, 0),
  };
  return {
    ...{ ...before, rules, areas: option('areas') ?? before.areas },
    addresses: option('addresses') ?? before.addresses,
    ...{
      sensitiveAreas: option('sensitive-areas') ?? before.sensitiveAreas,
      licence: option('licence') ?? before.licence,
    },
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const SETTINGS = {
  ...{ areas: text, 'sensitive-areas': text, addresses: text, hours: text, segments: text, metres: text, base: text },
  ...{ 'months-behind': text, licence: text },
} as const;

export const PROTECT_COMMANDS: readonly Command[] = [
  { words: 'protect on', audited: 'setting', options: SETTINGS, run: on },
  { words: 'protect off', audited: 'setting', options: {}, run: off },
  { words: 'protect status', options: {}, run: status },
  { words: 'protect embed', audited: 'setting', takes: 2, options: {}, run: embed },
  { words: 'protect export', audited: 'export', takes: 2, options: { ...SETTINGS, force: flag }, run: exportFile },
  { words: 'import protected', audited: 'import', options: { layers: text }, run: importFile },
];
