// Alerts over HTTP: one's own rules and what came of them.

import { type Request, Router } from 'express';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Stats } from '../counts/asking.ts';
import { BadInput, NotFound } from '../errors.ts';
import { parseFilter } from '../filter/contract.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { planFor } from '../filter/scope.ts';
import { parseWith } from '../http/contract.ts';
import { throttle } from '../http/throttle.ts';
import { type AlertHistory, type AlertsAnswer, alertChange, newRule, ruleChange } from './contract.ts';
import { historyOf, type RuleAsked } from './look.ts';
import {
  addRule,
  changeRule,
  listAlerts,
  listRules,
  markSeen,
  ownerOf,
  removeRule,
  ruleTold,
  type StoredRule,
} from './store.ts';
import { type AlertWays, mayMailTo } from './tell.ts';

type Deps = { readonly stats: Stats; readonly ways: AlertWays; readonly now: () => Date };

const ALERT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Each looks back on many weeks; on the page one comes with every rule that is about to be made. */
const HISTORIES_PER_MINUTE = 20;

/** Mounted under /api/v1. */
export function alertRoutes({ stats, ways, now }: Deps): Router {
  const { database } = stats;
  const routes = Router();
  const asked = async (request: Request) => {
    const viewer = viewerOf(request);
    return { viewer, owner: ownerOf(viewer), jurisdiction: await jurisdictionOf(database, request) };
  };
  const idIn = (request: Request, refusal: 'no such rule' | 'no such alert'): string => {
    const id = String(request.params.id);
    if (!ALERT_ID.test(id)) throw new NotFound(refusal);
    return id;
  };
  /** Throws BadInput for what is not there, or may not be asked. */
  const looking = async (request: Request, filter: RuleAsked['filter']) => {
    const { viewer, jurisdiction } = await asked(request);
    const snapshot = await stats.cubes.snapshot(jurisdiction);
    await planFor(stats, snapshot, viewer, parseFilter(filter));
    return { stats, jurisdiction, snapshot, viewer, language: languageOf(request) };
  };
  const refuseWays = ({ viewer }: Awaited<ReturnType<typeof asked>>, body: { email?: unknown; toFolder?: unknown }) => {
    if (body.email && ways.smtpUrl === null) throw new BadInput('email', 'no mail server is set');
    if (typeof body.email === 'string' && !mayMailTo(ways, body.email))
      throw new BadInput('email', `alerts are mailed to addresses of ${ways.mailDomains!.join(', ')} alone`);
    if (body.toFolder && ways.folder === null) throw new BadInput('toFolder', 'no folder for alerts is set');
    if (viewer.entry && (body.email || body.toFolder))
      throw new BadInput('email', 'who tries the sample city is told on the page alone');
  };

  routes.get('/:jurisdiction/alerts', async (request, response) => {
    refuseParameters(request);
    const { owner, viewer, jurisdiction } = await asked(request);
    const [rules, { alerts, hidden, undelivered }] = await Promise.all([
      listRules(database, jurisdiction.id, owner),
      listAlerts(database, jurisdiction.id, viewer),
    ]);
    const answer: AlertsAnswer = {
      ...{ rules: rules.map(ruleTold), alerts, unseen: alerts.filter(({ seen }) => !seen).length, hidden, undelivered },
      ways: { mail: ways.smtpUrl !== null, folder: ways.folder !== null },
    };
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.post('/:jurisdiction/alerts/history', throttle(HISTORIES_PER_MINUTE), async (request, response) => {
    refuseParameters(request);
    const rule = parseWith(newRule, request.body);
    const answer: AlertHistory = await historyOf(rule, await looking(request, rule.filter));
    response.set('Cache-Control', 'private, no-store').json(answer);
  });
  routes.post('/:jurisdiction/alerts/rules', async (request, response) => {
    refuseParameters(request);
    const rule = parseWith(newRule, request.body);
    const who = await asked(request);
    refuseWays(who, rule);
    const { language } = await looking(request, rule.filter);
    const added = await addRule(database, who.jurisdiction.id, who.owner, language, rule, now());
    request.toldBeside = waysTold(added);
    response.status(201).json(ruleTold(added));
  });
  routes.patch('/:jurisdiction/alerts/rules/:id', async (request, response) => {
    refuseParameters(request);
    const change = parseWith(ruleChange, request.body);
    const who = await asked(request);
    refuseWays(who, change);
    const changed = await changeRule(database, who.jurisdiction.id, who.owner, idIn(request, 'no such rule'), change);
    request.toldBeside = waysTold(changed);
    response.json(ruleTold(changed));
  });
  routes.delete('/:jurisdiction/alerts/rules/:id', async (request, response) => {
    refuseParameters(request);
    const { owner, jurisdiction } = await asked(request);
    await removeRule(database, jurisdiction.id, owner, idIn(request, 'no such rule'));
    response.status(204).end();
  });
  routes.patch('/:jurisdiction/alerts', async (request, response) => {
    refuseParameters(request);
    const { seen } = parseWith(alertChange, request.body);
    const { owner, jurisdiction } = await asked(request);
    await markSeen(database, jurisdiction.id, owner, null, seen, now());
    response.status(204).end();
  });
  routes.patch('/:jurisdiction/alerts/:id', async (request, response) => {
    refuseParameters(request);
    const { seen } = parseWith(alertChange, request.body);
    const { owner, jurisdiction } = await asked(request);
    await markSeen(database, jurisdiction.id, owner, idIn(request, 'no such alert'), seen, now());
    response.status(204).end();
  });
  return routes;
}

/** Where a rule sends what it finds, for the audit. */
const waysTold = ({ id, email, toFolder }: StoredRule): string =>
  `rule=${id} mail=${email ?? 'none'} folder=${toFolder ? 'yes' : 'no'}`;
