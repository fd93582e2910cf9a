// The part of the OpenAPI page about lessons: reading them, and having an answer marked.

import * as z from 'zod';
import type { LessonRow, LessonShown, LessonsAnswer, Marked } from '../lessons/contract.ts';
import { exercise, FILTER_PARTS, frontMatter, LEARNERS, lessonAnswer } from '../lessons/contract.ts';
import { route } from './deliveries.ts';

const params = z.object({ jurisdiction: z.string() });
const one = params.extend({ lesson: z.string() });
const { title, minutes, goals, city } = frontMatter.shape;

const row = z.object({
  ...{ code: z.string(), module: z.string(), title, minutes, roles: z.array(z.enum(LEARNERS)), goals, city },
  exercises: z.array(z.string()),
  done: z.array(z.string()).describe('of these, what the learner answered right'),
}) satisfies z.ZodType<LessonRow>;
const lessons = z.object({
  modules: z.array(z.object({ code: z.string(), title: z.string() })),
  lessons: z.array(row),
  kept: z.boolean().describe('whether the portal remembers what this learner answers'),
}) satisfies z.ZodType<LessonsAnswer>;
const kinds = exercise.options.map(({ shape }) => shape.kind.value);
const shown = z.object({
  ...{ id: z.string(), kind: z.enum(kinds as [(typeof kinds)[number]]), ask: z.string(), hint: z.string().nullable() },
  ...{ unit: z.string().nullable(), layer: z.string().nullable(), options: z.array(z.string()) },
});
const lesson = row.extend({
  parts: z.array(z.union([z.object({ html: z.string() }), z.object({ exercise: shown })])),
  lacks: z.string().nullable().describe('what the data do not have, so that it cannot be done here'),
}) satisfies z.ZodType<LessonShown>;
const marked = z.object({
  right: z.boolean().nullable().describe('null: only the learner can judge'),
  because: z.string().nullable().describe('why it is wrong, where that is known'),
  shown: z.string().nullable().describe('the right answer, once it was found or tried for often enough'),
  differs: z.array(z.enum(FILTER_PARTS)).describe('in which parts a filter finds other incidents'),
  tries: z.number().int().describe('wrong answers so far'),
}) satisfies z.ZodType<Marked>;

export const LESSON_ROUTES = [
  route('get', '/{jurisdiction}/lessons', 'The lessons there are, with what one has done of them', 200, lessons, {
    params,
  }),
  route('get', '/{jurisdiction}/lessons/{lesson}', 'A lesson: its text, views of the map, exercises', 200, lesson, {
    params: one,
  }),
  route(
    'post',
    '/{jurisdiction}/lessons/{lesson}/exercises/{exercise}',
    'Answer an exercise; marked by asking the portal what the learner could ask. The same `id` again is the same answer',
    200,
    marked,
    {
      params: one.extend({ exercise: z.string() }),
      body: { content: { 'application/json': { schema: lessonAnswer } } },
    },
  ),
  route('delete', '/{jurisdiction}/lessons', 'Forget everything one has answered', 204, null, { params }),
];
