// Pictures one after another as one that moves (GIF89a): what every program that shows pictures can play. A picture holds what
// changed since the one before, in colours of its own, so that what stands still neither flickers nor takes room.

/** RGBA, row by row, as a canvas gives them. */
export type Pixels = Uint8ClampedArray;
type Size = { readonly width: number; readonly height: number };
export type Gif = {
  /** Shown for so many hundredths of a second. */
  add(pixels: Pixels, hundredths: number): void;
  finish(): Blob;
};

/** One of the 256 is left for what did not change. */
const MOST_COLORS = 255;
/** Of a channel, for telling colours apart: more could not be shown with so few. */
const BITS = 5;
const BINS = 1 << (3 * BITS);
const MOST_CODES = 4096;
const SLOTS = 1 << 14;
const TRANSPARENT = 1;
const KEEP = 1 << 2;

/** Runs forever. */
export function createGif({ width, height }: Size): Gif {
  const parts: Uint8Array<ArrayBuffer>[] = [
    text('GIF89a'),
    new Uint8Array([...two(width), ...two(height), 0x70, 0, 0]),
    new Uint8Array([0x21, 0xff, 11]),
    text('NETSCAPE2.0'),
    new Uint8Array([3, 1, 0, 0, 0]),
  ];
  let before: Uint32Array | null = null;
  return {
    add(pixels, hundredths) {
      const now = new Uint32Array(pixels.slice().buffer);
      const { left, top, ...size } = changedPart(before, now, { width, height });
      const part = new Uint32Array(size.width * size.height);
      const isChanged = new Uint8Array(part.length);
      for (let y = 0, to = 0; y < size.height; y++)
        for (let x = 0; x < size.width; x++, to++) {
          const from = (top + y) * width + left + x;
          part[to] = now[from]!;
          isChanged[to] = before === null || before[from] !== now[from] ? 1 : 0;
        }
      const { palette, indices } = inFewColors(part, isChanged);
      const bits = Math.max(2, Math.ceil(Math.log2(palette.length + 1)));
      const table = new Uint8Array(3 << bits);
      for (const [index, color] of palette.entries()) table.set(color, index * 3);
      parts.push(
        new Uint8Array([0x21, 0xf9, 4, KEEP | TRANSPARENT, ...two(hundredths), palette.length, 0]),
        new Uint8Array([0x2c, ...two(left), ...two(top), ...two(size.width), ...two(size.height), 0x80 | (bits - 1)]),
        table,
        ...packed(indices, bits),
      );
      before = now;
    },
    finish: () => new Blob([...parts, new Uint8Array([0x3b])], { type: 'image/gif' }),
  };
}

const text = (ascii: string) => Uint8Array.from(ascii, (letter) => letter.charCodeAt(0));
const two = (value: number) => [value & 0xff, (value >> 8) & 0xff];

/** The box round all that changed; one pixel where nothing did. */
function changedPart(before: Uint32Array | null, now: Uint32Array, { width, height }: Size) {
  if (!before) return { left: 0, top: 0, width, height };
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let at = 0; at < now.length; at++) {
    if (now[at] === before[at]) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    bottom = y;
  }
  return right < 0
    ? { left: 0, top: 0, width: 1, height: 1 }
    : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

type Color = readonly [red: number, green: number, blue: number];

/** The colours of what changed, and of each pixel which; one beyond the last for what did not. */
function inFewColors(pixels: Uint32Array, isChanged: Uint8Array) {
  const counts = new Uint32Array(BINS);
  const sums = [0, 1, 2].map(() => new Float64Array(BINS));
  const binOf = (pixel: number) => {
    const cut = 8 - BITS;
    return (
      ((pixel & 0xff) >> cut) |
      ((((pixel >> 8) & 0xff) >> cut) << BITS) |
      ((((pixel >> 16) & 0xff) >> cut) << (2 * BITS))
    );
  };
  for (let at = 0; at < pixels.length; at++) {
    if (!isChanged[at]) continue;
    const pixel = pixels[at]!;
    const bin = binOf(pixel);
    counts[bin]!++;
    for (const [channel, sum] of sums.entries()) sum[bin]! += (pixel >> (8 * channel)) & 0xff;
  }
  const boxes = medianCut(counts);
  const colorOf = new Uint16Array(BINS);
  const palette = boxes.map((bins, index): Color => {
    const total = bins.reduce((all, bin) => all + counts[bin]!, 0);
    for (const bin of bins) colorOf[bin] = index;
    return sums.map((sum) => Math.round(bins.reduce((all, bin) => all + sum[bin]!, 0) / total)) as unknown as Color;
  });
  const indices = new Uint8Array(pixels.length);
  for (let at = 0; at < pixels.length; at++)
    indices[at] = isChanged[at] ? colorOf[binOf(pixels[at]!)]! : palette.length;
  return { palette, indices };
}

/** Colours that are near each other together, until there are no more groups than colours to be had (Heckbert 1982). */
function medianCut(counts: Uint32Array): readonly (readonly number[])[] {
  const channelOf = (bin: number, channel: number) => (bin >> (channel * BITS)) & ((1 << BITS) - 1);
  const boxOf = (bins: readonly number[]) => {
    const ranges = [0, 1, 2].map((channel) => {
      const values = bins.map((bin) => channelOf(bin, channel));
      return Math.max(...values) - Math.min(...values);
    });
    const widest = Math.max(...ranges);
    const total = bins.reduce((all, bin) => all + counts[bin]!, 0);
    // A large even surface is one colour already; a wide box of few pixels can wait.
    return { bins, channel: ranges.indexOf(widest), weight: widest * Math.sqrt(total) };
  };
  const some = [...counts.keys()].filter((bin) => counts[bin]! > 0);
  const boxes = some.length > 0 ? [boxOf(some)] : [];
  while (boxes.length > 0 && boxes.length < MOST_COLORS) {
    const at = boxes.reduce((best, box, index) => (box.weight > boxes[best]!.weight ? index : best), 0);
    const { bins, channel, weight } = boxes[at]!;
    if (weight === 0) break;
    const sorted = [...bins].sort((a, b) => channelOf(a, channel) - channelOf(b, channel));
    const half = sorted.reduce((all, bin) => all + counts[bin]!, 0) / 2;
    let seen = 0;
    const middle = sorted.findIndex((bin) => {
      seen += counts[bin]!;
      return seen >= half;
    });
    const cut = Math.max(1, Math.min(sorted.length - 1, middle));
    boxes.splice(at, 1, boxOf(sorted.slice(0, cut)), boxOf(sorted.slice(cut)));
  }
  return boxes.map(({ bins }) => bins);
}

/** LZW as GIF89a has it (appendix F), in blocks of at most 255 bytes. */
export function packed(indices: Uint8Array, bits: number): readonly Uint8Array<ArrayBuffer>[] {
  const clear = 1 << bits;
  const end = clear + 1;
  const keys = new Int32Array(SLOTS);
  const codes = new Uint16Array(SLOTS);
  const blocks: Uint8Array<ArrayBuffer>[] = [new Uint8Array([bits])];
  let block = new Uint8Array(255);
  let length = 0;
  let held = 0;
  let heldBits = 0;
  let next = end + 1;
  let size = bits + 1;
  const flush = () => {
    if (length === 0) return;
    blocks.push(new Uint8Array([length]), block.slice(0, length));
    block = new Uint8Array(255);
    length = 0;
  };
  const write = (code: number) => {
    held |= code << heldBits;
    heldBits += size;
    while (heldBits >= 8) {
      block[length++] = held & 0xff;
      if (length === 255) flush();
      held >>>= 8;
      heldBits -= 8;
    }
  };
  const restart = () => {
    keys.fill(-1);
    next = end + 1;
    size = bits + 1;
  };
  restart();
  write(clear);
  let prefix = indices[0]!;
  for (let at = 1; at < indices.length; at++) {
    const index = indices[at]!;
    const key = (prefix << 8) | index;
    let slot = Math.imul(key, 0x9e3779b1) >>> 18;
    while (keys[slot] !== -1 && keys[slot] !== key) slot = (slot + 1) % SLOTS;
    if (keys[slot] === key) {
      prefix = codes[slot]!;
      continue;
    }
    write(prefix);
    if (next < MOST_CODES) {
      // Whoever reads is one code behind: the size grows once it has that one.
      if (next === 1 << size) size++;
      keys[slot] = key;
      codes[slot] = next++;
    } else {
      write(clear);
      restart();
    }
    prefix = index;
  }
  write(prefix);
  // The reader has added one more by now.
  if (next === 1 << size && size < 12) size++;
  write(end);
  if (heldBits > 0) block[length++] = held & 0xff;
  flush();
  blocks.push(new Uint8Array([0]));
  return blocks;
}
