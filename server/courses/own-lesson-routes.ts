// Lessons of one's own over HTTP, for tutors: a zip of Markdown is checked on arrival, and kept whole or not at all.

import { type Request, Router } from 'express';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { whoIs } from '../accounts/doors.ts';
import type { Database } from '../db/open.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '../errors.ts';
import type { Uploads } from '../files/uploads.ts';
import { refuseParameters } from '../filter/parse.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import { languageAsked } from '../i18n/reasons.ts';
import { faultIn } from '../lessons/check-lessons.ts';
import { lessonsHere } from '../lessons/here.ts';
import { faultsOfSent, keepOwn, listOwn, readSent, removeOwn } from '../lessons/own-lessons.ts';
import { mayManage, teaches } from './access.ts';
import { keepCompletedWith, lessonsIn } from './completion.ts';
import type { OwnLessonsAnswer, SentReport } from './contract.ts';
import { PRIVATE } from './routes.ts';
import { listCourses, listGroups } from './store.ts';

type Deps = { readonly database: Database; readonly uploads: Uploads; readonly now: () => Date };

const SENT_PER_MINUTE = 20;
const MOST_FAULTS = 50;
const MOST_ZIP_BYTES = 10_000_000;

/** Mounted under /api/v1. */
export function ownLessonRoutes({ database, uploads, now }: Deps): Router {
  const routes = Router();
  /** Whoever teaches a group here, or manages courses; to others it is not there. */
  const taught = async (request: Request) => {
    const viewer = viewerOf(request);
    const jurisdiction = await jurisdictionOf(database, request);
    const groups = mayManage(viewer) ? [] : await listGroups(database, jurisdiction.id, null);
    if (!mayManage(viewer) && !groups.some((group) => teaches(viewer, group))) throw new NotFound('no such question');
    return { viewer, jurisdiction };
  };

  routes.get('/:jurisdiction/own-lessons', async (request, response) => {
    refuseParameters(request);
    const { jurisdiction } = await taught(request);
    const { faults } = await lessonsHere(database, jurisdiction);
    const language = languageAsked(request);
    const answer: OwnLessonsAnswer = {
      lessons: (await listOwn(database, jurisdiction.id)).map((each) => {
        const fault = faults.find(({ lesson }) => lesson === each.code);
        return { ...each, fault: fault ? `${fault.language}: ${faultIn(language, fault.reason)}` : null };
      }),
    };
    response.set(PRIVATE).json(answer);
  });
  routes.post('/:jurisdiction/own-lessons', throttle(SENT_PER_MINUTE), async (request: Request, response) => {
    refuseParameters(request);
    const { viewer, jurisdiction } = await taught(request);
    const upload = await uploads.receive(request, jurisdiction.code, clientOf(request), {
      ...{ bytes: MOST_ZIP_BYTES, files: 1 },
    });
    try {
      const [file] = upload.files;
      if (!file) throw new BadInput('file', 'one zip archive of lessons is needed');
      const sent = await readSent(file.path);
      const faults = faultsOfSent(sent);
      if (sent.files.length === 0 && faults.length === 0)
        throw new BadInput('file', 'the archive holds no lesson (NAME.es.md or NAME.en.md)');
      const codes = [...new Set(sent.files.map(({ code }) => code))];
      if (faults.length === 0) {
        // Whoever has all of a course as its lessons are now keeps that.
        await keepCompletedWith(database, jurisdiction.id, codes, now());
        const sender = { name: whoIs(viewer), replaces: mayManage(viewer) ? 'all' : 'own' } as const;
        await keepOwn(database, jurisdiction, sent, sender, now());
      }
      request.toldBeside = faults.length === 0 ? `lessons ${codes.join(' ')}` : 'refused';
      const language = languageAsked(request);
      const answer: SentReport = {
        ...{ isKept: faults.length === 0, lessons: codes, ignored: sent.ignored, faultsInAll: faults.length },
        faults: faults.slice(0, MOST_FAULTS).map((each) => ({ ...each, reason: faultIn(language, each.reason) })),
      };
      response.set(PRIVATE).json(answer);
    } finally {
      await uploads.remove(jurisdiction.code, upload.id);
    }
  });
  routes.delete('/:jurisdiction/own-lessons/:lesson', async (request, response) => {
    refuseParameters(request);
    const { viewer, jurisdiction } = await taught(request);
    const code = String(request.params.lesson);
    const own = (await listOwn(database, jurisdiction.id)).find((each) => each.code === code);
    if (own && !mayManage(viewer) && own.sentBy !== whoIs(viewer))
      throw new NotAllowed('a lesson is removed by who sent it, or by who manages courses');
    const holding = (await listCourses(database, jurisdiction.id)).filter(
      ({ body }) => body.state === 'open' && lessonsIn(body).includes(code),
    );
    // Nobody could complete those any more.
    if (holding.length > 0)
      throw new Conflict(
        `it stands in open courses (${holding.map(({ body }) => body.title).join(', ')}): take it out there`,
      );
    await keepCompletedWith(database, jurisdiction.id, [code], now());
    await removeOwn(database, jurisdiction.id, code);
    request.toldBeside = `lesson ${String(request.params.lesson)} removed`;
    response.status(204).end();
  });
  return routes;
}
