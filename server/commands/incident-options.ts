// How the command line is told to read a file of incidents: its options, a reading saved under a name, or both.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import { KINDS, type Kind } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import type { ImportMapping } from '../imports/contract.ts';
import { detectInWorker } from '../imports/detect-in-worker.ts';
import { SURE } from '../imports/recognise.ts';
import { listSavedPresets, savePreset } from '../imports/saved-presets.ts';
import { areaCode } from '../official-totals/contract.ts';
import { DATE_ORDERS, type DateOrder, timesChoice } from '../reading/contract.ts';
import { FEED_ID_RULES, type FeedIdRule, ID_RULES, type IdRule } from '../tables/contract.ts';
import { UnknownHeader } from '../terminal/header.ts';
import { DECIMAL_MARKS, type DecimalMark } from '../text/contract.ts';
import { flag, type Given, text } from './command.ts';

export const INCIDENT_OPTIONS = {
  jurisdiction: text,
  preset: text,
  source: text,
  kind: text,
  mode: text,
  period: text,
  through: text,
  rejects: text,
  confirm: flag,
  'dry-run': flag,
  sheet: text,
  'date-order': text,
  times: text,
  numbers: text,
  offence: text,
  'id-rule': text,
  'confirm-points': flag,
  reading: text,
  'save-reading': text,
  map: { type: 'string', multiple: true },
  area: { type: 'string', multiple: true },
} as const;

/**
 * What the options say, over what the named reading says; the layout is recognised where neither names it. Throws
 * BadInput naming the option.
 */
export async function mappingOf(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  { option, list, isSet }: Given,
): Promise<ImportMapping> {
  const saved = await readingOf(database, jurisdiction, option('reading'));
  const map = { ...saved?.map, ...Object.fromEntries(list('map').map(pairOf)) };
  const { dateOrder, times } = datesOf(option);
  const said = {
    source: option('source') ?? saved?.source ?? null,
    kind: kindNamed(option('kind')) ?? saved?.kind ?? null,
    map,
    sheet: option('sheet') ?? saved?.sheet ?? null,
    replaces: periodOf(option('mode'), option('period')),
    through: option('through'),
    dateOrder: dateOrder ?? saved?.dateOrder ?? null,
    times: times ?? saved?.times ?? null,
    numbers: decimalMarkOf(option('numbers')) ?? saved?.numbers ?? null,
    offence: offenceOf(option('offence')) ?? saved?.offence ?? null,
    idRule: idRuleOf(option('id-rule')) ?? saved?.idRule ?? null,
    confirmPoints: isSet('confirm-points') || (saved?.confirmPoints ?? false),
    areas: areasOf(list('area')) ?? saved?.areas ?? null,
  };
  return { ...said, preset: option('preset') ?? saved?.preset ?? (await recognise(path, said, jurisdiction)) };
}

/** Keeps how a file was read under a name; it is known again by the columns it names, those that were read. */
export async function saveReading(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  name: string,
  mapping: ImportMapping,
): Promise<void> {
  const { bounds, timezone } = jurisdiction;
  const { columns } = await detectInWorker({ path, sheet: mapping.sheet, bounds, timezone, mapping });
  const read = Object.fromEntries(columns.flatMap((column) => (column.field ? [[column.name, column.field]] : [])));
  const map = Object.keys(mapping.map).length ? mapping.map : read;
  await savePreset(database, jurisdiction, name, { ...mapping, map });
}

async function readingOf(database: Database, jurisdiction: Jurisdiction, name: string | null) {
  if (name === null) return null;
  const all = await listSavedPresets(database, jurisdiction);
  const found = all.find((each) => each.name === name);
  if (!found)
    throw new NotFound(`no saved reading ${name} (there are: ${all.map((each) => each.name).join(', ') || '–'})`);
  return found.mapping;
}

/** The layout a file is recognised as. Throws UnknownHeader when it is not certain, BadInput('offence') when only that lacks. */
async function recognise(
  path: string,
  { sheet, map, offence }: Pick<ImportMapping, 'sheet' | 'map' | 'offence'>,
  { bounds, timezone }: Jurisdiction,
): Promise<string> {
  const detection = await detectInWorker({ path, sheet, bounds, timezone, mapping: { map, offence } });
  const { preset, confidence, candidates, columns } = detection;
  if (confidence >= SURE) return preset;
  const saysNone = offence === null && !columns.some(({ field }) => field === 'offence');
  if (saysNone && preset !== 'generic' && confidence >= SURE / 2)
    throw new BadInput('offence', `the file looks like ${preset}, but no column says the offence: say --offence LABEL`);
  const seen = candidates.map((each) => `${each.preset} ${each.confidence}`).join(', ') || 'nothing like it';
  throw new UnknownHeader(basename(path), detection, null, `the file is not recognised (${seen})`);
}

/** A refusal for want of columns as one that can say what there is; any other error as it is. */
export async function asHeader(
  error: unknown,
  path: string,
  { bounds, timezone }: Jurisdiction,
  { sheet, preset }: ImportMapping,
): Promise<unknown> {
  if (!(error instanceof BadInput) || !error.message.startsWith('no column for ')) return error;
  const detection = await detectInWorker({ path, sheet, bounds, timezone });
  return new UnknownHeader(basename(path), detection, preset, error.message);
}

function periodOf(mode: string | null, given: string | null): { from: string; until: string } | null {
  if (mode !== null && mode !== 'add' && mode !== 'replace') throw new BadInput('mode', 'add or replace');
  if (mode !== 'replace') {
    if (given !== null) throw new BadInput('period', '--period goes with --mode replace');
    return null;
  }
  const match = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(given ?? '');
  if (!match || match[1]! >= match[2]!)
    throw new BadInput('period', '--mode replace needs --period FROM..UNTIL (until exclusive)');
  return { from: match[1]!, until: match[2]! };
}

/** Null = as before, else by name; the option may be given again, or hold several codes with commas. */
function areasOf(given: readonly string[]): string[] | null {
  const codes = given.flatMap((each) => each.split(',')).map((code) => code.trim());
  for (const code of codes)
    if (!areaCode.safeParse(code).success) throw new BadInput('area', `not an area code: ${code}`);
  return codes.length ? codes : null;
}

function pairOf(pair: string): [string, string] {
  const at = pair.lastIndexOf('=');
  if (at < 1) throw new BadInput('map', '--map COLUMN=FIELD');
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** How dates and times are written, where that is said. */
export function datesOf(option: Given['option']): { dateOrder: DateOrder | null; times: string | null } {
  const dateOrder = oneOf(DATE_ORDERS, option('date-order'), 'date-order', `--date-order ${DATE_ORDERS.join('|')}`);
  const times = option('times');
  if (times !== null && !timesChoice.safeParse(times).success)
    throw new BadInput('times', '--times local|utc|ZONE, a zone like America/Mexico_City');
  return { dateOrder, times };
}

export const kindNamed = (kind: string | null): Kind | null => oneOf(KINDS, kind, 'kind', KINDS.join(', '));

function offenceOf(label: string | null): string | null {
  if (label !== null && (label.trim() === '' || label.length > 200))
    throw new BadInput('offence', '--offence LABEL, of 1 to 200 characters');
  return label?.trim() ?? null;
}

export const decimalMarkOf = (mark: string | null): DecimalMark | null =>
  oneOf(DECIMAL_MARKS, mark, 'numbers', `--numbers ${DECIMAL_MARKS.join('|')} (the decimal mark)`);

const idRuleOf = (rule: string | null): IdRule | null =>
  oneOf(ID_RULES, rule, 'id-rule', `--id-rule ${ID_RULES.join('|')}`);

export const feedIdRuleOf = (rule: string | null): FeedIdRule | null =>
  oneOf(FEED_ID_RULES, rule, 'id-rule', `--id-rule ${FEED_ID_RULES.join('|')}`);

/** The value given, if one of those there are; null where none is given. */
function oneOf<T extends string>(
  values: readonly T[],
  given: string | null,
  option: string,
  refusal: string,
): T | null {
  if (given === null) return null;
  const found = values.find((value) => value === given);
  if (found === undefined) throw new BadInput(option, refusal);
  return found;
}
