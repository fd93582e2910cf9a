// What people say a label is: at once for what is stored, for what comes, in one jurisdiction only, and to be undone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type Jurisdiction, STAFF } from '../../server/access/contract.ts';
import { addJurisdiction, removeJurisdiction } from '../../server/access/jurisdictions.ts';
import { createCubes } from '../../server/cube/store.ts';
import { BadInput, NotFound } from '../../server/errors.ts';
import { readCatalogue, readState } from '../../server/filter/catalogue.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { resolveFilter } from '../../server/filter/plan.ts';
import { importIncidents } from '../../server/incidents/import.ts';
import {
  chooseOffence,
  countByOffence,
  forgetChoice,
  listLabels,
  readChoices,
} from '../../server/taxonomy/offence-choices.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const database = await openTestDatabase();
const taxonomy = loadTaxonomy();
const folder = mkdtempSync(join(tmpdir(), 'cuadra-choices-'));
const cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
let city: Jurisdiction;
let other: Jurisdiction;
beforeEach(async () => {
  const zone = { timezone: 'America/Mexico_City', srid: 32614 };
  city = await addJurisdiction(database, STAFF, { code: 'villa', name: 'Villa', ...zone });
  other = await addJurisdiction(database, STAFF, { code: 'puerto', name: 'Puerto', ...zone });
});
afterEach(() => emptyTables(database));
afterAll(async () => {
  await cubes.close();
  rmSync(folder, { recursive: true, force: true });
});

async function load(into: Jurisdiction, ...labels: string[]) {
  const path = join(folder, `${into.code}-${labels.length}.csv`);
  const rows = labels.map((label, i) => `${labels.length}-${i},2024-03-0${1 + i},"${label}"`);
  writeFileSync(path, ['folio,fecha,delito', ...rows, ''].join('\n'));
  const options = {
    preset: 'generic',
    source: null,
    kind: null,
    replaces: null,
    confirmed: false,
    map: {},
    through: null,
  };
  const watch = { onProgress: () => {}, onReject: () => {}, signal: new AbortController().signal };
  return importIncidents(database, into, path, options, watch);
}
/** A change shows after the state of the data was looked at again. */
const soon = (of: () => Promise<number[]>) => expect.poll(of);
async function matched(offence: string, of = city): Promise<number> {
  const snapshot = await cubes.snapshot(of);
  const plan = resolveFilter({ ...EVERYTHING, offences: [offence] }, { ...snapshot, taxonomy }, null);
  return (await snapshot.answers.byDay(plan)).matched;
}
async function labels() {
  const head = (await readState(database, city.id))!.head;
  const { offences } = await readCatalogue(database, city.id, head);
  return listLabels(database, city, taxonomy, offences, await countByOffence(database, city));
}
const token = async () => (await readState(database, city.id))!.token;

test('a label counts at once where it is said to belong, in its city alone, and comes back when that is undone', async () => {
  await load(city, 'Trepada <20', 'TREPADA  <20', 'Trepada >20', 'Robo');
  await load(other, 'Trepada <20');
  expect(await labels()).toEqual({
    incidents: 3,
    labels: [
      { label: 'TREPADA <20', incidents: 2 },
      { label: 'Trepada >20', incidents: 1 },
    ],
    choices: [],
  });
  await soon(async () => [await matched('patrimonio.robo.casa'), await matched('unclassified')]).toEqual([0, 3]);
  const before = await token();

  await chooseOffence(database, city, taxonomy, { label: ' trepada <20 ', offence: 'patrimonio.robo.casa' });
  expect(await token()).not.toBe(before);
  await soon(async () => [await matched('patrimonio.robo.casa'), await matched('unclassified')]).toEqual([2, 1]);
  await soon(async () => [await matched('patrimonio.robo.casa', other), await matched('unclassified', other)]).toEqual([
    0, 1,
  ]);
  expect(await labels()).toMatchObject({
    incidents: 1,
    choices: [{ label: 'trepada <20', offence: 'patrimonio.robo.casa', incidents: 2 }],
  });

  await chooseOffence(database, city, taxonomy, { label: 'Trepada <20', offence: 'patrimonio.robo.inmueble' });
  await soon(async () => [await matched('patrimonio.robo.casa'), await matched('patrimonio.robo.inmueble')]).toEqual([
    0, 2,
  ]);

  await forgetChoice(database, city, 'TREPADA <20');
  await soon(async () => [await matched('patrimonio.robo.inmueble'), await matched('unclassified')]).toEqual([0, 3]);
  await expect(forgetChoice(database, city, 'TREPADA <20')).rejects.toThrow(NotFound);
});

test('a label said before it comes is known when it comes, and no import tells it as unknown', async () => {
  await chooseOffence(database, city, taxonomy, { label: 'Trepada', offence: 'patrimonio.robo.casa' });
  const { notes } = await load(city, 'TREPADA', 'Brincada');
  expect(notes.filter(({ code }) => code === 'offence-unknown')).toEqual([
    { code: 'offence-unknown', count: 1, example: 'Brincada' },
  ]);
  await soon(async () => [await matched('patrimonio.robo.casa'), await matched('unclassified')]).toEqual([1, 1]);
});

test('only a node of the tree can be said, and what is like it is proposed', async () => {
  for (const offence of ['unclassified', 'sin-confirmar', 'nada', 'generic.robo', ''])
    await expect(chooseOffence(database, city, taxonomy, { label: 'X', offence })).rejects.toThrow(BadInput);
  await expect(chooseOffence(database, city, taxonomy, { label: 'X', offence: 'bicicleta' })).rejects.toThrow(
    'no such offence in the tree: bicicleta (there are: patrimonio.robo.bicicleta)',
  );
  await expect(chooseOffence(database, city, taxonomy, { label: ' ', offence: 'vida' })).rejects.toThrow(BadInput);
  // 200 letters, each of which folds to three.
  const long = { label: '각'.repeat(200), offence: 'vida' };
  await expect(chooseOffence(database, city, taxonomy, long)).rejects.toThrow(
    new BadInput('label', 'the label is too long'),
  );
  expect((await readChoices(database, city.id)).size).toBe(0);
});

test('a jurisdiction takes what was said in it along when it is removed', async () => {
  await chooseOffence(database, city, taxonomy, { label: 'X', offence: 'vida' });
  await removeJurisdiction(database, STAFF, 'villa');
  expect((await readChoices(database, city.id)).size).toBe(0);
});
