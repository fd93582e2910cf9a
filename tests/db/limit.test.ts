// A limit given after the streets and the incidents moves what lies outside it off the streets.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runCommand } from '../../server/commands/index.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';

const square = (west: number, east: number) =>
  JSON.stringify({
    type: 'Polygon',
    coordinates: [
      [
        [west, 19],
        [east, 19],
        [east, 19.01],
        [west, 19.01],
        [west, 19],
      ],
    ],
  });

test('jurisdiction set --limit places the incidents on the streets anew', async () => {
  const database = await openTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'cuadra-limit-'));
  const said: string[] = [];
  const io = {
    out: () => {},
    err: (text: string) => void said.push(text),
    progress: () => {},
    language: 'en' as const,
    signal: new AbortController().signal,
    cwd: folder,
  };
  const run = (...argv: string[]) =>
    runCommand({ database, taxonomy: loadTaxonomy(), dataDir: folder, log: quietLog }, argv, io);
  const street = {
    type: 'LineString',
    coordinates: [
      [-99.02, 19.005],
      [-99, 19.005],
    ],
  };
  writeFileSync(
    join(folder, 'calles.geojson'),
    JSON.stringify({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', properties: { nombre: 'Calle Uno' }, geometry: street }],
    }),
  );
  writeFileSync(
    join(folder, 'delitos.csv'),
    'folio,fecha,hora,delito,longitud,latitud,lugar\nA,2024-01-01,10:00,Fraude,-99.015,19.005,\nB,2024-01-01,10:00,Fraude,-99.005,19.005,\n',
  );
  writeFileSync(join(folder, 'oriente.geojson'), square(-99.01, -99));
  const onStreets = async () => {
    const { rows } = await sql<{ placed: number }>`
      select count(*)::int as placed from placement, unnest(place_ids) as place where place > 0`.execute(database.db);
    return rows[0]!.placed;
  };
  try {
    expect(
      await run(
        'jurisdiction',
        'add',
        'villa',
        '--name',
        'Villa',
        '--timezone',
        'America/Mexico_City',
        '--srid',
        '32614',
      ),
    ).toBe(0);
    expect(await run('import', 'streets', 'calles.geojson', '--jurisdiction', 'villa')).toBe(0);
    expect(await run('import', 'incidents', 'delitos.csv', '--jurisdiction', 'villa', '--preset', 'generic')).toBe(0);
    expect(await onStreets()).toBe(2);
    expect(await run('jurisdiction', 'set', 'villa', '--limit', 'oriente.geojson')).toBe(0);
    expect(said).toEqual([]);
    expect(await onStreets()).toBe(1);
  } finally {
    await emptyTables(database);
    rmSync(folder, { recursive: true, force: true });
  }
});
