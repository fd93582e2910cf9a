// How much of the disk files that wait may take: each client has its share, and all together have one.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openUploads, type UploadLimits, type Uploads } from '../../server/files/uploads.ts';
import { quietLog } from '../support/log.ts';

let dataDir: string;
let open: Uploads[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'test-shares-'));
  open = [];
});
afterEach(() => {
  for (const uploads of open) uploads.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function openWith(limits: Partial<UploadLimits>): Promise<Uploads> {
  const uploads = await openUploads({ dataDir, log: quietLog, now: () => new Date() }, limits);
  open.push(uploads);
  return uploads;
}

/** A request with one file of so many bytes, whose length is told beforehand or not. */
function requestOf(bytes: number, isLengthTold = true): IncomingMessage {
  const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const parts = [start, ...Array.from({ length: bytes / 100 }, () => 'x'.repeat(100)), '\r\n--b--\r\n'];
  const headers = {
    'content-type': 'multipart/form-data; boundary=b',
    ...(isLengthTold ? { 'content-length': String(parts.join('').length) } : {}),
  };
  const stream = Readable.from(parts.map((part) => Buffer.from(part)));
  return Object.assign(stream, { headers, setTimeout: () => stream }) as unknown as IncomingMessage;
}
const foldersLeft = () => readdirSync(join(dataDir, 'uploads')).length;
const tooMany = { name: 'TooMany', retryAfterS: expect.any(Number) };
const noRoom = { name: 'NoRoom' };

test.for([true, false])('one client past its bytes is refused, others are not, length told: %s', async (isTold) => {
  const uploads = await openWith({ bytesOfOne: 5000 });
  const mine = await uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.1');
  await expect(uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.1')).rejects.toMatchObject(tooMany);
  expect(foldersLeft()).toBe(1);
  await uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.2');
  await uploads.remove('villa', mine.id);
  await uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.1');
});

test('one client has so many uploads at most, those still arriving included', async () => {
  const uploads = await openWith({ uploadsOfOne: 3 });
  const send = () => uploads.receive(requestOf(100), 'villa', '10.0.0.1');
  const ends = await Promise.allSettled([send(), send(), send(), send(), send()]);
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject(tooMany);
  expect(foldersLeft()).toBe(3);
});

test.for([true, false])('all together have a share that nobody may pass, length told: %s', async (isTold) => {
  const uploads = await openWith({ bytesInAll: 5000 });
  await uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.1');
  await expect(uploads.receive(requestOf(3000, isTold), 'villa', '10.0.0.2')).rejects.toMatchObject(noRoom);
  expect(foldersLeft()).toBe(1);
});

test('what lay there before a start counts for all, and what was published is free again', async () => {
  const before = await openWith({});
  const { id } = await before.receive(requestOf(3000), 'villa', '10.0.0.1');
  const uploads = await openWith({ bytesInAll: 5000, uploadsOfOne: 1 });
  await expect(uploads.receive(requestOf(3000), 'villa', '10.0.0.1')).rejects.toMatchObject(noRoom);
  // As a job does that has read it, without a word to whoever counts.
  rmSync(join(dataDir, 'uploads', id), { recursive: true });
  await uploads.receive(requestOf(3000), 'villa', '10.0.0.1');
});

test('a request that breaks off, or is none, leaves nothing that counts', async () => {
  const uploads = await openWith({ bytesOfOne: 5000, uploadsOfOne: 1 });
  const broken = Object.assign(Readable.from([Buffer.from('--b\r\n')]), {
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    setTimeout: () => broken,
  }) as unknown as IncomingMessage;
  await expect(uploads.receive(broken, 'villa', '10.0.0.1')).rejects.toMatchObject({ name: 'BadInput' });
  expect(foldersLeft()).toBe(0);
  await uploads.receive(requestOf(3000), 'villa', '10.0.0.1');
});
