// The commands about basemaps: files of the data folder, so of this server and for every jurisdiction on it.

import { resolve } from 'node:path';

import { listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { addBasemap, listBasemaps, removeBasemap, shownIn } from '../basemap/store.ts';
import { tellBasemap, tellBasemaps } from '../terminal/tell-basemap.ts';
import { tellRemoved } from '../terminal/tell-installation.ts';
import { type Command, flag, type Run, text, told } from './command.ts';

const add: Run = async ({ database, dataDir }, { argument, option, isSet }, io) => {
  const said = { name: option('name'), title: option('title'), attribution: option('attribution') };
  const places = await listJurisdictions(database, OPERATOR);
  const watch = { signal: io.signal, onProgress: io.progress };
  const options = { ...said, force: isSet('force') };
  return told(await addBasemap(dataDir, resolve(io.cwd, argument), options, places, watch), tellBasemap);
};

const list: Run = async ({ database, dataDir }) => {
  const places = await listJurisdictions(database, OPERATOR);
  const basemaps = (await listBasemaps(dataDir)).map((facts) => ({ ...facts, shows: shownIn(places, facts.bounds) }));
  return told({ basemaps }, tellBasemaps);
};

const remove: Run = async ({ dataDir }, { argument }) => {
  await removeBasemap(dataDir, argument);
  return told({ removed: argument }, tellRemoved);
};

export const BASEMAP_COMMANDS: readonly Command[] = [
  {
    words: 'basemap add',
    audited: 'setting',
    options: { name: text, title: text, attribution: text, force: flag },
    run: add,
  },
  { words: 'basemap list', takes: 0, options: {}, run: list },
  { words: 'basemap remove', audited: 'setting', options: {}, run: remove },
];
