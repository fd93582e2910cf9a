// Who may do what: the rights of each role, and the right that each address of the server needs. An address that does not
// stand here is answered to nobody.

import { RIGHTS, type Right, type Role, type ShareLevel, type Viewer } from './contract.ts';

const LOOKING: readonly Right[] = ['look', 'count', 'follow-events', 'learn', 'own-account', 'own-second-step'];

/** Of staff but for those who draw the areas: by one drawn round a house they would see what happened in it. */
const COUNTING: readonly Right[] = [...LOOKING, 'count-sensitive'];

const ON_PROBLEMS: readonly Right[] = ['see-problems', 'handle-problems', 'evaluate-measures'];

export const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  public: ['look', 'count'],
  planner: [...COUNTING, ...ON_PROBLEMS, 'meet'],
  commander: [
    ...COUNTING,
    ...ON_PROBLEMS,
    ...(['see-sensitive-places', 'see-points', 'export-incidents', 'handle-tips', 'meet'] as const),
  ],
  gis: [...LOOKING, 'follow-jobs', 'publish-layers'],
  data: [...COUNTING, 'follow-jobs', 'import', 'manage-offences', 'manage-places'],
  auditor: [...COUNTING, 'see-problems', 'read-audit'],
  administrator: RIGHTS,
};

/** Not of a jurisdiction but of all there are: only for whoever is not bound to some. */
const OF_THE_INSTALLATION: readonly Right[] = ['add-jurisdictions', 'read-accounts', 'manage-accounts'];
/**
 * Who came by a key or tries the demo makes no accounts and no agreements, which would outlast both, and is told nothing of
 * what others learn.
 */
const OF_PERSONS: readonly Right[] = ['manage-accounts', 'own-account', 'own-second-step', 'share', 'manage-courses'];
/** Of persons with an account; the rest of those rights are of a role. */
const OF_ONES_OWN: readonly Right[] = ['own-account', 'own-second-step'];
/** What is answered within areas of a jurisdiction; everything else speaks of more than those. */
const WITHIN_AREAS: readonly Right[] = [
  ...COUNTING,
  ...(['see-sensitive-places', 'see-points', 'export-incidents', 'see-problems', 'handle-problems', 'meet'] as const),
];
/** Roles that may be bound to areas: those with nothing to do beyond. */
export const ROLES_OF_AREAS = ['planner', 'commander'] as const satisfies readonly Role[];

export function mayDo({ role, scope, account, entry, lacksSecondStep }: Viewer, right: Right): boolean {
  if (lacksSecondStep && right !== 'own-second-step') return false;
  if (scope.areas !== null && !WITHIN_AREAS.includes(right)) return false;
  if (OF_THE_INSTALLATION.includes(right) && scope.jurisdictions !== null) return false;
  if (OF_PERSONS.includes(right) && entry !== undefined) return false;
  if (OF_ONES_OWN.includes(right) && account === null) return false;
  return RIGHTS_OF[role].includes(right);
}

/** Those that decide what an answer is made of, rather than what is asked. */
const OF_DATA: readonly Right[] = ['count-sensitive', 'see-sensitive-places', 'see-points'];

/** Whether somebody may be told now what was found with the rights of `then`: as finely, and of as many areas. */
export function seesAsMuch(viewer: Viewer, then: Pick<Viewer, 'role' | 'scope'>): boolean {
  if (OF_DATA.some((right) => RIGHTS_OF[then.role].includes(right) && !mayDo(viewer, right))) return false;
  const { areas } = viewer.scope;
  if (areas === null) return true;
  const before = then.scope.areas;
  return before?.layer === areas.layer && before.codes.every((code) => areas.codes.includes(code));
}

const BY_AREAS = [
  ...['layers', 'limit', 'layers/:layer', 'layers/:layer/features', 'themes', 'sources', 'offences'],
  ...['counts', 'summary', 'series', 'top'],
];
const AS_PUBLIC = [...BY_AREAS, 'points', 'clock', 'heat', 'protection', 'protected.csv', 'layers/:layer/zone'];
const AS_OWN = [
  ...[...AS_PUBLIC, 'events', 'incidents', 'incidents.csv', 'incidents.xlsx', 'incidents.gpkg', 'incidents.geojson'],
  'incidents-about.csv',
];
/** What is asked of another authority's data by an agreement; whatever else there is, is asked of one's own alone. */
const ASKED_AT: Readonly<Record<ShareLevel, readonly string[]>> = {
  totals: BY_AREAS,
  protected: [...AS_PUBLIC, 'protected-layers.geojson'],
  full: AS_OWN,
};

/** As mayDo, for one address: by an agreement only those are answered that stand above, whatever the role. */
export function mayAsk(viewer: Viewer, { method, path, right }: Operation): boolean {
  if (right === 'anybody') return true;
  if (!mayDo(viewer, right)) return false;
  const { level, areas } = viewer.scope;
  if (level === undefined || path.startsWith('/tiles/')) return true;
  // What stands near a place is told of any place.
  if (areas !== null && path === `${J}/points`) return false;
  return method === 'GET' && ASKED_AT[level].some((part) => path === `${J}/${part}`);
}

export const rightsOf = (viewer: Viewer): Right[] => RIGHTS.filter((right) => mayDo(viewer, right));

/**
 * What is written down of a request. `points`, `export` and reading `tips`: before the answer leaves, with the number of
 * rows; the others once they were done.
 */
export type Audited =
  | 'points'
  | 'export'
  | 'tips'
  | 'problem'
  | 'import'
  | 'undo'
  | 'publish'
  | 'certificate'
  | 'setting';

/** `anybody`: also whoever may do nothing else; the routes look themselves. */
export type Operation = {
  readonly method: string;
  /** As Express has it, from the root. */
  readonly path: string;
  readonly right: Right | 'anybody';
  readonly audited: Audited | null;
};

const J = '/api/v1/:jurisdiction';
const COURSE = `${J}/courses/:course`;
const GROUP = `${COURSE}/groups/:group`;
const LAYER = `${J}/layers/:layer`;
const PROBLEM = `${J}/problems/:problem`;
const UPLOAD = `${J}/uploads/:id`;
const IMPORT = `${J}/imports/:id`;

const TABLE: readonly (readonly [right: Operation['right'], audited: Audited | null, ...operations: string[]])[] = [
  [
    'anybody',
    null,
    'GET /api/v1/me',
    'POST /api/v1/session',
    'DELETE /api/v1/session',
    'POST /api/v1/session/demo',
    'POST /api/v1/session/link',
    'POST /api/v1/session/passkey/options',
    'POST /api/v1/session/passkey',
    'GET /api/v1/session/link/:token',
    'GET /api/v1/session/oidc',
    'GET /api/v1/session/oidc/callback',
    'GET /api/v1/session/oidc/sign-out',
    'GET /api/v1/portal',
    'GET /api/v1/openapi.json',
    `GET ${J}/tips/form`,
    `POST ${J}/tips`, // nothing is written down of whoever sends one
    // Whoever was shown a certificate may check that one.
    `GET ${J}/certificates/:code`,
    `GET ${J}/certificates/:code/badge`,
    `GET ${J}/certificates/:code/certificate.pdf`,
    `GET ${J}/badges/issuer`,
    `GET ${J}/badges/did.json`,
    `GET ${J}/badges/keys`,
    `GET ${J}/badges/keys/:key`,
    `GET ${J}/badges/lists/:list`,
  ],
  ['own-account', null, 'DELETE /api/v1/sessions', 'GET /api/v1/me/sessions', 'POST /api/v1/me/password'],
  [
    'own-second-step',
    null,
    'POST /api/v1/me/totp',
    'POST /api/v1/me/totp/confirm',
    'POST /api/v1/me/totp/recovery',
    'DELETE /api/v1/me/totp',
    'GET /api/v1/me/passkeys',
    'POST /api/v1/me/passkeys/options',
    'POST /api/v1/me/passkeys',
    'DELETE /api/v1/me/passkeys/:id',
  ],
  ['read-accounts', null, 'GET /api/v1/accounts', 'GET /api/v1/accounts/links'],
  [
    'manage-accounts',
    null,
    'POST /api/v1/accounts/invitations',
    'DELETE /api/v1/accounts/links/:id',
    'PATCH /api/v1/accounts/:name',
    'POST /api/v1/accounts/:name/reset',
  ],
  ['read-audit', null, 'GET /api/v1/audit'],
  [
    'look',
    null,
    'GET /api/v1/jurisdictions',
    'GET /api/v1/region/limits',
    'GET /api/v1/basemaps',
    'GET /basemaps/:name/:stamp/:z/:x/:y.:format',
    'GET /tiles/:jurisdiction/:layer/:version.json',
    'GET /tiles/:jurisdiction/:layer/:version/:z/:x/:y.mvt',
    `GET ${J}/layers`,
    `GET ${J}/limit`,
    `GET ${J}/protection`,
    `GET ${J}/catchments`,
    `GET ${J}/protected.csv`,
    `GET ${J}/protected-layers.geojson`,
    `GET ${LAYER}`,
    `GET ${LAYER}/features`,
    `GET ${LAYER}/zone`,
    `GET ${J}/points`,
    `GET ${J}/themes`,
    `GET ${J}/sources`,
    `GET ${J}/scope`,
    `GET ${J}/offences`,
    `GET ${J}/lessons`,
    `GET ${J}/lessons/:lesson`,
    `DELETE ${J}/lessons`, // one's own answers
  ],
  ['count', null, `POST ${J}/lessons/:lesson/exercises/:exercise`],
  ['learn', null, `POST ${J}/certificates/requests`, `DELETE ${J}/certificates/requests/:course`],
  ['learn', 'certificate', `POST ${J}/certificates`, `DELETE ${J}/certificates/:code`],
  ['learn', 'certificate', `POST ${J}/certificates/:code/revoke`, `POST ${J}/certificates/:code/reissue`],
  ['learn', null, `GET ${J}/certificates`, `GET ${J}/certificate-desk`],
  [
    'count',
    null,
    'GET /api/v1/region',
    `GET ${J}/counts`,
    `GET ${J}/summary`,
    `GET ${J}/series`,
    `GET ${J}/clock`,
    `GET ${J}/top`,
    `GET ${J}/heat`,
    `GET ${J}/hotspots`,
    `GET ${J}/density`,
    `GET ${J}/street-density`,
    `GET ${J}/grid-hotspots`,
    `GET ${J}/concentration`,
    `GET ${J}/change`,
    `GET ${J}/emerging`,
    `GET ${J}/rates`,
    `GET ${J}/stability`,
    `GET ${J}/scoring`,
    `GET ${J}/clocks`,
    `GET ${J}/trend`,
    `GET ${J}/benchmark`,
    `GET ${J}/incident-places.json`,
  ],
  // No point, and no more than could be counted one question after the other; but all of it at once, row by row.
  ['count', 'export', `GET ${J}/incidents.arrow`],
  // Near repeats and uncertain hours are counted from single incidents, so they are not for the public; nor is what is
  // agreed in a meeting.
  [
    'follow-events',
    null,
    `GET ${J}/events`,
    `GET ${J}/near-repeat`,
    `GET ${J}/aoristic`,
    `GET ${J}/meeting`,
    `GET ${J}/meeting/actions`,
  ],
  ['follow-events', null, `GET ${J}/alerts`, `PATCH ${J}/alerts`, `PATCH ${J}/alerts/:id`, `POST ${J}/alerts/history`],
  ['follow-events', 'setting', `POST ${J}/alerts/rules`, `PATCH ${J}/alerts/rules/:id`, `DELETE ${J}/alerts/rules/:id`],
  // Briefings are of the meetings' people: whoever may write down what is agreed writes them, all staff read them.
  [
    'follow-events',
    null,
    `GET ${J}/briefings`,
    `GET ${J}/briefings/:briefing`,
    `GET ${J}/briefings/:briefing/history`,
    `GET ${J}/briefings/:briefing/now`,
    `GET ${J}/briefing-shapes`,
  ],
  [
    'meet',
    'setting',
    `POST ${J}/briefings`,
    `PATCH ${J}/briefings/:briefing`,
    `POST ${J}/briefings/:briefing/restore`,
    `POST ${J}/briefings/:briefing/renew`,
  ],
  ['meet', 'setting', `POST ${J}/meeting/actions`, `PATCH ${J}/meeting/actions/:id`],
  ['see-points', 'points', `GET ${J}/incidents`],
  [
    'export-incidents',
    'export',
    `GET ${J}/incidents.csv`,
    `GET ${J}/incidents.xlsx`,
    `GET ${J}/incidents.gpkg`,
    `GET ${J}/incidents.geojson`,
    `GET ${J}/incident-points.arrow`,
  ],
  ['export-incidents', null, `GET ${J}/incidents-about.csv`],
  ['follow-jobs', null, `GET ${J}/jobs`, `GET ${J}/jobs/:id`, `DELETE ${J}/jobs/:id`],
  ['import', 'export', `GET ${IMPORT}/rejects.csv`],
  [
    'import',
    null,
    `GET ${J}/deliveries`,
    `GET ${J}/deliveries/:delivery`,
    `POST ${J}/imports`,
    `GET ${IMPORT}`,
    `PUT ${IMPORT}`,
    `DELETE ${IMPORT}`,
    `POST ${IMPORT}/check`,
    `GET ${J}/presets`,
  ],
  ['import', 'import', `POST ${IMPORT}/commit`],
  ['import', 'undo', `POST ${J}/deliveries/:delivery/undo`],
  ['import', 'setting', `PUT ${J}/presets/:name`, `DELETE ${J}/presets/:name`],
  ['manage-offences', null, `GET ${J}/offence-labels`],
  ['manage-offences', 'setting', `PUT ${J}/offence-labels`, `DELETE ${J}/offence-labels`],
  ['manage-places', null, `GET ${J}/place-names`],
  [
    'manage-places',
    'setting',
    `POST ${J}/place-names/match`,
    `PUT ${J}/place-names/aliases`,
    `DELETE ${J}/place-names/aliases`,
  ],
  [
    'publish-layers',
    null,
    'GET /api/v1/crs',
    `POST ${J}/uploads`,
    `DELETE ${UPLOAD}`,
    `POST ${UPLOAD}/preview`,
    `GET ${UPLOAD}/report`,
    `GET ${LAYER}/versions`,
    `GET ${J}/removed-layers`,
    `GET ${LAYER}/versions/:version/report`,
    `GET ${LAYER}/compare`,
  ],
  [
    'publish-layers',
    'publish',
    `PUT ${J}/limit`,
    `POST ${UPLOAD}/publish`,
    `POST ${LAYER}/return`,
    `DELETE ${LAYER}`,
    `DELETE ${LAYER}/versions/:version`,
    `POST ${LAYER}/restore`,
    `POST ${LAYER}/versions/:version/restore`,
  ],
  ['handle-tips', 'tips', `GET ${J}/tips`, `PATCH ${J}/tips/:id`],
  ['handle-tips', 'export', `GET ${J}/tips.csv`],
  ['handle-tips', null, `GET ${J}/tip-settings`],
  ['manage-tips', 'setting', `PUT ${J}/tip-settings`],
  ['see-problems', null, `GET ${J}/problems`, `GET ${J}/problems.geojson`, `GET ${PROBLEM}`, `GET ${PROBLEM}/history`],
  ['see-problems', null, `GET ${PROBLEM}/pictures/:item`],
  ['handle-problems', 'problem', `POST ${PROBLEM}/pictures`, `DELETE ${PROBLEM}/pictures/:item`],
  ['see-problems', 'export', `GET ${J}/problems.xlsx`, `GET ${PROBLEM}/files/:item`],
  [
    'handle-problems',
    'problem',
    `POST ${J}/problems`,
    `PATCH ${PROBLEM}`,
    `POST ${PROBLEM}/items`,
    `PATCH ${PROBLEM}/items/:item`,
    `POST ${PROBLEM}/undo`,
    `POST ${PROBLEM}/files`,
    `DELETE ${PROBLEM}/files/:item`,
  ],
  ['evaluate-measures', null, `GET ${PROBLEM}/evaluation`],
  ['evaluate-measures', 'problem', `POST ${PROBLEM}/evaluations`],
  // Whoever learns is told of themselves; of others, whoever teaches them: the routes look who that is.
  ['learn', null, `GET ${J}/courses`, `GET ${COURSE}`, `PATCH ${COURSE}/me`, `DELETE ${COURSE}/me`],
  ['learn', null, `GET ${J}/course-links/:key`, `POST ${J}/course-links/:key`],
  ['learn', 'setting', `PUT ${COURSE}`, `PUT ${GROUP}`, `POST ${GROUP}/key`],
  ['learn', null, `GET ${GROUP}`, `PUT ${GROUP}/attendance`, `PUT ${GROUP}/marks`],
  ['learn', 'setting', `POST ${GROUP}/members`, `DELETE ${GROUP}/members/:learner`],
  ['learn', 'setting', `DELETE ${GROUP}/members/:learner/completion`],
  ['learn', 'export', `GET ${COURSE}/progress.csv`, `GET ${COURSE}/progress.xlsx`, `GET ${GROUP}/statements.json`],
  ['learn', null, `GET ${J}/own-lessons`],
  ['learn', 'setting', `POST ${J}/own-lessons`, `DELETE ${J}/own-lessons/:lesson`],
  ['manage-courses', 'setting', `POST ${J}/courses`, `POST ${COURSE}/groups`],
  ['manage-courses', 'setting', `DELETE ${COURSE}`, `DELETE ${GROUP}`],
  ['add-jurisdictions', 'setting', 'POST /api/v1/jurisdictions'],
  ['share', null, `GET ${J}/agreements`, `POST ${J}/agreements`],
  ['share', null, `POST ${J}/agreements/:id/accept`, `POST ${J}/agreements/:id/refuse`, `POST ${J}/agreements/:id/end`],
];

export const OPERATIONS: readonly Operation[] = TABLE.flatMap(([right, audited, ...operations]) =>
  operations.map((operation) => {
    const [method, path] = operation.split(' ') as [string, string];
    return { method, path, right, audited };
  }),
);

const matchers = OPERATIONS.map((operation) => ({
  operation,
  // As Express matches: a name takes one part of the address, letters are not told apart by size, a slash may follow.
  pattern: new RegExp(
    `^${operation.path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:(\w+)/g, '(?<$1>[^/]+?)')}/?$`,
    'i',
  ),
}));

/** What a request would do, with the parts of its address; null for what stands in no table. */
export function operationOf(
  method: string,
  path: string,
): { readonly operation: Operation; readonly parts: Readonly<Record<string, string>> } | null {
  const asked = method === 'HEAD' ? 'GET' : method;
  for (const { operation, pattern } of matchers) {
    if (operation.method !== asked) continue;
    const found = pattern.exec(path);
    if (found) return { operation, parts: found.groups ?? {} };
  }
  return null;
}
