// Several files in one archive (APPNOTE 6.3.10), as plain as the format allows: stored as they are, which pictures lose
// nothing by.

export type ZipEntry = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
/** 1 January 1980: the names say what each is of. */
const FIRST_DAY = 0x21;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Fields of two (u) or four (U) bytes, little end first. */
function record(layout: string, values: readonly number[]): Uint8Array<ArrayBuffer> {
  const sizes = [...layout].map((field) => (field === 'U' ? 4 : 2));
  const view = new DataView(new ArrayBuffer(sizes.reduce((a, b) => a + b, 0)));
  let at = 0;
  for (const [i, size] of sizes.entries()) {
    if (size === 4) view.setUint32(at, values[i]!, true);
    else view.setUint16(at, values[i]!, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

export function zipFile(entries: readonly ZipEntry[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const named = new TextEncoder().encode(name);
    // Version, flags, method 0, time, day, checksum, both sizes, length of the name, no extras.
    const about = [VERSION, UTF8_NAMES, 0, 0, FIRST_DAY, crcOf(bytes), bytes.length, bytes.length, named.length, 0];
    const local = [record('UuuuuuUUUuu', [LOCAL, ...about]), named, bytes];
    parts.push(...local);
    directory.push(record('UuuuuuuUUUuuuuuUU', [CENTRAL, VERSION, ...about, 0, 0, 0, 0, offset]), named);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record('UuuuuUUu', [END, 0, 0, entries.length, entries.length, listed, offset, 0]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}
