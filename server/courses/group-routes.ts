// The groups of a course over HTTP, for their tutors: who is in them, how far they are, attendance, and marking texts.

import { type Request, Router } from 'express';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import { accountsNamed, nameKey } from '../accounts/store.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { QuestionRefused } from '../http/ask-through.ts';
import { parseWith } from '../http/contract.ts';
import { reasonIn } from '../i18n/reasons.ts';
import { forgetAnswers } from '../lessons/answers.ts';
import type { AskAs } from '../lessons/routes.ts';
import { askOnce, type FoundValue, NotInData } from '../lessons/rules.ts';
import { lessonValues } from '../lessons/values.ts';
import { mayManage, refuseOthers } from './access.ts';
import { lessonsIn, reachedBy } from './completion.ts';
import { attendanceBody, groupChange, type ListReport, markBody, memberList, newGroup } from './contract.ts';
import { groupAnswer } from './groups.ts';
import { markText } from './marks.ts';
import { enrolList } from './member-list.ts';
import { findMember, membersOfGroup, removeMember, setSince } from './members.ts';
import { PRIVATE, partNumber } from './routes.ts';
import { addGroup, changeGroup, findCourse, findGroup, renewKey } from './store.ts';

type Deps = {
  readonly database: Database;
  readonly now: () => Date;
  readonly askAs: AskAs;
  /** What else is kept of a learner whose data are removed. */
  readonly forgetHolder: (database: Database, jurisdictionId: number, learner: number) => Promise<void>;
};

/** Mounted under /api/v1. */
export function courseGroupRoutes({ database, now, askAs, forgetHolder }: Deps): Router {
  const routes = Router();
  /** The group, for whoever teaches it; to others it is not there. */
  const taught = async (request: Request) => {
    const viewer = viewerOf(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const course = await findCourse(database, jurisdiction.id, partNumber(request, 'course'));
    const found = await findGroup(database, jurisdiction.id, course.id, partNumber(request, 'group'));
    const group = refuseOthers(viewer, found);
    request.toldBeside = `course ${course.id} group ${group.id}`;
    return { viewer, jurisdiction, course, group, id: jurisdiction.id };
  };
  /** Numbers of accounts by their names. Throws BadInput for one nobody has. */
  const tutorsOf = async (names: readonly string[]): Promise<number[]> => {
    const accounts = await accountsNamed(database, names);
    return names.map((name) => {
      const account = accounts.get(nameKey(name));
      if (!account || account.disabled) throw new BadInput('tutors', `no account is called ${name}`);
      return account.id;
    });
  };

  routes.post('/:jurisdiction/courses/:course/groups', async (request, response) => {
    refuseParameters(request);
    const { body, tutors } = parseWith(newGroup, request.body);
    const jurisdiction = await jurisdictionOf(database, request);
    const course = await findCourse(database, jurisdiction.id, partNumber(request, 'course'));
    const made = { body, tutors: await tutorsOf(tutors) };
    const group = await addGroup(database, jurisdiction.id, course.id, made, whoIs(viewerOf(request)), now());
    request.toldBeside = `course ${course.id} group ${group}`;
    response.status(201).json({ id: group });
  });
  routes.get('/:jurisdiction/courses/:course/groups/:group', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction, course, group } = await taught(request);
    const ask = askOnce((question) =>
      askAs(request, `/api/v1/${jurisdiction.code}/${question}`).catch((error: unknown) => {
        throw error instanceof QuestionRefused ? new NotInData(error.message) : error;
      }),
    );
    const answer = await groupAnswer(database, jurisdiction, course, group, languageOf(request), (lesson) =>
      lessonValues(lesson.front, ask).catch((error: unknown) => {
        // What the data lack stays as its name: the tutor still sees which exercise it is.
        if (error instanceof NotInData) return new Map<string, FoundValue>();
        throw error;
      }),
    );
    response.set(PRIVATE).json(answer);
  });
  routes.put('/:jurisdiction/courses/:course/groups/:group', async (request, response) => {
    refuseParameters(request);
    const { version, body, tutors } = parseWith(groupChange, request.body);
    const { viewer, course, group, id } = await taught(request);
    // Who teaches is said by whoever manages courses.
    const named = tutors === undefined || !mayManage(viewer) ? group.tutors : await tutorsOf(tutors);
    await reachedBy(database, id, course, await membersOfGroup(database, id, group));
    await changeGroup(database, id, group, { version, body, tutors: named }, whoIs(viewer), now());
    response.status(204).end();
  });
  routes.post('/:jurisdiction/courses/:course/groups/:group/key', async (request, response) => {
    refuseParameters(request);
    const { group, id } = await taught(request);
    await renewKey(database, id, group);
    response.status(204).end();
  });

  routes.post('/:jurisdiction/courses/:course/groups/:group/members', async (request, response) => {
    refuseParameters(request);
    const { csv } = parseWith(memberList, request.body);
    const { jurisdiction, group } = await taught(request);
    const report = await enrolList(database, jurisdiction, group, csv, now());
    request.toldBeside = `${request.toldBeside} enrolled ${report.enrolled}`;
    const language = languageOf(request);
    const refused = report.refused.map((each) => ({ ...each, reason: reasonIn(language, each.reason) }));
    response.set(PRIVATE).json({ ...report, refused } satisfies ListReport);
  });
  routes.delete('/:jurisdiction/courses/:course/groups/:group/members/:learner', async (request, response) => {
    refuseParameters(request, ['answers']);
    const learner = partNumber(request, 'learner');
    const { viewer, course, group, id } = await taught(request);
    const member = await findMember(database, id, course.id, learner);
    if (member?.group !== group.id) throw new NotFound('no such learner');
    await removeMember(database, id, course.id, learner);
    // Answers are of all their courses: only whoever manages those takes them away with it.
    if (request.query.answers === '1' && mayManage(viewer)) {
      await forgetAnswers(database, id, learner);
      await forgetHolder(database, id, learner);
    }
    request.toldBeside = `${request.toldBeside} learner ${learner} removed`;
    response.status(204).end();
  });
  routes.put('/:jurisdiction/courses/:course/groups/:group/attendance', async (request, response) => {
    refuseParameters(request);
    const { session, learner, attended } = parseWith(attendanceBody, request.body);
    const { course, group, id } = await taught(request);
    const member = await findMember(database, id, course.id, learner);
    if (member?.group !== group.id) throw new NotFound('no such learner');
    if (!group.body.sessions.some((each) => each.id === session)) throw new NotFound('no such session');
    await setSince(database, id, member, 'attended', session, attended ? now() : null);
    response.status(204).end();
  });
  routes.put('/:jurisdiction/courses/:course/groups/:group/marks', async (request, response) => {
    refuseParameters(request);
    const mark = parseWith(markBody, request.body);
    const { viewer, course, group, id } = await taught(request);
    const learners = (await membersOfGroup(database, id, group)).map(({ learner }) => learner);
    await markText(database, id, learners, lessonsIn(course.body), mark, whoIs(viewer), now());
    response.status(204).end();
  });
  return routes;
}
