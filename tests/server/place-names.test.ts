// Names of places that were not found, through a real server and the command line: listed, explained, refused, taken back.

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { PlaceNamesAnswer } from '../../server/geocoding/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import { reportAt } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer } from '../support/server.ts';

const AREAS = join(import.meta.dirname, '../tinytown/areas.geojson');
const ROWS = ['folio,fecha,delito,colonia', '1,2024-03-01,Robo,Alameda', '2,2024-03-02,Robo,Los Pinos'];

test('a name is listed, explained by the API or the command line, and taken back', async () => {
  const url = inject('databaseUrl');
  const server = await startServer({
    databaseUrl: url && (await createDatabase(url, `names_${randomUUID().slice(0, 8)}`)),
  });
  try {
    await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);
    const into = ['--jurisdiction', 'villa'];
    const columns = ['--code', 'clave', '--name', 'nombre'];
    await reportAt(server, ['import', 'areas', AREAS, '--layer', 'colonias', ...columns, ...into]);
    const file = join(server.dataDir, 'filas.csv');
    writeFileSync(file, ROWS.join('\n'));
    await reportAt(server, ['import', 'incidents', file, '--preset', 'generic', ...into]);

    const at = `${server.origin}/api/v1/villa`;
    const ask = async <T>(path: string) => (await (await fetch(`${at}/${path}`)).json()) as T;
    const send = (method: string, path: string, body: object | null = null) =>
      fetch(`${at}/${path}`, {
        method,
        headers: { 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    const done = async (response: Response) => {
      expect(response.status).toBe(202);
      const { id } = (await response.json()) as JobState;
      await expect.poll(async () => (await ask<JobState>(`jobs/${id}`)).state).toBe('done');
    };
    const mapped = async () => (await ask<CountsAnswer>('counts?layer=colonias')).totals.mapped;

    const listed = await ask<PlaceNamesAnswer>('place-names');
    expect(listed).toMatchObject({ layer: 'colonias', withoutPoint: 2, matched: 1, unmatched: 1, aliases: [] });
    expect(listed.names).toMatchObject([{ name: 'pinos', within: '', words: 'Los Pinos', incidents: 1 }]);

    const alias = { name: 'pinos', within: '', words: 'Los Pinos', layer: 'colonias', code: '02' };
    for (const [path, method, body, says] of [
      ['place-names?limit=0', 'GET', null, 'limit'],
      ['place-names?layer=nada', 'GET', null, 'layer'],
      ['place-names/aliases', 'PUT', { ...alias, code: '99' }, 'code'],
      ['place-names/aliases', 'PUT', { ...alias, code: null }, 'code'],
      ['place-names/aliases', 'PUT', { ...alias, name: 'x'.repeat(201) }, 'name'],
    ] as const) {
      const response = await send(method, path, body);
      expect([path, response.status]).toEqual([path, 422]);
      expect(JSON.stringify(await response.json())).toContain(says);
    }
    expect((await send('DELETE', 'place-names/aliases?name=nada')).status).toBe(404);

    await done(await send('PUT', 'place-names/aliases', alias));
    expect(await mapped()).toBe(2);
    await done(await send('DELETE', 'place-names/aliases?name=pinos'));
    expect(await mapped()).toBe(1);

    const told = await reportAt(server, ['places', 'alias', 'LOS PINOS', '--place', 'colonias:03', ...into]);
    expect(told).toEqual({ name: 'pinos', within: '', texts: 1 });
    await expect.poll(mapped).toBe(2);
    expect(await reportAt(server, ['places', 'unmatched', 'villa'])).toMatchObject({ unmatched: 0, names: [] });
    expect(await reportAt(server, ['places', 'aliases', 'villa'])).toMatchObject({
      aliases: [{ words: 'LOS PINOS', layer: 'colonias', code: '03', place: 'Centro' }],
    });
    await reportAt(server, ['places', 'alias', 'Los Pinos', '--remove', ...into]);
    expect(await reportAt(server, ['places', 'match', 'villa'])).toEqual({ texts: 2 });
    await expect.poll(mapped).toBe(1);
    expect(await server.stop()).toBe(0);
    server.assertLogClean();
  } finally {
    server.remove();
  }
});
