// What goes into courses as files and comes out of them: lessons of one's own, progress as tables, statements of the
// Experience API, reminders left in a folder.

import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import readXlsx from 'read-excel-file/node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EVERYWHERE, type Role, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { addAccount } from '../../server/accounts/store.ts';
import { completedBy } from '../../server/badges/completions.ts';
import { forgetHolder, forgetRequest, isCertified } from '../../server/badges/store.ts';
import { completionOf } from '../../server/courses/completion.ts';
import {
  type CourseAnswer,
  type CourseMade,
  hoursOf,
  type OwnLessonsAnswer,
  type SentReport,
} from '../../server/courses/contract.ts';
import { courseExportRoutes } from '../../server/courses/export-routes.ts';
import { courseGroupRoutes } from '../../server/courses/group-routes.ts';
import { ownLessonRoutes } from '../../server/courses/own-lesson-routes.ts';
import { remind } from '../../server/courses/remind.ts';
import { courseRoutes } from '../../server/courses/routes.ts';
import type { Statement } from '../../server/courses/statements.ts';
import type { Database } from '../../server/db/open.ts';
import { openUploads, type Uploads } from '../../server/files/uploads.ts';
import { keepAnswer } from '../../server/lessons/answers.ts';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';
import type { LessonsAnswer } from '../../server/lessons/contract.ts';
import { lessonsOfProgram } from '../../server/lessons/here.ts';
import { lessonRoutes } from '../../server/lessons/routes.ts';
import { NotInData } from '../../server/lessons/rules.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { askJson, servedTo } from '../support/served-to.ts';
import { solveFirstModule } from '../support/solved-module.ts';
import { zipOf } from '../support/zip.ts';

let database: Database;
let uploads: Uploads;
let folder: string;
let served: Awaited<ReturnType<typeof servedTo>>;
let viewer: Viewer;
let now: Date;
let id: number;
const people = new Map<string, Viewer>();
const ways = () => ({
  smtpUrl: null,
  mailDomains: null,
  smtpPasswordFile: null,
  from: '',
  folder: join(folder, 'out'),
  portal: 'https://cuadra.pb.gob.mx',
});

const someone = async (name: string, role: Role) => {
  const account = await addAccount(database.db, { name, role, scope: EVERYWHERE, password: null, at: new Date() });
  people.set(name, { role, account: { id: account, name }, scope: EVERYWHERE });
};
const be = (name: string) => {
  viewer = people.get(name)!;
};
const at = (path: string) => `${served.origin}/api/v1/pb/${path}`;
const sent = async (files: Readonly<Record<string, string | Buffer>>) => {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(zipOf(files))]), 'lessons.zip');
  const response = await fetch(at('own-lessons?lang=en'), {
    method: 'POST',
    body: form,
    headers: { 'Accept-Language': 'en' },
  });
  return { status: response.status, body: (await response.json()) as SentReport };
};

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await sql`delete from account`.execute(database.db);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-courses-'));
  const add = ['jurisdiction', 'add', 'pb', '--name', 'Pueblo', '--timezone', 'America/Mexico_City'];
  await reportOn(database, { dataDir: folder, databaseUrl: null }, add);
  id = (await findJurisdiction(database, STAFF, 'pb')).id;
  for (const [name, role] of [
    ['Jefa', 'administrator'],
    ['Tutora', 'planner'],
    ['Ana', 'commander'],
  ] as const)
    await someone(name, role);
  uploads = await openUploads({ dataDir: folder, log: quietLog, now: () => new Date() });
  const deps = {
    database,
    forgetHolder,
    forgetRequest,
    isCertified,
    now: () => now,
    askAs: async () => Promise.reject(new NotInData('none')),
  };
  served = await servedTo(
    [
      ...[courseRoutes(deps), courseGroupRoutes(deps), ownLessonRoutes({ ...deps, uploads }), lessonRoutes(deps)],
      courseExportRoutes({ database, config: { alerts: ways() }, now: () => now }),
    ],
    () => viewer,
  );
});
afterAll(async () => {
  await served.close();
  uploads.close();
  await emptyTables(database);
  await sql`delete from account`.execute(database.db);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  now = new Date('2026-09-01T12:00:00Z');
  be('Jefa');
});

const LESSON = (title: string, ask: string, module = '7-patrulla') => `---
title: ${title}
module: ${module}
order: 1
minutes: 15
roles: [commander]
goals: [Patrullar]
---
<script>alert(1)</script> Texto.

\`\`\`exercise
id: one
kind: choice
ask: ${ask}
options:
  - { text: "A", right: true, because: "Sí" }
  - { text: "B", right: false, because: "No" }
\`\`\`
`;
const MODULE = '7-patrulla: { es: Patrullar, en: Patrolling }\n';

test('a zip of lessons is kept whole, or told by file, line and reason and nothing is changed', async () => {
  const wrong = await sent({
    'mios/ronda.es.md': LESSON('Ronda', '¿Cuál?').replace('minutes: 15', 'minutes: mucho'),
    'mios/turno.es.md': LESSON('Turno', '¿Cuál?', '9-nada'),
    'count-and-rate.es.md': LESSON('Mía', '¿Cuál?', '1-map'),
    'latin.es.md': Buffer.from('título', 'latin1'),
  });
  expect(wrong.body).toMatchObject({ isKept: false, faultsInAll: 4 });
  expect(wrong.body.faults.map(({ file, line }) => `${file}:${line}`).sort()).toEqual([
    'count-and-rate.es.md:1',
    'latin.es.md:1',
    'mios/ronda.es.md:5',
    'mios/turno.es.md:3',
  ]);
  const own = () =>
    askJson<OwnLessonsAnswer>('GET', at('own-lessons')).then(({ body }) => body.lessons.map(({ code }) => code));
  expect(await own()).toEqual([]);
  const right = await sent({
    ...{ 'mios/ronda.es.md': LESSON('Ronda', '¿Cuál?'), 'mios/ronda.en.md': LESSON('Beat', 'Which?') },
    ...{ 'mios/modules.yaml': MODULE, 'mios/foto.png': 'x', '__MACOSX/._ronda.es.md': 'x' },
  });
  expect(right).toMatchObject({ status: 200, body: { isKept: true, lessons: ['ronda'], ignored: ['mios/foto.png'] } });
  expect(await own()).toEqual(['ronda']);
  for (const [lang, title, module] of [
    ['es', 'Ronda', 'Patrullar'],
    ['en', 'Beat', 'Patrolling'],
  ] as const) {
    const { body } = await askJson<LessonsAnswer>('GET', at(`lessons?lang=${lang}`));
    expect(body.lessons.find(({ code }) => code === 'ronda')).toMatchObject({ title, module: '7-patrulla' });
    expect(body.modules).toContainEqual({ code: '7-patrulla', title: module });
  }
  expect((await sent({ 'nota.txt': 'x' })).status).toBe(422);
  be('Ana');
  expect((await sent({ 'ronda.es.md': LESSON('Otra', '¿?') })).status).toBe(404);
  expect((await fetch(at('own-lessons/ronda'), { method: 'DELETE' })).status).toBe(404);
});

test('progress leaves as a table and as statements, and reminders as a file, each once', async () => {
  await askJson('POST', at('courses'), { title: '=Leer', template: 'empty' });
  const { body: empty } = await askJson<CourseAnswer>('GET', at('courses/1'));
  const modules = [
    {
      ...{ id: 'a', title: 'A', hours: 10 },
      items: [
        { id: 'one', kind: 'lesson', lesson: 'ronda' },
        { id: 'walk', kind: 'resource', title: 'Recorrer', address: null },
      ],
    },
  ];
  await fetch(at('courses/1'), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ version: empty.version, body: { ...empty.body, modules } }),
  });
  const session = { id: 's1', title: 'Inicio', day: '2026-09-03', time: '10:00', hours: 2, place: 'Aula 3' };
  const group = { title: 'Grupo', municipality: 'Pueblo', state: 'Puebla', until: '2026-09-08', sessions: [session] };
  await askJson('POST', at('courses/1/groups'), { body: group, tutors: ['Tutora'] });
  be('Tutora');
  await askJson('POST', at('courses/1/groups/1/members'), { csv: 'Ana' });
  const { id: learner } = people.get('Ana')!.account!;
  const answer = { id: randomUUID(), givenAt: '2026-09-01T11:00:00.000Z', answer: 0 };
  const judged = { right: true, because: null, differs: [], shown: '' };
  await keepAnswer(database, id, { learner, lesson: 'ronda', exercise: 'one' }, answer, judged, now);

  // Nobody could complete the open course any more.
  expect((await fetch(at('own-lessons/ronda'), { method: 'DELETE' })).status).toBe(403);
  be('Jefa');
  expect((await fetch(at('own-lessons/ronda'), { method: 'DELETE' })).status).toBe(409);
  be('Tutora');
  // By Tutora, of whom it is not.
  expect((await sent({ 'ronda.es.md': LESSON('Otra', '¿?', '1-map') })).status).toBe(422);

  const csv = await (await fetch(at('courses/1/progress.csv?lang=en'))).text();
  const [head, row] = csv.replace('\uFEFF', '').trim().split('\r\n');
  expect(head!.split(',').slice(0, 6)).toEqual([
    'Group',
    'Municipality',
    'State',
    'Person',
    'Enrolled',
    'Progress (%)',
  ]);
  expect(row).toBe('Grupo,Pueblo,Puebla,Ana,2026-09-01,50,1,0,0,2,2026-09-01,,100');
  const xlsx = await fetch(at('courses/1/progress.xlsx?lang=es'));
  const [sheet] = await readXlsx(Buffer.from(await xlsx.arrayBuffer()));
  expect(sheet!.data[1]!.slice(0, 6)).toEqual(['Grupo', 'Pueblo', 'Puebla', 'Ana', '2026-09-01', 50]);

  // In Mexico it is the second of September until six in the morning of Greenwich.
  now = new Date('2026-09-03T05:00:00Z');
  const deps = { database, ways: ways(), hasAccounts: true, log: quietLog, now: () => now };
  expect([await remind(deps, id), await remind(deps, id)]).toEqual([1, 0]);
  const out = join(folder, 'out', 'pb');
  const [file] = await readdir(out);
  const text = await readFile(join(out, file!), 'utf8');
  expect(text).toContain('Aula 3');
  expect(text).toContain('usted lleva 50 %');
  expect(text).toContain('https://cuadra.pb.gob.mx/?city=pb&tab=courses&course=1');

  be('Ana');
  await fetch(at('courses/1/me'), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ done: { walk: true } }),
  });
  expect(await completionOf(database, id, 1, learner, now)).toMatchObject({ completedAt: '2026-09-03T05:00:00.000Z' });
  expect((await fetch(at('courses/1/groups/1/statements.json'))).status).toBe(404);
  expect((await fetch(at('courses/1/progress.csv'))).status).toBe(404);
  be('Tutora');
  const { body } = await askJson<Statement[]>('GET', at('courses/1/groups/1/statements.json?lang=en'));
  // As the specification has them (xAPI 1.0.3, part two, 2.2 and 2.4): an agent by account, verbs by IRI, times in ISO 8601.
  const actor = { objectType: 'Agent', account: { homePage: 'https://cuadra.pb.gob.mx', name: 'Ana' } };
  const verb = (name: string) => ({ id: `http://adlnet.gov/expapi/verbs/${name}` });
  // Whoever takes them in the other language takes the same: what is there by its name has one content.
  const again = await askJson<Statement[]>('GET', at('courses/1/groups/1/statements.json?lang=es'));
  expect(again.body).toEqual(body);
  expect(body).toMatchObject([
    { actor, verb: verb('registered'), timestamp: '2026-09-01T12:00:00.000Z' },
    {
      ...{ actor, verb: verb('answered'), result: { success: true, response: '0' } },
      timestamp: answer.givenAt,
      object: { definition: { interactionType: 'choice', name: { 'en-US': 'Which?' } } },
      context: { contextActivities: { grouping: [{ id: 'https://cuadra.pb.gob.mx/?city=pb&tab=courses&course=1' }] } },
    },
    { actor, verb: verb('completed'), result: { completion: true }, timestamp: '2026-09-03T05:00:00.000Z' },
  ]);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  for (const statement of body) expect(statement.id).toMatch(uuid);
});

test('the syllabus has 120 hours and every lesson that can be done here', async () => {
  const { body: made } = await askJson<CourseMade>('POST', at('courses?lang=es'), { template: 'diploma' });
  const { body } = await askJson<CourseAnswer>('GET', at(`courses/${made.id}`));
  expect([body.body.modules.length, hoursOf(body.body)]).toEqual([6, 120]);
  const here = lessonsOfProgram({ code: 'pb', synthetic: false }).lessons.es.map(({ code }) => code);
  expect(body.lessons.map(({ code }) => code).sort()).toEqual(here.sort());
  expect(here.length).toBeGreaterThan(10);
  // Those of the sample city alone are named.
  expect(made.leftOut.length).toBe(lessonCatalogue().lessons.es.length - here.length);
});

test('of the titles that are sent a lesson keeps that of its own module, and a lesson too long for all of them is refused', async () => {
  const titles = Array.from(
    { length: 40 },
    (_, n) => `8-otro${'abcdefghij'[n % 10]}${'abcd'[Math.floor(n / 10)]}: { es: O, en: O }`,
  );
  const sentNow = await sent({
    'vuelta.es.md': LESSON('Vuelta', '¿Cuál?'),
    'modules.yaml': `${MODULE}${titles.join('\n')}\n`,
  });
  expect(sentNow.body).toMatchObject({ isKept: true });
  const { rows } = await sql<{ titles: object }>`
    select module_titles as titles from own_lesson where jurisdiction_id = ${id} and lesson = 'vuelta'`.execute(
    database.db,
  );
  expect(rows[0]!.titles).toEqual({ '7-patrulla': { es: 'Patrullar', en: 'Patrolling' } });
  await sql`delete from own_lesson where jurisdiction_id = ${id} and lesson = 'vuelta'`.execute(database.db);
});

test('what a tutor sends changes nothing of what a module of the program asks of all', async () => {
  const { modules } = lessonCatalogue();
  await solveFirstModule(database, 'pb', 77);
  const city = await findJurisdiction(database, STAFF, 'pb');
  const before = await completedBy(database, city, 77, now);
  expect(before).toMatchObject([{ course: `lessons:${modules[0]!.code}`, learner: 77 }]);
  const long = LESSON('Más', '¿Cuál?', modules[0]!.code).replace('minutes: 15', 'minutes: 240');
  expect((await sent({ 'mas.es.md': long })).body).toMatchObject({ isKept: true });
  expect(await completedBy(database, city, 77, now)).toEqual(before);
  await sql`delete from own_lesson where jurisdiction_id = ${id} and lesson = 'mas'`.execute(database.db);
});

test('an own lesson that cannot be read any more is told, and takes nothing else with it; who may not learn is shown none', async () => {
  await sql`
    insert into own_lesson (jurisdiction_id, lesson, language, source, module_titles, sent_at, sent_by)
    values (${id}, 'rota', 'es', 'bad', '{}', now(), 'Jefa')`.execute(database.db);
  const { body } = await askJson<OwnLessonsAnswer>('GET', at('own-lessons?lang=en'));
  expect(body.lessons.map(({ code, fault }) => [code, fault !== null])).toEqual([
    ['ronda', false],
    ['rota', true],
  ]);
  const codes = async () => {
    const { body: all } = await askJson<LessonsAnswer>('GET', at('lessons?lang=es'));
    return all.lessons.map(({ code }) => code);
  };
  expect(await codes()).toContain('ronda');
  // Nobody without the right to learn, which is what the public lacks, is shown them.
  viewer = { ...viewer, lacksSecondStep: true };
  expect(await codes()).not.toContain('ronda');
  expect((await fetch(at('lessons/ronda'))).status).toBe(404);
});
