// Where courses are read, taught and enrolled in.

import type {
  CourseAnswer,
  CourseMade,
  CoursesAnswer,
  GroupAnswer,
  InvitationAnswer,
  ListReport,
  OwnLessonsAnswer,
  SentReport,
} from '../../server/courses/contract.ts';
import { at, type Path } from '../store/api.ts';

const ofGroup = (city: string, course: number, group: number, rest = '') =>
  at(city, `courses/${course}/groups/${group}${rest}`);
export const coursePaths = {
  list: (city: string, lang: string): Path<CoursesAnswer> => at(city, `courses?lang=${lang}`),
  add: (city: string, lang: string): Path<CourseMade> => at(city, `courses?lang=${lang}`),
  one: (city: string, course: number, lang: string): Path<CourseAnswer> => at(city, `courses/${course}?lang=${lang}`),
  change: (city: string, course: number): Path<null> => at(city, `courses/${course}`),
  me: (city: string, course: number): Path<null> => at(city, `courses/${course}/me`),
  link: (city: string, key: string): Path<InvitationAnswer> => at(city, `course-links/${key}`),
  join: (city: string, key: string): Path<{ course: number }> => at(city, `course-links/${key}`),
  groups: (city: string, course: number): Path<{ id: number }> => at(city, `courses/${course}/groups`),
  group: (city: string, course: number, group: number, lang: string): Path<GroupAnswer> =>
    ofGroup(city, course, group, `?lang=${lang}`),
  changeGroup: (city: string, course: number, group: number): Path<null> => ofGroup(city, course, group),
  key: (city: string, course: number, group: number): Path<null> => ofGroup(city, course, group, '/key'),
  members: (city: string, course: number, group: number, lang: string): Path<ListReport> =>
    ofGroup(city, course, group, `/members?lang=${lang}`),
  member: (city: string, course: number, group: number, learner: number, answers: boolean): Path<null> =>
    ofGroup(city, course, group, `/members/${learner}${answers ? '?answers=1' : ''}`),
  completion: (city: string, course: number, group: number, learner: number): Path<null> =>
    ofGroup(city, course, group, `/members/${learner}/completion`),
  attendance: (city: string, course: number, group: number): Path<null> => ofGroup(city, course, group, '/attendance'),
  progress: (city: string, course: number, ending: 'csv' | 'xlsx', lang: string, group: number | null = null): string =>
    at(city, `courses/${course}/progress.${ending}?lang=${lang}${group === null ? '' : `&group=${group}`}`),
  statements: (city: string, course: number, group: number, lang: string): string =>
    ofGroup(city, course, group, `/statements.json?lang=${lang}`),
  ownLessons: (city: string): Path<OwnLessonsAnswer> => at(city, 'own-lessons'),
  sendLessons: (city: string): Path<SentReport> => at(city, 'own-lessons'),
  ownLesson: (city: string, code: string): Path<null> => at(city, `own-lessons/${code}`),
  marks: (city: string, course: number, group: number): Path<null> => ofGroup(city, course, group, '/marks'),
};
