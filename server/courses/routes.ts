// Courses over HTTP: the catalogue, one course, one's own progress in it, and enrolling by the link of a group.

import { type Request, Router } from 'express';
import type { Jurisdiction } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import { accountNames } from '../accounts/store.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { forgetAnswers, learnerOf } from '../lessons/answers.ts';
import { isTutorOf, learnerOfCourses, mayManage, teaches } from './access.ts';
import { courseLessons, keepCompleted, lessonsIn, reachedBy } from './completion.ts';
import {
  COURSE_KEY,
  type CourseAnswer,
  type CourseMade,
  type CourseProgress,
  type CourseRow,
  type CoursesAnswer,
  courseChange,
  enrolBody,
  hoursOf,
  type InvitationAnswer,
  newCourse,
  ownChange,
} from './contract.ts';
import { groupRows } from './groups.ts';
import { marksOf } from './marks.ts';
import {
  coursesOfLearner,
  enrol,
  findMember,
  membersOfCourse,
  removeMember,
  type StoredMember,
  setEmail,
  setSince,
} from './members.ts';
import type { Reached } from './progress.ts';
import {
  addCourse,
  changeCourse,
  findCourse,
  findGroup,
  groupOfKey,
  listCourses,
  listGroups,
  removeCourse,
  type StoredCourse,
  type StoredGroup,
} from './store.ts';
import { templateOf } from './templates.ts';

type Deps = {
  readonly database: Database;
  readonly now: () => Date;
  /** Whether any certificate, or wish for one, is of a course. */
  readonly isCertified: (database: Database, jurisdictionId: number, course: number) => Promise<boolean>;
  /** A learner who leaves wishes for no certificate of it any more. */
  readonly forgetRequest: (database: Database, id: number, learner: number, course: number) => Promise<void>;
};

/** Guesses at the link of a group. */
const KEYS_PER_MINUTE = 60;

const NOT_THERE = { course: 'no such course', group: 'no such group', learner: 'no such learner' } as const;

/** The number in an address. Throws NotFound. */
export function partNumber(request: Request, name: keyof typeof NOT_THERE): number {
  const text = String(request.params[name]);
  if (!/^\d{1,9}$/.test(text)) throw new NotFound(NOT_THERE[name]);
  return Number(text);
}
const progressTold = ({ reachedAt: _, ...progress }: Reached): CourseProgress => progress;
/** Nobody else's machine keeps what somebody learns. */
export const PRIVATE = { 'Cache-Control': 'private, no-store' };

/** Mounted under /api/v1. */
export function courseRoutes({ database, now, isCertified, forgetRequest }: Deps): Router {
  const routes = Router();
  const asked = async (request: Request) => ({
    viewer: viewerOf(request),
    jurisdiction: await jurisdictionOf(database, request),
  });
  /** Throws NotFound, also for an archived course one neither learns nor teaches. */
  const courseFor = async (request: Request) => {
    const { viewer, jurisdiction } = await asked(request);
    const course = await findCourse(database, jurisdiction.id, partNumber(request, 'course'));
    const learner = learnerOf(viewer);
    const member = learner === null ? null : await findMember(database, jurisdiction.id, course.id, learner);
    if (course.body.state === 'archived' && !member && !(await isTutorOf(database, jurisdiction.id, course.id, viewer)))
      throw new NotFound('no such course');
    return { viewer, jurisdiction, course, member };
  };

  routes.get('/:jurisdiction/courses', async (request, response) => {
    refuseParameters(request);
    const { viewer, jurisdiction } = await asked(request);
    const learner = learnerOf(viewer);
    const [courses, groups, members] = await Promise.all([
      listCourses(database, jurisdiction.id),
      listGroups(database, jurisdiction.id, null),
      learner === null ? [] : coursesOfLearner(database, jurisdiction.id, learner),
    ]);
    const taught = new Set(groups.filter((group) => teaches(viewer, group)).map(({ course }) => course));
    const rows: CourseRow[] = [];
    for (const course of courses) {
      const member = members.find((each) => each.course === course.id);
      const isTaught = mayManage(viewer) || taught.has(course.id);
      if (course.body.state === 'archived' && !member && !isTaught) continue;
      const { title, state, modules } = course.body;
      const own = member ? await ownProgress(database, jurisdiction, course, member, now()) : null;
      rows.push({
        ...{ id: course.id, title, state, hours: hoursOf(course.body), modules: modules.length, own },
        teaches: isTaught,
      });
    }
    const answer: CoursesAnswer = { courses: rows, mayManage: mayManage(viewer), mayEnrol: learner !== null };
    response.set(PRIVATE).json(answer);
  });
  routes.post('/:jurisdiction/courses', async (request, response) => {
    refuseParameters(request);
    const { title, template } = parseWith(newCourse, request.body);
    const { viewer, jurisdiction } = await asked(request);
    const lessons = await courseLessons(database, jurisdiction.id, languageOf(request));
    const { body, leftOut } = templateOf(template, title, languageOf(request), new Set(lessons.keys()));
    const id = await addCourse(database, jurisdiction.id, body, whoIs(viewer), now());
    request.toldBeside = `course ${id}`;
    response.status(201).json({ id, leftOut } satisfies CourseMade);
  });
  routes.get('/:jurisdiction/courses/:course', async (request, response) => {
    refuseParameters(request);
    const { viewer, jurisdiction, course, member } = await courseFor(request);
    const isTutor = await isTutorOf(database, jurisdiction.id, course.id, viewer);
    const lessons = await courseLessons(database, jurisdiction.id, languageOf(request));
    const groups = (await listGroups(database, jurisdiction.id, course.id)).filter((group) => teaches(viewer, group));
    const { id, version, changedAt, changedBy, body } = course;
    const answer: CourseAnswer = {
      ...{ id, version, changedAt, changedBy, body },
      lessons: lessonsIn(body).flatMap((code) => lessons.get(code) ?? []),
      own: member ? await ownOf(database, jurisdiction, course, member, now()) : null,
      groups: isTutor ? await groupRows(database, jurisdiction.id, course, groups, now()) : null,
      mayManage: mayManage(viewer),
      choice: isTutor ? [...lessons.values()] : null,
    };
    response.set(PRIVATE).json(answer);
  });
  routes.put('/:jurisdiction/courses/:course', async (request, response) => {
    refuseParameters(request);
    const change = parseWith(courseChange, request.body);
    const { viewer, jurisdiction, course } = await courseFor(request);
    if (!(await isTutorOf(database, jurisdiction.id, course.id, viewer))) throw new NotFound('no such course');
    // The last moment at which those who have all of it as it is have it written down.
    const members = await membersOfCourse(database, jurisdiction.id, course.id);
    await keepCompleted(database, jurisdiction.id, course, members, now());
    await changeCourse(database, jurisdiction.id, course.id, change, whoIs(viewer), now());
    request.toldBeside = `course ${course.id}`;
    response.status(204).end();
  });

  routes.delete('/:jurisdiction/courses/:course', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction, course } = await courseFor(request);
    // Its number names it there, and is given to the next one.
    if (await isCertified(database, jurisdiction.id, course.id))
      throw new Conflict('certificates name this course: archive it');
    await removeCourse(database, jurisdiction.id, course.id);
    request.toldBeside = `course ${course.id} removed`;
    response.status(204).end();
  });

  routes.patch('/:jurisdiction/courses/:course/me', async (request, response) => {
    refuseParameters(request);
    const { done = {}, email } = parseWith(ownChange, request.body);
    const { viewer, jurisdiction, course, member } = await courseFor(request);
    learnerOfCourses(viewer);
    if (!member) throw new NotFound('not enrolled in this course');
    const { modules } = course.body;
    const lessons = await courseLessons(database, jurisdiction.id, 'es');
    for (const name of Object.keys(done)) {
      const item = modules.flatMap(({ items }) => items).find((each) => each.id === name);
      if (!item) throw new BadInput('done', 'no such part of the course');
      // What has exercises is done by doing them.
      if (item.kind === 'lesson' && lessons.get(item.lesson)?.exercises.length !== 0)
        throw new BadInput('done', 'a lesson is done by its exercises');
    }
    for (const [name, isDone] of Object.entries(done))
      await setSince(database, jurisdiction.id, member, 'ticked', name, isDone ? now() : null);
    if (email !== undefined) await setEmail(database, jurisdiction.id, member, email);
    response.status(204).end();
  });
  routes.delete('/:jurisdiction/courses/:course/me', async (request, response) => {
    refuseParameters(request, ['answers']);
    const { viewer, jurisdiction, course } = await courseFor(request);
    const learner = learnerOfCourses(viewer);
    await removeMember(database, jurisdiction.id, course.id, learner);
    await forgetRequest(database, jurisdiction.id, learner, course.id);
    if (request.query.answers === '1') await forgetAnswers(database, jurisdiction.id, learner);
    response.status(204).end();
  });

  const ofKey = async (request: Request, jurisdiction: Jurisdiction) => {
    const key = String(request.params.key);
    if (!COURSE_KEY.test(key)) throw new NotFound('no such link, or it was changed');
    const group = await groupOfKey(database, jurisdiction.id, key);
    return { group, course: await findCourse(database, jurisdiction.id, group.course) };
  };
  /** A link that was passed on enrols nobody once the group is over. */
  const takesMore = ({ timezone }: Jurisdiction, { body }: StoredCourse, group: StoredGroup): boolean =>
    body.state === 'open' &&
    group.body.isOpen &&
    (group.body.until === null || dayIn(timezone, now()) <= group.body.until);
  const guesses = throttle(KEYS_PER_MINUTE);
  routes.get('/:jurisdiction/course-links/:key', guesses, async (request: Request, response) => {
    refuseParameters(request);
    const { viewer, jurisdiction } = await asked(request);
    const { group, course } = await ofKey(request, jurisdiction);
    const learner = learnerOf(viewer);
    const member = learner === null ? null : await findMember(database, jurisdiction.id, course.id, learner);
    const answer: InvitationAnswer = {
      course: { id: course.id, title: course.body.title, hours: hoursOf(course.body) },
      group: { title: group.body.title, municipality: group.body.municipality, state: group.body.state },
      tutors: await tutorNames(database, group.tutors),
      isOpen: takesMore(jurisdiction, course, group),
      isMember: member?.group === group.id,
    };
    response.set(PRIVATE).json(answer);
  });
  routes.post('/:jurisdiction/course-links/:key', guesses, async (request: Request, response) => {
    refuseParameters(request);
    const { email } = parseWith(enrolBody, request.body);
    const { viewer, jurisdiction } = await asked(request);
    const learner = learnerOfCourses(viewer);
    const { group, course } = await ofKey(request, jurisdiction);
    if (!takesMore(jurisdiction, course, group)) throw new Conflict('this group takes nobody any more');
    const isNew = await enrol(database, jurisdiction.id, group, { learner, way: 'link', email }, now());
    response.status(isNew ? 201 : 200).json({ course: course.id });
  });
  return routes;
}

export async function tutorNames(database: Database, tutors: readonly number[]): Promise<string[]> {
  const names = await accountNames(database, tutors);
  return tutors.flatMap((tutor) => names.get(tutor)?.name ?? []);
}

async function ownProgress(
  database: Database,
  { id }: Jurisdiction,
  course: StoredCourse,
  member: StoredMember,
  now: Date,
): Promise<CourseProgress> {
  return progressTold((await reachedBy(database, id, course, [member], now)).get(member.learner)!);
}

async function ownOf(
  database: Database,
  jurisdiction: Jurisdiction,
  course: StoredCourse,
  member: StoredMember,
  now: Date,
): Promise<NonNullable<CourseAnswer['own']>> {
  const group = await findGroup(database, jurisdiction.id, course.id, member.group);
  return {
    progress: await ownProgress(database, jurisdiction, course, member, now),
    way: member.way,
    email: member.email,
    attended: Object.keys(member.attended),
    group: { id: group.id, body: group.body, tutors: await tutorNames(database, group.tutors) },
    marks: await marksOf(database, jurisdiction.id, member.learner, lessonsIn(course.body)),
  };
}
