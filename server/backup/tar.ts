// The container of a backup: a tar of small entries, written and read one entry at a time.

import { Buffer } from 'node:buffer';

export type Entry = { readonly name: string; readonly bytes: Buffer };

const BLOCK = 512;
/** Room for the largest single row; entries are cut at about 2 MB. */
const MOST_ENTRY_BYTES = 256 * 1024 * 1024;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

/** The bytes of a tar of these entries. */
export async function* packTar(entries: AsyncIterable<Entry>, madeAt: Date): AsyncGenerator<Buffer> {
  for await (const { name, bytes } of entries) {
    yield header(name, bytes.length, madeAt);
    yield bytes;
    const rest = bytes.length % BLOCK;
    if (rest) yield Buffer.alloc(BLOCK - rest);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** The entries of a tar, in order. Throws when it is none, ends early, or an entry is larger than any of ours. */
export async function* unpackTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<Entry> {
  const take = taker(chunks);
  for (;;) {
    const head = await take(BLOCK);
    if (head.every((byte) => byte === 0)) return;
    if (octal(head, CHECKSUM_AT, CHECKSUM_BYTES) !== checksum(head)) throw new Error('not a tar');
    const size = octal(head, 124, 12);
    if (!(size <= MOST_ENTRY_BYTES)) throw new Error('an entry is too large');
    const name = head.toString('latin1', 0, 100).replace(/\0.*$/s, '');
    const bytes = await take(size);
    await take((BLOCK - (size % BLOCK)) % BLOCK);
    yield { name, bytes };
  }
}

function header(name: string, size: number, madeAt: Date): Buffer {
  const head = Buffer.alloc(BLOCK);
  const number = (value: number, at: number, bytes: number) =>
    head.write(`${value.toString(8).padStart(bytes - 1, '0')}\0`, at, 'latin1');
  head.write(name, 0, 100, 'latin1');
  number(0o600, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(size, 124, 12);
  number(Math.floor(madeAt.getTime() / 1000), 136, 12);
  head.write('0', 156, 'latin1');
  head.write('ustar\u000000', 257, 'latin1');
  head.write(`${checksum(head).toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1');
  return head;
}

/** The sum of all bytes of a header, its own field counted as spaces. */
function checksum(head: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES ? 0x20 : head[i]!;
  return sum;
}

function octal(head: Buffer, at: number, bytes: number): number {
  const text = head.toString('latin1', at, at + bytes).replace(/[\0 ].*$/s, '');
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** Answers exactly as many bytes as asked for, out of chunks of any size. */
function taker(chunks: AsyncIterable<Buffer>): (bytes: number) => Promise<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  let held: Buffer[] = [];
  let length = 0;
  return async (bytes) => {
    while (length < bytes) {
      const next = await source.next();
      if (next.done) throw new Error('it ends too early');
      held.push(next.value);
      length += next.value.length;
    }
    const all = held.length === 1 ? held[0]! : Buffer.concat(held);
    held = [all.subarray(bytes)];
    length -= bytes;
    return all.subarray(0, bytes);
  };
}
