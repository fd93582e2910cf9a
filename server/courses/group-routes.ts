// The groups of a course over HTTP, for their tutors: who is in them, how far they are, attendance, and marking texts.

import { type Request, type Response, Router } from 'express';
import type { Viewer } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import { accountsNamed, nameKey } from '../accounts/store.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '../errors.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { QuestionRefused } from '../http/ask-through.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { reasonIn } from '../i18n/reasons.ts';
import { forgetAnswers, learnerOf } from '../lessons/answers.ts';
import type { AskAs } from '../lessons/routes.ts';
import { askOnce, type FoundValue, NotInData } from '../lessons/rules.ts';
import { lessonValues } from '../lessons/values.ts';
import { mayManage, refuseOthers } from './access.ts';
import { keepCompleted, lessonsIn, reachedBy } from './completion.ts';
import { attendanceBody, groupChange, type ListReport, markBody, memberList, newGroup } from './contract.ts';
import { groupAnswer } from './groups.ts';
import { markText } from './marks.ts';
import { enrolList } from './member-list.ts';
import { clearCompleted, findMember, membersOfGroup, removeMember, setSince } from './members.ts';
import { PRIVATE, partNumber } from './routes.ts';
import { addGroup, changeGroup, findCourse, findGroup, removeGroup, renewKey } from './store.ts';

type Deps = {
  readonly database: Database;
  readonly now: () => Date;
  readonly askAs: AskAs;
  /** What else is kept of a learner whose data are removed. */
  readonly forgetHolder: (database: Database, jurisdictionId: number, learner: number) => Promise<void>;
  readonly forgetRequest: (database: Database, id: number, learner: number, course: number) => Promise<void>;
};

/** Each tells of hundreds of names whether they have an account. */
const LISTS_PER_MINUTE = 10;

/** Mounted under /api/v1. */
export function courseGroupRoutes({ database, now, askAs, forgetHolder, forgetRequest }: Deps): Router {
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
    const answer = await groupAnswer(database, jurisdiction, course, group, languageOf(request), now(), (lesson) =>
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
    await keepCompleted(database, id, course, await membersOfGroup(database, id, group), now());
    await changeGroup(database, id, group, { version, body, tutors: named }, whoIs(viewer), now());
    response.status(204).end();
  });
  routes.delete('/:jurisdiction/courses/:course/groups/:group', async (request, response) => {
    refuseParameters(request);
    const { group, id } = await taught(request);
    await removeGroup(database, id, group);
    request.toldBeside = `${request.toldBeside} removed`;
    response.status(204).end();
  });
  routes.post('/:jurisdiction/courses/:course/groups/:group/key', async (request, response) => {
    refuseParameters(request);
    const { group, id } = await taught(request);
    await renewKey(database, id, group);
    response.status(204).end();
  });

  routes.post(
    '/:jurisdiction/courses/:course/groups/:group/members',
    throttle(LISTS_PER_MINUTE),
    async (request: Request, response) => {
      refuseParameters(request);
      const { csv } = parseWith(memberList, request.body);
      const { jurisdiction, group } = await taught(request);
      const report = await enrolList(database, jurisdiction, group, csv, now());
      request.toldBeside = `${request.toldBeside} enrolled ${report.enrolled}`;
      const language = languageOf(request);
      const refused = report.refused.map((each) => ({ ...each, reason: reasonIn(language, each.reason) }));
      response.set(PRIVATE).json({ ...report, refused } satisfies ListReport);
    },
  );
  routes.delete('/:jurisdiction/courses/:course/groups/:group/members/:learner', async (request, response) => {
    refuseParameters(request, ['answers']);
    const learner = partNumber(request, 'learner');
    const { viewer, course, group, id } = await taught(request);
    const member = await findMember(database, id, course.id, learner);
    if (member?.group !== group.id) throw new NotFound('no such learner');
    await removeMember(database, id, course.id, learner);
    await forgetRequest(database, id, learner, course.id);
    // Answers are of all their courses: only whoever manages those takes them away with it.
    if (request.query.answers === '1' && mayManage(viewer)) {
      await forgetAnswers(database, id, learner);
      await forgetHolder(database, id, learner);
    }
    request.toldBeside = `${request.toldBeside} learner ${learner} removed`;
    response.status(204).end();
  });
  // «Not completed after all»: what made it so is put right before, else it would be found again.
  routes.delete(
    '/:jurisdiction/courses/:course/groups/:group/members/:learner/completion',
    async (request: Request, response: Response) => {
      refuseParameters(request);
      const learner = partNumber(request, 'learner');
      const { viewer, course, group, id } = await taught(request);
      refuseSelf(viewer, learner);
      const member = await findMember(database, id, course.id, learner);
      if (member?.group !== group.id) throw new NotFound('no such learner');
      const reached = (await reachedBy(database, id, course, [member], now())).get(learner)!;
      if (reached.reachedAt !== null)
        throw new Conflict('all the course asks for is there: put right the mark or the attendance first');
      if (!(await clearCompleted(database, id, member))) throw new NotFound('the course is not completed');
      request.toldBeside = `${request.toldBeside} learner ${learner} not completed`;
      response.status(204).end();
    },
  );
  routes.put('/:jurisdiction/courses/:course/groups/:group/attendance', async (request, response) => {
    refuseParameters(request);
    const { session, learner, attended } = parseWith(attendanceBody, request.body);
    const { viewer, jurisdiction, course, group, id } = await taught(request);
    refuseSelf(viewer, learner);
    const member = await findMember(database, id, course.id, learner);
    if (member?.group !== group.id) throw new NotFound('no such learner');
    const held = group.body.sessions.find((each) => each.id === session);
    if (!held) throw new NotFound('no such session');
    if (held.day > dayIn(jurisdiction.timezone, now()))
      throw new BadInput('session', 'nobody was at a session that is still to come');
    await setSince(database, id, member, 'attended', session, attended ? now() : null);
    response.status(204).end();
  });
  routes.put('/:jurisdiction/courses/:course/groups/:group/marks', async (request, response) => {
    refuseParameters(request);
    const mark = parseWith(markBody, request.body);
    const { viewer, course, group, id } = await taught(request);
    const self = mayManage(viewer) ? null : learnerOf(viewer);
    const members = await membersOfGroup(database, id, group);
    // Their own texts are as little there as those of other groups.
    const learners = members.map(({ learner }) => learner).filter((learner) => learner !== self);
    await markText(database, id, learners, lessonsIn(course.body), mark, whoIs(viewer), now());
    response.status(204).end();
  });
  return routes;
}

/** Throws NotAllowed: nobody who teaches says of themselves that they were there, or have completed it. */
function refuseSelf(viewer: Viewer, learner: number): void {
  if (!mayManage(viewer) && learnerOf(viewer) === learner) throw new NotAllowed('another tutor says this of you');
}
