// Writes TRUTH.md beside itself: run after a change to the generator, and read the difference.

import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildCity } from './city.ts';
import { CITY_NAME, DEFAULT_INCIDENTS, DEFAULT_SEED } from './generate.ts';
import { drawIncidents } from './incidents.ts';
import { truthText } from './truth.ts';

const city = buildCity(DEFAULT_SEED);
const text = truthText(city, drawIncidents(city, DEFAULT_INCIDENTS), CITY_NAME);
await writeFile(fileURLToPath(new URL('./TRUTH.md', import.meta.url)), text);
