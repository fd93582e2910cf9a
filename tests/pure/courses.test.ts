// What somebody has reached in a course, and what they are reminded of, by hand work.

import { expect, test } from 'vitest';
import { undrawable } from '../../server/badges/contract.ts';
import { type CourseLesson, courseBody, courseChange, groupBody, hoursOf } from '../../server/courses/contract.ts';
import { namesOfList } from '../../server/courses/member-list.ts';
import { type Answered, progressOf } from '../../server/courses/progress.ts';
import { dueOf, reminderOf } from '../../server/courses/remind.ts';

const lesson = (code: string, exercises: readonly string[]): readonly [string, CourseLesson] => [
  code,
  { code, title: code, minutes: 20, exercises, texts: [] },
];
const LESSONS = new Map([lesson('l', ['a', 'b', 'c']), lesson('plain', [])]);
const item = (id: string, code: string) => ({ id, kind: 'lesson', lesson: code }) as const;
const course = (modules: readonly object[], more: object = {}) => courseBody.parse({ title: 'C', modules, ...more });
const GROUP = groupBody.parse({ title: 'G' });
const LATER = { now: new Date('2026-06-01T12:00:00Z'), timezone: 'America/Mexico_City' };
const NOTHING = { ticked: {}, attended: {}, completedAt: null };
const right = (exercise: string, day: string | null): Answered => ({
  ...{ lesson: 'l', exercise, wrong: 0, rightAt: day && `${day}T10:00:00.000Z`, waits: false },
  lastAt: `${day ?? '2026-01-01'}T10:00:00.000Z`,
});

test('a lesson is done by the answer that makes the share it needs, rounded up', () => {
  // Half of three exercises are two: the second of them, by time, makes it done.
  const half = course([{ id: 'm', title: 'M', hours: 1, items: [item('one', 'l')] }], { passPercent: 50 });
  const answers = [right('c', '2026-03-01'), right('a', '2026-01-05'), right('b', '2026-02-01')];
  expect(progressOf(half, GROUP, LESSONS, NOTHING, answers, LATER)).toMatchObject({
    ...{ percent: 100, done: ['one'], reachedAt: '2026-02-01T10:00:00.000Z' },
  });
  expect(progressOf(half, GROUP, LESSONS, NOTHING, answers.slice(0, 1), LATER)).toMatchObject({
    percent: 50,
    reachedAt: null,
  });
  // 80 % of three are 2.4: all three.
  const most = course([{ id: 'm', title: 'M', hours: 1, items: [item('one', 'l')] }]);
  expect(progressOf(most, GROUP, LESSONS, NOTHING, answers.slice(1), LATER).done).toEqual([]);
});

test('modules weigh by their hours, alike where none says any, and a lesson that is gone is done by nobody', () => {
  const items = [item('one', 'l'), item('two', 'plain'), item('three', 'gone')];
  const modules = items.map((each, at) => ({ id: `m${at}`, title: 'M', hours: [1, 2, 1][at]!, items: [each] }));
  const state = { ...NOTHING, ticked: { one: '2026-01-01', two: '2026-01-02', three: '2026-01-03' } };
  // What has exercises is not done by a tick; what has none is: two of four hours.
  expect(progressOf(course(modules), GROUP, LESSONS, state, [], LATER)).toMatchObject({ percent: 50, done: ['two'] });
  const alike = modules.map((module) => ({ ...module, hours: 0 }));
  expect(progressOf(course(alike), GROUP, LESSONS, state, [], LATER)).toMatchObject({ percent: 33, reachedAt: null });
  expect(progressOf(course([]), GROUP, LESSONS, state, [], LATER)).toMatchObject({ percent: 0, reachedAt: null });
});

test('hours of sessions are told once the group is over, each from its own day, and without sessions nobody has been there', () => {
  const modules = [{ id: 'm', title: 'M', hours: 1, items: [item('two', 'plain')] }];
  const session = (id: string, hours: number, day: string) => ({ id, title: id, day, time: '10:00', hours });
  const sessions = [session('s1', 2, '2026-01-10'), session('s2', 4, '2026-01-17'), session('s3', 2, '2026-01-24')];
  const group = (more: object) => groupBody.parse({ title: 'G', ...more });
  const asked = course(modules, { attendancePercent: 75 });
  const ticked = { two: '2026-01-02T00:00:00.000Z' };
  const reached = (attended: Readonly<Record<string, string>>, of: object = { sessions }, now = LATER.now) =>
    progressOf(asked, group(of), LESSONS, { ticked, attended, completedAt: null }, [], { ...LATER, now });
  const typedIn = '2026-02-09T00:00:00.000Z';
  // Six of eight hours are asked for.
  expect(reached({ s1: typedIn, s3: typedIn })).toMatchObject({
    ...{ percent: 99, attendedHours: 4, sessionHours: 8, reachedAt: null, attendanceAfter: null },
  });
  // Ten in the morning in Mexico, which is six hours behind.
  const enough = { s1: typedIn, s2: typedIn };
  expect(reached(enough)).toMatchObject({ percent: 100, reachedAt: '2026-01-17T16:00:00.000Z' });
  const last = new Date('2026-01-25T05:59:00Z');
  expect(reached(enough, { sessions }, last)).toMatchObject({ reachedAt: null, attendanceAfter: '2026-01-24' });
  expect(reached(enough, { sessions }, new Date('2026-01-25T06:00:00Z')).reachedAt).not.toBeNull();
  expect(reached(enough, { sessions, until: '2026-06-01' })).toMatchObject({
    ...{ reachedAt: null, attendanceAfter: '2026-06-01' },
  });
  expect(reached({}, {})).toMatchObject({ percent: 99, reachedAt: null, attendanceAfter: null });
});

test('hours are of modules in which there is something to do, and a text that is no exercise any more waits for nobody', () => {
  const modules = [
    { id: 'm', title: 'M', hours: 2, items: [item('one', 'l')] },
    { id: 'n', title: 'N', hours: 40, items: [] },
  ];
  expect(hoursOf(course(modules))).toBe(2);
  const texts = new Map([['l', { ...LESSONS.get('l')!, texts: ['a'] }]]);
  const waits = (exercise: string) => ({ ...right(exercise, null), waits: true });
  const { waiting } = progressOf(
    course(modules),
    GROUP,
    texts,
    NOTHING,
    [waits('a'), waits('b'), waits('gone')],
    LATER,
  );
  expect(waiting).toBe(1);
  const twice = {
    version: 1,
    body: { title: 'C', modules: [{ ...modules[0]!, items: [item('one', 'l'), item('two', 'l')] }] },
  };
  expect(courseChange.safeParse(twice).success).toBe(false);
  expect(courseBody.safeParse(twice.body).success).toBe(true);
});

const session = { id: 's1', title: 'Inicio', day: '2026-09-03', time: '10:00', hours: 2, place: 'Aula 3' };
const group = { body: groupBody.parse({ title: 'G', until: '2026-09-20', sessions: [session] }) };
const member = { enrolledAt: '2026-09-01T12:00:00.000Z', ticked: {}, reminded: {} };
const reached = { percent: 40, lastAnswerAt: null, completedAt: null };
const noonOf = (day: string) => new Date(`${day}T18:00:00Z`);
const due = (today: string, more: object = {}, state: object = {}) =>
  dueOf(group, { ...member, ...more }, { ...reached, ...state }, noonOf(today), LATER.timezone).map(
    ({ about }) => about,
  );

test('somebody is reminded the day before a session, a week before the end, after two weeks of silence, and once', () => {
  expect(due('2026-09-01')).toEqual([]);
  expect(due('2026-09-02')).toEqual(['session:s1:2026-09-03']);
  expect(due('2026-09-03')).toEqual([]);
  expect(due('2026-09-13')).toEqual(['closing:2026-09-20']);
  expect(due('2026-09-15')).toEqual(['closing:2026-09-20', 'idle:2026-09-01']);
  expect(due('2026-09-15', { reminded: { 'closing:2026-09-20': 'x' } })).toEqual(['idle:2026-09-01']);
  expect(due('2026-09-15', { ticked: { walk: '2026-09-10T00:00:00.000Z' } })).toEqual(['closing:2026-09-20']);
  expect(due('2026-09-15', {}, { completedAt: '2026-09-10T00:00:00.000Z' })).toEqual([]);
  // A server that was killed while it sent one: not while it may still live, then again.
  const sending = (moment: string) =>
    due('2026-09-02', { reminded: { 'session:s1:2026-09-03': `sending since ${moment}` } });
  expect(sending('2026-09-02T17:50:00.000Z')).toEqual([]);
  expect(sending('2026-09-02T17:00:00.000Z')).toEqual(['session:s1:2026-09-03']);
  // What is over closes no more.
  expect(due('2026-09-21')).toEqual([]);
});

test('a reminder says it in both languages, with the way to the course', () => {
  const body = courseBody.parse({ title: 'Leer el mapa' });
  const [first] = dueOf(group, member, reached, noonOf('2026-09-02'), LATER.timezone);
  const { subject, text } = reminderOf({ id: 3, body }, [first!], { code: 'pb' }, 'https://cuadra.example');
  expect(subject).toBe('Recordatorio: Leer el mapa / Reminder: Leer el mapa');
  expect(text).toContain('Mañana, jueves, 3 de septiembre de 2026, a las 10:00: Inicio. Aula 3');
  expect(text).toContain('Tomorrow, Thursday');
  expect(text.match(/https:\/\/cuadra\.example\/\?city=pb&tab=courses&course=3/g)).toHaveLength(2);
});

test('signs the paper of a certificate has no letters for are named', () => {
  expect(undrawable('Diplomado «Ñandú» – 120 h · Łódź’s “A”')).toBe('');
  expect(undrawable('Курс 1 → 安 → 安')).toBe('К у р с → 安');
});

const lists: readonly (readonly [text: string, names: readonly string[], ignored: readonly string[]])[] = [
  ['Ana\nBeto\n', ['Ana', 'Beto'], []],
  ['correo\tUsuario\na@b.mx\tAna\n', ['Ana'], ['correo']],
  ['nombre\r\n"Pérez, Ana"\r\n', ['Pérez, Ana'], []],
  ['\n\n', [], []],
];
test.each(lists)('the list %j names those who are in it', (text, names, ignored) => {
  const found = namesOfList(text);
  expect([found.names.map(({ name }) => name), found.ignored]).toEqual([names, ignored]);
});
