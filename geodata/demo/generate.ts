// Writes the demo city and its incidents as files that the importer loads like any other city's.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Polygon } from './areas.ts';
import { dateOf } from './calendar.ts';
import { buildCity, type City } from './city.ts';
import { signedArea, toLonLat } from './geometry.ts';
import { drawIncidents, type Incident } from './incidents.ts';

export const DEFAULT_SEED = 1821;
export const DEFAULT_INCIDENTS = 250_000;
export const CITY_NAME = 'San Telmo del Río';

/** Paths of the files written. */
export type DemoFiles = {
  readonly limit: string;
  readonly sectores: string;
  readonly colonias: string;
  readonly streets: string;
  readonly context: string;
  readonly incidents: string;
};

/** Where `writeDemoCity(folder)` puts what. */
export function demoFiles(folder: string): DemoFiles {
  const at = (name: string) => join(folder, name);
  return {
    limit: at('limit.geojson'),
    sectores: at('sectores.geojson'),
    colonias: at('colonias.geojson'),
    streets: at('streets.geojson'),
    context: at('context.geojson'),
    incidents: at('incidents.csv'),
  };
}

type Feature = {
  readonly properties: Record<string, string | number | null>;
  readonly geometry: { type: string; coordinates: unknown };
};

/** Outer ring anticlockwise, holes clockwise, as RFC 7946 asks. */
const polygon = (rings: Polygon): Feature['geometry'] => ({
  type: 'Polygon',
  coordinates: rings.map((ring, i) => (signedArea(ring) > 0 === (i === 0) ? ring : ring.toReversed()).map(toLonLat)),
});

/** An RFC 7946 collection, one feature a line. */
const collection = (features: readonly Feature[]): string =>
  `{"type":"FeatureCollection","features":[\n${features.map((feature) => JSON.stringify({ type: 'Feature', ...feature })).join(',\n')}\n]}\n`;

const quoted = (text: string): string =>
  text.includes(',') || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const CLOCK: readonly string[] = Array.from(
  { length: 1440 },
  (_, minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
);

/** The incident file: `generic` preset, UTF-8, one row per incident, folios counted by year. */
export function incidentsCsv(incidents: readonly Incident[]): string {
  const lines = ['folio,fecha,hora,delito,longitud,latitud,lugar'];
  let day = -1;
  let date = '';
  let number = 0;
  for (const incident of incidents) {
    if (incident.day !== day) {
      const year = date.slice(0, 4);
      day = incident.day;
      date = dateOf(day);
      if (!date.startsWith(year) || year === '') number = 0;
    }
    const folio = `STR-${date.slice(0, 4)}-${String(++number).padStart(6, '0')}`;
    const hour = incident.minute === null ? '' : CLOCK[incident.minute]!;
    const point = incident.at ? toLonLat(incident.at).join() : ',';
    lines.push(`${folio},${date},${hour},${quoted(incident.title)},${point},${quoted(incident.place)}`);
  }
  lines.push('');
  return lines.join('\n');
}

export function cityFiles(city: City): Record<Exclude<keyof DemoFiles, 'incidents'>, string> {
  return {
    limit: collection([{ properties: { NOMBRE: CITY_NAME }, geometry: polygon(city.areas.limit) }]),
    sectores: collection(
      city.areas.sectores.map((a) => ({
        properties: { CVESEC: a.code, NOMBRE: a.name, POB2020: a.population },
        geometry: polygon(a.polygon),
      })),
    ),
    colonias: collection(
      city.areas.colonias.map((a) => ({
        properties: { CVECOL: a.code, NOMBRE: a.name, POB2020: a.population },
        geometry: polygon(a.polygon),
      })),
    ),
    streets: collection(
      city.streets.map((street) => ({
        properties: { nombre: street.name, clase: street.class },
        geometry: { type: 'LineString', coordinates: street.nodes.map((node) => toLonLat(city.nodes[node]!)) },
      })),
    ),
    context: collection(
      city.context.map((c) => ({ properties: { class: c.class, name: c.name }, geometry: polygon(c.polygon) })),
    ),
  };
}

/** Writes the demo city into a folder (made if missing). The same seed and count give the same bytes. */
export async function writeDemoCity(
  folder: string,
  options: { seed?: number; incidents?: number } = {},
): Promise<DemoFiles> {
  const city = buildCity(options.seed ?? DEFAULT_SEED);
  const texts = {
    ...cityFiles(city),
    incidents: incidentsCsv(drawIncidents(city, options.incidents ?? DEFAULT_INCIDENTS)),
  };
  await mkdir(folder, { recursive: true });
  const files = demoFiles(folder);
  for (const name of Object.keys(files) as (keyof DemoFiles)[]) await writeFile(files[name], texts[name]);
  return files;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2];
  if (!folder) {
    process.stderr.write('node geodata/demo/generate.ts FOLDER\n');
    process.exitCode = 2;
  } else process.stdout.write(`${Object.values(await writeDemoCity(folder)).join('\n')}\n`);
}
