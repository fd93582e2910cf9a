// What is done by hand: windows that move over the data, changes taken back and made again, commands found by name.

import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { matchingCommands } from '../../web/hand/commands.ts';
import { packed } from '../../web/hand/gif-file.ts';
import { sampleOf, WINDOW_KINDS, windowsOver } from '../../web/hand/windows.ts';
import { zipFile } from '../../web/hand/zip-file.ts';
import { alikeFound, controlsAfter } from '../../web/problems/controls.tsx';
import { afterConflict } from '../../web/problems/edit.ts';
import { groundsOffered, movedTo } from '../../web/problems/grounds.ts';
import { forgetDrafts, keepDraft, readDraft } from '../../web/store/drafts.ts';
import { createSteps, MOST_CHANGES_KEPT } from '../../web/store/steps.ts';
import { addSteps, stepStart, trendDays, trendUntil } from '../../web/store/trend-steps.ts';

test('windows of days end with the last known day, step back from it, and none reaches before the first', () => {
  const known = { from: '2024-02-01', until: '2024-03-15' };
  expect(windowsOver(known, WINDOW_KINDS.fourWeeks)).toEqual([
    { from: '2024-02-02', until: '2024-03-01' },
    { from: '2024-02-09', until: '2024-03-08' },
    { from: '2024-02-16', until: '2024-03-15' },
  ]);
  expect(windowsOver(known, WINDOW_KINDS.day)).toHaveLength(29 + 14);
});

test('windows of months are whole months: an unfinished one at either end is in none', () => {
  expect(windowsOver({ from: '2023-10-05', until: '2024-03-15' }, WINDOW_KINDS.quarter)).toEqual([
    { from: '2023-11-01', until: '2024-02-01' },
    { from: '2023-12-01', until: '2024-03-01' },
  ]);
  expect(windowsOver({ from: '2023-10-01', until: '2024-03-01' }, WINDOW_KINDS.month)).toHaveLength(5);
  expect(windowsOver({ from: '2023-10-01', until: '2024-03-01' }, WINDOW_KINDS.year)).toEqual([]);
});

test('a sample holds the first and the last, evenly sampleOf', () => {
  expect(sampleOf([0, 1, 2, 3, 4, 5, 6, 7, 8], 5)).toEqual([0, 2, 4, 6, 8]);
  expect(sampleOf([1, 2], 5)).toEqual([1, 2]);
});

test('a change is taken back and made again; another one ends what was taken back; what changes nothing is no step', () => {
  const steps = createSteps<number>((a, b) => a === b);
  expect(steps.undo(0)).toBeNull();
  steps.did(0, 1);
  steps.did(1, 1);
  steps.did(1, 2);
  expect(steps.undo(2)).toBe(1);
  expect(steps.undo(1)).toBe(0);
  expect(steps.canUndo.value).toBe(false);
  expect(steps.redo(0)).toBe(1);
  steps.did(1, 9);
  expect(steps.canRedo.value).toBe(false);
  expect(steps.undo(9)).toBe(1);
  for (let k = 0; k < 2 * MOST_CHANGES_KEPT; k++) steps.did(k, k + 1);
  let back = 0;
  while (steps.undo(0) !== null) back++;
  expect(back).toBe(MOST_CHANGES_KEPT);
});

test('a command is found by the beginnings of its words before their middles, without accents, and by its group', () => {
  const command = (group: string, title: string) => ({ group, title, run: () => {} });
  const all = [
    command('Tema', 'Espacio público'),
    command('Delito', 'Robo a público'),
    command('Delito', 'Publicidad'),
  ];
  const titles = (typed: string) => matchingCommands(all, typed).map(({ title }) => title);
  expect(titles('public')).toEqual(['Publicidad', 'Espacio público', 'Robo a público']);
  expect(titles('delito PUBLIC')).toEqual(['Robo a público', 'Publicidad']);
  expect(titles('')).toHaveLength(3);
  expect(titles('zzz')).toEqual([]);
  const also = { ...command('Delito', 'Robo a negocio'), also: 'ROBO A ESTABLECIMIENTO MERCANTIL' };
  expect(matchingCommands([...all, also], 'mercantil').map(({ title }) => title)).toEqual(['Robo a negocio']);
});

test('pictures put into one file come out of it by another program as they went in', async () => {
  const files = [
    { name: '1_2024-01-01.png', bytes: new Uint8Array([1, 2, 3]) },
    { name: '2_año.png', bytes: Uint8Array.from({ length: 70_000 }, (_, i) => i % 251) },
    { name: '3.png', bytes: new Uint8Array(0) },
  ];
  const archive = Buffer.from(await zipFile(files).arrayBuffer());
  const open = promisify(fromBuffer) as (buffer: Buffer, options: object) => Promise<ZipFile>;
  const zip = await open(archive, { lazyEntries: true, validateEntrySize: true });
  const found: { name: string; bytes: Uint8Array }[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) =>
      zip.openReadStream(entry, async (error, stream) => {
        if (error) return reject(error);
        const bytes = new Uint8Array(Buffer.concat(await stream.toArray()));
        found.push({ name: entry.fileName, bytes });
        expect(entry.crc32).toBe(crc32(bytes));
        zip.readEntry();
      }),
    );
    zip.readEntry();
  });
  expect(found).toEqual(files);
});

test('a picture is packed as the worked example of the format packs it', () => {
  // M. Flickinger, «What's in a GIF», its sample of ten by ten pixels in four colours.
  const rows = [
    ...Array(3).fill('1111122222'),
    ...Array(2).fill('1110000222'),
    ...Array(2).fill('2220000111'),
    ...Array(3).fill('2222211111'),
  ];
  const bytes = packed(Uint8Array.from(rows.join(''), Number), 2);
  expect(Buffer.concat(bytes).toString('hex')).toBe('02168c2d99872a1cdc33a00275ec95faa8de608c04914c0100');
});

test('where two changed the same, either text can stay, and what nobody else wrote is sent with both choices', () => {
  const conflict = { version: 7, theirs: { controls: ['c01'] } };
  const mine = { controls: ['c02', 'c03'], from: '2026-01-15' };
  expect(afterConflict(conflict, mine, 'yours')).toEqual({ version: 7, changes: mine });
  expect(afterConflict(conflict, mine, 'theirs')).toEqual({ version: 7, changes: { from: '2026-01-15' } });
  // A single choice given up: nothing is left to change, and the version is that of the other's text.
  expect(afterConflict(conflict, { controls: null }, 'theirs')).toEqual({ version: 7, changes: {} });
});

const ZONE: [number, number][] = [
  [-100.4, 20.6],
  [-100.3, 20.6],
  [-100.3, 20.7],
];
const ON_MAP = {
  ...{ place: null, within: null, zones: [], layers: { streets: 'calles', areas: 'colonias' } },
  versionOf: (layer: string) => (layer === 'colonias' ? 3 : 1),
};

test('a measure is offered what is chosen on the map: the place first, a zone by its streets or its areas, zones by name', () => {
  expect(groundsOffered(ON_MAP)).toEqual([]);
  expect(
    groundsOffered({
      ...ON_MAP,
      place: { layer: 'colonias', code: '010-004', name: 'San Pablo' },
      within: { within: { type: 'polygon', ring: ZONE }, name: 'Zona dibujada' },
      zones: [{ name: 'El parque', ring: ZONE }],
    }),
  ).toEqual([
    { name: 'San Pablo', of: null, place: { layer: 'colonias', version: 3, codes: ['010-004'] } },
    { name: 'Zona dibujada', of: 'streets', place: { layer: 'calles', ring: ZONE } },
    { name: 'Zona dibujada', of: 'areas', place: { layer: 'colonias', ring: ZONE } },
    { name: 'El parque', of: 'streets', place: { layer: 'calles', ring: ZONE } },
    { name: 'El parque', of: 'areas', place: { layer: 'colonias', ring: ZONE } },
  ]);
});

test('a place asked about keeps the version it was asked in, and where there are no streets a zone is of its areas alone', () => {
  const within = { type: 'place', layer: 'sectores', version: 2, place: { code: 'S01' } } as const;
  expect(groundsOffered({ ...ON_MAP, within: { within, name: 'Centro' } })).toEqual([
    { name: 'Centro', of: null, place: { layer: 'sectores', version: 2, codes: ['S01'] } },
  ]);
  const zones = [{ name: 'El parque', ring: ZONE }];
  expect(groundsOffered({ ...ON_MAP, zones, layers: { streets: null, areas: 'colonias' } })).toEqual([
    { name: 'El parque', of: 'areas', place: { layer: 'colonias', ring: ZONE } },
  ]);
});

test('a measure that moves leaves the controls of its old place, and looks around in the way of the new kind of place', () => {
  const street = { name: 'Av. Juárez', place: { layer: 'calles', version: 1, codes: ['a1'] } };
  const moved = (body: { ringM: number; controls: string[] | null }, was: boolean) =>
    movedTo(body, street, { was, is: true });
  const ground = { ground: street.place, placeName: 'Av. Juárez' };
  expect(moved({ ringM: 100, controls: ['c02'] }, false)).toEqual({ ...ground, controls: null, ringM: 250 });
  expect(moved({ ringM: 0, controls: null }, false)).toEqual(ground);
  expect(moved({ ringM: 500, controls: null }, true)).toEqual(ground);
});

test('controls are those left and those added; places alike are found by a part of name or code, without accents', () => {
  const place = (code: string, name: string) => ({ id: code.slice(1), code, name, before: 1, after: 1, matching: 1 });
  const controls = [place('c1', 'Centro'), place('c2', 'Álamos')];
  const alike = [place('c7', 'San Ángel'), place('c8', 'Ángeles'), place('d9', 'La Luz')];
  expect(controlsAfter({ controls, alike }, new Set())).toEqual(['c1', 'c2']);
  expect(controlsAfter({ controls, alike }, new Set(['c1', 'd9']))).toEqual(['c2', 'd9']);
  const found = (text: string) => alikeFound(alike, text).map(({ code }) => code);
  expect([found('angel'), found('C8'), found('luz '), found('x'), found('')]).toEqual([
    ...[['c7', 'c8'], ['c8'], ['d9'], [], ['c7', 'c8', 'd9']],
  ]);
});

/** As a browser keeps it. `room`: of letters. */
const storageOf = (room = 1000) => {
  const kept = new Map<string, string>();
  return {
    key: (n: number) => [...kept.keys()][n] ?? null,
    get length() {
      return kept.size;
    },
    getItem: (name: string) => kept.get(name) ?? null,
    removeItem: (name: string) => void kept.delete(name),
    setItem: (name: string, text: string) => {
      if (text.length > room) throw new DOMException('full', 'QuotaExceededError');
      kept.set(name, text);
    },
  };
};

test('what is written outlasts its form until it is sent; signing out forgets every draft and nothing else', () => {
  const storage = storageOf();
  storage.setItem('cuadra.asPublic', '1');
  keepDraft(storage, 'ana.demo.note.1', 'Falta luz');
  keepDraft(storage, 'luis.demo.measure.1', { title: 'Lámparas', from: '2026-01-15' });
  expect(readDraft(storage, 'ana.demo.note.1')).toBe('Falta luz');
  expect(readDraft(storage, 'luis.demo.note.1')).toBeNull();
  keepDraft(storage, 'ana.demo.note.1', null);
  expect(readDraft(storage, 'ana.demo.note.1')).toBeNull();
  forgetDrafts(storage);
  expect(readDraft(storage, 'luis.demo.measure.1')).toBeNull();
  expect(storage.getItem('cuadra.asPublic')).toBe('1');
});

test('where the browser keeps no more, writing goes on', () => {
  const full = storageOf(10);
  keepDraft(full, 'ana.demo.note.1', 'Falta luz en toda la avenida');
  expect(readDraft(full, 'ana.demo.note.1')).toBeNull();
});

test('the trend is drawn by whole months, by weeks from Monday to Sunday, or by days', () => {
  // 28 February 2024 was a Wednesday.
  expect((['month', 'week', 'day'] as const).map((step) => stepStart('2024-02-28', step))).toEqual([
    '2024-02-01',
    '2024-02-26',
    '2024-02-28',
  ]);
  expect(stepStart('2024-03-03', 'week')).toBe('2024-02-26');
  expect(stepStart('1969-12-31', 'week')).toBe('1969-12-29');
  expect(addSteps('2024-02-26', 2, 'week')).toBe('2024-03-11');
  // The last of four weeks holds Sunday 3 March.
  expect(trendDays('2024-03-04', 'week', 4)).toEqual({ from: '2024-02-05', until: '2024-03-04' });
  expect(trendDays('2024-03-05', 'week', 4)).toEqual({ from: '2024-02-12', until: '2024-03-05' });
  expect(trendDays('2024-03-01', 'month', 36)).toEqual({ from: '2021-03-01', until: '2024-03-01' });
});

test('close up some days beyond the period are shown, none that are not complete, and nothing moves under the hand', () => {
  const complete = '2024-12-01';
  // 14 days after the last, 9 March.
  expect(trendUntil('2024-03-10', complete, 'day', null)).toBe('2024-03-24');
  expect(trendUntil('2024-11-25', complete, 'day', null)).toBe(complete);
  // Eight weeks after the one of 4 to 10 March.
  expect(trendUntil('2024-03-10', complete, 'week', null)).toBe('2024-05-06');
  // An end moved within what is shown; then one before it, and data that end sooner.
  expect(trendUntil('2024-03-20', complete, 'day', '2024-03-24')).toBe('2024-03-24');
  expect(trendUntil('2024-01-10', complete, 'day', '2024-03-24')).toBe('2024-01-24');
  expect(trendUntil('2024-03-10', '2024-03-15', 'day', '2024-03-24')).toBe('2024-03-15');
});
