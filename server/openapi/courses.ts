// The part of the OpenAPI page about courses: the catalogue, one's own progress, groups for their tutors.

import * as z from 'zod';
import {
  attendanceBody,
  type CourseAnswer,
  type CourseMade,
  type CourseProgress,
  type CourseRow,
  type CoursesAnswer,
  courseBody,
  courseChange,
  enrolBody,
  type GroupAnswer,
  type GroupRow,
  groupBody,
  groupChange,
  type InvitationAnswer,
  type ListReport,
  type MemberRow,
  markBody,
  memberList,
  newCourse,
  newGroup,
  type OwnLessonsAnswer,
  ownChange,
  type SentReport,
} from '../courses/contract.ts';
import { EXERCISE_KINDS } from '../lessons/contract.ts';
import { route } from './deliveries.ts';

const params = z.object({ jurisdiction: z.string() });
const course = params.extend({ course: z.string() });
const group = course.extend({ group: z.string() });
const link = params.extend({ key: z.string() });
const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const count = z.number().int();
const moment = z.iso.datetime();

const progress = z.object({
  ...{
    percent: z.number().describe('0 to 100, modules weighed by their hours'),
    done: z.array(z.string()),
    waiting: count,
  },
  attendanceAfter: z.iso.date().nullable().describe('attendance that is asked for is told once this day is over'),
  ...{ attendedHours: z.number(), sessionHours: z.number() },
  ...{ lastAnswerAt: moment.nullable(), completedAt: moment.nullable() },
}) satisfies z.ZodType<CourseProgress>;
const row = z.object({
  ...{ id: count, title: z.string(), state: courseBody.shape.state, hours: z.number(), modules: count },
  ...{ own: progress.nullable().describe('null: not enrolled'), teaches: z.boolean() },
}) as unknown as z.ZodType<CourseRow>;
const courses = z.object({
  ...{ courses: z.array(row), mayManage: z.boolean(), mayEnrol: z.boolean() },
}) satisfies z.ZodType<CoursesAnswer>;
const lesson = z.object({
  ...{
    code: z.string(),
    title: z.string(),
    minutes: count,
    exercises: z.array(z.string()),
    texts: z.array(z.string()),
  },
});
const stamped = { version: count, changedAt: moment, changedBy: z.string() };
const groupRow = z.object({
  ...{ ...stamped, id: count, body: groupBody, tutors: z.array(z.string()), members: count, completed: count },
  ...{ meanPercent: z.number(), key: z.string().describe('what the link by which people enrol ends with') },
}) satisfies z.ZodType<GroupRow>;
const one = z.object({
  ...{ ...stamped, id: count, body: courseBody, lessons: z.array(lesson) },
  own: z
    .object({
      ...{ progress, email: z.string().nullable(), way: z.enum(['link', 'list']), attended: z.array(z.string()) },
      group: groupRow.pick({ id: true, body: true, tutors: true }),
      marks: z.array(z.object({ lesson: z.string(), exercise: z.string(), right: z.boolean(), comment: z.string() })),
    })
    .nullable(),
  groups: z.array(groupRow).nullable().describe('those one teaches'),
  mayManage: z.boolean(),
  choice: z.array(lesson).nullable(),
}) satisfies z.ZodType<CourseAnswer>;
const member = z.object({
  ...{ learner: count, name: z.string().nullable(), hasEnded: z.boolean(), enrolledAt: moment },
  ...{ attended: z.array(z.string()), progress },
  first: z.object({ right: count, of: count }).describe('exercises right the first time, of those tried'),
}) satisfies z.ZodType<MemberRow>;
const about = { lesson: z.string(), exercise: z.string(), ask: z.string() };
const textTold = z.object({
  ...{ ...about, answer: z.string(), learner: count, name: z.string().nullable(), text: z.string(), givenAt: moment },
});
const groupTold = z.object({
  ...{ group: groupRow, members: z.array(member) },
  exercises: z
    .array(
      z.object({
        ...{ ...about, kind: z.enum(EXERCISE_KINDS), tried: count, right: count, wrong: count },
        first: count.nullable().describe('learners who had it right the first time; null: a text'),
        mistakes: z.array(z.object({ answer: z.string(), because: z.string().nullable(), learners: count })),
      }),
    )
    .describe('where the group fails'),
  waiting: z.array(textTold.extend({ model: z.string() })).describe('the oldest'),
  waitingInAll: count,
  marked: z.array(textTold.extend({ right: z.boolean(), comment: z.string(), markedBy: z.string(), markedAt: moment })),
  markedInAll: count,
}) satisfies z.ZodType<GroupAnswer>;
const report = z.object({
  ...{ read: count, enrolled: count, already: count },
  refused: z.array(z.object({ line: count, name: z.string(), reason: z.string() })),
  ignoredColumns: z.array(z.string()),
}) satisfies z.ZodType<ListReport>;
const invitation = z.object({
  course: z.object({ id: count, title: z.string(), hours: z.number() }),
  group: z.object({ title: z.string(), municipality: z.string(), state: z.string() }),
  ...{ tutors: z.array(z.string()), isOpen: z.boolean(), isMember: z.boolean() },
}) satisfies z.ZodType<InvitationAnswer>;
const ownLessons = z.object({
  lessons: z.array(
    z.object({
      ...{ code: z.string(), languages: z.array(z.string()), sentAt: moment, sentBy: z.string() },
      fault: z.string().nullable().describe('why it can neither be learnt by nor stands in a course'),
    }),
  ),
}) satisfies z.ZodType<OwnLessonsAnswer>;
const sent = z.object({
  isKept: z.boolean().describe('false: there are faults, and nothing was kept'),
  ...{ lessons: z.array(z.string()), ignored: z.array(z.string()), faultsInAll: count },
  faults: z.array(z.object({ file: z.string(), line: count, reason: z.string() })),
}) satisfies z.ZodType<SentReport>;
const made = z.object({ id: count });
const courseMade = made.extend({
  leftOut: z.array(z.string()).describe('lessons of the template that are not here'),
}) satisfies z.ZodType<CourseMade>;

const J = '/{jurisdiction}';
const C = `${J}/courses/{course}`;
const G = `${C}/groups/{group}`;
export const COURSE_ROUTES = [
  route('get', `${J}/courses`, 'The courses there are, with one’s own progress', 200, courses, { params }),
  route('post', `${J}/courses`, 'A new course, empty or with the syllabus of 120 hours', 201, courseMade, {
    ...{ params, body: json(newCourse) },
  }),
  route('get', C, 'A course: its modules, one’s own progress, and the groups one teaches', 200, one, {
    params: course,
  }),
  route('put', C, 'Change a course; 409 where somebody did meanwhile', 204, null, {
    ...{ params: course, body: json(courseChange) },
  }),
  route('delete', C, 'Remove a course nobody is in; 409 where somebody is, or a certificate names it', 204, null, {
    params: course,
  }),
  route('delete', G, 'Remove a group nobody is in; 409 where somebody is', 204, null, { params: group }),
  route('patch', `${C}/me`, 'What one has done outside the portal, and where reminders go', 204, null, {
    ...{ params: course, body: json(ownChange) },
  }),
  route('delete', `${C}/me`, 'Leave a course: all that is kept of one in it is removed', 204, null, {
    params: course,
    query: z.object({ answers: z.literal('1').optional().describe('one’s answers to all lessons, too') }),
  }),
  route('get', `${J}/course-links/{key}`, 'What a link enrols in', 200, invitation, { params: link }),
  route('post', `${J}/course-links/{key}`, 'Enrol by the link of a group', 201, z.object({ course: count }), {
    ...{ params: link, body: json(enrolBody) },
  }),
  ...['csv', 'xlsx'].map((ending) =>
    route('get', `${C}/progress.${ending}`, 'Progress of the groups one teaches, a line for each learner', 200, null, {
      ...{ params: course, query: z.object({ group: z.string().optional() }) },
    }),
  ),
  route('get', `${G}/statements.json`, 'What a group did, as statements of the Experience API 1.0.3', 200, null, {
    params: group,
  }),
  route('post', `${C}/groups`, 'A new group', 201, made, { params: course, body: json(newGroup) }),
  route('get', G, 'A group, for its tutors: progress, where it fails, texts that wait', 200, groupTold, {
    params: group,
  }),
  route('put', G, 'Change a group', 204, null, { params: group, body: json(groupChange) }),
  route('post', `${G}/key`, 'Another link: the one there was enrols nobody any more', 204, null, { params: group }),
  route('post', `${G}/members`, 'Enrol those a list names; the others are told with line and reason', 200, report, {
    ...{ params: group, body: json(memberList) },
  }),
  route('delete', `${G}/members/{learner}`, 'Remove somebody, and all that is kept of them in the course', 204, null, {
    params: group.extend({ learner: z.string() }),
    query: z.object({ answers: z.literal('1').optional().describe('their answers to all lessons, too') }),
  }),
  route('delete', `${G}/members/{learner}/completion`, 'Not completed after all; 409 while it is found so', 204, null, {
    params: group.extend({ learner: z.string() }),
  }),
  route('put', `${G}/attendance`, 'Who was at a session', 204, null, { params: group, body: json(attendanceBody) }),
  route('get', `${J}/own-lessons`, 'The lessons of one’s own, for tutors', 200, ownLessons, { params }),
  route('post', `${J}/own-lessons`, 'Send lessons: one zip of Markdown, kept whole or not at all', 200, sent, {
    ...{ params, body: { content: { 'multipart/form-data': { schema: z.object({ file: z.any() }) } } } },
  }),
  route('delete', `${J}/own-lessons/{lesson}`, 'Remove a lesson of one’s own; answers to it stay', 204, null, {
    params: params.extend({ lesson: z.string() }),
  }),
  route('put', `${G}/marks`, 'Mark a text; 409 where somebody did since `seen`', 204, null, {
    params: group,
    body: json(markBody),
  }),
];
