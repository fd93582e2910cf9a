// The command line as somebody at a terminal meets it: sentences in their language, questions with a line that can be
// copied and run, nothing of a place on the screen, and labels that are explained once.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { LabelsAnswer } from '../../server/taxonomy/contract.ts';
import { type CommandResult, reportAt, runAt, runCuadra } from '../support/cli.ts';
import { createDatabase } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const AREAS = join(ROOT, 'tests/tinytown/areas.geojson');
const INTO = ['--jurisdiction', 'villa'];

let server: TestServer;
beforeAll(async () => {
  const url = inject('databaseUrl');
  server = await startServer({
    databaseUrl: url && (await createDatabase(url, `terminal_${randomUUID().slice(0, 8)}`)),
  });
  const zone = ['--timezone', 'America/Mexico_City'];
  await reportAt(server, ['jurisdiction', 'add', 'villa', '--name', 'Villa Nueva', ...zone]);
  await reportAt(server, [
    ...['import', 'areas', AREAS, '--layer', 'colonias', '--code', 'clave', '--name', 'nombre', ...INTO],
  ]);
});
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  server.assertLogClean();
  server.remove();
});

function write(name: string, ...lines: string[]): string {
  const path = join(server.dataDir, name);
  writeFileSync(path, [...lines, ''].join('\n'));
  return path;
}

/** Pastes a line into a shell. */
async function paste(line: string): Promise<CommandResult> {
  const { DATABASE_URL: _outer, ...inherited } = process.env;
  const database = server.databaseUrl ? { DATABASE_URL: server.databaseUrl } : {};
  const env = { ...inherited, CUADRA_DATA_DIR: server.dataDir, ...database };
  const child = spawn('sh', ['-c', line], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, stdout, stderr };
}

const readyLine = (text: string) => /^ *(npm run cuadra -- .*)$/m.exec(text)?.[1] ?? '';

test('an unknown header is answered with its columns, the fields, a guess, and a line that imports the file', async () => {
  const path = write(
    "reporte d'agosto.csv",
    `Núm;"Día ""oficial"" del hecho";¿Qué pasó?;Domicilio;lat $;lon $`,
    '1;2024-03-01;Robo;Calle Falsa 123;19.41;-99.11',
    '2;2024-03-02;Riña;Calle Falsa 125;19.42;-99.12',
    '3;2024-03-03;Robo;Calle Falsa 127;19.43;-99.13',
  );
  const asked = await runCuadra(server, ['import', 'incidents', path, ...INTO, '--language', 'es']);
  expect([asked.status, asked.stdout]).toEqual([1, '']);
  expect(asked.stderr).toContain('no se reconoce con certeza');
  expect(asked.stderr).toContain('Día "oficial" del hecho  (ejemplo: 2024-03-01)');
  expect(asked.stderr).toMatch(/^ {2}date \* {2}Fecha$/m);
  expect(asked.stderr).toMatch(/^ {2}offence \* {2}Delito o tipo de incidente$/m);
  for (const hidden of ['Calle Falsa', '19.41', '-99.11']) expect(asked.stderr).not.toContain(hidden);
  const line = readyLine(asked.stderr);
  expect(line).toContain(`--map 'Día "oficial" del hecho=date'`);
  const done = await paste(line);
  expect([done.status, done.stderr]).toEqual([0, '']);
  expect(done.stdout).toContain('3 renglones leídos: 3 nuevos, 0 con cambios');
  const { totals } = (await (
    await fetch(`${server.origin}/api/v1/villa/counts?layer=colonias`)
  ).json()) as CountsAnswer;
  expect(totals).toMatchObject({ matched: 3, unlocated: 0 });
});

test('a preset that lacks its columns is answered the same way; what cannot be guessed is named', async () => {
  const path = write('otra.csv', 'a,b,c', '1,2,3', '4,5,6');
  const { status, stderr } = await runAt(server, [
    ...['import', 'incidents', path, ...INTO, '--preset', 'generic', '--language', 'en'],
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain('lacks a column for Date, Offence');
  expect(readyLine(stderr)).toMatch(/--map COLUMN=date --map COLUMN=offence$/);
});

test('each question comes with the line that answers it', async () => {
  const path = write(
    'fechas.csv',
    'folio,fecha,delito',
    ...['03/04/2024', '05/06/2024'].map((day, i) => `f${i},${day},Robo`),
  );
  const asked = await runAt(server, [
    ...['import', 'incidents', path, ...INTO, '--preset', 'generic', '--source', 'fechas', '--language', 'es'],
  ]);
  expect(asked.stderr).toContain(
    '¿En qué orden van el día y el mes en la columna fecha? Renglones que dependen de eso: 2.',
  );
  expect(asked.stderr).toContain('día/mes/año: 03/04/2024 sería el 3 abr 2024');
  const done = await paste(readyLine(asked.stderr));
  expect(done.stdout).toContain('2 renglones leídos: 2 nuevos');
});

test('a dry run says what would be, in both languages, and shows no point and no address', async () => {
  const rows = Array.from({ length: 150 }, (_, i) => `k${i},2024-05-${String(1 + (i % 28)).padStart(2, '0')},Robo`);
  const path = write(
    'prueba.csv',
    'folio,fecha,delito,lon,lat,calle',
    ...rows.map((row, i) => `${row},${i === 7 ? '-99.111' : '-99.13'},${i === 7 ? '-19.777' : '19.43'},Callejón 55`),
    'k999,,Robo,-99.13,19.43,Callejón 56',
  );
  const dry = ['import', 'incidents', path, ...INTO, '--preset', 'generic', '--source', 'dry', '--dry-run'];
  const es = await runCuadra(server, [...dry, '--language', 'es']);
  expect(es.stdout).toContain('(prueba: no se guardó nada)');
  expect(es.stdout).toContain(
    '151 renglones leídos: 150 nuevos, 0 con cambios, 0 iguales, 0 ya no vienen, 1 rechazado.',
  );
  expect(es.stdout).toContain('renglón 152, columna fecha: sin mes y año legibles');
  const en = await runAt(server, [...dry, '--language', 'en']);
  expect(en.stdout).toContain('dry run: nothing was stored');
  const json = await runAt(server, [...dry, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ read: 151, stored: 150, rejected: 1 });
  for (const { stdout, stderr } of [es, en, json])
    for (const hidden of ['99.1', '19.43', '19.777', 'Callejón']) expect(stdout + stderr).not.toContain(hidden);
});

test('a label is explained from the command line or by the API, counts at once, and is taken back', async () => {
  const rows = ['ESCALAMIENTO <20', 'Escalamiento  <20', 'ESCALAMIENTO >20'];
  const path = write(
    'etiquetas.csv',
    'folio,fecha,delito',
    ...rows.map((label, i) => `e${i},2024-06-0${i + 1},${label}`),
  );
  const labelled = ['import', 'incidents', path, ...INTO, '--preset', 'generic', '--source', 'etiquetas'];
  const loaded = await runAt(server, [...labelled, '--language', 'es']);
  expect(loaded.stdout).toContain('npm run cuadra -- offences unclassified villa');

  const at = `${server.origin}/api/v1/villa`;
  const counted = async () =>
    ((await (await fetch(`${at}/counts?layer=colonias&offence=patrimonio.robo.casa`)).json()) as CountsAnswer).totals
      .matched;
  const listed = await runAt(server, ['offences', 'unclassified', 'villa', '--language', 'es']);
  expect(listed.stdout).toMatch(/^ +2 {2}Escalamiento <20$/im);
  expect(listed.stdout).toMatch(/^ +1 {2}ESCALAMIENTO >20$/m);
  expect(await counted()).toBe(0);
  const etag = (await fetch(`${at}/counts?layer=colonias`)).headers.get('etag');

  const map = ['offences', 'map', 'escalamiento <20', 'patrimonio.robo.casa', ...INTO];
  const said = await runAt(server, [...map, '--language', 'es']);
  expect(said.stdout).toContain(
    '«escalamiento <20» cuenta ahora como «Robo a casa habitación» (patrimonio.robo.casa): 2 registros cargados.',
  );
  await expect.poll(counted).toBe(2);
  expect((await fetch(`${at}/counts?layer=colonias`)).headers.get('etag')).not.toBe(etag);
  const answer = (await (await fetch(`${at}/offence-labels`)).json()) as LabelsAnswer;
  expect(answer.choices).toEqual([{ label: 'escalamiento <20', offence: 'patrimonio.robo.casa', incidents: 2 }]);
  expect(answer.labels).toContainEqual({ label: 'ESCALAMIENTO >20', incidents: 1 });

  expect((await paste(readyLine(said.stdout))).status).toBe(0);
  await expect.poll(counted).toBe(0);

  const put = (body: object) =>
    fetch(`${at}/offence-labels`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await put({ label: 'ESCALAMIENTO >20', offence: 'nada' })).status).toBe(422);
  expect((await put({ label: 'ESCALAMIENTO >20', offence: 'patrimonio.robo.casa' })).status).toBe(200);
  await expect.poll(counted).toBe(1);
  const remove = (label: string) =>
    fetch(`${at}/offence-labels?${new URLSearchParams({ label })}`, { method: 'DELETE' });
  expect((await remove('escalamiento >20')).status).toBe(200);
  expect((await remove('escalamiento >20')).status).toBe(404);
  await expect.poll(counted).toBe(0);
});

test.runIf(inject('engine') === 'postgis')(
  'a second import waits its turn and says so; Ctrl+C leaves cleanly',
  async () => {
    const client = new pg.Client(server.databaseUrl!);
    await client.connect();
    const { rows } = await client.query<{ id: number }>(`
    update data_state set writer_about = 'abril.csv', writer_since = now()
    where jurisdiction_id = (select jurisdiction_id from jurisdiction where code = 'villa') returning jurisdiction_id as id`);
    const lock = [0x43_55_41, rows[0]!.id];
    await client.query('select pg_advisory_lock($1, $2)', lock);
    const path = write('turno.csv', 'folio,fecha,delito', 't1,2024-07-01,Robo');
    const load = ['import', 'incidents', path, ...INTO, '--preset', 'generic', '--source', 'turno', '--language', 'es'];
    const begin = () => {
      let pid = 0;
      const ended = runCuadra(server, load, (started) => {
        pid = started;
      });
      return { ended, stop: () => process.kill(pid, 'SIGINT') };
    };
    /** A process that waits asks again and again who has the jurisdiction. */
    const looks = async () =>
      (
        await client.query<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity where query like '%writer_about as about%' and pid <> pg_backend_pid()`,
        )
      ).rows[0]!.n;
    const stopped = begin();
    await expect.poll(looks).toBeGreaterThan(0);
    stopped.stop();
    const { status, stdout, stderr } = await stopped.ended;
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /Espera su turno: otra carga .* desde las \d+:\d\d \(abril\.csv\)[\s\S]*Se detuvo; nada cambió\./,
    );

    const patient = begin();
    await expect.poll(looks).toBeGreaterThan(0);
    await client.query('select pg_advisory_unlock($1, $2)', lock);
    await client.end();
    expect(await patient.ended).toMatchObject({ status: 0, stdout: expect.stringContaining('1 nuevo') });
  },
);

test('every refusal is in the language of the terminal', async () => {
  const nothingThere = ['import', 'incidents', 'no-hay.csv', ...INTO, '--language'];
  expect((await runCuadra(server, [...nothingThere, 'es'])).stderr).toContain('no existe ese archivo');
  for (const [args, es, en] of [
    [['feed', 'remove', 'x'], 'falta --jurisdiction', '--jurisdiction is needed'],
    [['import', 'incidents', 'no-hay.csv', ...INTO], 'no existe ese archivo', 'cannot be opened (ENOENT)'],
    [['check', '--nada'], 'No existe la opción --nada.', 'There is no option --nada.'],
    [['offences', 'map', 'X', 'y', ...INTO], 'no existe el delito y', 'no such offence in the tree: y'],
  ] as const) {
    expect((await runAt(server, [...args, '--language', 'es'])).stderr).toContain(es);
    expect((await runAt(server, [...args, '--language', 'en'])).stderr).toContain(en);
  }
});

test('an installation on one machine says so, and what spreading it over several needs', async () => {
  for (const [language, one, needs] of [
    ['es', 'Sin repartir: una sola máquina.', 'hace falta Citus'],
    ['en', 'Not spread: one machine.', 'this database needs Citus'],
  ] as const) {
    const status = await runAt(server, ['distribute', 'status', '--language', language]);
    expect([status.status, status.stdout, status.stderr]).toEqual([0, `${one}\n`, '']);
    const refused = await runAt(server, ['distribute', '--language', language]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain(one);
    expect(refused.stdout).toContain(needs);
  }
  const { status, stdout } = await runAt(server, ['distribute', 'status', '--json']);
  expect([status, JSON.parse(stdout)]).toMatchObject([0, { citus: null, machines: 1, spread: [] }]);
});
