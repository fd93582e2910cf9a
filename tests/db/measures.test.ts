// What a measure is weighed by, and the files and pictures of a problem, over HTTP.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction, removeJurisdiction } from '../../server/access/jurisdictions.ts';
import { openAnalyses } from '../../server/analysis/routes.ts';
import { openStats } from '../../server/counts/asking.ts';
import { type Cubes, createCubes } from '../../server/cube/store.ts';
import type { Database } from '../../server/db/open.ts';
import type { MeasureGround } from '../../server/evaluation/contract.ts';
import { openUploads, type Uploads } from '../../server/files/uploads.ts';
import {
  type ChangeRow,
  type ItemRow,
  MOST_PROBLEM_FILES,
  type ProblemAnswer,
  type ProblemEvaluation,
} from '../../server/problems/contract.ts';
import { evaluationRoutes } from '../../server/problems/evaluation-routes.ts';
import { problemFileRoutes } from '../../server/problems/file-routes.ts';
import { damagedFiles } from '../../server/problems/files.ts';
import { pictureRoutes } from '../../server/problems/picture-routes.ts';
import { problemRoutes } from '../../server/problems/routes.ts';
import { lastKept, listProblems, listTexts } from '../../server/problems/store.ts';
import { shownTo } from '../../server/problems/visible.ts';
import { sheetsOf } from '../../server/problems/workbook.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { PICTURED, pngChunk, pngOf } from '../support/png.ts';
import { askJson, servedTo } from '../support/served-to.ts';
import {
  boundTo,
  code,
  colonias,
  corner,
  HEAD,
  importOf,
  incidents,
  MEASURE,
  placeOf,
  ROUND_TWO,
  WIDTH,
} from '../support/sixty-colonias.ts';

const told = incidents();

let database: Database;
let cubes: Cubes;
let folder: string;
let served: Awaited<ReturnType<typeof servedTo>>;
/** Where no files are taken. */
let closed: typeof served;
let uploads: Uploads;
let viewer: Viewer = STAFF;
const run = (...words: readonly string[]) => reportOn(database, { dataDir: folder, databaseUrl: null }, words);
const load = (file: string) => run(...importOf.incidents(file));

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-measures-'));
  const written = { 'colonias.geojson': colonias(() => WIDTH), 'told.csv': [HEAD, ...told].join('\n') };
  for (const [name, text] of Object.entries(written)) await writeFile(join(folder, name), text);
  await run('jurisdiction', 'add', 'pb', '--name', 'Pueblo', '--timezone', 'America/Mexico_City');
  await run(...importOf.areas('colonias.geojson'));
  await load('told.csv');
  cubes = await createCubes({ database, dataDir: folder, budgetMb: 64, log: quietLog });
  const stats = openStats({ database, cubes, taxonomy: loadTaxonomy() });
  uploads = await openUploads({ dataDir: folder, log: quietLog, now: () => new Date() });
  const files = (filesMb: number | null) => problemFileRoutes({ database, uploads, filesMb });
  const routes = [problemRoutes(stats, 1), evaluationRoutes(openAnalyses(stats)), files(1), pictureRoutes(stats)];
  served = await servedTo(routes, () => viewer);
  closed = await servedTo([files(null)], () => viewer);
});
afterAll(async () => {
  await Promise.all([served.close(), closed.close()]);
  uploads.close();
  await cubes.close();
  await Promise.all([emptyTables(database), rm(folder, { recursive: true, force: true })]);
});

const at = () => `${served.origin}/api/v1/pb/problems`;
const ask = <T>(method: string, path: string, body?: unknown) => askJson<T>(method, at() + path, body);
const ground = (codes: readonly string[]) => ({ layer: 'colonias', version: 1, codes });
const opened = async (title: string, codes: readonly string[]) =>
  (await ask<ProblemAnswer>('POST', '', { title, place: ground(codes) })).body;
const measured = async (title: string, codes: readonly string[], of: object = {}) => {
  const { id } = await opened(title, codes);
  const item = await ask<{ id: number }>('POST', `/${id}/items`, {
    ...{ kind: 'measure', body: { ...MEASURE, ground: ground(codes), ...of } },
  });
  expect(item.status).toBe(201);
  return { id, measure: item.body.id };
};
const evaluated = async (id: number) => (await ask<ProblemEvaluation>('GET', `/${id}/evaluation`)).body;

test('what offences weigh is counted beside them: by the scale of the list, or by weights with their source', async () => {
  const [west, south] = corner(46);
  const at = (n: number) => [west + (0.3 + (n % 5) * 0.1) * WIDTH, south + WIDTH / 2];
  const grave = (id: string, year: string, count: number) =>
    Array.from(
      { length: count },
      (_, n) =>
        `${id}${n},${year}-0${1 + (n % 9)}-11,10:00,Homicidio doloso,${at(n)
          .map((each) => each.toFixed(6))
          .join()}`,
    );
  await writeFile(
    join(folder, 'grave.csv'),
    [HEAD, ...grave('G', '2022', 30), ...grave('H', '2023', 30), ...grave('I', '2024', 24)].join('\n'),
  );
  await load('grave.csv');
  const { id, measure } = await measured('Por daño', [code(46)], { ringM: 0 });
  await expect.poll(async () => (await evaluated(id)).harm?.weights.length).toBe(2);
  const [robberies, killings] = [
    (year: string) => told.filter((row) => row.split(',')[1]!.startsWith(year) && placeOf(row) === 46).length,
    { before: 30, after: 24 },
  ];
  const first = (await evaluated(id)).harm!;
  const weights = Object.fromEntries(first.weights.map(({ code: of, weight }) => [of, weight]));
  const [homicide, robbery] = [weights['vida.homicidio.doloso']!, first.weights.at(-1)!.weight];
  expect(first.source).toBeNull();
  expect(homicide).toBe(100);
  expect(first.treated).toEqual([
    robbery * robberies('2023') + 100 * killings.before,
    robbery * robberies('2024') + 100 * killings.after,
  ]);
  // Weights of one's own: killings weigh 10, robberies nothing; the rest of the tree is not counted here.
  const own = { source: 'Acuerdo de cabildo 7', weights: { 'vida.homicidio': 10, 'libertad-sexual': 5 } };
  const patched = await ask('PATCH', `/${id}/items/${measure}`, { version: 1, changes: { harm: own } });
  expect(patched.status).toBe(200);
  const harm = (await evaluated(id)).harm!;
  expect(harm).toMatchObject({ source: own.source, treated: [300, 240], unused: ['libertad-sexual'] });
  expect(harm.withoutWeight).toEqual([robberies('2023'), robberies('2024')]);
  // What is not sent stays as it is; weights without a source, or none at all, are refused.
  expect((await ask('PATCH', `/${id}/items/${measure}`, { version: 2, changes: { title: 'Otra' } })).status).toBe(200);
  expect((await evaluated(id)).harm!.source).toBe(own.source);
  for (const bad of [
    { ...own, source: ' ' },
    { ...own, weights: { 'vida.homicidio': 0 } },
  ])
    expect((await ask('PATCH', `/${id}/items/${measure}`, { version: 3, changes: { harm: bad } })).status).toBe(422);
});

test('months are compared of which the same sources tell: what one that ended told is no fall, and is named', async () => {
  const [west, south] = corner(30);
  // Thirty a month more in c31, up to March 2023.
  const rows = Array.from({ length: 15 * 30 }, (_, n) => {
    const day = new Date(Date.UTC(2022, Math.floor(n / 30), 1 + (n % 28))).toISOString().slice(0, 10);
    return `V${n},${day},10:00,Robo a transeúnte en vía pública,${west + WIDTH / 2},${south + WIDTH / 2}`;
  });
  await writeFile(join(folder, 'viejo.csv'), [HEAD, ...rows].join('\n'));
  await run(
    ...'import incidents viejo.csv --jurisdiction pb --preset generic --source viejo --through 2023-03-31'.split(' '),
  );
  const { id } = await measured('Fuente que terminó', [code(30)], { ringM: 0 });
  await expect.poll(async () => (await evaluated(id)).behind?.length).toBe(1);
  const { behind, periods, counts } = await evaluated(id);
  expect(behind).toEqual([{ source: 'viejo', title: expect.any(String), through: '2023-03-31' }]);
  expect(periods).toMatchObject({ before: { from: '2023-04-01', until: '2024-01-01' }, isSeasonal: false });
  const between = (from: string, until: string) =>
    told.filter((row) => placeOf(row) === 30 && row.split(',')[1]! >= from && row.split(',')[1]! < until).length;
  expect(counts!.treated).toEqual([between('2023-04-01', '2024-01-01'), between('2024-01-01', '2025-01-01')]);
});

test('the workbook tells each measure with what its last kept evaluation said, and says what it leaves out', async () => {
  const { id, measure } = await measured('Para el libro', [code(3)]);
  const { sentence } = await evaluated(id);
  expect((await ask('POST', `/${id}/evaluations`, { measure })).status).toBe(201);
  const { id: city } = await findJurisdiction(database, STAFF, 'pb');
  const [problems, measures, agreements, kept] = await Promise.all([
    listProblems(database, STAFF, city),
    listTexts(database, city, 'measure'),
    listTexts(database, city, 'agreement'),
    lastKept(database, city),
  ]);
  const sheets = (who: Viewer, most?: number) =>
    sheetsOf({ problems, measures, agreements, kept }, who, 'es', most).map(({ data }) => data);
  const told = (who: Viewer) =>
    sheets(who)[1]!
      .find(([cell]) => cell === `${id}.${measure}`)!
      .at(-1);
  // Numbers of the whole city are not for whoever is bound to areas.
  expect([told(STAFF), told(boundTo('c04'))]).toEqual([sentence, '']);
  const [list, theirs] = sheets(STAFF, 100);
  expect([list![1]![0], theirs!.length]).toEqual([id, 2]);
  expect(list!.at(-1)![0]).toContain(`fuera ${problems.length - 1} problema`);
  const book = await fetch(`${at()}.xlsx`);
  expect([book.status, (await book.text()).slice(0, 2)]).toEqual([200, 'PK']);
});

const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(700_000, 'x')]);
const sendTo = async (origin: string, id: number, name: string, bytes: Uint8Array) => {
  const form = new FormData();
  form.append('file', new File([Uint8Array.from(bytes)], name));
  const headers = { 'Accept-Language': 'en' };
  const response = await fetch(`${origin}/api/v1/pb/problems/${id}/files`, { method: 'POST', body: form, headers });
  return { status: response.status, body: (await response.json()) as { id: number; body: object; detail?: string } };
};
const fetched = (id: number, item: number) => fetch(`${at()}/${id}/files/${item}`);

test('a file comes back as it was sent, to be kept and never shown; removed, its bytes are gone and its history stays', async () => {
  const { id } = await opened('Con archivos', ['c05']);
  const sent = await sendTo(served.origin, id, '../../etc/Acta firmada.pdf', PDF);
  expect(sent).toMatchObject({ status: 201, body: { body: { kind: 'pdf', bytes: PDF.length, isRemoved: false } } });
  const item = sent.body.id;
  const response = await fetched(id, item);
  expect(Buffer.from(await response.arrayBuffer()).equals(PDF)).toBe(true);
  const header = (name: string) => response.headers.get(name);
  expect(header('content-disposition')).toBe('attachment; filename="Acta firmada.pdf"');
  expect([header('content-type'), header('x-content-type-options')]).toEqual(['application/octet-stream', 'nosniff']);
  expect([header('cache-control'), header('content-security-policy')]).toEqual([
    'private, no-store',
    "default-src 'none'; sandbox",
  ]);
  const shown = (await ask<ProblemAnswer>('GET', `/${id}`)).body;
  expect([shown.filesMb, shown.items.map(({ kind }) => kind)]).toEqual([1, ['file']]);
  // Never half of it, as if it were all.
  await database.pool.query('delete from problem_file where item_id = $1 and part = 1', [item]);
  expect((await fetched(id, item)).status).toBe(409);
  const [{ jurisdiction_id: city }] = (await database.pool.query('select jurisdiction_id from problem_file')).rows;
  expect(await damagedFiles(database, city)).toEqual([
    `file ${id}.${item} Acta firmada.pdf: 524288 of ${PDF.length} bytes`,
  ]);
  // It is no text that somebody changes or takes back.
  expect((await ask('PATCH', `/${id}/items/${item}`, { version: 1, changes: {} })).status).toBe(404);
  expect((await ask('POST', `/${id}/undo`, { item, version: 1 })).status).toBe(404);
  expect((await fetch(`${at()}/${id}/files/${item}`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetched(id, item)).status).toBe(404);
  const { rows } = await database.pool.query('select count(*)::int as n from problem_file');
  expect(rows[0].n).toBe(0);
  const { changes } = (await ask<{ changes: ChangeRow[] }>('GET', `/${id}/history`)).body;
  expect(changes.filter((each) => each.item === item).map(({ what }) => what)).toEqual(['removed', 'opened']);
});

test('a zone drawn by hand holds the places whose middle lies in it, a small one the place it lies in', async () => {
  const drawn = async (ring: number[][]) =>
    (await ask<ProblemAnswer>('POST', '', { title: 'Zona', place: { layer: 'colonias', ring } })).body.body.place!
      .codes;
  expect(await drawn(ROUND_TWO)).toEqual(['c01', 'c02']);
  const [west, south] = corner(11);
  expect(await drawn([1, 2, 3].map((n) => [west + n / 5000, south + (n * n) / 5000]))).toEqual([code(11)]);
});

test('a measure has a place of its own: a drawn zone by its areas or its streets, a small one the street through it', async () => {
  const [west, south] = corner(30);
  const middle = south + WIDTH / 2;
  const street = (n: number) =>
    ({
      ...{ type: 'Feature', properties: { clave: `a${n}`, nombre: 'Av. Central' } },
      geometry: { type: 'LineString', coordinates: [0, 1].map((end) => [west + (n + end) * WIDTH, middle]) },
    }) as const;
  const features = [0, 1, 2].map(street);
  await writeFile(join(folder, 'calles.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
  expect(await run(...'import streets calles.geojson --jurisdiction pb --name nombre'.split(' '))).toMatchObject({
    ...{ stored: 3, rejected: 0 },
  });
  const zone = (x: number, half: number) =>
    [
      ...[
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ].map(([dx, dy]) => [x + dx! * half, middle + dy! * half]), // one round x
    ] as number[][];
  const { id, measure } = await measured('Robo en c01', ['c01']);
  const moved = async (version: number, ground: object) => {
    const { status, body } = await ask<ProblemAnswer>('PATCH', `/${id}/items/${measure}`, {
      ...{ version, changes: { ground, placeName: 'La avenida', controls: null } },
    });
    expect(status).toBe(200);
    const { ground: now } = body.items.find((item) => item.id === measure)!.body as { ground: MeasureGround };
    return [now.layer, now.codes.length];
  };
  // Round the middles of two colonias, and of the two pieces of street in them.
  const wide = zone(west + WIDTH, 0.9 * WIDTH);
  expect(await moved(1, { layer: 'colonias', ring: wide })).toEqual(['colonias', 2]);
  expect(await moved(2, { layer: 'streets', ring: wide })).toEqual(['streets', 2]);
  // A lamp: no piece has its middle there, one runs through.
  expect(await moved(3, { layer: 'streets', ring: zone(west + 0.2 * WIDTH, 0.02 * WIDTH) })).toEqual(['streets', 1]);
  // The problem stays where it was.
  expect((await ask<ProblemAnswer>('GET', `/${id}`)).body.body.place!.codes).toEqual(['c01']);
});

test('a picture stands with its problem as it was drawn; removed, its bytes are gone', async () => {
  const { id } = await opened('Con imagen', ['c08']);
  const png = pngOf(400, 300);
  const kept = await ask<ItemRow<'picture'>>('POST', `/${id}/pictures`, { ...PICTURED, png: png.toString('base64') });
  // One by street with sensitive offences is for those who may see these so finely.
  const fine: typeof kept.body = { ...kept.body, body: { ...kept.body.body!, needs: ['see-sensitive-places'] } };
  const seenAs = (role: 'planner' | 'commander') => shownTo({ ...STAFF, role }, fine).body;
  expect([seenAs('planner'), seenAs('commander')]).toEqual([null, fine.body]);
  expect(kept).toMatchObject({
    ...{ status: 201, body: { kind: 'picture' } },
    body: { body: { ...PICTURED.about, width: 400, height: 300, bytes: png.length, needs: [], areas: null } },
  });
  const shown = await fetch(`${at()}/${id}/pictures/${kept.body.id}`);
  expect(Buffer.from(await shown.arrayBuffer()).equals(png)).toBe(true);
  expect([shown.headers.get('content-type'), shown.headers.get('x-content-type-options')]).toEqual([
    ...['image/png', 'nosniff'],
  ]);
  // It shows the municipality: whoever is bound to the area of the problem is told that it is there, and no more.
  viewer = boundTo('c08');
  try {
    expect((await fetch(`${at()}/${id}/pictures/${kept.body.id}`)).status).toBe(404);
    expect((await ask<ProblemAnswer>('GET', `/${id}`)).body.items).toMatchObject([{ kind: 'picture', body: null }]);
    const own = await ask<{ id: number }>('POST', `/${id}/pictures`, { ...PICTURED, png: png.toString('base64') });
    expect((await fetch(`${at()}/${id}/pictures/${own.body.id}`)).status).toBe(200);
  } finally {
    viewer = STAFF;
  }
  expect((await ask('PATCH', `/${id}/items/${kept.body.id}`, { version: 1, changes: {} })).status).toBe(404);
  expect((await fetch(`${at()}/${id}/pictures/${kept.body.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(`${at()}/${id}/pictures/${kept.body.id}`)).status).toBe(404);
  const { rows } = await database.pool.query('select item_id from problem_file where problem_id = $1', [id]);
  expect(rows.map((row) => row.item_id)).toEqual([kept.body.id + 1]);
  // That it was there stays in the history, and nothing of what it showed.
  const { changes } = (await ask<{ changes: ChangeRow[] }>('GET', `/${id}/history`)).body;
  expect(changes.filter(({ item }) => item === kept.body.id)).toMatchObject([
    ...[
      { what: 'removed', body: null },
      { what: 'opened', body: null },
    ],
  ]);
});

test('a picture of a comparison needs what either of its two questions needs', async () => {
  const [west, south] = corner(9);
  const taken = `K1,2024-05-11,10:00,Violencia familiar,${west + WIDTH / 2},${south + WIDTH / 2}`;
  await writeFile(join(folder, 'taken.csv'), [HEAD, taken].join('\n'));
  await load('taken.csv');
  const { id } = await opened('Comparado', ['c09']);
  const needsOf = async (filter: object, beside: object | null) => {
    const sent = { ...PICTURED, layer: 'streets', filter, beside, png: pngOf(4, 3).toString('base64') };
    return (await ask<ItemRow<'picture'>>('POST', `/${id}/pictures`, sent)).body.body!.needs;
  };
  const [robbery, atHome] = [{ offence: 'patrimonio.robo' }, { offence: 'familia.violencia-familiar' }];
  expect(await needsOf(robbery, null)).toEqual([]);
  expect(await needsOf(robbery, atHome)).toEqual(['see-sensitive-places']);
  const ring = [0, 1, 2].map((x) => [west + x * WIDTH, south + (x % 2) * WIDTH].join()).join(';');
  const drawn = { ...robbery, within: `poly:${ring}` };
  expect(await needsOf(robbery, drawn)).toEqual(['see-points']);
});

test('what is not wholly such a picture is refused', async () => {
  const { id } = await opened('Sin imagen', ['c10']);
  const status = async (png: Buffer) =>
    (await ask('POST', `/${id}/pictures`, { ...PICTURED, png: png.toString('base64') })).status;
  const whole = pngOf(40, 30);
  const hidden = pngChunk('tEXt', Buffer.from('Comment\0nombre de la víctima'));
  const script = Buffer.from('<html><script>1</script></html>');
  for (const bad of [script, PDF.subarray(0, 300), whole.subarray(0, -1), Buffer.concat([whole, script])])
    expect(await status(bad)).toBe(422);
  expect([await status(pngOf(40, 30, hidden)), await status(pngOf(4001, 1)), await status(whole)]).toEqual([
    422, 422, 201,
  ]);
  const colour = structuredClone(PICTURED);
  colour.about.legend.entries[0]!.color = 'url(https://x)';
  expect((await ask('POST', `/${id}/pictures`, { ...colour, png: whole.toString('base64') })).status).toBe(422);
});

test('what is no document, is too large, one too many, or sent where none are taken is refused by its reason', async () => {
  const { id } = await opened('Sin archivos', ['c06']);
  const refused = async (name: string, bytes: Uint8Array, origin = served.origin) => {
    const { status, body } = await sendTo(origin, id, name, bytes);
    return [status, body.detail?.split(':')[0]];
  };
  const notTaken = [422, 'not a file of a kind that is taken'];
  const page = Buffer.from('<html><script>1</script></html>');
  expect(await refused('virus.exe', Buffer.from('MZ'))).toEqual(notTaken);
  expect(await refused('page.html', page)).toEqual(notTaken);
  // Its name alone makes nothing a PDF or a picture.
  expect(await refused('page.pdf', page)).toEqual(notTaken);
  expect(await refused('foto.png', PDF)).toEqual(notTaken);
  expect((await sendTo(served.origin, id, 'vacio.txt', Buffer.alloc(0))).status).toBe(422);
  expect((await sendTo(served.origin, id, 'grande.pdf', Buffer.concat([PDF, PDF]))).status).toBe(413);
  expect(await refused('acta.pdf', PDF, closed.origin)).toEqual([403, 'this server takes no files of problems']);
  const small = (n: number) => sendTo(served.origin, id, `nota ${n}.txt`, Buffer.from(`nota ${n}`));
  for (let n = 0; n < MOST_PROBLEM_FILES; n++) expect((await small(n)).status).toBe(201);
  expect(await refused('una más.txt', Buffer.from('una más'))).toEqual([422, 'at most 20 files of a problem']);
  viewer = boundTo('c07');
  try {
    const [file] = (await database.pool.query('select item_id from problem_file where problem_id = $1', [id])).rows;
    const asked = [fetched(id, file.item_id), fetched(id, 4711), fetched(4711, 1)];
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await small(99)).status).toBe(404);
  } finally {
    viewer = STAFF;
  }
  await removeJurisdiction(database, STAFF, 'pb');
  const { rows } = await database.pool.query('select count(*)::int as n from problem_file');
  expect(rows[0].n).toBe(0);
});
