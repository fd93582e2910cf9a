// Lessons: what is read of their Markdown, what is said of a broken one, and how answers are marked.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { STAFF, type Viewer } from '../../server/access/contract.ts';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';
import { checkLessons, faultIn, type LessonFile } from '../../server/lessons/check-lessons.ts';
import { type Exercise, exercise as exerciseSchema, type Rule } from '../../server/lessons/contract.ts';
import { mark } from '../../server/lessons/mark.ts';
import { htmlOf, readLesson } from '../../server/lessons/read-lesson.ts';
import { rememberAnswers } from '../../server/lessons/remembered.ts';
import { find } from '../../server/lessons/rules.ts';

const FRONT = `---
title: Prueba
module: 1-map
order: 1
minutes: 10
roles: [planner]
goals: [Probar]
---
`;
const EXERCISE = `
\`\`\`exercise
id: one
kind: number
ask: ¿Cuántos?
rule: { ask: "summary?theme=x", take: matched }
\`\`\`
`;
const read = (text: string) => readLesson('prueba', 'es/prueba.md', text);

describe('a lesson is read', () => {
  test('as text and exercises in the order they stand', () => {
    const { front, parts, exercises } = read(`${FRONT}Antes.\n${EXERCISE}\nDespués.\n`);
    expect(front.title).toBe('Prueba');
    expect(parts.map((part) => ('markdown' in part ? part.markdown : part.exercise.id))).toEqual([
      'Antes.',
      'one',
      'Después.',
    ]);
    expect(exercises).toHaveLength(1);
  });

  const broken: readonly (readonly [what: string, text: string, said: RegExp])[] = [
    ['no front matter', 'Hola', /^es\/prueba\.md:1: no front matter/],
    ['minutes that are words', FRONT.replace('10', 'diez'), /^es\/prueba\.md:5: minutes: /],
    ['a front matter that is no YAML', FRONT.replace('[planner]', '[planner'), /^es\/prueba\.md:\d: /],
    ['a question that changes something', FRONT + EXERCISE.replace('summary?', 'imports?'), /^es\/prueba\.md:14: rule/],
    ['a kind nobody knows', FRONT + EXERCISE.replace('number', 'riddle'), /^es\/prueba\.md:12: kind: /],
    ['an exercise that does not end', FRONT + EXERCISE.trimEnd().slice(0, -3), /^es\/prueba\.md:10: .*does not end/],
    ['two exercises of one name', FRONT + EXERCISE + EXERCISE, /^es\/prueba\.md:18: two exercises one/],
    ['a name that stands for thousands', FRONT.replace('[Probar]', '[&a x, *a]'), /^es\/prueba\.md:/],
  ];
  test.each(broken)('or %s is said with file, line and reason', (_what, text, said) => {
    expect(() => read(text)).toThrow(said);
  });
});

test('of the text no tag and no script reaches the page, and views are links', () => {
  const html = htmlOf(
    '<img src=x onerror=alert(1)> [a](javascript:alert(1)) [vea](map:?view=areas&hour=20-2) [w](https://e.org/)',
  );
  expect(html).not.toMatch(/<img|javascript:/);
  expect(html).toContain('<a class="lesson-map" href="?view=areas&amp;hour=20-2">vea</a>');
  expect(html).toContain('<a href="https://e.org/" target="_blank" rel="noreferrer">w</a>');
});

const NONE = new Map<string, string | number>();
const answers: Readonly<Record<string, unknown>> = {
  'summary?a': { matched: 120, totals: { mapped: 100 } },
  'summary?b': { matched: 30 },
  'top?layer=x&limit=2': {
    rows: [
      { code: 'B', name: 'Bosque', count: 9 },
      { code: 'A', name: 'Alameda', count: 7 },
    ],
  },
  'series?step=month': {
    buckets: [
      { from: '2025-03-01', count: 4 },
      { from: '2025-12-01', count: 11 },
    ],
  },
  'clocks?a': { first: [3, 8, 2] },
};
const ask = async (question: string) => {
  if (!(question in answers)) throw new Error(`not asked in this test: ${question}`);
  return answers[question];
};

describe('a rule finds', () => {
  const found: readonly (readonly [Rule, number | string])[] = [
    [{ ask: 'summary?a', take: 'totals.mapped' }, 100],
    [{ ask: 'top?layer=x&limit=2', take: 'rows[code=A].count' }, 7],
    [{ ask: 'top?layer=x&limit=2', take: 'rows[0].name' }, 'Bosque'],
    [{ ask: 'top?layer=x&limit=2', take: 'rows[min count].code' }, 'A'],
    [{ ask: 'top?layer=x&limit=2', take: 'rows.length' }, 2],
    [{ ask: 'series?step=month', take: 'buckets[max count].from' }, '2025-12-01'],
    [{ ask: 'clocks?a', take: 'first.indexOfMax' }, 1],
    [{ ask: 'clocks?a', take: 'first.sum' }, 13],
    // 30 of 120
    [
      {
        percent: [
          { ask: 'summary?b', take: 'matched' },
          { ask: 'summary?a', take: 'matched' },
        ],
      },
      25,
    ],
    [{ difference: [{ ask: 'summary?a', take: 'matched' }, { constant: 20 }] }, 100],
  ];
  test.each(found)('%j: %s', async (rule, value) => {
    expect(await find(rule, ask, NONE)).toBe(value);
  });

  test('nothing where the data have nothing, and no share of nothing', async () => {
    await expect(find({ ask: 'summary?b', take: 'totals.mapped' }, ask, NONE)).rejects.toThrow(/nothing at/);
    const rule: Rule = { ratio: [{ constant: 1 }, { constant: 0 }] };
    await expect(find(rule, ask, NONE)).rejects.toThrow(/share of nothing/);
  });
});

describe('an answer is marked', () => {
  const made = (exercise: object): Exercise => exerciseSchema.parse({ id: 'one', ask: '¿?', ...exercise });
  const rule = { ask: 'summary?a', take: 'matched' };
  const because = 'Contó solo los del mapa.';

  test('a number within its tolerance, and a known mistake with its reason', async () => {
    const number = made({
      kind: 'number',
      rule,
      tolerance: '5%',
      wrong: [{ rule: { ask: 'summary?a', take: 'totals.mapped' }, because }],
    });
    expect(await mark(number, 126, ask, NONE)).toMatchObject({ right: true, because: null });
    expect(await mark(number, 127, ask, NONE)).toMatchObject({ right: false, because: null, shown: '120' });
    expect(await mark(number, 98, ask, NONE)).toMatchObject({ right: false, because });
    expect(await mark(number, 'muchos', ask, NONE)).toMatchObject({ right: false });
  });

  test('a place by its code and a month by any day in it', async () => {
    const place = made({ kind: 'place', layer: 'x', rule: { ask: 'top?layer=x&limit=2', take: 'rows[0].code' } });
    expect(await mark(place, 'B', ask, NONE)).toMatchObject({ right: true });
    expect(await mark(place, 'A', ask, NONE)).toMatchObject({ right: false });
    const month = made({ kind: 'month', rule: { ask: 'series?step=month', take: 'buckets[max count].from' } });
    expect(await mark(month, '2025-12', ask, NONE)).toMatchObject({ right: true });
    expect(await mark(month, '2025-03', ask, NONE)).toMatchObject({ right: false });
  });

  test('an order from most to least, those of one size in either', async () => {
    const item = (text: string, constant: number) => ({ text, rule: { constant } });
    const order = made({ kind: 'order', items: [item('a', 2), item('b', 9), item('c', 2)] });
    expect(await mark(order, [1, 0, 2], ask, NONE)).toMatchObject({ right: true });
    expect(await mark(order, [1, 2, 0], ask, NONE)).toMatchObject({ right: true });
    expect(await mark(order, [0, 1, 2], ask, NONE)).toMatchObject({ right: false });
    expect(await mark(order, [1, 1, 1], ask, NONE)).toMatchObject({ right: false });
  });

  test('a choice whose right option the data decide', async () => {
    const option = (text: string, right: unknown) => ({ text, right, because: text });
    const choice = made({
      kind: 'choice',
      options: [option('más de cien', { rule, atLeast: 100 }), option('menos', { rule, below: 100 })],
    });
    expect(await mark(choice, 0, ask, NONE)).toMatchObject({ right: true });
    expect(await mark(choice, 1, ask, NONE)).toMatchObject({ right: false, because: 'menos' });
    expect(await mark(choice, null, ask, NONE)).toMatchObject({ right: false });
  });

  test('of a text only the learner judges', async () => {
    expect(await mark(made({ kind: 'text', model: 'Así.' }), 'Lo mío', ask, NONE)).toMatchObject({
      right: null,
      shown: 'Así.',
    });
  });
});

test('what was answered once is asked again for other rights, other data, what people do, and when it was of other data', async () => {
  let state = { version: 7, token: 'a' };
  const asked: string[] = [];
  let version = 7;
  const remembered = rememberAnswers(async () => state);
  const answerTo = async (viewer: Viewer, question: string) => {
    const through = await remembered({ jurisdiction: { id: 1 }, viewer, language: 'es' }, async (each) => {
      asked.push(each);
      return { dataVersion: version };
    });
    await through(question);
    return asked.splice(0).length;
  };
  const planner: Viewer = { ...STAFF, role: 'planner' };
  expect([await answerTo(STAFF, 'summary?a'), await answerTo(STAFF, 'summary?a')]).toEqual([1, 0]);
  expect([await answerTo(planner, 'summary?a'), await answerTo(planner, 'summary?a')]).toEqual([1, 0]);
  expect([await answerTo(STAFF, 'problems?x'), await answerTo(STAFF, 'problems?x')]).toEqual([1, 1]);
  state = { version: 8, token: 'b' };
  // The cube is not made yet, and answers of the data before.
  expect([await answerTo(STAFF, 'summary?a'), await answerTo(STAFF, 'summary?a')]).toEqual([1, 1]);
  version = 8;
  expect([await answerTo(STAFF, 'summary?a'), await answerTo(STAFF, 'summary?a')]).toEqual([1, 0]);
});

const { lessons, modules } = lessonCatalogue();
const MODULES = new Set(modules.map(({ code }) => code));
const folder = new URL('../../geodata/lessons/', import.meta.url);
const fileOf = (code: string, language: 'es' | 'en', text: string): LessonFile => ({
  ...{ code, language, file: `${code}.${language}.md`, text },
});
const brought = lessons.es.flatMap(({ code }) =>
  (['es', 'en'] as const).map((language) =>
    fileOf(code, language, readFileSync(new URL(`${code}.${language}.md`, folder), 'utf8')),
  ),
);

test('both languages have the same lessons, exercises and rules, of modules and values there are', () => {
  expect(lessons.en.map(({ code }) => code)).toEqual(lessons.es.map(({ code }) => code));
  expect(checkLessons(brought, MODULES).faults).toEqual([]);
});

const inSpanish: readonly (readonly [text: string, said: string])[] = [
  [FRONT.replace('10', 'diez'), 'minutes: no es del tipo esperado (number, no string)'],
  [FRONT.replace('title: Prueba\n', ''), 'title: falta (string)'],
  [FRONT.replace('[planner]', '[planner'), 'no es YAML: una lista no se cierra con ]'],
  [FRONT.replace('1-map', 'mapa'), 'module: un número, un guion y minúsculas de la a a la z, como 7-patrullar'],
  [
    FRONT + EXERCISE.replace('¿Cuántos?', 'a: b: c'),
    'no es YAML: hay dos puntos dentro de un texto: póngalo entre comillas',
  ],
  [FRONT + EXERCISE.replace('summary?', 'imports?'), 'rule.ask: no es una pregunta que una regla pueda hacer'],
  [
    FRONT + EXERCISE.replace('take:', 'tomar:'),
    'rule: no es una regla: {ask, take}, {constant}, {sum}, {difference}, {ratio} o {percent}',
  ],
];
test.each(inSpanish)('what is wrong with a lesson is said in Spanish (%#)', (text, said) => {
  const [fault] = checkLessons([fileOf('x', 'es', text)], MODULES).faults;
  expect(faultIn('es', fault!.reason)).toBe(said);
});

test('the questions of the values of a lesson count with those of each exercise', () => {
  const values = Array.from({ length: 60 }, (_, n) => `  v${n}: { ask: "summary?a", take: matched }`).join('\n');
  const text = FRONT.replace('goals: [Probar]', `goals: [Probar]\nvalues:\n${values}`) + EXERCISE;
  expect(checkLessons([fileOf('x', 'es', text)], MODULES).faults).toMatchObject([
    { reason: 'one asks more than 60 questions' },
  ]);
  const fewer = text.replace('  v59: { ask: "summary?a", take: matched }\n', '');
  expect(checkLessons([fileOf('x', 'es', fewer)], MODULES).faults).toEqual([]);
});

const [first] = brought;
const others: readonly (readonly [what: string, files: readonly LessonFile[], fault: object])[] = [
  [
    'a value nobody knows',
    [fileOf('x', 'es', `${FRONT}Antes.\n\nUnos {nadies}.\n${EXERCISE}`)],
    { file: 'x.es.md', line: 11, reason: 'no value is called {nadies}' },
  ],
  [
    'a module there is not',
    [fileOf('x', 'es', FRONT.replace('1-map', '9-nada') + EXERCISE)],
    { file: 'x.es.md', line: 3, reason: expect.stringContaining('no module 9-nada') },
  ],
  [
    'another rule in the other language',
    [fileOf('x', 'es', FRONT + EXERCISE), fileOf('x', 'en', FRONT + EXERCISE.replace('theme=x', 'theme=y'))],
    { file: 'x.en.md', line: 1, reason: 'not the same lesson as x.es.md: exercises' },
  ],
  [
    'lists without end',
    [fileOf('x', 'es', FRONT.replace('[Probar]', '['.repeat(90_000)))],
    { file: 'x.es.md', reason: expect.stringMatching(/./) },
  ],
  [
    'exercises without end',
    [fileOf('x', 'es', `${FRONT}${'```exercise\n'.repeat(12_000)}`)],
    { file: 'x.es.md', line: 1, reason: 'more than 100 exercises' },
  ],
];
test.each(others)(
  'lessons with %s are told by file, line and reason, beside those that are right',
  (_what, files, fault) => {
    const { faults } = checkLessons([first!, ...files], MODULES);
    expect(faults).toMatchObject([fault]);
  },
);

describe.each(lessons.es.map(({ code }) => code))('the lesson %s', (code) => {
  test.each(['es', 'en'] as const)('has exercises, and says what goes wrong in practice (%s)', (language) => {
    const lesson = lessons[language].find((each) => each.code === code)!;
    const text = lesson.parts.map((part) => JSON.stringify(part)).join('\n');
    expect(lesson.exercises.length).toBeGreaterThanOrEqual(3);
    expect(text).toMatch(/Qué sale mal en la práctica|What goes wrong in practice/);
  });
});
