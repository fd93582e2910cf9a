// Agreements between authorities as they lie in the database: who may say what, when one holds, and what it lets whom see.

import { beforeEach, expect, test } from 'vitest';
import { answerAgreement, listAgreements, proposeAgreement, sharedWith } from '../../server/access/agreements.ts';
import { type AgreementTerms, rightsKey, type Scope, type Viewer } from '../../server/access/contract.ts';
import {
  addJurisdiction,
  findJurisdiction,
  listShared,
  removeJurisdiction,
} from '../../server/access/jurisdictions.ts';
import { mayAsk, OPERATIONS } from '../../server/access/rights.ts';
import { OPERATOR } from '../../server/access/viewer.ts';
import type { Database } from '../../server/db/open.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';

let database: Database;
const NOON = new Date('2024-06-10T18:00:00Z');
const by = { who: 'ana', now: NOON };
const terms = (given: Partial<AgreementTerms> = {}): AgreementTerms => ({
  ...{ giver: 'alta', receiver: 'baja', level: 'totals', offences: null, areas: null, until: '2024-07-01' },
  ...given,
});
const viewer = (scope: Partial<Scope>, role: Viewer['role'] = 'commander'): Viewer => ({
  role,
  account: { id: 1, name: 'berta' },
  scope: { jurisdictions: ['baja'], areas: null, ...scope },
});
const accepted = async (given: Partial<AgreementTerms> = {}) => {
  const { id, giver, receiver } = await proposeAgreement(database, given.giver ?? 'alta', terms(given), by);
  return answerAgreement(database, giver === (given.giver ?? 'alta') ? receiver : giver, id, 'accept', by);
};
const sharedAt = async (now: string, who = viewer({})) =>
  (await sharedWith(database, who, new Date(now))).map(({ giver, scope }) => [giver, scope.level]);

beforeEach(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  await database.db.deleteFrom('agreement').execute();
  for (const code of ['alta', 'baja', 'centro'])
    await addJurisdiction(database, OPERATOR, { code, name: code, timezone: 'America/Mexico_City', srid: null });
});

test('one side proposes, the other accepts or refuses, either ends it; each step is kept', async () => {
  const { id } = await proposeAgreement(database, 'alta', terms(), by);
  await expect(answerAgreement(database, 'alta', id, 'accept', by)).rejects.toThrow('the other side answers');
  await expect(answerAgreement(database, 'centro', id, 'accept', by)).rejects.toThrow('no such agreement');
  expect(await sharedAt('2024-06-11T00:00:00Z')).toEqual([]);
  await answerAgreement(database, 'baja', id, 'accept', { who: 'beto', now: NOON });
  expect(await sharedAt('2024-06-11T00:00:00Z')).toEqual([['alta', 'totals']]);
  await expect(answerAgreement(database, 'baja', id, 'refuse', by)).rejects.toThrow('does not stand so');
  const ended = await answerAgreement(database, 'baja', id, 'end', { who: 'beto', now: NOON });
  expect(ended.steps.map(({ what, side, who }) => [what, side, who])).toEqual([
    ['proposed', 'alta', 'ana'],
    ['accepted', 'baja', 'beto'],
    ['ended', 'baja', 'beto'],
  ]);
  expect(await sharedAt('2024-06-11T00:00:00Z')).toEqual([]);
  await expect(answerAgreement(database, 'alta', id, 'end', by)).rejects.toThrow('does not stand so');
  expect((await listAgreements(database, 'baja', NOON)).map((each) => each.state)).toEqual(['ended']);
  expect(await listAgreements(database, 'centro', NOON)).toEqual([]);
});

test('an agreement ends by itself at the beginning of its day, where the data are', async () => {
  const { id } = await accepted();
  // Midnight in Mexico City is six in the morning of UTC.
  expect(await sharedAt('2024-07-01T05:59:59Z')).toEqual([['alta', 'totals']]);
  expect(await sharedAt('2024-07-01T06:00:00Z')).toEqual([]);
  const later = new Date('2024-07-02T00:00:00Z');
  expect((await listAgreements(database, 'alta', later)).map(({ state }) => state)).toEqual(['expired']);
  await expect(answerAgreement(database, 'alta', id, 'end', { who: '', now: later })).rejects.toThrow('stand so');
  await expect(proposeAgreement(database, 'alta', terms({ until: '2024-06-10' }), by)).rejects.toThrow('a day to come');
  await expect(proposeAgreement(database, 'alta', terms({ receiver: 'alta' }), by)).rejects.toThrow('with itself');
  const { id: late } = await proposeAgreement(database, 'alta', terms(), by);
  await expect(answerAgreement(database, 'baja', late, 'accept', { who: '', now: later })).rejects.toThrow('stand so');
});

test('who is of an authority as a whole is let see, by the agreement that lets them see most', async () => {
  await accepted({ offences: ['robo'] });
  await accepted({ level: 'full', areas: { layer: 'colonias', codes: ['1'] } });
  await accepted({ level: 'protected' });
  await accepted({ giver: 'centro', receiver: 'alta', level: 'full' });
  const at = '2024-06-11T00:00:00Z';
  expect(await sharedAt(at)).toEqual([['alta', 'full']]);
  expect(await sharedAt(at, viewer({ jurisdictions: null }))).toEqual([]);
  expect(await sharedAt(at, viewer({ jurisdictions: ['alta', 'baja'] }))).toEqual([['centro', 'full']]);
  expect(await sharedAt(at, viewer({ areas: { layer: 'colonias', codes: ['1'] } }))).toEqual([]);
  expect(await sharedAt(at, viewer({}, 'public'))).toEqual([]);
  // What is let see is not passed on.
  const [lent] = await sharedWith(database, viewer({ jurisdictions: ['alta'] }), new Date(at));
  expect(await sharedAt(at, viewer(lent!.scope))).toEqual([]);
});

test('what is shared differs in the key of whatever is remembered, and never is answered as one’s own', async () => {
  const scopes: Scope[] = [
    { jurisdictions: ['alta'], areas: null },
    { jurisdictions: ['alta'], areas: null, level: 'full', offences: null },
    { jurisdictions: ['alta'], areas: null, level: 'full', offences: ['robo'] },
    { jurisdictions: ['alta'], areas: null, level: 'totals', offences: null },
    { jurisdictions: ['alta'], areas: null, level: 'protected', offences: null },
  ];
  expect(new Set(scopes.map((scope) => rightsKey(viewer(scope)))).size).toBe(scopes.length);
  for (const { level } of scopes.slice(1)) {
    const scope = { jurisdictions: ['alta'], areas: null, level: level! };
    const asked = OPERATIONS.filter((operation) => mayAsk(viewer(scope, 'administrator'), operation));
    const changes = asked.filter(({ method, right }) => method !== 'GET' && right !== 'anybody');
    expect(changes.filter(({ path }) => path.includes(':jurisdiction'))).toEqual([]);
  }
});

test('nothing is let see of one that is gone, nor of another that is called like it; without a public view nothing of it', async () => {
  await accepted({ level: 'full' });
  const seen = async () =>
    (await listShared(database, viewer({}), NOON)).map(({ code, shared }) => [code, shared?.level]);
  expect(await seen()).toEqual([['alta', 'full']]);
  await removeJurisdiction(database, OPERATOR, 'alta');
  await addJurisdiction(database, OPERATOR, { code: 'alta', name: 'otra', timezone: 'UTC', srid: null });
  expect(await seen()).toEqual([]);
  await accepted({ level: 'protected' });
  expect(await seen()).toEqual([]);
  const scope: Scope = { jurisdictions: ['alta'], areas: null, level: 'protected' };
  await expect(findJurisdiction(database, viewer(scope), 'alta')).rejects.toThrow('no jurisdiction alta');
});
