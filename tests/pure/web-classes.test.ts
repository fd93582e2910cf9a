// Putting places in classes: quantiles, natural breaks, and streets by how much they hold together.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classBounds, classOf, rampColors } from '../../web/map/classify.ts';
import { concentrationClasses, type Holder, heldUpTo, placesHoldingHalf } from '../../web/map/concentration.ts';
import { ROOT } from '../support/sources.ts';

const RAMP = ['#fff0c2', '#ffc861', '#f58b2e', '#c8481e', '#741327'];

describe('classes of areas', () => {
  test('quantiles put the same number of places in each class', () => {
    const bounds = classBounds([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 'quantile', 5);
    expect(bounds).toEqual([2, 4, 6, 8, 10]);
    expect([1, 2, 3, 10].map((value) => classOf(value, bounds))).toEqual([1, 1, 2, 5]);
  });

  test('equal values share a class, even when that leaves fewer classes', () => {
    expect(classBounds([1, 1, 1, 1, 2, 3], 'quantile', 3)).toEqual([1, 3]);
    expect(classBounds([7, 7, 7], 'quantile', 5)).toEqual([7]);
  });

  test('places without any are in no class and do not move the bounds', () => {
    expect(classBounds([0, 0, 0, 4, 8], 'quantile', 2)).toEqual([4, 8]);
    expect(classOf(0, [4, 8])).toBe(0);
    expect(classBounds([0, 0], 'jenks', 5)).toEqual([]);
  });

  test('natural breaks fall in the gaps', () => {
    expect(classBounds([50, 1, 12, 2, 11, 3, 10], 'jenks', 3)).toEqual([3, 12, 50]);
  });

  test('three classes take the ends and the middle of the five colours', () => {
    expect(rampColors(RAMP, 5)).toEqual(RAMP);
    expect(rampColors(RAMP, 3)).toEqual(['#fff0c2', '#f58b2e', '#741327']);
    expect(rampColors(['#000000', '#ffffff'], 3)).toEqual(['#000000', '#808080', '#ffffff']);
    expect(rampColors(RAMP, 7)).toHaveLength(7);
  });
});

const holders = (...counts: number[]): Holder[] =>
  counts.map((count, index) => ({ id: String(index + 1), count, lengthM: 100 }));
const classesOf = (places: Holder[], perKm = false) => Object.fromEntries(concentrationClasses(places, perKm));

describe('streets by concentration', () => {
  test('a street that crosses a border belongs to the class it starts in', () => {
    // Starts at 0, 30, 55, 75 and 90 % of 100.
    expect(classesOf(holders(30, 25, 20, 15, 10))).toEqual({ 1: 1, 2: 2, 3: 3, 4: 3, 5: 4 });
  });

  test('one street that holds everything is in the first class', () => {
    expect(classesOf(holders(40, 0))).toEqual({ 1: 1 });
  });

  test('where all are alike none stands out', () => {
    const classes = classesOf(holders(...Array.from({ length: 100 }, () => 1)));
    expect(new Set(Object.values(classes))).toEqual(new Set([4]));
  });

  test('streets that tie stay together', () => {
    // 40 %, then three of 20 %: the last of them starts at 80 %.
    expect(classesOf(holders(20, 10, 10, 10))).toEqual({ 1: 1, 2: 4, 3: 4, 4: 4 });
  });

  test('what the legend says each class holds is what it holds, with those before it', () => {
    const held = (places: Holder[]) => heldUpTo(places, concentrationClasses(places, false));
    expect(held(holders(30, 25, 20, 15, 10))).toEqual([0.3, 0.55, 0.9, 1]);
    expect(held(holders(20, 10, 10, 10))).toEqual([0.4, 0.4, 0.4, 1]);
  });

  test('under 30 incidents streets are not compared', () => {
    expect(classesOf(holders(20, 9))).toEqual({});
    expect(placesHoldingHalf(holders(20, 9))).toEqual([]);
    expect(classesOf(holders(20, 10))).toEqual({ 1: 1, 2: 3 });
  });

  test('per km a stub counts as 50 m, so one incident on 5 m does not lead', () => {
    const stub = { id: 'stub', count: 2, lengthM: 5 }; // 2 / 0.05 km = 40, not 400
    const short = { id: 'short', count: 10, lengthM: 100 }; // 100 per km
    const long = { id: 'long', count: 28, lengthM: 1000 }; // 28 per km
    // Of 40: short holds 0–25 %, the stub starts at 25 %, the long street at 30 %.
    expect(classesOf([stub, short, long], true)).toEqual({ short: 1, stub: 2, long: 2 });
    expect(classesOf([stub, short, long], false)).toEqual({ long: 1, short: 3, stub: 4 });
  });

  test('half is held by the fewest places that reach it', () => {
    expect(placesHoldingHalf(holders(10, 30, 25, 20, 15)).map(({ id }) => id)).toEqual(['2', '3']);
    expect(placesHoldingHalf(holders(50, 25, 25)).map(({ id }) => id)).toEqual(['1']);
  });
});

test('the swatches of the legend have the colours of the map, however many classes there are', () => {
  const css = readFileSync(join(ROOT, 'web/styles/map.css'), 'utf8');
  const swatch = (number: number, of: number): string => {
    const rule = (selector: string) =>
      [...css.matchAll(/([^{}]+)\{\s*background: ([^;]+);/g)].find(([, selectors]) =>
        selectors!.split(',').some((each) => each.trim() === selector),
      )?.[2];
    return rule(`.is-class-${number}.of-${of}`) ?? rule(`.is-class-${number}`)!;
  };
  const channels = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const colour = (value: string): number[] => {
    const [first, second] = [...value.matchAll(/--class-(\d)/g)].map(([, number]) =>
      channels(RAMP[Number(number) - 1]!),
    );
    const share = Number(/(\d+)%/.exec(value)?.[1] ?? 100) / 100;
    return first!.map((channel, at) => channel * share + (second ?? first!)[at]! * (1 - share));
  };
  for (let of = 1; of <= 7; of++) {
    rampColors(RAMP, of).forEach((drawn, index) => {
      const shown = colour(swatch(index + 1, of));
      const apart = channels(drawn).map((channel, at) => Math.abs(channel - shown[at]!));
      expect(Math.max(...apart), `class ${index + 1} of ${of}`).toBeLessThan(3);
    });
  }
});
