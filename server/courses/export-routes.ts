// What tutors take away of their groups: progress as a table, and what was done as statements other platforms read.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Request, type Response, Router } from 'express';
import * as z from 'zod';
import { jurisdictionOf, tellRows, viewerOf } from '../access/viewer.ts';
import { accountNames } from '../accounts/store.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/open.ts';
import { Conflict, NotFound } from '../errors.ts';
import type { Cell } from '../exports/about.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { LANGUAGES } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import { lessonsHere } from '../lessons/here.ts';
import { BOM, csvLine } from '../text/contract.ts';
import { refuseOthers, teaches } from './access.ts';
import { lessonsIn, reachedBy } from './completion.ts';
import type { FirstTries } from './contract.ts';
import { firstTriesIn, firstTriesOf } from './marks.ts';
import { membersOfCourse, membersOfGroup } from './members.ts';
import { PRIVATE, partNumber } from './routes.ts';
import { statementsOf } from './statements.ts';
import { findCourse, findGroup, listGroups } from './store.ts';

const percentOf = ({ right, of }: FirstTries) => (of === 0 ? null : Math.round((100 * right) / of));

type Deps = { readonly database: Database; readonly config: Pick<Config, 'alerts'>; readonly now: () => Date };

const EXPORTS_PER_MINUTE = 30;
const progressQuery = z.object({ group: z.coerce.number().int().min(1).max(999_999_999).optional() });
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Mounted under /api/v1. */
export function courseExportRoutes({ database, config, now }: Deps): Router {
  const routes = Router();
  const throttled = throttle(EXPORTS_PER_MINUTE);

  /** A line of headings, then one for each member of the groups whoever asks teaches. */
  const progressOf = async (request: Request) => {
    refuseParameters(request, ['group']);
    const { group: wanted } = parseWith(progressQuery, request.query);
    const viewer = viewerOf(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const course = await findCourse(database, jurisdiction.id, partNumber(request, 'course'));
    const groups = (await listGroups(database, jurisdiction.id, course.id)).filter(
      (group) => teaches(viewer, group) && (wanted === undefined || group.id === wanted),
    );
    if (groups.length === 0) throw new NotFound('no such group');
    const all = await membersOfCourse(database, jurisdiction.id, course.id);
    const members = all.filter(({ group }) => groups.some(({ id }) => id === group));
    const reached = await reachedBy(database, jurisdiction.id, course, members, now());
    const names = await accountNames(
      database,
      members.map(({ learner }) => learner),
    );
    const learners = members.map(({ learner }) => learner);
    const tries = await firstTriesOf(database, jurisdiction.id, learners, lessonsIn(course.body));
    const t = createTranslator(languageOf(request));
    const dayOf = (moment: string | null) => moment && dayIn(jurisdiction.timezone, new Date(moment));
    const rows = members.map(({ learner, group: id, enrolledAt }): Cell[] => {
      const { body } = groups.find((group) => group.id === id)!;
      const progress = reached.get(learner)!;
      return [
        ...[
          body.title,
          body.municipality,
          body.state,
          names.get(learner)?.name ?? t('courses.unnamed', { n: learner }),
        ],
        ...[dayOf(enrolledAt), progress.percent, progress.done.length, progress.waiting],
        ...[progress.attendedHours, progress.sessionHours, dayOf(progress.lastAnswerAt), dayOf(progress.completedAt)],
        percentOf(firstTriesIn(tries.filter((each) => each.learner === learner))),
      ];
    });
    const headings = (
      [
        ...([
          'group',
          'municipality',
          'state',
          'person',
          'enrolledOn',
          'percent',
          'partsDone',
          'textsWaiting',
        ] as const),
        ...(['hoursAttended', 'hoursOfSessions', 'lastAnswer', 'completedDay', 'firstPercent'] as const),
      ] as const
    ).map((key) => t(`courses.${key}`));
    await tellRows(request, rows.length);
    return {
      name: `${jurisdiction.code}-course-${course.id}`,
      sheet: t('courses.progress'),
      table: [headings, ...rows],
    };
  };

  routes.get('/:jurisdiction/courses/:course/progress.csv', throttled, async (request: Request, response: Response) => {
    const { name, table } = await progressOf(request);
    response.set(PRIVATE).attachment(`${name}.csv`).type('text/csv; charset=utf-8');
    response.send(BOM + table.map((row) => csvLine(row as (string | number | null)[])).join(''));
  });
  routes.get(
    '/:jurisdiction/courses/:course/progress.xlsx',
    throttled,
    async (request: Request, response: Response) => {
      const { name, sheet, table } = await progressOf(request);
      const workerData = [{ sheet, data: table }];
      const worker = new Worker(new URL('../exports/workbook-worker.ts', import.meta.url), { workerData });
      try {
        const [bytes] = (await once(worker, 'message')) as [Uint8Array];
        response.set(PRIVATE).attachment(`${name}.xlsx`).type(XLSX).send(Buffer.from(bytes));
      } finally {
        await worker.terminate();
      }
    },
  );
  routes.get(
    '/:jurisdiction/courses/:course/groups/:group/statements.json',
    throttled,
    async (request: Request, response: Response) => {
      refuseParameters(request);
      const jurisdiction = await jurisdictionOf(database, request);
      const course = await findCourse(database, jurisdiction.id, partNumber(request, 'course'));
      const found = await findGroup(database, jurisdiction.id, course.id, partNumber(request, 'group'));
      const group = refuseOthers(viewerOf(request), found);
      const { portal } = config.alerts;
      // The names of accounts and of what they did begin with it, and a Host is whatever somebody writes.
      if (portal === null)
        throw new Conflict('set CUADRA_PORTAL: statements name accounts by the address of the portal');
      const members = await membersOfGroup(database, jurisdiction.id, group);
      const reached = await reachedBy(database, jurisdiction.id, course, members, now());
      const names = await accountNames(
        database,
        members.map(({ learner }) => learner),
      );
      const { lessons } = await lessonsHere(database, jurisdiction);
      const codes = lessonsIn(course.body);
      const about = {
        portal,
        ...{ city: jurisdiction.code, course: { id: course.id, title: course.body.title } },
        lessons: codes.flatMap((code) => {
          const [es, en] = LANGUAGES.map((each) => lessons[each].find((lesson) => lesson.code === code));
          return es && en ? [{ es, en }] : [];
        }),
      };
      await tellRows(request, members.length);
      response.set(PRIVATE).attachment(`${jurisdiction.code}-statements.json`).type('application/json');
      // One learner at a time: a group has tens of thousands of statements.
      let lead = '[';
      for (const member of members) {
        const name = names.get(member.learner)?.name ?? String(member.learner);
        const theirs = await statementsOf(database, jurisdiction.id, member, name, {
          ...about,
          completedAt: reached.get(member.learner)!.completedAt,
        });
        response.write(`${lead}\n${theirs.map((each) => JSON.stringify(each)).join(',\n')}`);
        lead = ',';
      }
      response.end(members.length === 0 ? '[]\n' : '\n]\n');
    },
  );
  return routes;
}
