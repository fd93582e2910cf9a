// Bytes of a text file to text: UTF-8, Windows-1252 where a line is not UTF-8, UTF-16; gzip looked through.

import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import iconv from 'iconv-lite';
import { BadInput } from '../errors.ts';
import { isMacRoman } from './mac-roman.ts';

const CHUNK_BYTES = 256 * 1024;
/** One control character in so many is more than any text has. */
const MOST_CONTROL = 50;
const NEWLINE = 0x0a;

export type DecodedText = {
  /** Pieces of any length; characters are never cut. */
  readonly pieces: AsyncIterable<string>;
  /** Final when the pieces are read: what the file was found to be, and lines read as Windows-1252 in a UTF-8 file. */
  readonly found: { encoding: string; legacyLines: number; nulBytes: number };
  /** Bytes of the file read so far, and how many there are. */
  readonly progress: () => { readonly bytesRead: number; readonly bytes: number };
};

/** Opens a text file, gzipped or not. Throws BadInput('file') for what is not text or is damaged. */
export async function decodeFile(path: string): Promise<DecodedText> {
  const { head, bytes } = await peek(path);
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  const found = { encoding: 'utf-8', legacyLines: 0, nulBytes: 0 };
  let opened: ReadStream | null = null;
  async function* pieces(): AsyncGenerator<string> {
    const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
    opened = file;
    const stream = gzipped ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
    if (gzipped) file.on('error', (error) => stream.destroy(error));
    try {
      yield* decode(stream, found);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code.startsWith('Z_')) throw new BadInput('file', `damaged gzip file (${code})`);
      throw error;
    } finally {
      file.destroy();
      stream.destroy();
    }
  }
  return { pieces: pieces(), found, progress: () => ({ bytesRead: opened?.bytesRead ?? 0, bytes }) };
}

async function peek(path: string): Promise<{ head: Buffer; bytes: number }> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput('file', `cannot be opened (${error.code ?? 'unknown'}): ${path}`);
  });
  try {
    const file = await handle.stat();
    if (!file.isFile()) throw new BadInput('file', `not a file: ${path}`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return { head: buffer.subarray(0, bytesRead), bytes: file.size };
  } finally {
    await handle.close();
  }
}

async function* decode(chunks: AsyncIterable<Buffer>, found: DecodedText['found']): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let wide: TextDecoder | null = null;
  let first = true;
  for await (const chunk of chunks) {
    let bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    if (first) {
      if (bytes.length < 4) {
        rest = bytes;
        continue;
      }
      first = false;
      const utf16 = utf16Of(bytes);
      if (utf16) {
        found.encoding = utf16;
        wide = new TextDecoder(utf16);
      } else if (bytes.includes(0) && !/[\r\n]/.test(bytes.toString('latin1', 0, 4096))) {
        throw new BadInput('file', 'not a text file');
      } else if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
        bytes = bytes.subarray(3);
      }
      if (isArchive(bytes)) throw new BadInput('file', 'not a text file (a zip archive or a spreadsheet)');
      if (!wide && isBinary(bytes)) throw new BadInput('file', 'not a text file');
    }
    if (wide) {
      rest = Buffer.alloc(0);
      yield withoutNulText(wide.decode(bytes, { stream: true }), found);
      continue;
    }
    const end = lastAscii(bytes) + 1;
    rest = bytes.subarray(end);
    yield toText(bytes.subarray(0, end), found);
  }
  yield wide ? wide.decode(rest) : toText(rest, found);
}

/** By byte-order mark, or by every other byte being NUL at the beginning. */
function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0) return 'utf-16be';
  return null;
}

/** An image, say: text has next to no control characters, other bytes one in ten. */
function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 4096);
  const control = head.filter((byte) => byte < 32 && byte !== 0 && (byte < 9 || byte > 13)).length;
  return control * MOST_CONTROL > head.length;
}

function isArchive(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004')) || bytes.readUInt32BE(0) === 0xd0cf11e0;
}

/** Behind an ASCII byte no character of UTF-8 or Windows-1252 is cut. */
function lastAscii(bytes: Buffer): number {
  let index = bytes.length - 1;
  while (index >= 0 && bytes[index]! >= 0x80) index--;
  return index;
}

const MAC_ROMAN = 'macintosh';

function toText(bytes: Buffer, found: DecodedText['found']): string {
  const clean = bytes.includes(0) ? withoutNul(bytes, found) : bytes;
  if (isAscii(clean)) return clean.toString('latin1');
  if (isUtf8(clean)) return clean.toString('utf8');
  // What its first bytes of the kind show holds for the whole file.
  const isOpen = found.encoding !== 'windows-1252' && found.encoding !== MAC_ROMAN;
  const legacy = found.encoding === MAC_ROMAN || (isOpen && isMacRoman(clean)) ? MAC_ROMAN : 'windows-1252';
  let text = '';
  for (let from = 0; from < clean.length; ) {
    const newline = clean.indexOf(NEWLINE, from);
    const end = newline < 0 ? clean.length : newline + 1;
    const line = clean.subarray(from, end);
    if (isUtf8(line)) text += line.toString('utf8');
    else {
      found.legacyLines++;
      found.encoding = legacy;
      text += iconv.decode(line, legacy);
    }
    from = end;
  }
  return text;
}

function withoutNulText(text: string, found: DecodedText['found']): string {
  const kept = text.replaceAll('\0', '');
  found.nulBytes += text.length - kept.length;
  return kept;
}

function withoutNul(bytes: Buffer, found: DecodedText['found']): Buffer {
  // A file with a hole in it is gigabytes of them: a call for each byte takes ten times as long.
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte !== 0) kept[length++] = byte;
  }
  found.nulBytes += bytes.length - length;
  return kept.subarray(0, length);
}
