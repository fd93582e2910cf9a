// How often an analysis shows something of a city in which nothing stands out: of as many cities as BENCH_CITIES in the
// environment says (200 unless it does), in per cent, against the one in twenty that is promised.

import { meanPai, NULL_QUESTIONS, showingOf } from '../support/null-cities.ts';
import { type BenchContext, type BenchLine, limitLine } from './contract.ts';

const PROMISED = 5;
const SEED = 2025;

export async function bench({ say }: BenchContext): Promise<BenchLine[]> {
  const cities = Number(process.env.BENCH_CITIES ?? 200);
  const lines = Object.keys(NULL_QUESTIONS).map((name) => {
    const showing = showingOf(name, cities, SEED);
    say(`${name}: ${showing} of ${cities}`);
    const share = (100 * showing) / cities;
    // A limit is held against at least a tenth, so that none at all has a ratio.
    const ours = { min: share, median: Math.max(share, 0.1) };
    return limitLine(
      { name: `null city, ${name}`, rows: cities, unit: '%', ours, note: `${showing} of ${cities}` },
      PROMISED,
    );
  });
  say(`mean PAI of the last map of such a city: ${meanPai(cities, SEED).toFixed(3)}`);
  return lines;
}
