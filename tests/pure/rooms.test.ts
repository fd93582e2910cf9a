// The folders of the server are rooms in an order, written in its README: each knows those before it, and none behind.

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT, sourcesIn, withoutComments } from '../support/sources.ts';

const SERVER = sourcesIn('server', ['.ts']);
const README = readFileSync(join(ROOT, 'server/README.md'), 'utf8');
/** What stands outside the rooms, and may be known in all of them. */
const KNOWN_EVERYWHERE = ['server/errors.ts', 'server/config.ts'];
/** The last room opens the HTTP side. */
const OPENED_BY_START = 'server/app.ts';
const MOST_FILES_OUTSIDE = 5;
const MOST_FILES_IN_A_ROOM = 25;

const rooms = [...README.matchAll(/^\| `([a-z0-9-]+)\/` \|/gm)].map(([, name]) => name!);
const roomOf = (path: string) => (path.split('/').length > 2 ? path.split('/')[1]! : null);

/** What each file knows of others: imports, workers and processes it starts. */
const arrows = SERVER.flatMap(({ path, text }) =>
  [...withoutComments(text).matchAll(/\b(?:from|import|import\(|new URL\()\s*['"](\.{1,2}\/[^'"?]+\.ts)/g)].map(
    ([, to]) => ({ from: path, to: posix.join(posix.dirname(path), to!) }),
  ),
).filter(({ to }) => to.startsWith('server/'));

test('the README names every room once', () => {
  const folders = [...new Set(SERVER.flatMap(({ path }) => roomOf(path) ?? []))];
  expect([...rooms].sort()).toEqual(folders.sort());
});

test('no arrow runs back: a room knows only those before it', () => {
  expect(arrows.length).toBeGreaterThan(500);
  const back = arrows.filter(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)];
    if (here === null || here === there) return false;
    if (there === null) return !KNOWN_EVERYWHERE.includes(to) && !(here === rooms.at(-1) && to === OPENED_BY_START);
    return rooms.indexOf(there) > rooms.indexOf(here);
  });
  expect(back.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test('what stands outside the rooms is the way in, and no room is a warehouse', () => {
  expect(SERVER.filter(({ path }) => roomOf(path) === null).length).toBeLessThanOrEqual(MOST_FILES_OUTSIDE);
  const sizes = rooms.map((room) => ({ room, files: SERVER.filter(({ path }) => roomOf(path) === room).length }));
  expect(sizes.filter(({ files }) => files > MOST_FILES_IN_A_ROOM)).toEqual([]);
});
