// The table of contents of the HTTP side: what is mounted where, behind which doors.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { Viewer } from './access/contract.ts';
import { accountRoutes } from './accounts/account-routes.ts';
import { everybodyIsStaff, guard, identify } from './accounts/doors.ts';
import { passkeyRoutes } from './accounts/passkey-routes.ts';
import { providerRoutes } from './accounts/provider-routes.ts';
import { type AccountDeps, sessionRoutes } from './accounts/routes.ts';
import { secondStepRoutes } from './accounts/second-step-routes.ts';
import { alertRoutes } from './alerts/routes.ts';
import { analysisRoutes, openAnalyses } from './analysis/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { publicBadgeRoutes, verifyPageRoutes } from './badges/public-routes.ts';
import { badgeRoutes } from './badges/routes.ts';
import { forgetHolder, forgetRequest, isCertified } from './badges/store.ts';
import { basemapRoutes, basemapTileRoutes } from './basemap/routes.ts';
import { briefingRoutes } from './briefings/routes.ts';
import { COLUMNS_TYPE } from './columns/contract.ts';
import { columnRoutes } from './columns/routes.ts';
import type { Config } from './config.ts';
import type { Stats } from './counts/asking.ts';
import type { Events } from './counts/events.ts';
import { accessRoutes } from './counts/jurisdiction-routes.ts';
import { offenceLabelRoutes } from './counts/label-routes.ts';
import type { Overview } from './counts/overview.ts';
import { regionRoutes } from './counts/region-routes.ts';
import { statsRoutes } from './counts/routes.ts';
import { courseExportRoutes } from './courses/export-routes.ts';
import { courseGroupRoutes } from './courses/group-routes.ts';
import { ownLessonRoutes } from './courses/own-lesson-routes.ts';
import { courseRoutes } from './courses/routes.ts';
import type { Cubes } from './cube/store.ts';
import type { Database } from './db/open.ts';
import { nameOfAnswer } from './db/program.ts';
import { seeingNobody } from './db/tenants.ts';
import { deliveryRoutes } from './deliveries/routes.ts';
import { NotFound } from './errors.ts';
import { exportRoutes } from './exports/routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import type { FeedWriter } from './feeds/write.ts';
import type { Uploads } from './files/uploads.ts';
import { placeNameRoutes } from './geocoding/routes.ts';
import { askAsSender } from './http/ask-through.ts';
import { framable } from './http/embed.ts';
import { passwordDoor } from './http/password.ts';
import { plainAddress, plainBody } from './http/plain-text.ts';
import { problems, withoutSecrets } from './http/problems.ts';
import { onlyOurHost, sameOrigin } from './http/same-origin.ts';
import { fairShare, wholeSoon } from './http/throttle.ts';
import { PAGE_CSS } from './i18n/server-pages.ts';
import { importRoutes } from './imports/routes.ts';
import type { Jobs } from './jobs/queue.ts';
import { jobRoutes } from './jobs/routes.ts';
import { lessonRoutes } from './lessons/routes.ts';
import { incidentRoutes } from './listing/routes.ts';
import { meetingRoutes } from './meetings/routes.ts';
import { benchmarkRoutes } from './official-totals/routes.ts';
import { evaluationRoutes } from './problems/evaluation-routes.ts';
import { problemFileRoutes } from './problems/file-routes.ts';
import { pictureBodies, pictureRoutes } from './problems/picture-routes.ts';
import { problemRoutes } from './problems/routes.ts';
import { protectionRoutes } from './protection/routes.ts';
import { boundaryRoutes } from './publishing/routes.ts';
import { versionRoutes } from './publishing/version-routes.ts';
import { ratingRoutes } from './rating/routes.ts';
import { byAgreement } from './sharing/doors.ts';
import { sharingRoutes } from './sharing/routes.ts';
import { readyz } from './start/pulse.ts';
import type { Taxonomy } from './taxonomy/taxonomy.ts';
import { layerRoutes } from './tiles/layer-routes.ts';
import { regionLimitRoutes } from './tiles/region-limits.ts';
import { tileRoutes } from './tiles/routes.ts';
import { timingRoutes } from './timing/routes.ts';
import { tipRoutes } from './tips/routes.ts';

export type Deps = {
  readonly database: Database;
  readonly taxonomy: Taxonomy;
  readonly cubes: Cubes;
  readonly stats: Stats;
  readonly overview: Overview;
  readonly jobs: Jobs;
  readonly uploads: Uploads;
  readonly feeds: FeedWriter;
  readonly events: Events;
  readonly accounts: AccountDeps & { readonly viewerOfKey: (key: string) => Promise<Viewer | null> };
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => Date;
};

const PAGE = new URL('../dist/', import.meta.url).pathname;
const YEAR_S = 365 * 24 * 3600;
const BODY_LIMIT = '64kb';
const MAX_URL_LENGTH = 24_000;
/** Answers come out two in a hundred larger than by zlib's own level, in half of the time. The page is asked for seldom. */
const GZIP_LEVEL_OF_ANSWERS = 4;
/** Everything but the page itself, which holds nothing. */
const OF_DATA = ['/api', '/tiles', '/basemaps'];

export function createApp(deps: Deps): Express {
  const { config, log, accounts } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Of answers that are not named by their question, lists of layers and the like.
  app.set('etag', (body: Buffer | string) => `W/"${nameOfAnswer([createHash('sha256').update(body).digest('hex')])}"`);
  app.set('trust proxy', config.trustedProxies);
  app.use((_request, _response, next) => seeingNobody(next));
  app.use(requestLog(log));
  app.use(helmet(headers(config)), framable(deps));
  app.use(onlyOurHost(config));
  app.get('/healthz', (_request, response) => void response.set('Cache-Control', 'no-store').json({ status: 'ok' }));
  app.get('/readyz', readyz(deps.database));
  app.use(fairShare(), wholeSoon);
  app.use((request, _response, next) =>
    next(request.url.length > MAX_URL_LENGTH ? new NotFound('address too long') : undefined),
  );
  app.get('/server-pages.css', (_request, response) => void response.type('css').send(PAGE_CSS));
  app.use(plainAddress);
  app.use(sameOrigin);
  app.use('/api/v1', feedRoutes(deps)); // a key of its own, so before the doors of people
  if (config.password) app.use(passwordDoor(config.password, Date.now));
  app.use(
    OF_DATA,
    accounts.hasAccounts ? identify(accounts) : everybodyIsStaff,
    byAgreement({ ...deps, now: accounts.now }),
    guard(accounts.audit),
  );
  app.use('/api/v1', pictureBodies());
  app.use(express.json({ limit: BODY_LIMIT }), plainBody);

  app.use('/tiles', tileRoutes(deps)); // before compression: tiles are stored compressed
  app.use('/basemaps', basemapTileRoutes(deps)); // likewise
  app.use(compressed());
  app.get('/api/v1/openapi.json', async (_request, response) => {
    const { openApi } = await import('./openapi/page.ts'); // few ask, and every start would load it
    response.json(openApi());
  });
  app.use('/api/v1', sessionRoutes(accounts));
  app.use('/api/v1', providerRoutes(accounts));
  app.use('/api/v1', accountRoutes(accounts));
  app.use('/api/v1', secondStepRoutes(accounts));
  app.use('/api/v1', passkeyRoutes(accounts));
  app.use('/api/v1', auditRoutes(deps));
  app.use('/api/v1', sharingRoutes({ ...accounts, taxonomy: deps.taxonomy }));
  app.use('/api/v1', accessRoutes(deps));
  app.use('/api/v1', basemapRoutes(deps));
  app.use('/api/v1', layerRoutes(deps));
  app.use('/api/v1', boundaryRoutes(deps));
  app.use('/api/v1', versionRoutes(deps));
  const stats = deps.stats;
  app.use('/api/v1', regionRoutes(stats));
  app.use('/api/v1', regionLimitRoutes(deps));
  app.use('/api/v1', statsRoutes(deps, stats));
  app.use('/api/v1', meetingRoutes(deps, stats));
  const analyses = openAnalyses(stats);
  app.use('/api/v1', analysisRoutes(analyses));
  app.use('/api/v1', ratingRoutes(analyses));
  app.use('/api/v1', timingRoutes(analyses));
  app.use('/api/v1', alertRoutes({ stats, ways: config.alerts, now: deps.now }));
  app.use('/api/v1', benchmarkRoutes(deps));
  app.use('/api/v1', protectionRoutes(deps));
  app.use('/api/v1', columnRoutes(stats));
  app.use('/api/v1', exportRoutes(deps));
  app.use('/api/v1', incidentRoutes(deps));
  app.use('/api/v1', offenceLabelRoutes(deps));
  app.use('/api/v1', importRoutes(deps));
  app.use('/api/v1', deliveryRoutes(deps));
  app.use('/api/v1', placeNameRoutes(deps));
  app.use('/api/v1', jobRoutes(deps));
  app.use('/api/v1', tipRoutes(deps));
  app.use('/api/v1', problemRoutes(stats, config.problemFilesMb));
  app.use('/api/v1', pictureRoutes(stats));
  app.use('/api/v1', problemFileRoutes({ ...deps, filesMb: config.problemFilesMb }));
  app.use('/api/v1', evaluationRoutes(analyses));
  app.use('/api/v1', briefingRoutes({ analyses, now: deps.now }));
  app.use('/api/v1', lessonRoutes({ ...deps, askAs: askAsSender }));
  app.use('/api/v1', courseRoutes({ ...deps, isCertified, forgetRequest }));
  app.use('/api/v1', ownLessonRoutes(deps));
  app.use('/api/v1', courseExportRoutes(deps));
  app.use('/api/v1', courseGroupRoutes({ ...deps, askAs: askAsSender, forgetHolder, forgetRequest }));
  const badges = { ...deps, dataDir: config.dataDir, portal: config.alerts.portal };
  app.use('/api/v1', badgeRoutes(badges));
  app.use('/api/v1', publicBadgeRoutes(badges));
  app.use(verifyPageRoutes(badges));
  app.use('/api/v1', deps.events.routes);
  app.use('/api', () => {
    throw new NotFound('no such question');
  });
  if (existsSync(PAGE)) {
    app.use('/assets', express.static(`${PAGE}assets`, { immutable: true, maxAge: YEAR_S * 1000 }));
    app.use(express.static(PAGE, { setHeaders: (response) => response.setHeader('Cache-Control', 'no-cache') }));
  }
  app.use(() => {
    throw new NotFound('no such page');
  });
  app.use(problems(log));
  return app;
}

function isWorthCompressing(request: express.Request, response: express.Response): boolean {
  return response.getHeader('Content-Type') === COLUMNS_TYPE || compression.filter(request, response);
}

/** Nothing the page loads may come from elsewhere, but for a basemap the operator chose. */
function headers(config: Config): Parameters<typeof helmet>[0] {
  const self = "'self'";
  const basemap = config.basemapStyle ? [new URL(config.basemapStyle).origin] : [];
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [self],
        scriptSrc: [self],
        workerSrc: [self],
        connectSrc: [self, ...basemap],
        imgSrc: [self, 'data:', 'blob:', ...basemap],
        fontSrc: [self],
        styleSrc: [self],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: [self],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: false, // a reverse proxy that speaks HTTPS sets it; on http it has no meaning
  };
}

/** One line per request: who is not written down, nor what a filter asked about. */
function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: (_request, response) => {
      const id = crypto.randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    // 503 is no fault of the program: the answer says to come back, and whatever is away tells the log itself.
    customLogLevel: (_request, { statusCode }, error) =>
      statusCode === 503 ? 'info' : error || statusCode >= 500 ? 'error' : 'debug',
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        path: withoutSecrets(request.url.split('?')[0]!),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}

function compressed(): RequestHandler {
  const answers = compression({ filter: isWorthCompressing, level: GZIP_LEVEL_OF_ANSWERS });
  const page = compression({ filter: isWorthCompressing });
  return (request, response, next) => (request.path.startsWith('/api/') ? answers : page)(request, response, next);
}
