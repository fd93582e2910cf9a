// Who owns a data folder, and commands sent to the owner.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CommandIo, ownFolder, sendCommand } from '../../server/db/control.ts';
import { CannotStart } from '../../server/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cuadra-control-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function recorder(signal = new AbortController().signal) {
  const said: string[] = [];
  const io: CommandIo = {
    out: (text) => void said.push(`out ${text}`),
    err: (text) => void said.push(`err ${text}`),
    progress: (step, fraction) => void said.push(`${step} ${fraction}`),
    language: 'en',
    signal,
    cwd: '/somewhere',
  };
  return { io, said };
}

test('a folder has one owner at a time, and is free again when released', async () => {
  const first = await ownFolder(folder);
  expect(first).not.toBeNull();
  expect(await ownFolder(folder)).toBeNull();
  await first!.release();
  const second = await ownFolder(folder);
  expect(second).not.toBeNull();
  await second!.release();
});

test('a data folder that cannot be made is one line for the operator', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  await expect(ownFolder(file)).rejects.toThrow(CannotStart);
});

test('a command sent to the owner streams its progress and answers its exit status', async () => {
  const owner = (await ownFolder(folder))!;
  owner.serve(async (argv, io) => {
    io.progress('storing', 0.5);
    io.out(`${argv.join(' ')} in ${io.cwd}`);
    io.err('with a warning');
    return 3;
  });
  const { io, said } = recorder();
  expect(await sendCommand(folder, ['import', 'areas'], io)).toBe(3);
  expect(said).toEqual(['storing 0.5', 'out import areas in /somewhere', 'err with a warning']);
  await owner.release();
});

test('a command that arrives while the owner starts waits for it', async () => {
  const owner = (await ownFolder(folder))!;
  const { io } = recorder();
  const sent = sendCommand(folder, ['check'], io);
  owner.serve(async () => 0);
  expect(await sent).toBe(0);
  await owner.release();
});

test('a caller that goes away aborts its command', async () => {
  const owner = (await ownFolder(folder))!;
  const started = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  owner.serve(async (_argv, io) => {
    io.signal.addEventListener('abort', () => aborted.resolve());
    started.resolve();
    await aborted.promise;
    return 1;
  });
  const caller = new AbortController();
  const { io } = recorder(caller.signal);
  const sent = sendCommand(folder, ['import'], io);
  await started.promise;
  caller.abort();
  await aborted.promise;
  expect(await sent).toBe(1);
  await owner.release();
});

test('a command without the token of the folder is not run', async () => {
  const owner = (await ownFolder(folder))!;
  let ran = false;
  owner.serve(async () => {
    ran = true;
    return 0;
  });
  writeFileSync(join(folder, 'control.token'), 'f'.repeat(64));
  const { io, said } = recorder();
  expect(await sendCommand(folder, ['check'], io)).toBe(1);
  expect(said).toEqual(['err the server stopped before the command ended']);
  expect(ran).toBe(false);
  await owner.release();
});
