// The neighbours that `stats` works with: by a file (GAL, or a table of from, to and weight), by distance, by number,
// or by touching areas.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BadInput, TooLarge } from '../errors.ts';
import { touching } from '../statistics/contiguity.ts';
import { MOST_NEIGHBOURS, nearestNeighbours, withinDistance } from '../statistics/neighbours.ts';
import { type Links, type Weights, weightsOf } from '../statistics/weights.ts';
import { needed, numberIn, readColumns, type StatsAsked, type StatsColumns } from './stats-input.ts';

export type NeighbourRule = { readonly weights: Links; readonly rule: string };

export async function neighboursOf(
  asked: StatsAsked,
  columns: StatsColumns,
  ids: readonly string[],
  cwd: string,
): Promise<NeighbourRule> {
  const file = asked.option('weights');
  if (file !== null) return { weights: await weightsFile(file, ids, cwd), rule: `file:${file}` };
  const distance = asked.option('distance');
  const rule =
    distance === null ? (asked.option('neighbours') ?? (columns.areas ? 'queen' : null)) : `distance:${distance}`;
  if (rule === null)
    throw new BadInput('neighbours', 'one of --weights FILE, --distance METRES and --neighbours queen|rook|knn:K');
  if (rule === 'queen' || rule === 'rook') {
    if (!columns.areas) throw new BadInput('neighbours', 'queen and rook need areas: a GeoJSON file of polygons');
    return { weights: touching(columns.areas, rule), rule };
  }
  const [, kind = 'knn', amount] = /^(?:(knn|distance):)?([\d.eE+-]+)$/.exec(rule) ?? [];
  if (amount === undefined) throw new BadInput('neighbours', '--neighbours is queen, rook, knn:K or distance:METRES');
  const value = numberIn(amount, 'neighbours');
  const points = { x: columns.numbers(needed(asked, 'x')), y: columns.numbers(needed(asked, 'y')) };
  const weights = kind === 'knn' ? nearestNeighbours(points, Math.floor(value)) : withinDistance(points, value);
  if (!weights) throw new TooLarge(`more than ${MOST_NEIGHBOURS} neighbours in all: choose a smaller distance`);
  return { weights, rule: `${kind}:${value}` };
}

async function weightsFile(file: string, ids: readonly string[], cwd: string): Promise<Weights> {
  const at = new Map(ids.map((id, i) => [id, i]));
  const place = (id: string) => {
    const found = at.get(id.trim());
    if (found === undefined) throw new BadInput('weights', `the weights name ${id}, which is no place of the file`);
    return found;
  };
  if (!/\.gal$/i.test(file)) {
    const table = await readColumns(file, cwd);
    const from = table.texts('from').map(place);
    const to = table.texts('to').map(place);
    const weight = hasColumn(table, 'weight') ? table.numbers('weight') : null;
    if (weight?.some((value) => value < 0)) throw new BadInput('weights', 'a weight is at least 0');
    return weightsOf(
      ids.length,
      from.map((i, k) => [i, to[k]!, weight?.[k] ?? 1] as const),
    );
  }
  const lines = (await readFile(resolve(cwd, file), 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs: [number, number][] = [];
  for (let i = 1; i < lines.length; ) {
    const [id, count = '0'] = lines[i]!.trim().split(/\s+/);
    const from = place(id!);
    const neighbours = Number(count) > 0 ? (lines[i + 1] ?? '').trim().split(/\s+/) : [];
    if (neighbours.length !== Number(count))
      throw new BadInput('weights', `the weights say ${count} neighbours of ${id} and list ${neighbours.length}`);
    for (const neighbour of neighbours) pairs.push([from, place(neighbour)]);
    i += Number(count) > 0 ? 2 : 1;
  }
  return weightsOf(ids.length, pairs);
}

function hasColumn({ texts }: StatsColumns, name: string): boolean {
  try {
    texts(name);
    return true;
  } catch {
    return false;
  }
}
