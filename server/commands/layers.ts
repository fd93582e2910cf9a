// The commands that load map files: areas, streets, reference points and their residents.

import { resolve } from 'node:path';

import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import type { CommandIo } from '../db/control.ts';
import { BadInput } from '../errors.ts';
import { placeLayer } from '../geocoding/placement.ts';
import type { OnProgress } from '../layers/contract.ts';
import { importPopulation } from '../layers/population.ts';
import { importAreas, importPoints, importStreets } from '../publishing/load-layer.ts';
import { tellLayer, tellPopulation } from '../terminal/tell-layers.ts';
import type { DecimalMark } from '../text/contract.ts';
import { type Command, flag, type Given, integer, type Run, text, told } from './command.ts';
import { decimalMarkOf } from './incident-options.ts';

const areas: Run = async ({ database }, given, io) => {
  const { argument, option, required } = given;
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const type = option('type') ?? 'areas';
  if (type !== 'areas' && type !== 'context') throw new BadInput('type', 'areas or context');
  const options = {
    ...fileOptions(given),
    layer: required('layer'),
    type,
    population: option('population'),
    parent: option('parent'),
    only: option('only'),
    ...numbersOption(option),
    ...(given.isSet('numbered') && { numbered: true }),
  } as const;
  const path = resolve(io.cwd, argument);
  const from = dated(option, io);
  return told(await importAreas({ database, placeLayer }, jurisdiction, path, options, teller(io), from), tellLayer);
};

const streets: Run = async ({ database }, given, io) => {
  const { argument, option, required } = given;
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const path = resolve(io.cwd, argument);
  const split = given.isSet('split') && { split: true };
  const options = { ...fileOptions(given), ...onlyOption(option), ...split };
  const from = dated(option, io);
  return told(await importStreets({ database, placeLayer }, jurisdiction, path, options, teller(io), from), tellLayer);
};

const points: Run = async ({ database }, given, io) => {
  const { argument, option, required } = given;
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const options = { ...fileOptions(given), ...onlyOption(option), layer: required('layer') };
  const path = resolve(io.cwd, argument);
  const from = dated(option, io);
  return told(await importPoints({ database, placeLayer }, jurisdiction, path, options, teller(io), from), tellLayer);
};

const population: Run = async ({ database }, { argument, option, required }, io) => {
  const jurisdiction = await findJurisdiction(database, OPERATOR, required('jurisdiction'));
  const columns = { code: option('code'), name: option('name'), population: option('population') };
  const options = { layer: required('layer'), ...columns, ...numbersOption(option) };
  return told(await importPopulation(database, jurisdiction, resolve(io.cwd, argument), options), tellPopulation);
};

const FILE_OPTIONS = {
  jurisdiction: text,
  'source-layer': text,
  crs: text,
  encoding: text,
  title: text,
  code: text,
  name: text,
  'valid-from': text,
  'swap-axes': flag,
};

export const LAYER_COMMANDS: readonly Command[] = [
  {
    words: 'import areas',
    audited: 'publish',
    options: {
      ...FILE_OPTIONS,
      layer: text,
      type: text,
      population: text,
      parent: text,
      only: text,
      numbers: text,
      numbered: flag,
    },
    waits: true,
    run: areas,
  },
  {
    words: 'import streets',
    audited: 'publish',
    options: { ...FILE_OPTIONS, only: text, split: flag },
    waits: true,
    run: streets,
  },
  {
    words: 'import points',
    audited: 'publish',
    options: { ...FILE_OPTIONS, layer: text, only: text },
    waits: true,
    run: points,
  },
  {
    words: 'import population',
    audited: 'publish',
    options: { jurisdiction: text, layer: text, code: text, name: text, population: text, numbers: text },
    waits: true,
    run: population,
  },
];

function fileOptions({ option, isSet }: Pick<Given, 'option' | 'isSet'>) {
  return {
    title: option('title'),
    code: option('code'),
    name: option('name'),
    sourceLayer: option('source-layer'),
    crs: integer(option('crs')?.replace(/^EPSG:/i, '') ?? null, 'crs'),
    encoding: option('encoding'),
    ...(isSet('swap-axes') && { swapAxes: true }),
  };
}

/** Left out where it is not given: it would make a file imported before it existed look like another. */
function onlyOption(option: Given['option']): { readonly only?: string } {
  const only = option('only');
  return only === null ? {} : { only };
}

/** Left out for the same reason. */
function numbersOption(option: Given['option']): { readonly numbers?: DecimalMark } {
  const numbers = decimalMarkOf(option('numbers'));
  return numbers === null ? {} : { numbers };
}

const teller = (io: CommandIo): OnProgress => {
  return (fraction, step) => io.progress(step, fraction);
};

function dated(option: Given['option'], { signal }: CommandIo) {
  const validFrom = option('valid-from');
  if (validFrom !== null && !/^\d{4}-\d{2}-\d{2}$/.test(validFrom)) throw new BadInput('valid-from', 'YYYY-MM-DD');
  return { validFrom, signal };
}
