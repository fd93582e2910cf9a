// Hatching for places without a rate, dots for protected ones: drawn in pixels, so that no image is fetched.

import type { Map as GLMap } from 'maplibre-gl';

const SIZE = 12;
const RATIO = 2;
const INK = [135, 145, 154] as const;

export function addPatterns(map: GLMap): void {
  map.addImage(
    'hatch',
    image((x, y) => (x + y) % SIZE < 2),
    { pixelRatio: RATIO },
  );
  map.addImage(
    'dots',
    image((x, y) => Math.hypot((x % SIZE) - 6, (y % SIZE) - 6) < 2.2),
    { pixelRatio: RATIO },
  );
}

function image(inked: (x: number, y: number) => boolean): { width: number; height: number; data: Uint8ClampedArray } {
  const data = new Uint8ClampedArray(SIZE * SIZE * 4);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const [red, green, blue] = inked(x, y) ? INK : [241, 242, 238];
      data.set([red, green, blue, inked(x, y) ? 255 : 200], (y * SIZE + x) * 4);
    }
  }
  return { width: SIZE, height: SIZE, data };
}
