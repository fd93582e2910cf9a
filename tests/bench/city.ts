// A synthetic city for measuring, the same on every machine: 1,806 jagged areas, 39,762 segments, incidents in clusters.

import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Random, seeded, weightedIndex } from '../../geodata/demo/random.ts';
import { type Home, reportOf } from '../support/cli.ts';

const SEED = 20_190_101;
const WEST = -99.24;
const SOUTH = 19.3;
/** About 20 km each way. */
const WIDTH = 0.19;
const HEIGHT = 0.18;
const AREA_COLUMNS = 43;
const AREA_ROWS = 42;
/** Points along each side of an area: about 100 in a ring, as real neighbourhoods have. */
const SIDE_POINTS = 25;
const STREET_LINES = 141;
const FIRST_DAY = Date.UTC(2019, 0, 1);
const DAYS = 5 * 365 + 1;
const CLUSTERS = 400;

export const CITY = 'bench';

/** Loads the city into an installation by the project's own commands; answers what the import of incidents reported. */
export async function loadCity(
  home: Home,
  rows: number,
  scratch: string,
  withStreets = true,
): Promise<{ rowsPerSecond: number }> {
  const paths = {
    areas: join(scratch, 'areas.geojson'),
    streets: join(scratch, 'streets.geojson'),
    incidents: join(scratch, 'incidents.csv'),
  };
  writeFileSync(paths.areas, collection(areas()));
  writeFileSync(paths.streets, collection(streets()));
  await writeIncidents(paths.incidents, rows);
  const into = ['--jurisdiction', CITY];
  const columns = ['--code', 'code', '--name', 'name'];
  await reportOf(home, ['jurisdiction', 'add', CITY, '--name', 'Bench', '--timezone', 'America/Mexico_City']);
  await reportOf(home, ['import', 'areas', paths.areas, '--layer', 'areas', ...into, ...columns]);
  if (withStreets) await reportOf(home, ['import', 'streets', paths.streets, ...into, ...columns]);
  return reportOf(home, ['import', 'incidents', paths.incidents, ...into, '--preset', 'generic']);
}

type Feature = { readonly code: string; readonly type: 'Polygon' | 'LineString'; readonly coordinates: unknown };

function collection(features: readonly Feature[]): string {
  const texts = features.map(({ code, type, coordinates }) =>
    JSON.stringify({ type: 'Feature', properties: { code, name: code }, geometry: { type, coordinates } }),
  );
  return `{"type":"FeatureCollection","features":[\n${texts.join(',\n')}\n]}`;
}

const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** A grid whose lines wander; neighbours share every point, so the areas neither overlap nor leave gaps. */
function areas(): Feature[] {
  const stepX = WIDTH / AREA_COLUMNS;
  const stepY = HEIGHT / AREA_ROWS;
  // Nothing at the corners, so that sides never cross near them.
  const wander = (i: number, j: number, k: number, axis: number) =>
    (seeded(SEED + ((i * 64 + j) * 64 + k) * 2 + axis).next() - 0.5) * 0.25 * Math.sin((Math.PI * k) / SIDE_POINTS);
  const across = (i: number, j: number): number[][] =>
    Array.from({ length: SIDE_POINTS }, (_, k) => [
      round(WEST + (i + k / SIDE_POINTS) * stepX),
      round(SOUTH + (j + wander(i, j, k, 0)) * stepY),
    ]);
  const upward = (i: number, j: number): number[][] =>
    Array.from({ length: SIDE_POINTS }, (_, k) =>
      k === 0
        ? across(i, j)[0]!
        : [round(WEST + (i + wander(i, j, k, 1)) * stepX), round(SOUTH + (j + k / SIDE_POINTS) * stepY)],
    );
  return Array.from({ length: AREA_COLUMNS * AREA_ROWS }, (_, n) => {
    const i = n % AREA_COLUMNS;
    const j = Math.floor(n / AREA_COLUMNS);
    const corner = across(i + 1, j + 1)[0]!;
    const top = [...across(i, j + 1), corner].reverse();
    const left = [...upward(i, j), across(i, j + 1)[0]!].reverse();
    const ring = [...across(i, j), ...upward(i + 1, j), ...top.slice(0, -1), ...left];
    return { code: `A${String(n).padStart(4, '0')}`, type: 'Polygon' as const, coordinates: [ring] };
  });
}

function streets(): Feature[] {
  const at = (i: number, j: number) => [
    round(WEST + (WIDTH * i) / STREET_LINES),
    round(SOUTH + (HEIGHT * j) / STREET_LINES),
  ];
  const features: Feature[] = [];
  for (let i = 0; i <= STREET_LINES; i++)
    for (let j = 0; j <= STREET_LINES; j++) {
      const code = `${String(i).padStart(3, '0')}-${String(j).padStart(3, '0')}`;
      if (i < STREET_LINES)
        features.push({ code: `${code}E`, type: 'LineString', coordinates: [at(i, j), at(i + 1, j)] });
      if (j < STREET_LINES)
        features.push({ code: `${code}N`, type: 'LineString', coordinates: [at(i, j), at(i, j + 1)] });
    }
  return features;
}

/** Spanish titles of the offences that have none below them; the first ones are the common ones. */
function offenceTitles(): string[] {
  const file = new URL('../../geodata/offences/tree.json', import.meta.url);
  const tree = JSON.parse(readFileSync(file, 'utf8')) as { code: string; parent: string | null; es: string }[];
  const parents = new Set(tree.map(({ parent }) => parent));
  return tree.filter(({ code, parent }) => parent !== null && !parents.has(code)).map(({ es }) => es);
}

async function writeIncidents(path: string, rows: number): Promise<void> {
  const random = seeded(SEED);
  const titles = offenceTitles();
  const offence = weightedIndex(titles.map((_, i) => 1 / (i + 3)));
  const hour = weightedIndex(Array.from({ length: 24 }, (_, h) => 1.2 + Math.sin(((h - 14) / 24) * 2 * Math.PI)));
  const point = pointSource(random.fork('points'));
  const file = createWriteStream(path);
  file.write('folio,fecha,hora,delito,longitud,latitud,lugar\n');
  let buffer = '';
  for (let row = 1; row <= rows; row++) {
    const day = new Date(FIRST_DAY + random.below(DAYS) * 86_400_000).toISOString().slice(0, 10);
    const time = `${two(hour(random))}:${two(random.below(60))}`;
    const [lon, lat] = point();
    buffer += `B${row},${day},${time},"${titles[offence(random)]}",${lon},${lat},\n`;
    if (buffer.length > 1 << 20) {
      if (!file.write(buffer)) await new Promise<void>((resolve) => file.once('drain', resolve));
      buffer = '';
    }
  }
  file.end(buffer);
  await finished(file);
}

const two = (value: number) => String(value).padStart(2, '0');

/** Half of the incidents crowd around centres, half lie anywhere; a few fall outside every area. */
function pointSource(random: Random): () => [number, number] {
  const centres = Array.from({ length: CLUSTERS }, () => [random.next(), random.next(), 0.002 + random.next() * 0.02]);
  const centre = weightedIndex(centres.map((_, i) => 1 / (i + 5)));
  return () => {
    const [x = 0, y = 0, spread = 0] = random.chance(0.5)
      ? centres[centre(random)]!
      : [random.next(), random.next(), 0.001];
    const east = x + random.normal() * spread;
    const north = y + random.normal() * spread;
    return [round(WEST + WIDTH * east), round(SOUTH + HEIGHT * north)];
  };
}
