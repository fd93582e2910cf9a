// Every exercise of every lesson on the sample city: the answer its rule finds is right, what the lesson calls a mistake is
// told as that mistake, and anything else is wrong.

import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';
import type { Exercise, LessonAnswer, Marked } from '../../server/lessons/contract.ts';
import type { AskPortal } from '../../server/lessons/rules.ts';
import { type FoundValue, filled, filledAddress, find } from '../../server/lessons/rules.ts';
import { lessonValues } from '../../server/lessons/values.ts';

const origin = inject('demo');
const { lessons } = lessonCatalogue();
const headers = { Origin: origin, 'Content-Type': 'application/json' };

const asked = new Map<string, Promise<unknown>>();
const ask: AskPortal = (question) => {
  const address = `${origin}/api/v1/demo/${question}`;
  const answer = asked.get(address) ?? fetchJson(address);
  asked.set(address, answer);
  return answer;
};
async function fetchJson(address: string): Promise<unknown> {
  const response = await fetch(address);
  const body = await response.json();
  if (!response.ok) throw new Error(`${address}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}
async function give(lesson: string, exercise: string, answer: LessonAnswer['answer']): Promise<Marked> {
  const response = await fetch(`${origin}/api/v1/demo/lessons/${lesson}/exercises/${exercise}?lang=es`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ id: randomUUID(), givenAt: new Date().toISOString(), answer }),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(`${lesson}/${exercise}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}

type Values = ReadonlyMap<string, FoundValue>;
const month = (value: FoundValue) => String(value).slice(0, 7);

/** The right answer, made of the rule and of what the portal answers to anybody; null where only doing it is right. */
async function solution(exercise: Exercise, values: Values): Promise<LessonAnswer['answer']> {
  switch (exercise.kind) {
    case 'number':
    case 'place':
      return find(exercise.rule, ask, values);
    case 'month':
      return month(await find(exercise.rule, ask, values));
    case 'filter':
      return filledAddress(exercise.wanted, values);
    case 'order': {
      const sizes = await Promise.all(exercise.items.map(({ rule }) => find(rule, ask, values)));
      return sizes.map((_, index) => index).sort((a, b) => Number(sizes[b]) - Number(sizes[a]));
    }
    case 'choice': {
      const rights = await Promise.all(
        exercise.options.map(async ({ right }) => {
          if (typeof right === 'boolean') return right;
          const value = Number(await find(right.rule, ask, values));
          return value >= (right.atLeast ?? -Infinity) && value < (right.below ?? Infinity);
        }),
      );
      expect(rights.filter(Boolean)).toHaveLength(1);
      return rights.indexOf(true);
    }
    default:
      return 'Con mis palabras';
  }
}

/** Answers that are wrong, with the reason that must be given; null where the lesson names none. */
async function mistakes(exercise: Exercise, values: Values, right: LessonAnswer['answer']) {
  const wrong: (readonly [LessonAnswer['answer'], string | null])[] = [];
  if (exercise.kind === 'number' || exercise.kind === 'place' || exercise.kind === 'month') {
    for (const { rule, because } of exercise.wrong) {
      const value = await find(rule, ask, values);
      wrong.push([exercise.kind === 'month' ? month(value) : value, filled(because, values)]);
    }
    wrong.push([exercise.kind === 'number' ? Number(right) * 3 + 1000 : 'nada', null]);
  }
  if (exercise.kind === 'filter') {
    for (const { filter, because } of exercise.wrong)
      wrong.push([filledAddress(filter, values), filled(because, values)]);
    wrong.push(['theme=negocios&hour=3-4', null]);
  }
  if (exercise.kind === 'order') wrong.push([[...(right as number[])].reverse(), null]);
  if (exercise.kind === 'choice')
    exercise.options.forEach(({ because }, index) => {
      if (index !== right) wrong.push([index, filled(because, values)]);
    });
  return wrong;
}

describe.each(lessons.es.map((lesson) => [lesson.code, lesson] as const))('%s', (code, lesson) => {
  test('is solved by its rules, and its wrong answers are wrong for the reasons it gives', async () => {
    const values = await lessonValues(lesson.front, ask);
    for (const name of lesson.front.needs) expect(values.has(name), name).toBe(true);
    for (const exercise of lesson.exercises) {
      if (exercise.kind === 'study') continue;
      const right = await solution(exercise, values);
      const marked = await give(code, exercise.id, right);
      expect(marked, `${exercise.id}: ${JSON.stringify(right)}`).toMatchObject({
        right: exercise.kind === 'text' ? null : true,
      });
      for (const [answer, because] of await mistakes(exercise, values, right)) {
        const told = await give(code, exercise.id, answer);
        const about = `${exercise.id}: ${JSON.stringify(answer)} instead of ${JSON.stringify(right)}`;
        expect(told.right, about).toBe(false);
        if (because !== null) expect(told.because, about).toBe(because);
      }
    }
  });
});
