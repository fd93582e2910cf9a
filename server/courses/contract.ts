// What a course is: modules with hours, made of lessons, outside resources and own work; its groups, sessions and learners; and
// what somebody has completed. Pure; the page imports this too.

import * as z from 'zod';
import type { ExerciseKind } from '../lessons/contract.ts';

const MOST_MODULES = 40;
const MOST_ITEMS = 60;
const MOST_SESSIONS = 80;
export const MOST_COURSES = 200;
export const MOST_GROUPS = 500;
/** In a group. */
export const MOST_MEMBERS = 500;
const MOST_TUTORS = 20;

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'not a name of a part');
const title = z.string().trim().min(1, 'a title is needed').max(160);
const hours = z.number().min(0).max(500).multipleOf(0.5, 'hours are whole or halves');
/** Nothing but another site's page: a course is read by people whose browser it could otherwise lead anywhere. */
const webAddress = z
  .string()
  .max(600)
  .refine(
    (text) => /^https:\/\/[^\s"'<>\\]+$/.test(text) && URL.canParse(text),
    'not an address that begins with https://',
  );

const item = z.discriminatedUnion('kind', [
  z.strictObject({ id, kind: z.literal('lesson'), lesson: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/) }),
  /** Something to read, to see or to do; the learner says when it is done. */
  z.strictObject({ id, kind: z.literal('resource'), title, address: webAddress.nullable().default(null) }),
]);
export type CourseItem = z.output<typeof item>;
const courseModule = z.strictObject({ id, title, hours, items: z.array(item).max(MOST_ITEMS) });
export type CourseModule = z.output<typeof courseModule>;

const isUnlike = <T extends { readonly id: string }>(list: readonly T[]) =>
  new Set(list.map((each) => each.id)).size === list.length;
const courseShape = {
  title,
  about: z.string().trim().max(2000).default(''),
  state: z.enum(['open', 'archived']).default('open'),
  /** Of the exercises of a lesson, so many must be right for it to be done. */
  passPercent: z.number().int().min(50).max(100).default(80),
  /** Of the hours of the sessions of one's group, so many must be attended. */
  attendancePercent: z.number().int().min(0).max(100).default(0),
  modules: z
    .array(courseModule)
    .max(MOST_MODULES)
    .default([])
    .refine(isUnlike, 'two modules of one name')
    .refine((modules) => isUnlike(modules.flatMap(({ items }) => items)), 'two parts of one name'),
};
export const courseBody = z.strictObject(courseShape);
export type CourseBody = z.output<typeof courseBody>;

export const TEMPLATES = ['empty', 'diploma'] as const;
/** Body of a new course: by its title, empty or with the syllabus of 120 hours. */
export const newCourse = z.strictObject({ title: title.nullable().default(null), template: z.enum(TEMPLATES) });
const version = z.number().int().min(1).max(2_000_000_000);
export const courseChange = z.strictObject({
  version,
  // Asked of what comes in alone, so that what was stored before can be read.
  body: courseBody.refine(({ modules }) => {
    const lessons = modules.flatMap(({ items }) =>
      items.flatMap((each) => (each.kind === 'lesson' ? [each.lesson] : [])),
    );
    return new Set(lessons).size === lessons.length;
  }, 'a lesson that stands in it twice'),
});

const session = z.strictObject({
  id,
  title,
  day: z.iso.date(),
  /** Of the jurisdiction's own clock. */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time (HH:MM)'),
  hours,
  place: z.string().trim().max(300).default(''),
});
export type CourseSession = z.output<typeof session>;
const groupShape = {
  title,
  municipality: z.string().trim().max(100).default(''),
  state: z.string().trim().max(100).default(''),
  from: z.iso.date().nullable().default(null),
  until: z.iso.date().nullable().default(null),
  sessions: z.array(session).max(MOST_SESSIONS).default([]).refine(isUnlike, 'two sessions of one name'),
  /** Whether people may still enrol by its link. */
  isOpen: z.boolean().default(true),
};
const inOrder = ({ from, until }: { from: string | null; until: string | null }) =>
  from === null || until === null || from <= until;
const ordered = { path: ['until'], message: 'not after from' };
export const groupBody = z.strictObject(groupShape).refine(inOrder, ordered);
export type GroupBody = z.output<typeof groupBody>;
/** `tutors`: names of accounts. */
const tutors = z.array(z.string().trim().min(1).max(80)).max(MOST_TUTORS);
export const newGroup = z.strictObject({ body: groupBody, tutors: tutors.default([]) });
export const groupChange = z.strictObject({ version, body: groupBody, tutors: tutors.optional() });

const MOST_LIST_BYTES = 60_000;
/** A list of learners as a file of rows: the column of names, and whatever else stands there is named and left out. */
export const memberList = z.strictObject({ csv: z.string().min(1).max(MOST_LIST_BYTES) });
export const attendanceBody = z.strictObject({ session: id, learner: z.number().int().min(0), attended: z.boolean() });
export const markBody = z.strictObject({
  answer: z.uuid(),
  right: z.boolean(),
  comment: z.string().trim().max(1000).default(''),
  /** `markedAt` of the mark that is put right; null = there was none. */
  seen: z.iso.datetime().nullable().default(null),
});
const email = z.email('not an address of mail').max(200).nullable();
/** What a learner says of themselves: what is done, and where reminders go. */
export const ownChange = z.strictObject({
  done: z.record(id, z.boolean()).optional(),
  email: email.optional(),
});
export const enrolBody = z.strictObject({ email: email.default(null) });
export const COURSE_KEY = /^[A-Za-z0-9_-]{22}$/;

/** What somebody has reached in a course. */
export type CourseProgress = {
  /** 0 to 100, modules weighed by their hours. */
  readonly percent: number;
  /** Parts that are done, by their names. */
  readonly done: readonly string[];
  /** Texts that wait for the tutor. */
  readonly waiting: number;
  /** Attendance that is asked for is told once this day is over; null = it is told by now, none is asked, or no session is known. */
  readonly attendanceAfter: string | null;
  /** Hours of sessions attended, of those the group has. */
  readonly attendedHours: number;
  readonly sessionHours: number;
  readonly lastAnswerAt: string | null;
  readonly completedAt: string | null;
};

export type CourseRow = {
  readonly id: number;
  readonly title: string;
  readonly state: CourseBody['state'];
  readonly hours: number;
  readonly modules: number;
  /** One's own progress; null = not enrolled. */
  readonly own: CourseProgress | null;
  /** Whether one teaches a group of it, or may change every course. */
  readonly teaches: boolean;
};
export type CoursesAnswer = {
  readonly courses: readonly CourseRow[];
  readonly mayManage: boolean;
  /** False: whoever tries the sample city, or came by a key, cannot enrol. */
  readonly mayEnrol: boolean;
};

/** What came of making one: `leftOut` = lessons of the template that are not here. */
export type CourseMade = { readonly id: number; readonly leftOut: readonly string[] };

/** A lesson as a course speaks of it; a code without one is of a lesson that is not here any more. */
export type CourseLesson = {
  readonly code: string;
  readonly title: string;
  readonly minutes: number;
  readonly exercises: readonly string[];
  /** Of these, those that are one's own texts. */
  readonly texts: readonly string[];
};
type Stamped = { readonly version: number; readonly changedAt: string; readonly changedBy: string };
export type GroupRow = Stamped & {
  readonly id: number;
  readonly body: GroupBody;
  /** Names of accounts. */
  readonly tutors: readonly string[];
  readonly members: number;
  readonly completed: number;
  /** Of all its members together. */
  readonly meanPercent: number;
  /** What the link by which people enrol ends with. */
  readonly key: string;
};
export type CourseAnswer = Stamped & {
  readonly id: number;
  readonly body: CourseBody;
  readonly lessons: readonly CourseLesson[];
  /** As a learner; null = not enrolled. */
  readonly own: {
    readonly progress: CourseProgress;
    readonly email: string | null;
    /** How one came in: by the link oneself, or on a list of the tutor's. */
    readonly way: 'link' | 'list';
    readonly attended: readonly string[];
    readonly group: Pick<GroupRow, 'id' | 'body' | 'tutors'>;
    /** What the tutor said of one's texts. */
    readonly marks: readonly {
      readonly lesson: string;
      readonly exercise: string;
      readonly right: boolean;
      readonly comment: string;
    }[];
  } | null;
  /** Those one teaches; all of them for whoever manages courses; null for others. */
  readonly groups: readonly GroupRow[] | null;
  readonly mayManage: boolean;
  /** Lessons that may be put into it; null for who may not change it. */
  readonly choice: readonly CourseLesson[] | null;
};

export type MemberRow = {
  readonly learner: number;
  /** Null = the account is gone. */
  readonly name: string | null;
  readonly hasEnded: boolean;
  readonly enrolledAt: string;
  readonly attended: readonly string[];
  readonly progress: CourseProgress;
  /** What was right at the first try, which no guessing makes: of so many exercises tried. */
  readonly first: FirstTries;
};
export type FirstTries = { readonly right: number; readonly of: number };
/** How a group does at one exercise. */
export type ExerciseRow = {
  readonly lesson: string;
  readonly exercise: string;
  readonly ask: string;
  readonly kind: ExerciseKind;
  /** Learners who answered, who have it right, and wrong answers in all. */
  readonly tried: number;
  readonly right: number;
  readonly wrong: number;
  /** Learners who had it right the first time; null: of a text nobody counts that. */
  readonly first: number | null;
  /** The wrong answers given most, in words, with the reason the lesson gives. */
  readonly mistakes: readonly { readonly answer: string; readonly because: string | null; readonly learners: number }[];
};
export type WaitingText = {
  readonly answer: string;
  readonly learner: number;
  readonly name: string | null;
  readonly lesson: string;
  readonly exercise: string;
  readonly ask: string;
  readonly model: string;
  readonly text: string;
  readonly givenAt: string;
};
export type MarkedText = Omit<WaitingText, 'model'> & {
  readonly right: boolean;
  readonly comment: string;
  readonly markedBy: string;
  readonly markedAt: string;
};
export type GroupAnswer = {
  readonly group: GroupRow;
  readonly members: readonly MemberRow[];
  readonly exercises: readonly ExerciseRow[];
  /** The oldest of them, of `waitingInAll`. */
  readonly waiting: readonly WaitingText[];
  readonly waitingInAll: number;
  /** Texts the tutors have looked at, the last ones first: what was marked by mistake is put right there. */
  readonly marked: readonly MarkedText[];
  readonly markedInAll: number;
};
export type ListReport = {
  readonly read: number;
  readonly enrolled: number;
  readonly already: number;
  readonly refused: readonly { readonly line: number; readonly name: string; readonly reason: string }[];
  readonly ignoredColumns: readonly string[];
};
export type OwnLessonsAnswer = {
  readonly lessons: readonly {
    readonly code: string;
    readonly languages: readonly string[];
    readonly sentAt: string;
    readonly sentBy: string;
    /** Why it cannot be learnt by, nor stands in any course; null = it can. */
    readonly fault: string | null;
  }[];
};
/** What came of lessons that were sent: with any fault nothing was kept. */
export type SentReport = {
  readonly isKept: boolean;
  readonly lessons: readonly string[];
  /** What of the archive is no lesson, by its path. */
  readonly ignored: readonly string[];
  readonly faults: readonly { readonly file: string; readonly line: number; readonly reason: string }[];
  /** Of which so many are told. */
  readonly faultsInAll: number;
};
export type InvitationAnswer = {
  readonly course: { readonly id: number; readonly title: string; readonly hours: number };
  readonly group: { readonly title: string; readonly municipality: string; readonly state: string };
  readonly tutors: readonly string[];
  readonly isOpen: boolean;
  readonly isMember: boolean;
};

/** A course somebody has completed: what a certificate or a badge is made of. */
export type Completion = {
  readonly courseId: number;
  readonly title: string;
  /** Of its modules together, but for empty ones. */
  readonly hours: number;
  /** The number of the account; 0 = whoever has the machine. */
  readonly learner: number;
  readonly group: {
    readonly id: number;
    readonly title: string;
    readonly municipality: string;
    readonly state: string;
  };
  /**
   * ISO 8601. It is written down before its course, group or lessons change and when a certificate is issued of it; from
   * then on it stays unless a tutor takes it back.
   */
  readonly completedAt: string;
};

/** Of modules in which there is something to do: of an empty one nobody has done any hours. */
export const hoursOf = ({ modules }: Pick<CourseBody, 'modules'>): number =>
  modules.reduce((sum, { hours, items }) => sum + (items.length > 0 ? hours : 0), 0);
