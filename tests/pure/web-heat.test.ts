// Heat is a density one can read: the same number and colour at every zoom, under every filter, in every city.

import { describe, expect, test } from 'vitest';
import { seeded } from '../../geodata/demo/random.ts';
import type { HeatAnswer, SourceRow } from '../../server/counts/contract.ts';
import { type Box, densityAt, densityOf, heatReachM, marginOf } from '../../web/map/heat.ts';
import { edgeOf, HEAT_STOPS, heatColor, heatOpacity, heatPixels } from '../../web/map/heat-colors.ts';
import { sharedHeatScale } from '../../web/map/symbology.ts';

const [LON, LAT] = [-99.13, 19.43];
const CITY: Box = [-99.4, 19.2, -98.9, 19.6];
const M_PER_LAT = 40_075_016.686 / 360;
const M_PER_LON = M_PER_LAT * Math.cos((LAT * Math.PI) / 180);
const answerOf = (points: HeatAnswer['points'], cellM = 200): HeatAnswer => ({ dataVersion: 1, cellM, points });
/** So many points of one incident on a square grid, so far apart. */
const field = (side: number, stepM: number, weight = 1): HeatAnswer['points'] =>
  Array.from({ length: side * side }, (_, i) => [
    LON + (((i % side) - side / 2) * stepM) / M_PER_LON,
    LAT + ((Math.floor(i / side) - side / 2) * stepM) / M_PER_LAT,
    weight,
  ]);

describe('density', () => {
  test('one incident alone is one over 2πσ², σ half of the reach', () => {
    const density = densityOf(answerOf([[LON, LAT, 1]], 25), 400, 1, null)!;
    const alone = 1 / (2 * Math.PI * 0.2 ** 2); // 3.98 per km²
    expect(density.single).toBeCloseTo(alone, 6);
    expect(densityAt(density, [LON, LAT]) / alone).toBeCloseTo(1, 1);
    // One standard deviation to the east: e^(-1/2).
    expect(densityAt(density, [LON + 200 / M_PER_LON, LAT]) / alone).toBeCloseTo(Math.exp(-0.5), 1);
  });

  test('is everywhere within one per cent of the peak of the sum of kernels it stands for', () => {
    const random = seeded(3);
    const from = (mean: number, metres: number, perDegree: number) =>
      mean + ((random.next() - 0.5) * metres) / perDegree;
    const points = Array.from(
      { length: 500 },
      (_, i) =>
        [from(LON, i < 250 ? 900 : 6000, M_PER_LON), from(LAT, i < 250 ? 900 : 6000, M_PER_LAT), 1 + (i % 4)] as const,
    );
    // Points as they are: cells of the source would only move them.
    const density = densityOf(answerOf(points, 0), 300, 0.5, null)!;
    const sigmaKm = 0.15;
    const exact = (lon: number, lat: number) =>
      points.reduce((sum, [x, y, weight]) => {
        const km2 = (((lon - x) * M_PER_LON) / 1000) ** 2 + (((lat - y) * M_PER_LAT) / 1000) ** 2;
        return sum + (weight * Math.exp(-km2 / (2 * sigmaKm ** 2))) / (2 * Math.PI * sigmaKm ** 2) / 0.5;
      }, 0);
    const peak = Math.max(...points.map(([lon, lat]) => exact(lon, lat)));
    for (let i = 0; i < 400; i++) {
      const at = [from(LON, 7000, M_PER_LON), from(LAT, 7000, M_PER_LAT)] as const;
      expect(Math.abs(densityAt(density, at) - exact(...at)) / peak).toBeLessThan(0.01);
    }
    expect(density.max / peak).toBeCloseTo(1, 1);
  });

  test('nothing is lost: the densities of all cells add up to the incidents', () => {
    const density = densityOf(answerOf(field(20, 300, 3)), 600, 1, null)!;
    const [west, south, east, north] = density.box;
    const km2 = ((east - west) * M_PER_LON * (north - south) * M_PER_LAT) / 1e6;
    const mean = density.values.reduce((sum, value) => sum + value, 0) / density.values.length;
    expect((mean * km2) / 1200).toBeCloseTo(1, 2);
  });

  test('an even field has its own density: 4 incidents in each 200 m square are 100 per km²', () => {
    const density = densityOf(answerOf(field(40, 200, 4)), 300, 1, null)!;
    for (const east of [0, 37, 90, 100]) {
      expect(densityAt(density, [LON + east / M_PER_LON, LAT]) / 100).toBeCloseTo(1, 1);
    }
  });

  test('is by year: what came in a quarter counts four times', () => {
    const inYear = densityOf(answerOf([[LON, LAT, 8]]), 300, 1, null)!;
    const inQuarter = densityOf(answerOf([[LON, LAT, 2]]), 300, 0.25, null)!;
    expect(densityAt(inQuarter, [LON, LAT])).toBeCloseTo(densityAt(inYear, [LON, LAT]), 3);
  });

  test('is the same from the coarse cells of the whole city and from the fine ones of the part in view', () => {
    const fine = field(60, 50, 1).map(([lon, lat], i) => [lon, lat, 1 + ((i * 7919) % 11)] as const);
    const coarse = new Map<string, [number, number, number]>();
    for (const [lon, lat, weight] of fine) {
      const [x, y] = [Math.floor((lon * M_PER_LON) / 200), Math.floor((lat * M_PER_LAT) / 200)];
      const cell = coarse.get(`${x},${y}`) ?? [((x + 0.5) * 200) / M_PER_LON, ((y + 0.5) * 200) / M_PER_LAT, 0];
      cell[2] += weight;
      coarse.set(`${x},${y}`, cell);
    }
    const view: Box = [LON - 0.006, LAT - 0.006, LON + 0.006, LAT + 0.006];
    const far = densityOf(answerOf([...coarse.values()], 200), 300, 1, null)!;
    const near = densityOf(answerOf(fine, 50), 300, 1, view)!;
    for (const [dx, dy] of [
      [0, 0],
      [0.003, 0.002],
      [-0.004, 0.001],
    ] as const) {
      const at = [LON + dx, LAT + dy] as const;
      expect(densityAt(near, at) / densityAt(far, at)).toBeCloseTo(1, 1);
    }
  });

  test('feels what lies just outside the part in view', () => {
    const whole = densityOf(answerOf(field(40, 100, 5), 50), 400, 1, null)!;
    const { lon, lat } = marginOf(400, LAT);
    const view: Box = [LON - 0.004, LAT - 0.004, LON + 0.004, LAT + 0.004];
    const asked = field(40, 100, 5).filter(
      ([x, y]) => Math.abs(x - LON) <= 0.004 + lon && Math.abs(y - LAT) <= 0.004 + lat,
    );
    const part = densityOf(answerOf(asked, 50), 400, 1, view)!;
    const edge = [LON + 0.0039, LAT] as const;
    expect(densityAt(part, edge) / densityAt(whole, edge)).toBeCloseTo(1, 1);
  });

  test('has its peak also between the middles of cells, where a city is so large that they are coarse', () => {
    // 44 km apart: two or three cells to a standard deviation.
    const far = (shiftM: number) => [
      [LON + shiftM / M_PER_LON, LAT + (shiftM * 0.7) / M_PER_LAT, 1] as const,
      [LON + 31_000 / M_PER_LON, LAT + 31_000 / M_PER_LAT, 0.001] as const,
    ];
    for (let shiftM = 0; shiftM < 60; shiftM += 7) {
      const density = densityOf(answerOf(far(shiftM), 0), 300, 1, null)!;
      expect(Math.abs(density.max / density.single - 1)).toBeLessThan(0.01);
    }
  });

  test('none without incidents', () => {
    expect(densityOf(answerOf([]), 300, 1, null)).toBeNull();
  });
});

describe('the reach', () => {
  const source = (accuracyM: number | null) => ({ accuracyM }) as SourceRow;

  test('is 300 m where there is much, and never less', () => {
    expect(heatReachM(answerOf(field(50, 100, 20)), [], CITY)).toBe(300);
  });

  test('grows until half of the incidents have ten in reach', () => {
    // One each 500 m: a circle of 1,000 m holds 12.6, one of 700 m 6.2.
    expect(heatReachM(answerOf(field(40, 500)), [], CITY)).toBe(1000);
  });

  test('is twice what the least exact source is exact to', () => {
    expect(heatReachM(answerOf(field(50, 100, 20)), [source(200), source(null)], CITY)).toBe(400);
  });

  test('is no more than an eighth of a small town, however few there are', () => {
    const town: Box = [LON, LAT, LON + 4200 / M_PER_LON, LAT + 4200 / M_PER_LAT];
    expect(heatReachM(answerOf([[LON, LAT, 1]]), [], town)).toBe(500);
    expect(heatReachM(answerOf([[LON, LAT, 1]]), [], CITY)).toBe(3000);
  });
});

test('heat of many periods has one reach, the longest of theirs, and one scale, whichever of them is shown', () => {
  const [much, little] = [answerOf(field(50, 100, 20)), answerOf(field(40, 500))];
  const periods = [much, little, answerOf([])].map((answer) => ({ answer, years: 1 }));
  const scale = sharedHeatScale(periods, [], CITY)!;
  // Ten in reach: 300 m where there is much, 1,000 m where there is one each 500 m.
  expect(scale.reachM).toBe(1000);
  // 20 each 100 m are 2,000 per km²; at the edges of both fields it is less.
  expect(scale.usual).toBeGreaterThan(900);
  expect(scale.usual).toBeLessThan(2000);
  expect(sharedHeatScale([{ answer: answerOf([]), years: 1 }], [], CITY)).toBeNull();
});

describe('colour', () => {
  test('the five colours of the ramp stand at the figures of the legend', () => {
    expect(HEAT_STOPS.map((stop) => heatColor(stop))).toEqual([
      [0xff, 0xf0, 0xc2],
      [0xff, 0xc8, 0x61],
      [0xf5, 0x8b, 0x2e],
      [0xc8, 0x48, 0x1e],
      [0x74, 0x13, 0x27],
    ]);
    expect(heatColor(50_000)).toEqual(heatColor(10_000));
    expect(heatColor(0.01)).toEqual(heatColor(1));
  });

  test('every pixel has the colour and opacity of its density, to a step the eye does not see', () => {
    const scale = { single: 3.5, usual: 400 };
    const values = Float32Array.from({ length: 2000 }, (_, i) => (i === 0 ? 0 : 10 ** (-2 + i / 300)));
    const pixels = new Uint32Array(values.length);
    heatPixels(values, scale, pixels);
    const bytes = new Uint8Array(pixels.buffer);
    values.forEach((value, i) => {
      const wanted = heatOpacity(value, scale);
      const [red, green, blue, opacity] = bytes.subarray(4 * i, 4 * i + 4) as unknown as number[];
      expect(Math.abs(opacity! - wanted)).toBeLessThanOrEqual(2);
      if (opacity === 0) return;
      heatColor(value).forEach((channel, c) => {
        expect(Math.abs([red!, green!, blue!][c]! - channel)).toBeLessThanOrEqual(1);
      });
    });
    expect(pixels[0]).toBe(0);
  });

  test('where all are few, each has its full colour', () => {
    const density = densityOf(answerOf(field(4, 3000)), 500, 1, null)!;
    expect(heatOpacity(densityAt(density, [LON, LAT]), density)).toBeGreaterThan(200);
  });

  test('a hundred incidents look paler than a thousand in the same places', () => {
    const darkest = (weight: number) => {
      const density = densityOf(answerOf(field(10, 200, weight)), 300, 1, null)!;
      return heatColor(density.max).reduce((a, b) => a + b);
    };
    expect(darkest(10)).toBeLessThan(darkest(1) - 80);
  });

  test('wherever one incident happened there is colour, beside ten thousand elsewhere too', () => {
    const points: HeatAnswer['points'] = [...field(10, 100, 100), [LON + 0.1, LAT + 0.1, 1]];
    const density = densityOf(answerOf(points), 300, 1, null)!;
    const opacity = (dx: number, dy: number) => heatOpacity(densityAt(density, [LON + dx, LAT + dy]), density);
    expect(opacity(0.1, 0.1)).toBeGreaterThan(100);
    expect(opacity(0, 0)).toBeGreaterThan(200);
    expect(opacity(0.05, 0.1)).toBe(0);
  });
});

test('where half lies in the palest part, a line goes round the colour', () => {
  // 16 incidents in 200 m squares are 400 per km², far from pale; one in each square kilometre is as pale as the ground.
  expect(edgeOf(densityOf(answerOf(field(20, 200, 16)), 300, 1, null)!)).toBeNull();
  const rare = densityOf(answerOf(field(6, 1000)), 1000, 1, null)!;
  expect(edgeOf(rare)).toBeCloseTo(rare.single / 2, 6);
});
