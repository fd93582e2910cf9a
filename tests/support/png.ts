// Small PNGs, made byte by byte.

import { crc32, deflateSync } from 'node:zlib';

/** A piece of a PNG, with its length and its sum. */
export const pngChunk = (type: string, data: Buffer) => {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
};
/** A white picture. `more`: chunks before its end. */
export const pngOf = (width: number, height: number, ...more: readonly Buffer[]) => {
  const size = Buffer.from([...[0, 0, width >> 8, width & 255], ...[0, 0, height >> 8, height & 255], 8, 0, 0, 0, 0]);
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 255));
  const parts = [pngChunk('IHDR', size), pngChunk('IDAT', rows), ...more, pngChunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
};

/** What a picture of the hot spots of 2024 says of itself. */
export const PICTURED = {
  about: {
    ...{ title: 'Puntos calientes', asked: ['Pueblo', 'Ene–dic 2024'], told: ['Tres colonias sobresalen.'] },
    ...{ parameters: 'method = gi-star', dataVersion: 2 },
    legend: {
      ...{ title: 'Puntos calientes', ramp: null, notes: [] },
      entries: [{ text: 'caliente (3)', color: '#7f1d1d', widthPx: null, isHatched: false, number: 1 }],
    },
  },
  ...{ layer: 'colonias', filter: { from: '2024-01-01' } },
};
