// Where on earth the place lies that names a time zone: America/Bogota is near Bogotá.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const FILE = fileURLToPath(new URL('../../geodata/zones/places.json', import.meta.url));
const places = z.record(z.string(), z.tuple([z.number(), z.number()]));
let known: z.output<typeof places> | null = null;

/** Longitude and latitude in whole degrees; null for zones of no place, such as UTC. */
export function placeOfZone(timezone: string): readonly [lon: number, lat: number] | null {
  known ??= places.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  return known[timezone] ?? null;
}
