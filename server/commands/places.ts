// The commands about incidents without a point: the names that were not found, and what they mean.

import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { BadInput } from '../errors.ts';
import { listAliases, removeAlias, saveAlias } from '../geocoding/aliases.ts';
import { foldArea } from '../geocoding/fold-names.ts';
import { listPlaceNames } from '../geocoding/query.ts';
import { placeNamesAgain } from '../geocoding/rematch.ts';
import { tellAliases, tellTexts, tellUnmatched } from '../terminal/tell-layers.ts';
import { type Command, flag, integer, type Run, text, told } from './command.ts';

const DEFAULT_LIMIT = 50;

const unmatched: Run = async ({ database }, { argument, option }) => {
  const jurisdiction = await findJurisdiction(database, OPERATOR, argument);
  const limit = integer(option('limit'), 'limit') ?? DEFAULT_LIMIT;
  const { aliases: _aliases, ...answer } = await listPlaceNames(database, jurisdiction, option('layer'), limit);
  return told(answer, tellUnmatched);
};

const alias: Run = async ({ database }, { argument, option, required, isSet }, io) => {
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const name = foldArea(argument)?.folded;
  if (!name) throw new BadInput('', 'a name is needed');
  const within = foldArea(option('within') ?? '')?.core ?? '';
  const place = option('place');
  const [layer = '', code] = place === null ? [] : split(place);
  const choices = [place !== null, isSet('none'), isSet('remove')].filter(Boolean).length;
  if (choices !== 1) throw new BadInput('place', 'one of --place LAYER:CODE, --none and --remove');
  if (isSet('remove')) await removeAlias(database, jurisdiction, name, within);
  else {
    const means = place === null ? { layer: null, code: null } : { layer, code: code ?? '' };
    await saveAlias(database, jurisdiction, { name, within, words: argument, ...means });
  }
  const only = { name, within };
  return told({ ...only, texts: await placeNamesAgain(database, jurisdiction, only, watching(io)) }, tellTexts);
};

const aliases: Run = async ({ database }, { argument }) =>
  told({ aliases: await listAliases(database, await findJurisdiction(database, OPERATOR, argument)) }, tellAliases);

const match: Run = async ({ database }, { argument }, io) => {
  const jurisdiction = await findJurisdiction(database, OPERATOR, argument);
  return told({ texts: await placeNamesAgain(database, jurisdiction, null, watching(io)) }, tellTexts);
};

function split(place: string): [layer: string, code: string] {
  const at = place.indexOf(':');
  if (at < 1 || at === place.length - 1) throw new BadInput('place', '--place LAYER:CODE');
  return [place.slice(0, at), place.slice(at + 1)];
}

const watching = (io: Parameters<Run>[2]) => ({ signal: io.signal, onProgress: io.progress });

export const PLACE_COMMANDS: readonly Command[] = [
  { words: 'places unmatched', options: { layer: text, limit: text }, run: unmatched },
  { words: 'places aliases', options: {}, run: aliases },
  {
    words: 'places alias',
    audited: 'setting',
    options: { jurisdiction: text, within: text, place: text, none: flag, remove: flag },
    run: alias,
  },
  { words: 'places match', options: {}, run: match },
];
