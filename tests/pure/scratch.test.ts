// Temporary files: out of others’ sight, and gone with the process that made them, though it was killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepScratchIn, makeScratch } from '../../server/files/scratch.ts';

const NAMES = ['TMPDIR', 'TEMP', 'TMP'];
const before = NAMES.map((name) => process.env[name]);
const dataDir = mkdtempSync(join(tmpdir(), 'test-scratch-'));
const folder = join(dataDir, 'scratch');
beforeAll(() => keepScratchIn(dataDir));
afterAll(() => {
  for (const [i, name] of NAMES.entries()) {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  }
  rmSync(dataDir, { recursive: true, force: true });
});

/** Another program on the same data folder, with a file somebody sent in its hands. */
async function another(): Promise<{ readonly child: ChildProcess; readonly path: string }> {
  const module = new URL('../../server/files/scratch.ts', import.meta.url).href;
  const program = `
    const { keepScratchIn, makeScratch } = await import(${JSON.stringify(module)});
    await keepScratchIn(${JSON.stringify(dataDir)});
    process.stdout.write(await makeScratch('apart'));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [path] = (await once(child.stdout!, 'data')) as [Buffer];
  writeFileSync(join(path.toString(), 'sent.geojson'), 'what somebody sent');
  return { child, path: path.toString() };
}

test('a scratch folder lies in the data folder and is open to nobody else', async () => {
  const path = await makeScratch('file');
  expect(dirname(path)).toBe(folder);
  expect([folder, path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
  rmSync(path, { recursive: true });
});

test('what a killed process left goes with the next that starts or needs a folder; that of a living one stays', async () => {
  const [killed, alive] = [await another(), await another()];
  expect([existsSync(killed.path), existsSync(alive.path)]).toEqual([true, true]);
  killed.child.kill('SIGKILL');
  await once(killed.child, 'close');
  await keepScratchIn(dataDir);
  expect(readdirSync(folder)).toEqual([basename(alive.path)]);
  alive.child.kill('SIGKILL');
  await once(alive.child, 'close');
  const own = await makeScratch('file');
  expect(readdirSync(folder)).toEqual([basename(own)]);
  rmSync(own, { recursive: true });
});

test('of an earlier process with the same number nothing stays, of another machine what is a day old goes', async () => {
  const own = await makeScratch('file');
  const host = basename(own).split('-')[2]!;
  const made = (name: string, hoursAgo: number) => {
    mkdirSync(join(folder, name));
    const at = Date.now() / 1000 - hoursAgo * 3600;
    utimesSync(join(folder, name), at, at);
  };
  made(`cuadra-apart-${host}-${process.pid}-abcdef`, 2);
  made('cuadra-apart-00000000-1-abcdef', 2);
  made('cuadra-apart-00000001-1-abcdef', 25);
  made('of somebody else', 25);
  await keepScratchIn(dataDir);
  expect(readdirSync(folder).sort()).toEqual(
    ['cuadra-apart-00000000-1-abcdef', basename(own), 'of somebody else'].sort(),
  );
});
