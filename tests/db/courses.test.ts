// Courses over HTTP: who enrols how, how far everybody is by hand work, who is told of whom, and what goes with whoever leaves.

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EVERYWHERE, type Role, STAFF, type Viewer } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { addAccount, changeAccount } from '../../server/accounts/store.ts';
import { forgetHolder, forgetRequest, isCertified } from '../../server/badges/store.ts';
import { completionOf, completionsOf, completionsOfCourse } from '../../server/courses/completion.ts';
import type {
  CourseAnswer,
  CourseBody,
  CoursesAnswer,
  GroupAnswer,
  InvitationAnswer,
  ListReport,
} from '../../server/courses/contract.ts';
import { courseGroupRoutes } from '../../server/courses/group-routes.ts';
import { courseRoutes } from '../../server/courses/routes.ts';
import type { Database } from '../../server/db/open.ts';
import { doneBy, keepAnswer } from '../../server/lessons/answers.ts';
import { NotInData } from '../../server/lessons/rules.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { askJson, servedTo } from '../support/served-to.ts';

let database: Database;
let served: Awaited<ReturnType<typeof servedTo>>;
let viewer: Viewer;
let now: Date;
let jurisdiction: number;
const people = new Map<string, Viewer>();

const someone = async (name: string, role: Role) => {
  const id = await addAccount(database.db, { name, role, scope: EVERYWHERE, password: null, at: new Date() });
  people.set(name, { role, account: { id, name }, scope: EVERYWHERE });
};
const be = (name: string) => {
  viewer = people.get(name)!;
};
const idOf = (name: string) => people.get(name)!.account!.id;
const ask = <T>(method: string, path: string, body?: unknown) =>
  fetch(`${served.origin}/api/v1/pb/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  }).then(async (response) => ({
    status: response.status,
    body: (response.status === 204 ? null : await response.json()) as T,
  }));
const answer = (name: string, lesson: string, exercise: string, right: boolean | null, given: string | number = 1) =>
  keepAnswer(
    database,
    jurisdiction,
    { learner: idOf(name), lesson, exercise },
    { id: randomUUID(), givenAt: now.toISOString(), answer: given },
    { right, because: right === false ? 'Contó también las llamadas.' : null, differs: [], shown: '' },
    now,
  );

/** Ten hours of a lesson with four exercises and something to read, thirty hours of field work. */
const MODULES: CourseBody['modules'] = [
  {
    ...{ id: 'a', title: 'Contar', hours: 10 },
    items: [
      { id: 'one', kind: 'lesson', lesson: 'count-and-rate' },
      { id: 'read', kind: 'resource', title: 'Leer la ENVIPE', address: 'https://www.inegi.org.mx/programas/envipe/' },
    ],
  },
  { id: 'b', title: 'Campo', hours: 30, items: [{ id: 'walk', kind: 'resource', title: 'Recorrer', address: null }] },
];
const SESSION = { id: 's1', title: 'Inicio', day: '2026-09-01', time: '10:00', hours: 2, place: 'Aula 3' };

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await sql`delete from account`.execute(database.db);
  const where = { dataDir: '', databaseUrl: null };
  for (const code of ['pb', 'otra'])
    await reportOn(database, where, ['jurisdiction', 'add', code, '--name', code, '--timezone', 'America/Mexico_City']);
  jurisdiction = (await findJurisdiction(database, STAFF, 'pb')).id;
  await someone('Jefa', 'administrator');
  await someone('Tutora', 'planner');
  await someone('Ana', 'commander');
  await someone('Beto', 'data');
  await someone('Curiosa', 'planner');
  const deps = { database, now: () => now, forgetHolder, forgetRequest, isCertified };
  served = await servedTo(
    // Nothing is loaded here for a lesson to ask about.
    [courseRoutes(deps), courseGroupRoutes({ ...deps, askAs: async () => Promise.reject(new NotInData('none')) })],
    () => viewer,
  );
});
afterAll(async () => {
  await served.close();
  await emptyTables(database);
  await sql`delete from account`.execute(database.db);
});
beforeEach(async () => {
  for (const table of ['lesson_answer', 'course_member', 'course_group', 'course'])
    await sql`delete from ${sql.table(table)}`.execute(database.db);
  now = new Date('2026-09-01T12:00:00Z');
  be('Jefa');
});

/** A course with a group that Tutora teaches; answers the end of its link. */
async function course(change: Partial<CourseBody> = {}): Promise<{ readonly key: string }> {
  expect(await ask('POST', 'courses', { title: 'Leer el mapa', template: 'empty' })).toMatchObject({ status: 201 });
  const { body } = await ask<CourseAnswer>('GET', 'courses/1');
  const changed = { version: body.version, body: { ...body.body, modules: MODULES, ...change } };
  expect((await ask('PUT', 'courses/1', changed)).status).toBe(204);
  const group = { title: 'Grupo 1', municipality: 'Pueblo', state: 'Puebla', sessions: [SESSION] };
  expect(await ask('POST', 'courses/1/groups', { body: group, tutors: ['tutora'] })).toMatchObject({ status: 201 });
  return { key: (await ask<CourseAnswer>('GET', 'courses/1')).body.groups![0]!.key };
}
const ownOf = async (name: string) => {
  be(name);
  return (await ask<CourseAnswer>('GET', 'courses/1')).body.own;
};
const groupSeenBy = async (name: string) => {
  be(name);
  return ask<GroupAnswer>('GET', 'courses/1/groups/1');
};

test('whoever enrols by the link is seen by the tutor with what they have reached, by hand work', async () => {
  const { key } = await course();
  be('Ana');
  const link = await ask<InvitationAnswer>('GET', `course-links/${key}`);
  expect(link.body).toMatchObject({
    course: { title: 'Leer el mapa', hours: 40 },
    tutors: ['Tutora'],
    isMember: false,
  });
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(201);
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(200);
  await answer('Ana', 'count-and-rate', 'total', false, 70);
  now = new Date('2026-09-01T12:01:00Z');
  await answer('Ana', 'count-and-rate', 'total', true, 90);
  await answer('Ana', 'count-and-rate', 'no-rate', true);
  // Of 4 exercises 80 % are 4: half of the lesson, nothing of what is to be read; 10 of 40 hours: a quarter of ¼.
  expect((await ownOf('Ana'))?.progress).toMatchObject({ percent: 6, done: [], completedAt: null });
  expect((await ask('PATCH', 'courses/1/me', { done: { walk: true } })).status).toBe(204);
  expect((await ownOf('Ana'))?.progress).toMatchObject({ percent: 81, done: ['walk'] });
  const seen = (await groupSeenBy('Tutora')).body;
  expect(seen.group).toMatchObject({ members: 1, completed: 0, meanPercent: 81 });
  expect(seen.members).toMatchObject([{ name: 'Ana', progress: { percent: 81, sessionHours: 2, attendedHours: 0 } }]);
  expect(seen.exercises).toMatchObject([
    {
      ...{ lesson: 'count-and-rate', exercise: 'total', kind: 'number', tried: 1, right: 1, wrong: 1, first: 0 },
      mistakes: [{ answer: '70', because: 'Contó también las llamadas.', learners: 1 }],
    },
    { exercise: 'no-rate', tried: 1, right: 1, wrong: 0, first: 1, mistakes: [] },
  ]);
  // One of the two at the first try.
  expect(seen.members[0]!.first).toEqual({ right: 1, of: 2 });
});

test('a course is completed by the last thing it needs, from then on, and stays so when it is changed', async () => {
  const { key } = await course({ attendancePercent: 100 });
  be('Ana');
  await ask('POST', `course-links/${key}`, {});
  await ask('PATCH', 'courses/1/me', { done: { walk: true, read: true } });
  now = new Date('2026-09-02T12:00:00Z');
  for (const exercise of ['total', 'most-incidents', 'no-rate', 'highest-rate'])
    await answer('Ana', 'count-and-rate', exercise, true);
  expect((await ownOf('Ana'))?.progress).toMatchObject({ percent: 99, done: ['one', 'read', 'walk'] });
  expect(await completionOf(database, jurisdiction, 1, idOf('Ana'), now)).toBeNull();
  be('Tutora');
  now = new Date('2026-09-03T09:30:00Z');
  const attended = { session: 's1', learner: idOf('Ana'), attended: true };
  expect((await ask('PUT', 'courses/1/groups/1/attendance', attended)).status).toBe(204);
  now = new Date('2026-09-09T00:00:00Z');
  const done = {
    ...{ courseId: 1, title: 'Leer el mapa', hours: 40, learner: idOf('Ana'), completedAt: '2026-09-02T12:00:00.000Z' },
    group: { id: 1, title: 'Grupo 1', municipality: 'Pueblo', state: 'Puebla' },
  };
  expect(await completionOf(database, jurisdiction, 1, idOf('Ana'), now)).toEqual(done);
  const { body } = await ask<CourseAnswer>('GET', 'courses/1');
  const more = [...MODULES, { id: 'c', title: 'Más', hours: 5, items: [{ ...MODULES[1]!.items[0]!, id: 'more' }] }];
  const changed = { version: body.version, body: { ...body.body, title: 'Otro nombre', modules: more } };
  expect((await ask('PUT', 'courses/1', changed)).status).toBe(204);
  expect((await ask('PUT', 'courses/1', changed)).status).toBe(409);
  expect(await completionsOf(database, jurisdiction, idOf('Ana'), now)).toEqual([done]);
  expect(await completionsOfCourse(database, jurisdiction, 1, now)).toEqual([done]);
  expect((await ownOf('Ana'))?.progress).toMatchObject({ percent: 100, completedAt: done.completedAt });
  expect(await completionOf(database, jurisdiction, 1, idOf('Beto'), now)).toBeNull();
});

test('a text counts once the tutor found it right, and what was said of it is told to who wrote it', async () => {
  const lesson = 'first-responder';
  const { key } = await course({
    modules: [{ id: 'a', title: 'Parte', hours: 1, items: [{ id: 'one', kind: 'lesson', lesson }] }],
    passPercent: 100,
  });
  be('Ana');
  await ask('POST', `course-links/${key}`, {});
  const { lessons } = (await ask<CourseAnswer>('GET', 'courses/1')).body;
  const [text] = lessons[0]!.texts;
  expect(text).toBeDefined();
  for (const exercise of lessons[0]!.exercises) {
    if (exercise !== text) await answer('Ana', lesson, exercise, true);
  }
  await answer('Ana', lesson, text!, null, 'No sé');
  const first = (await groupSeenBy('Tutora')).body;
  expect((await doneBy(database, jurisdiction, idOf('Ana'))).has(`${lesson}/${text}`)).toBe(true);
  // What nobody has read yet is no failure of the group.
  expect(first.exercises.some(({ exercise }) => exercise === text)).toBe(false);
  expect(first.waitingInAll).toBe(1);
  expect(first.waiting).toMatchObject([{ name: 'Ana', exercise: text, text: 'No sé' }]);
  const mark = (right: boolean, comment: string, id = first.waiting[0]!.answer) =>
    ask('PUT', 'courses/1/groups/1/marks', { answer: id, right, comment });
  expect((await mark(false, 'Falta la calle y el número.')).status).toBe(204);
  const looked = (await groupSeenBy('Tutora')).body;
  expect(looked.waiting).toEqual([]);
  expect(looked.marked).toMatchObject([{ name: 'Ana', text: 'No sé', right: false, markedBy: 'Tutora' }]);
  // Whoever has not seen that mark does not turn it over.
  expect((await mark(true, '')).status).toBe(409);
  // For the lessons, too, a text that was found wrong is not done; before it was read, it was.
  expect((await doneBy(database, jurisdiction, idOf('Ana'))).has(`${lesson}/${text}`)).toBe(false);
  expect(await ownOf('Ana')).toMatchObject({
    progress: { completedAt: null, waiting: 0 },
    marks: [{ exercise: text, right: false, comment: 'Falta la calle y el número.' }],
  });
  now = new Date('2026-09-02T12:00:00Z');
  await answer('Ana', lesson, text!, null, 'Calle, número y entre qué calles');
  const second = (await groupSeenBy('Tutora')).body;
  expect(second.waiting).toHaveLength(1);
  now = new Date('2026-09-03T12:00:00Z');
  await mark(true, '', second.waiting[0]!.answer);
  expect((await ownOf('Ana'))?.progress).toMatchObject({ percent: 100, completedAt: '2026-09-03T12:00:00.000Z' });
});

test('of what others learn nobody is told but their tutors, and a link that was changed enrols nobody', async () => {
  const { key } = await course();
  be('Ana');
  await ask('POST', `course-links/${key}`, {});
  for (const name of ['Ana', 'Beto', 'Curiosa']) {
    expect((await groupSeenBy(name)).status).toBe(404);
    expect((await ask<CourseAnswer>('GET', 'courses/1')).body).toMatchObject({ groups: null, choice: null });
    const mark = { answer: randomUUID(), right: true };
    const attended = { session: 's1', learner: idOf('Ana'), attended: true };
    for (const [method, path, body] of [
      ['PUT', 'courses/1', { version: 2, body: { title: 'Mío' } }],
      ['PUT', 'courses/1/groups/1', { version: 1, body: { title: 'Mío' } }],
      ['POST', 'courses/1/groups/1/key', {}],
      ['POST', 'courses/1/groups/1/members', { csv: 'Curiosa' }],
      ['PUT', 'courses/1/groups/1/attendance', attended],
      ['PUT', 'courses/1/groups/1/marks', mark],
      ['DELETE', `courses/1/groups/1/members/${idOf('Ana')}`],
    ] as const)
      expect([name, path, (await ask(method, path, body)).status]).toEqual([name, path, 404]);
  }
  // Who tries the sample city in a role, or comes by a key, is no person to enrol.
  viewer = { role: 'commander', account: null, scope: EVERYWHERE, entry: { kind: 'demo', name: 'x' } };
  expect((await ask<CoursesAnswer>('GET', 'courses')).body.mayEnrol).toBe(false);
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(403);
  be('Tutora');
  expect((await ask('POST', 'courses/1/groups/1/key', {})).status).toBe(204);
  be('Beto');
  expect((await ask('GET', `course-links/${key}`)).status).toBe(404);
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(404);
  // In the town beside it there is nothing of this.
  const there = await askJson<CoursesAnswer>('GET', `${served.origin}/api/v1/otra/courses`);
  expect(there.body.courses).toEqual([]);
  const other = await fetch(`${served.origin}/api/v1/otra/courses/1`);
  expect(other.status).toBe(404);
});

test('a list enrols those who have an account, and says line and reason of the others', async () => {
  await course();
  await changeAccount(database, 'Curiosa', { disabled: true });
  be('Tutora');
  const csv =
    '\uFEFFMunicipio;Cuenta\r\nPueblo;ANA\r\n\r\nPueblo;Nadie\r\nPueblo;curiosa\r\nPueblo;Beto\r\nPueblo;beto\r\n';
  const { body } = await ask<ListReport>('POST', 'courses/1/groups/1/members', { csv });
  await changeAccount(database, 'Curiosa', { disabled: false });
  expect(body).toMatchObject({
    ...{ read: 5, enrolled: 2, already: 1, ignoredColumns: ['Municipio'] },
    refused: [
      { line: 4, name: 'Nadie' },
      { line: 5, name: 'curiosa' },
    ],
  });
  const none = await ask<{ detail: string }>('POST', 'courses/1/groups/1/members', { csv: 'a,b\nc,d\n' });
  expect(none.status).toBe(422);
  // In another group of the course nobody is at once.
  be('Jefa');
  await ask('POST', 'courses/1/groups', { body: { title: 'Grupo 2' }, tutors: [] });
  const again = await ask<ListReport>('POST', 'courses/1/groups/2/members', { csv: 'Ana' });
  expect(again.body).toMatchObject({ enrolled: 0, refused: [{ line: 1, name: 'Ana' }] });
});

test('whoever leaves, or is taken out, leaves nothing behind', async () => {
  const { key } = await course();
  for (const name of ['Ana', 'Beto']) {
    be(name);
    await ask('POST', `course-links/${key}`, { email: 'alguien@example.org' });
    await answer(name, 'count-and-rate', 'total', true);
  }
  const left = async (table: string) =>
    (
      await sql<{ account_id: number }>`select account_id from ${sql.table(table)} order by 1`.execute(database.db)
    ).rows.map((row) => row.account_id);
  be('Ana');
  expect((await ask('DELETE', 'courses/1/me?answers=1')).status).toBe(204);
  expect([await left('course_member'), await left('lesson_answer')]).toEqual([[idOf('Beto')], [idOf('Beto')]]);
  // The account ended: whoever manages courses takes out what is left of it.
  await changeAccount(database, 'Beto', { disabled: true });
  expect((await groupSeenBy('Jefa')).body.members).toMatchObject([{ name: 'Beto', hasEnded: true }]);
  const removed = await ask('DELETE', `courses/1/groups/1/members/${idOf('Beto')}?answers=1`);
  await changeAccount(database, 'Beto', { disabled: false });
  expect(removed.status).toBe(204);
  expect([await left('course_member'), await left('lesson_answer')]).toEqual([[], []]);
});

test('a mistaken click is put right, and what was written down is taken back by a tutor once it is no longer so', async () => {
  const { key } = await course({ attendancePercent: 100, modules: [MODULES[1]!] });
  be('Ana');
  await ask('POST', `course-links/${key}`, {});
  await ask('PATCH', 'courses/1/me', { done: { walk: true } });
  be('Tutora');
  const attend = (attended: boolean) =>
    ask('PUT', 'courses/1/groups/1/attendance', { session: 's1', learner: idOf('Ana'), attended });
  // The session is on the first; in Mexico it is still the last of August.
  now = new Date('2026-09-01T05:59:00Z');
  expect((await attend(true)).status).toBe(422);
  now = new Date('2026-09-02T12:00:00Z');
  await attend(true);
  const completedAt = async () => (await groupSeenBy('Tutora')).body.members[0]!.progress.completedAt;
  // Ticked at noon of Greenwich, but the session began at ten in Mexico: 16:00.
  expect(await completedAt()).toBe('2026-09-01T16:00:00.000Z');
  await attend(false);
  expect(await completedAt()).toBeNull();
  await attend(true);
  const { group } = (await groupSeenBy('Tutora')).body;
  const same = { version: group.version, body: { ...group.body, title: 'Otro' } };
  expect((await ask('PUT', 'courses/1/groups/1', same)).status).toBe(204);
  const takeBack = () => ask('DELETE', `courses/1/groups/1/members/${idOf('Ana')}/completion`);
  expect((await takeBack()).status).toBe(409);
  await attend(false);
  expect(await completedAt()).toBe('2026-09-01T16:00:00.000Z');
  expect((await takeBack()).status).toBe(204);
  expect(await completedAt()).toBeNull();
  be('Ana');
  expect((await takeBack()).status).toBe(404);
});

test('who teaches says nothing of themselves, and a link enrols nobody once the group is over', async () => {
  const { key } = await course();
  be('Tutora');
  await ask('POST', `course-links/${key}`, {});
  now = new Date('2026-09-02T12:00:00Z');
  const own = { session: 's1', learner: idOf('Tutora'), attended: true };
  expect((await ask('PUT', 'courses/1/groups/1/attendance', own)).status).toBe(403);
  // Neither are their own texts there to be marked.
  await answer('Tutora', 'first-responder', 'briefing', null, 'Lo mío');
  const { rows: texts } = await sql<{ id: string }>`
    select answer_id as id from lesson_answer where account_id = ${idOf('Tutora')}`.execute(database.db);
  const mark = { answer: texts[0]!.id, right: true };
  const { body: now2 } = await ask<CourseAnswer>('GET', 'courses/1');
  const items = [...MODULES[0]!.items, { id: 'parte', kind: 'lesson', lesson: 'first-responder' }];
  const changed = { version: now2.version, body: { ...now2.body, modules: [{ ...MODULES[0]!, items }] } };
  expect((await ask('PUT', 'courses/1', changed)).status).toBe(204);
  expect((await ask('PUT', 'courses/1/groups/1/marks', mark)).status).toBe(404);
  be('Jefa');
  expect((await ask('PUT', 'courses/1/groups/1/marks', mark)).status).toBe(204);
  expect((await ask('PUT', 'courses/1/groups/1/attendance', own)).status).toBe(204);
  const { group } = (await groupSeenBy('Jefa')).body;
  const ends = { version: group.version, body: { ...group.body, until: '2026-09-10' } };
  expect((await ask('PUT', 'courses/1/groups/1', ends)).status).toBe(204);
  be('Beto');
  now = new Date('2026-09-11T06:00:00Z');
  expect((await ask<InvitationAnswer>('GET', `course-links/${key}`)).body.isOpen).toBe(false);
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(409);
  now = new Date('2026-09-11T05:59:00Z');
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(201);
});

test('a course nobody is in, and no certificate names, is removed by whoever manages courses, and its group', async () => {
  const { key } = await course();
  const remove = async (path: string) => (await ask('DELETE', path)).status;
  await ask('POST', 'courses/1/groups/1/members', { csv: 'Tutora' });
  expect([await remove('courses/1/groups/1'), await remove('courses/1')]).toEqual([409, 409]);
  await remove(`courses/1/groups/1/members/${idOf('Tutora')}`);
  expect(await remove('courses/1/groups/1')).toBe(204);
  expect((await ask('POST', `course-links/${key}`, {})).status).toBe(404);
  await sql`
    insert into certificate_request (jurisdiction_id, account_id, course, holder, asked_at)
    values (${jurisdiction}, ${idOf('Ana')}, 'course:1', 'Ana', now())`.execute(database.db);
  expect(await remove('courses/1')).toBe(409);
  // Whoever leaves wishes for none.
  await ask('POST', 'courses/1/groups', { body: { title: 'Grupo 2' }, tutors: [] });
  await ask('POST', 'courses/1/groups/1/members', { csv: 'Ana' });
  be('Ana');
  await remove('courses/1/me');
  be('Jefa');
  expect([await remove('courses/1'), await remove('courses/1')]).toEqual([204, 404]);
});
