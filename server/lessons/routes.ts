// Lessons over HTTP: what there is, one of them, and an answer to an exercise, which is marked by asking the portal.

import { type Request, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { mayDo } from '../access/rights.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { QuestionRefused } from '../http/ask-through.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { languageAsked } from '../i18n/reasons.ts';
import { doneBy, forgetAnswers, keepAnswer, learnerOf } from './answers.ts';
import { lessonCatalogue } from './catalogue.ts';
import {
  type Exercise,
  type ExerciseShown,
  type LessonRow,
  type LessonShown,
  type LessonsAnswer,
  lessonAnswer,
  type Marked,
  TRIES_BEFORE_SHOWN,
} from './contract.ts';
import { isFor, lessonsHere, lessonsOfProgram } from './here.ts';
import { type Judged, mark } from './mark.ts';
import { placesNamed } from './place-names.ts';
import { htmlOf, type Lesson } from './read-lesson.ts';
import { dataStateOf, rememberAnswers } from './remembered.ts';
import { askOnce, type FoundValue, filled, filledAddress, NotInData } from './rules.ts';
import { lacking, lessonValues } from './values.ts';

/** One question of the API, asked as whoever sent the request: `address` from the root. Throws where it is refused. */
export type AskAs = (request: Request, address: string) => Promise<unknown>;
type Deps = { readonly database: Database; readonly now: () => Date; readonly askAs: AskAs };

/** Each is marked by several questions; a class of two hundred may sit behind one address. */
const ANSWERS_PER_MINUTE = 1200;
const LESSONS_PER_MINUTE = 600;

/** Mounted under /api/v1. */
export function lessonRoutes({ database, now, askAs }: Deps): Router {
  const routes = Router();
  const remembered = rememberAnswers((id) => dataStateOf(database, id));
  const asking = (request: Request, jurisdiction: Jurisdiction) =>
    remembered({ jurisdiction, viewer: viewerOf(request), language: languageAsked(request) }, (question) =>
      askAs(request, `/api/v1/${jurisdiction.code}/${question}`).catch((error: unknown) => {
        throw error instanceof QuestionRefused ? new NotInData(error.message) : error;
      }),
    ).then(askOnce);
  const doneOf = async (request: Request, jurisdiction: Jurisdiction): Promise<ReadonlySet<string>> => {
    const learner = learnerOf(viewerOf(request));
    return learner === null ? new Set() : doneBy(database, jurisdiction.id, learner);
  };
  /** Lessons of a jurisdiction's own are of those who may learn there: the public is shown those of the program. */
  const lessonsFor = async (request: Request, jurisdiction: Jurisdiction) =>
    mayDo(viewerOf(request), 'learn') ? lessonsHere(database, jurisdiction) : lessonsOfProgram(jurisdiction);
  /** Also one that is of the sample city alone, which says so. */
  const lessonIn = async (request: Request, jurisdiction: Jurisdiction): Promise<Lesson> => {
    const code = String(request.params.lesson);
    const language = languageOf(request);
    const { lessons } = await lessonsFor(request, jurisdiction);
    const all = [...lessons[language], ...lessonCatalogue().lessons[language]];
    const lesson = all.find((each) => each.code === code);
    if (!lesson) throw new NotFound('no such lesson');
    return lesson;
  };

  routes.get('/:jurisdiction/lessons', async (request, response) => {
    refuseParameters(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const { modules, lessons } = await lessonsFor(request, jurisdiction);
    const language = languageOf(request);
    const done = await doneOf(request, jurisdiction);
    const answer: LessonsAnswer = {
      modules: modules.map(({ code, title }) => ({ code, title: title[language] })),
      lessons: lessons[language].map((lesson) => rowOf(lesson, done)),
      kept: learnerOf(viewerOf(request)) !== null,
    };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.get('/:jurisdiction/lessons/:lesson', throttle(LESSONS_PER_MINUTE), async (request, response) => {
    refuseParameters(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const lesson = await lessonIn(request, jurisdiction);
    const ask = await asking(request, jurisdiction);
    const lacks = isFor(jurisdiction)(lesson) ? await lacking(lesson.front, ask) : 'demo';
    const values = lacks === null ? await lessonValues(lesson.front, ask) : new Map<string, FoundValue>();
    const answer: LessonShown = {
      ...rowOf(lesson, await doneOf(request, jurisdiction)),
      lacks,
      parts: lesson.parts.map((part) =>
        'markdown' in part
          ? { html: htmlOf(withValues(part.markdown, values)) }
          : { exercise: shownOf(part.exercise, values) },
      ),
    };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.post(
    '/:jurisdiction/lessons/:lesson/exercises/:exercise',
    throttle(ANSWERS_PER_MINUTE),
    async (request, response) => {
      const body = parseWith(lessonAnswer, request.body);
      const jurisdiction = await jurisdictionOf(database, request);
      const lesson = await lessonIn(request, jurisdiction);
      const exercise = lesson.exercises.find(({ id }) => id === request.params.exercise);
      if (!exercise || !isFor(jurisdiction)(lesson)) throw new NotFound('no such exercise');
      const ask = await asking(request, jurisdiction);
      const judged = await lessonValues(lesson.front, ask)
        .then(async (values) => {
          const judged = inWords(await mark(exercise, body.answer, ask, values), values);
          if (exercise.kind !== 'place') return judged;
          const names = await placesNamed(database, jurisdiction.id, filled(exercise.layer, values), [judged.shown]);
          return { ...judged, shown: names.get(judged.shown) ?? judged.shown };
        })
        .catch((error: unknown) => {
          if (error instanceof NotInData) throw new BadInput('answer', 'these data have no answer to that');
          throw error;
        });
      const learner = learnerOf(viewerOf(request));
      const whose = { lesson: lesson.code, exercise: exercise.id };
      const kept =
        learner === null
          ? null
          : await keepAnswer(database, jurisdiction.id, { learner, ...whose }, body, judged, now());
      const { right, because, differs, shown } = judged;
      // Whose answers the page keeps, counts them there: the right one comes along, and is shown by the same rule.
      const isShown = right !== false || kept === null || kept.tries >= TRIES_BEFORE_SHOWN;
      const answer: Marked = { right, because, differs, shown: isShown ? shown : null, tries: kept?.tries ?? 0 };
      response.set('Cache-Control', 'private, no-store').json(answer);
    },
  );
  routes.delete('/:jurisdiction/lessons', async (request, response) => {
    refuseParameters(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const learner = learnerOf(viewerOf(request));
    if (learner !== null) await forgetAnswers(database, jurisdiction.id, learner);
    response.status(204).end();
  });
  return routes;
}

/** What stands in the lesson of why, with the values of these data. */
const inWords = (judged: Judged, values: ReadonlyMap<string, FoundValue>): Judged => ({
  ...judged,
  because: judged.because && filled(judged.because, values),
  shown: filled(judged.shown, values),
});

function rowOf({ code, front, exercises }: Lesson, done: ReadonlySet<string>): LessonRow {
  const { module, title, minutes, roles, goals, city } = front;
  const ids = exercises.map(({ id }) => id);
  return {
    ...{ code, module, title, minutes, roles, goals, city },
    exercises: ids,
    done: ids.filter((id) => done.has(`${code}/${id}`)),
  };
}

/** In the addresses of views a value is written as addresses are. */
function withValues(markdown: string, values: ReadonlyMap<string, FoundValue>): string {
  return filled(
    markdown.replaceAll(/\(map:[^)]*\)/g, (address) => filledAddress(address, values)),
    values,
  );
}

function shownOf(exercise: Exercise, values: ReadonlyMap<string, FoundValue>): ExerciseShown {
  const options =
    exercise.kind === 'choice' ? exercise.options : exercise.kind === 'order' ? exercise.items : ([] as const);
  return {
    ...{ id: exercise.id, kind: exercise.kind, ask: filled(exercise.ask, values) },
    hint: exercise.hint ? filled(exercise.hint, values) : null,
    unit: exercise.kind === 'number' ? (exercise.unit ?? null) : null,
    layer: exercise.kind === 'place' ? filled(exercise.layer, values) : null,
    options: options.map(({ text }) => filled(text, values)),
  };
}
