// Where lessons are asked for, and where an answer is sent.

import type { LessonShown, LessonsAnswer, Marked } from '../../server/lessons/contract.ts';
import { at, type Path } from '../store/api.ts';

export const lessonPaths = {
  /** One's own answers, to be deleted. */
  all: (city: string): Path<null> => at(city, 'lessons'),
  lessons: (city: string, lang: string): Path<LessonsAnswer> => at(city, `lessons?lang=${lang}`),
  lesson: (city: string, code: string, lang: string): Path<LessonShown> => at(city, `lessons/${code}?lang=${lang}`),
  answer: (city: string, code: string, exercise: string, lang: string): Path<Marked> =>
    at(city, `lessons/${code}/exercises/${exercise}?lang=${lang}`),
};
