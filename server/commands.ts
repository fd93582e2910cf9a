// The commands of `npm run cuadra`, run by the command line itself or, for it, by the server that owns the data folder.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { STAFF } from './access/contract.ts';
import { addJurisdiction, changeJurisdiction, findJurisdiction, removeJurisdiction } from './access/jurisdictions.ts';
import { BACKUP_COMMANDS } from './backup-commands.ts';
import { importLimit } from './boundaries/import.ts';
import { checkInstallation } from './check.ts';
import { type Command, type CommandDeps, flag, type Given, integer, text } from './command.ts';
import { type CommandIo, stoppedWords } from './db/control.ts';
import { BadInput, CannotStart, statusOf } from './errors.ts';
import { addFeed, listFeeds, removeFeed } from './feeds/keys.ts';
import { importersOf } from './imports/importers.ts';
import { datesOf, INCIDENT_OPTIONS, kindOf, mappingOf, saveReading } from './incident-options.ts';
import { listDeliveries } from './incidents/history.ts';
import { createRejectFile, type RejectedRow } from './incidents/reject-file.ts';
import { undoDelivery } from './incidents/undo.ts';
import { LAYER_COMMANDS } from './layer-commands.ts';
import { PLACE_COMMANDS } from './place-commands.ts';
import { placeStreetsAgain } from './placing/placement.ts';

export const USAGE = `npm run cuadra -- COMMAND [OPTIONS] [--json]

  jurisdiction add CODE --name NAME --timezone ZONE [--limit FILE] [--srid N]
  jurisdiction set CODE [--name NAME] [--timezone ZONE] [--limit FILE] [--srid N]
  jurisdiction remove CODE
  import areas FILE --layer L --jurisdiction J [--type areas|context]
      [--code COL] [--name COL] [--population COL[:YEAR],…] [--numbers comma|point] [--parent COL] [--only overlap|COL=VALUE]
      [--source-layer NAME] [--crs EPSG] [--swap-axes] [--encoding E] [--title T] [--valid-from DATE]
  import streets FILE --jurisdiction J [--code COL] [--name COL] [--only overlap|COL=VALUE]
      [--source-layer NAME] [--crs EPSG] [--swap-axes] [--encoding E] [--title T] [--valid-from DATE]
  import points FILE --layer L --jurisdiction J [the same options as streets]
  import population FILE --layer L --jurisdiction J [--code COL] [--name COL] [--population COL[:YEAR]] [--numbers comma|point]
  import incidents FILE[.gz|.xlsx|.zip] --jurisdiction J [--preset P] [--sheet NAME] [--source S] [--kind incident|call|victim]
      [--mode add | --mode replace --period FROM..UNTIL [--confirm]] [--map COLUMN=FIELD]... [--through DATE]
      [--rejects FILE] [--dry-run] [--date-order dmy|mdy|ymd|ydm] [--times local|utc|ZONE]
      [--numbers comma|point] [--offence LABEL] [--id-rule id|id+month|id+file|none] [--confirm-points]
      [--reading NAME] [--save-reading NAME]
      (--offence: what every row of a file of one offence is; --reading: as it was saved, here or on the page)
      (a SESNSP table of monthly totals is taken too: [--area CODE]... says of which municipalities or states)
  deliveries list J
  deliveries undo NUMBER --jurisdiction J
  places unmatched J [--layer L] [--limit N]
  places alias WORDS --jurisdiction J [--within BOROUGH] (--place LAYER:CODE | --none | --remove)
  places aliases J
  places match J
  feed add NAME --jurisdiction J --preset P [--source S] [--kind incident|call|victim]
      [--date-order dmy|mdy|ymd|ydm] [--times local|utc|ZONE]
  feed list J
  feed remove NAME --jurisdiction J
  backup FILE [--force]
  restore FILE [--replace]
  check`;

const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };

const COMMANDS: readonly Command[] = [
  { words: 'jurisdiction add', options: { name: text, timezone: text, limit: text, srid: text }, run: add },
  { words: 'jurisdiction set', options: { name: text, timezone: text, limit: text, srid: text }, run: set },
  { words: 'jurisdiction remove', options: {}, run: remove },
  ...LAYER_COMMANDS,
  {
    words: 'import incidents',
    options: INCIDENT_OPTIONS,
    run: incidents,
  },
  {
    words: 'feed add',
    options: { jurisdiction: text, preset: text, source: text, kind: text, 'date-order': text, times: text },
    run: feedAdd,
  },
  { words: 'feed list', options: {}, run: feedList },
  { words: 'feed remove', options: { jurisdiction: text }, run: feedRemove },
  { words: 'deliveries list', options: {}, run: deliveries },
  { words: 'deliveries undo', options: { jurisdiction: text }, run: undo },
  ...PLACE_COMMANDS,
  ...BACKUP_COMMANDS,
  { words: 'check', options: {}, run: check },
];

/** Runs one command; prints its report, or one line on what is wrong. Answers the exit status. */
export async function runCommand(deps: CommandDeps, argv: readonly string[], io: CommandIo): Promise<number> {
  const command = COMMANDS.find(({ words }) => words.split(' ').every((word, i) => argv[i] === word));
  if (!command) {
    io.err(USAGE);
    return 2;
  }
  const words = command.words.split(' ').length;
  try {
    const { values, positionals }: { values: Record<string, unknown>; positionals: string[] } = parseArgs({
      args: argv.slice(words),
      options: { ...command.options, json: flag },
      allowPositionals: true,
    });
    const takesArgument = command.run !== check;
    if (positionals.length !== (takesArgument ? 1 : 0))
      throw new BadInput('', `expected ${takesArgument ? 'one argument' : 'no argument'}\n\n${USAGE}`);
    const option = (name: string) => (values[name] as string | undefined) ?? null;
    const required = (name: string) => {
      const value = option(name);
      if (value === null) throw new BadInput(name, `--${name} is needed\n\n${USAGE}`);
      return value;
    };
    const list = (name: string) => (values[name] as string[] | undefined) ?? [];
    const given: Given = {
      argument: positionals[0] ?? '',
      option,
      required,
      list,
      isSet: (name) => values[name] === true,
    };
    const report = await command.run(deps, given, io);
    io.out(values.json ? JSON.stringify(report) : readable(report));
    return 'ok' in report && report.ok === false ? 1 : 0;
  } catch (error) {
    io.err(explain(error, argv, deps.log));
    return 1;
  }
}

function explain(error: unknown, argv: readonly string[], log: Logger): string {
  const { message, code } = error as Error & { code?: string };
  if (error instanceof CannotStart || statusOf(error).status !== 500) return message;
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${message}\n\n${USAGE}`;
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return `cannot read the file: ${message}`;
  if ((error as Error).name === 'AbortError' || message === 'the caller went away') return stoppedWords(argv);
  log.error({ err: error }, 'command failed');
  return `failed: ${message}`;
}

async function add({ database }: CommandDeps, { argument, option, required }: Given, io: CommandIo): Promise<object> {
  const added = await addJurisdiction(database, STAFF, {
    code: argument,
    name: required('name'),
    timezone: required('timezone'),
    srid: integer(option('srid'), 'srid'),
  });
  const limit = option('limit');
  try {
    if (limit) await importLimit(database, added, resolve(io.cwd, limit), AS_THE_FILE_SAYS);
  } catch (error) {
    await removeJurisdiction(database, STAFF, argument); // a mistyped file leaves nothing half added
    throw error;
  }
  return findJurisdiction(database, STAFF, argument);
}

async function set({ database }: CommandDeps, { argument, option }: Given, io: CommandIo): Promise<object> {
  const changed = await changeJurisdiction(database, STAFF, argument, {
    ...(option('name') === null ? {} : { name: option('name')! }),
    ...(option('timezone') === null ? {} : { timezone: option('timezone')! }),
    ...(option('srid') === null ? {} : { srid: integer(option('srid'), 'srid')! }),
  });
  const limit = option('limit');
  if (limit) await importLimit(database, changed, resolve(io.cwd, limit), AS_THE_FILE_SAYS);
  const jurisdiction = await findJurisdiction(database, STAFF, argument);
  if (limit || option('srid')) await placeStreetsAgain(database, jurisdiction);
  return jurisdiction;
}

async function remove({ database }: CommandDeps, { argument }: Given): Promise<object> {
  await removeJurisdiction(database, STAFF, argument);
  return { removed: argument };
}

async function incidents({ database }: CommandDeps, given: Given, io: CommandIo): Promise<object> {
  const { argument, option, required, isSet } = given;
  const jurisdiction = await findJurisdiction(database, STAFF, required('jurisdiction'));
  const path = resolve(io.cwd, argument);
  const mapping = await mappingOf(database, jurisdiction, path, given);
  const rejects = option('rejects') === null ? null : await createRejectFile(resolve(io.cwd, option('rejects')!));
  const onReject = (reject: RejectedRow) => rejects?.add(reject);
  const watch = { onProgress: io.progress, onReject, signal: io.signal };
  try {
    const run = importersOf(mapping.preset)[isSet('dry-run') ? 'check' : 'import'];
    const report = await run(database, jurisdiction, path, { ...mapping, confirmed: isSet('confirm') }, watch);
    const saveAs = option('save-reading');
    if (saveAs !== null) await saveReading(database, jurisdiction, path, saveAs, mapping);
    return report;
  } finally {
    await rejects?.end();
  }
}

async function deliveries({ database }: CommandDeps, { argument }: Given): Promise<object> {
  const jurisdiction = await findJurisdiction(database, STAFF, argument);
  return { deliveries: await listDeliveries(database, jurisdiction) };
}

async function feedAdd({ database }: CommandDeps, { argument, option, required }: Given): Promise<object> {
  const jurisdiction = await findJurisdiction(database, STAFF, required('jurisdiction'));
  const added = { name: argument, preset: required('preset'), source: option('source'), kind: kindOf(option('kind')) };
  return addFeed(database, jurisdiction, { ...added, ...datesOf(option) });
}

async function feedList({ database }: CommandDeps, { argument }: Given): Promise<object> {
  return { feeds: await listFeeds(database, await findJurisdiction(database, STAFF, argument)) };
}

async function feedRemove({ database }: CommandDeps, { argument, required }: Given): Promise<object> {
  await removeFeed(database, await findJurisdiction(database, STAFF, required('jurisdiction')), argument);
  return { removed: argument };
}

async function undo({ database }: CommandDeps, { argument, required }: Given, io: CommandIo): Promise<object> {
  const jurisdiction = await findJurisdiction(database, STAFF, required('jurisdiction'));
  const delivery = integer(argument, 'NUMBER') ?? 0;
  return undoDelivery(database, jurisdiction, delivery, { via: 'command', signal: io.signal });
}

async function check(deps: CommandDeps, _given: Given, io: CommandIo): Promise<object> {
  return checkInstallation(deps, io.progress);
}

/** A report as lines; nested counts and notes are indented. */
function readable(report: object): string {
  return Object.entries(report)
    .map(([name, value]) => `${`${name}:`.padEnd(16)}${line(value)}`)
    .join('\n');
}

function line(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  if (Array.isArray(value))
    return value.map((item) => `\n  ${typeof item === 'object' ? line(item) : item}`).join('') || '–';
  if (value && typeof value === 'object') {
    return (
      Object.entries(value)
        .map(([name, inner]) => `${name} ${line(inner)}`)
        .join(' · ') || '–'
    );
  }
  return String(value ?? '–');
}
