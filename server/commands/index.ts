// The commands of `npm run cuadra`, run by the command line itself or, for it, by the server that owns the data folder.

import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { addJurisdiction, changeJurisdiction, findJurisdiction, removeJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { appendRows } from '../audit/chain.ts';
import { checkInstallation } from '../check/installation.ts';
import type { CommandIo } from '../db/control.ts';
import type { WrittenBy } from '../db/lock.ts';
import { inItsTurn } from '../db/turn.ts';
import { undoDelivery } from '../deliveries/undo.ts';
import { BadInput } from '../errors.ts';
import { addFeed, listFeeds, removeFeed } from '../feeds/keys.ts';
import { placeStreetsAgain } from '../geocoding/placement.ts';
import { openSpeech, type Speech, terminalLanguage } from '../i18n/speech.ts';
import { importersOf } from '../imports/importers.ts';
import { listDeliveries } from '../incidents/history.ts';
import { importLimit } from '../layers/limit.ts';
import { createRejectFile, type RejectedRow } from '../tables/reject-file.ts';
import { explain } from '../terminal/explain.ts';
import { REJECTS_SHOWN, tellDeliveries, tellImport, tellUndo, withoutPlaces } from '../terminal/tell-incidents.ts';
import { tellCheck, tellFeedKey, tellFeeds, tellJurisdiction, tellRemoved } from '../terminal/tell-installation.ts';
import { dataEs } from '../words/es-data.ts';
import { ACCOUNT_COMMANDS } from './accounts.ts';
import { BACKUP_COMMANDS } from './backup.ts';
import { BADGE_COMMANDS } from './badges.ts';
import { BASEMAP_COMMANDS } from './basemap.ts';
import { type Command, type CommandDeps, flag, type Given, integer, type Outcome, text, told } from './command.ts';
import { DISTRIBUTE_COMMANDS } from './distribute.ts';
import {
  asHeader,
  datesOf,
  feedIdRuleOf,
  INCIDENT_OPTIONS,
  kindNamed,
  mappingOf,
  saveReading,
} from './incident-options.ts';
import { LAYER_COMMANDS } from './layers.ts';
import { OFFENCE_COMMANDS } from './offences.ts';
import { PLACE_COMMANDS } from './places.ts';
import { PROTECT_COMMANDS } from './protect.ts';
import { SHARE_COMMANDS } from './share.ts';
import { TIP_COMMANDS } from './tips.ts';

const USAGE = `

  jurisdiction add CODE --name NAME --timezone ZONE [--limit FILE] [--srid N]
  jurisdiction set CODE [--name NAME] [--timezone ZONE] [--limit FILE] [--srid N]
  jurisdiction remove CODE
  import areas FILE --layer L --jurisdiction J [--type areas|context]
      [--code COL] [--name COL] [--population COL[:YEAR],…] [--numbers comma|point] [--parent COL] [--only overlap|COL=VALUE] [--numbered]
      [--source-layer NAME] [--crs EPSG] [--swap-axes] [--encoding E] [--title T] [--valid-from DATE]
  import streets FILE --jurisdiction J [--code COL] [--name COL] [--only overlap|COL=VALUE] [--split]
      [--source-layer NAME] [--crs EPSG] [--swap-axes] [--encoding E] [--title T] [--valid-from DATE]
  import points FILE --layer L --jurisdiction J [the same options as streets but --split]
  import population FILE --layer L --jurisdiction J [--code COL] [--name COL] [--population COL[:YEAR]] [--numbers comma|point]
  import incidents FILE[.gz|.xlsx|.geojson|.zip] --jurisdiction J [--preset P] [--sheet NAME] [--source S] [--kind incident|call|victim]
      [--mode add | --mode replace --period FROM..UNTIL [--confirm]] [--map COLUMN=FIELD]... [--through DATE]
      [--rejects FILE] [--dry-run] [--date-order dmy|mdy|ymd|ydm] [--times local|utc|ZONE]
      [--numbers comma|point] [--offence LABEL] [--id-rule id|id+month|id+file|none] [--confirm-points]
      [--reading NAME] [--save-reading NAME]
      {{readings}}
      {{monthly}}
  deliveries list J
  deliveries undo NUMBER --jurisdiction J
  offences unclassified J
  offences list J
  offences map LABEL CODE --jurisdiction J
  offences unmap LABEL --jurisdiction J
  places unmatched J [--layer L] [--limit N]
  places alias WORDS --jurisdiction J [--within BOROUGH] (--place LAYER:CODE | --none | --remove)
  places aliases J
  places match J
  feed add NAME --jurisdiction J --preset P [--source S] [--kind incident|call|victim]
      [--date-order dmy|mdy|ymd|ydm] [--times local|utc|ZONE] [--id-rule id|id+month]
  feed list J
  feed remove NAME --jurisdiction J
  basemap add FILE.pmtiles [--name NAME] [--title T] [--attribution TEXT] [--force]
  basemap list
  basemap remove NAME
  protect on J [--areas L] [--sensitive-areas L] [--addresses L] [--segments N] [--metres N] [--base N]
             [--months-behind N] [--licence TEXT]
  protect off J
  protect status J
  protect export J FILE.csv [the same options as protect on] [--force]
  import protected FILE.csv [--layers FILE.geojson]
  tips on J [--keep-days N]
  tips off J
  tips status J
  badge key show J
  badge key rotate J
  user add NAME --role ROLE [--jurisdiction J,…] [--areas LAYER:CODE,…] [--password-stdin | --subject WHOM]
  user list
  user disable NAME
  user reset NAME
  key add NAME --role ROLE [--jurisdiction J,…]
  key list
  key remove NAME
  share add FROM TO --level totals|protected|full [--offences CODE,…] [--areas L:CODE,…] --until DATE
  share list
  share accept ID
  share end ID
  audit verify
  backup FILE [--force]
  restore FILE [--replace]
  distribute
  distribute status
  stats METHOD … (stats --help)
  check`;

export const usageIn = ({ say }: Pick<Speech, 'say'>): string =>
  `${say('usage')}\n${USAGE.replace('{{readings}}', say('usageReadings')).replace('{{monthly}}', say('usageMonthly'))}`;

const AS_THE_FILE_SAYS = { sourceLayer: null, crs: null, encoding: null };

const FEED_READING = { 'date-order': text, times: text, 'id-rule': text } as const;

const COMMANDS: readonly Command[] = [
  {
    words: 'jurisdiction add',
    audited: 'setting',
    options: { name: text, timezone: text, limit: text, srid: text },
    run: add,
  },
  {
    words: 'jurisdiction set',
    audited: 'setting',
    options: { name: text, timezone: text, limit: text, srid: text },
    run: set,
  },
  { words: 'jurisdiction remove', audited: 'setting', options: {}, run: remove },
  ...LAYER_COMMANDS,
  {
    words: 'import incidents',
    audited: 'import',
    options: INCIDENT_OPTIONS,
    waits: true,
    run: incidents,
  },
  {
    words: 'feed add',
    audited: 'setting',
    options: { jurisdiction: text, preset: text, source: text, kind: text, ...FEED_READING },
    run: feedAdd,
  },
  { words: 'feed list', options: {}, run: feedList },
  { words: 'feed remove', audited: 'setting', options: { jurisdiction: text }, run: feedRemove },
  { words: 'deliveries list', options: {}, run: deliveries },
  { words: 'deliveries undo', audited: 'undo', options: { jurisdiction: text }, waits: true, run: undo },
  ...OFFENCE_COMMANDS,
  ...PLACE_COMMANDS,
  ...BASEMAP_COMMANDS,
  ...PROTECT_COMMANDS,
  ...TIP_COMMANDS,
  ...BADGE_COMMANDS,
  ...ACCOUNT_COMMANDS,
  ...SHARE_COMMANDS,
  ...BACKUP_COMMANDS,
  ...DISTRIBUTE_COMMANDS,
  { words: 'check', takes: 0, options: {}, run: check },
];

/** Runs one command; prints its report, or one line on what is wrong. Answers the exit status. */
export async function runCommand(deps: CommandDeps, argv: readonly string[], io: CommandIo): Promise<number> {
  const command = COMMANDS.find(({ words }) => words.split(' ').every((word, i) => argv[i] === word));
  const speech = openSpeech(terminalLanguage(argv, { LANG: io.language }));
  if (!command) {
    io.err(usageIn(speech));
    return 2;
  }
  const words = command.words.split(' ').length;
  try {
    const { values, positionals }: { values: Record<string, unknown>; positionals: string[] } = parseArgs({
      args: argv.slice(words),
      options: { ...command.options, json: flag, language: text },
      allowPositionals: true,
    });
    const takes = command.takes ?? 1;
    if (positionals.length !== takes) throw new BadInput('', `${command.words} takes ${takes} arguments`);
    if (values.language !== undefined && values.language !== 'es' && values.language !== 'en')
      throw new BadInput('language', '--language es|en');
    const option = (name: string) => (values[name] as string | undefined) ?? null;
    const required = (name: string) => {
      const value = option(name);
      if (value === null) throw new BadInput(name, `--${name} is needed`);
      return value;
    };
    const list = (name: string) => (values[name] as string[] | undefined) ?? [];
    const given: Given = {
      argument: positionals[0] ?? '',
      arguments: positionals,
      option,
      required,
      list,
      isSet: (name) => values[name] === true,
    };
    const told = { ...io, progress: inWords(speech, io) };
    const begin = () => command.run(deps, given, told);
    const { report, lines } = command.waits ? await waiting(deps, given, told, speech, begin) : await begin();
    if (command.audited && values['dry-run'] !== true) await audited(deps, command, given);
    io.out(values.json ? JSON.stringify(report) : lines(speech).join('\n'));
    return 'ok' in report && report.ok === false ? 1 : 0;
  } catch (error) {
    io.err(explain(speech, error, argv, deps.log));
    return 1;
  }
}

/** What was done, without the folders of whoever did it, nor an address that somebody's words are. */
async function audited({ database }: CommandDeps, { words, audited: what }: Command, { argument, option }: Given) {
  const code = option('jurisdiction') ?? (words.startsWith('jurisdiction') ? argument : null);
  await appendRows(database, [
    {
      ...{ at: new Date().toISOString(), who: 'command', role: 'administrator', address: '', what: what! },
      ...{
        jurisdiction: code,
        detail: words.startsWith('places') ? words : `${words} ${basename(argument)}`.trim(),
        rows: null,
      },
    },
  ]);
}

/** Says whom it waits for, if for anybody. */
async function waiting<T>(
  { database }: CommandDeps,
  { required }: Given,
  { signal, err }: CommandIo,
  { say, time }: Speech,
  begin: () => Promise<T>,
): Promise<T> {
  const { id } = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const onWait = ({ about, since }: WrittenBy) =>
    err(since && about ? say('waits', { time: time(since), what: about }) : say('waitsUnknown'));
  return inItsTurn(database, id, { signal, onWait }, begin);
}

/** Steps as the page calls them. */
function inWords({ t }: Speech, { progress }: CommandIo): CommandIo['progress'] {
  return (step, fraction) => progress(step in dataEs.jobs ? t(`jobs.${step as 'reading'}`) : step, fraction);
}

async function add({ database }: CommandDeps, { argument, option, required }: Given, io: CommandIo): Promise<Outcome> {
  const added = await addJurisdiction(database, OPERATOR, {
    code: argument,
    name: required('name'),
    timezone: required('timezone'),
    srid: integer(option('srid'), 'srid'),
  });
  const limit = option('limit');
  try {
    if (limit) await importLimit(database, added, resolve(io.cwd, limit), AS_THE_FILE_SAYS);
  } catch (error) {
    await removeJurisdiction(database, OPERATOR, argument); // a mistyped file leaves nothing half added
    throw error;
  }
  return told(await findJurisdiction(database, OPERATOR, argument), tellJurisdiction);
}

async function set({ database }: CommandDeps, { argument, option }: Given, io: CommandIo): Promise<Outcome> {
  const changed = await changeJurisdiction(database, OPERATOR, argument, {
    ...(option('name') === null ? {} : { name: option('name')! }),
    ...(option('timezone') === null ? {} : { timezone: option('timezone')! }),
    ...(option('srid') === null ? {} : { srid: integer(option('srid'), 'srid')! }),
  });
  const limit = option('limit');
  if (limit) await importLimit(database, changed, resolve(io.cwd, limit), AS_THE_FILE_SAYS);
  const jurisdiction = await findJurisdiction(database, OPERATOR, argument);
  if (limit || option('srid')) await placeStreetsAgain(database, jurisdiction);
  return told(jurisdiction, tellJurisdiction);
}

async function remove({ database }: CommandDeps, { argument }: Given): Promise<Outcome> {
  await removeJurisdiction(database, OPERATOR, argument);
  return told({ removed: argument }, tellRemoved);
}

async function incidents({ database }: CommandDeps, given: Given, io: CommandIo): Promise<Outcome> {
  const { argument, option, required, isSet } = given;
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const path = resolve(io.cwd, argument);
  const mapping = await mappingOf(database, jurisdiction, path, given);
  const rejects = option('rejects') === null ? null : await createRejectFile(resolve(io.cwd, option('rejects')!));
  const first: RejectedRow[] = [];
  const onReject = (reject: RejectedRow) => {
    if (first.length < REJECTS_SHOWN) first.push(reject);
    return rejects?.add(reject);
  };
  const watch = { onProgress: io.progress, onReject, signal: io.signal };
  try {
    const run = importersOf(mapping.preset);
    const about = { file: basename(path), city: jurisdiction };
    const options = { ...mapping, confirmed: isSet('confirm') };
    const report = isSet('dry-run')
      ? withoutPlaces(await run.check(database, jurisdiction, path, options, watch))
      : await run.import(database, jurisdiction, path, options, watch);
    const saveAs = option('save-reading');
    if (saveAs !== null) await saveReading(database, jurisdiction, path, saveAs, mapping);
    return told(report, (speech) => tellImport(speech, about, report, first));
  } catch (error) {
    throw await asHeader(error, path, jurisdiction, mapping);
  } finally {
    await rejects?.end();
  }
}

async function deliveries({ database }: CommandDeps, { argument }: Given): Promise<Outcome> {
  const jurisdiction = await findJurisdiction(database, OPERATOR, argument);
  return told({ deliveries: await listDeliveries(database, jurisdiction) }, tellDeliveries);
}

async function feedAdd({ database }: CommandDeps, { argument, option, required }: Given): Promise<Outcome> {
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const added = {
    name: argument,
    preset: required('preset'),
    source: option('source'),
    kind: kindNamed(option('kind')),
  };
  const report = await addFeed(database, jurisdiction, {
    ...added,
    ...datesOf(option),
    idRule: feedIdRuleOf(option('id-rule')),
  });
  return told(report, (speech) => tellFeedKey(speech, argument, report));
}

async function feedList({ database }: CommandDeps, { argument }: Given): Promise<Outcome> {
  return told({ feeds: await listFeeds(database, await findJurisdiction(database, OPERATOR, argument)) }, tellFeeds);
}

async function feedRemove({ database }: CommandDeps, { argument, required }: Given): Promise<Outcome> {
  await removeFeed(database, await findJurisdiction(database, OPERATOR, required('jurisdiction')), argument);
  return told({ removed: argument }, tellRemoved);
}

async function undo({ database }: CommandDeps, { argument, required }: Given, io: CommandIo): Promise<Outcome> {
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const delivery = integer(argument, 'NUMBER') ?? 0;
  return told(await undoDelivery(database, jurisdiction, delivery, { via: 'command', signal: io.signal }), tellUndo);
}

async function check(deps: CommandDeps, _given: Given, io: CommandIo): Promise<Outcome> {
  return told(await checkInstallation(deps, io.progress), tellCheck);
}
