// Certificates: who may have one, that other programs verify the badge, and what is told of one that no longer holds.

import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLIC, STAFF, type Viewer } from '../../server/access/contract.ts';
import type {
  CertificateDesk,
  CertificateRow,
  CertificateShown,
  OwnCertificates,
} from '../../server/badges/contract.ts';
import { publicBadgeRoutes, verifyPageRoutes } from '../../server/badges/public-routes.ts';
import { badgeRoutes } from '../../server/badges/routes.ts';
import { secretFile } from '../../server/badges/secret.ts';
import { courseBody, groupBody } from '../../server/courses/contract.ts';
import { enrol } from '../../server/courses/members.ts';
import { addCourse, addGroup } from '../../server/courses/store.ts';
import type { Database } from '../../server/db/open.ts';
import { plainBody } from '../../server/http/plain-text.ts';
import { problems } from '../../server/http/problems.ts';
import { lessonCatalogue } from '../../server/lessons/catalogue.ts';
import { reportOn } from '../support/cli.ts';
import { emptyTables, openTestDatabase } from '../support/database.ts';
import { quietLog } from '../support/log.ts';
import { openBadge } from '../support/open-badge.ts';
import { bitsOf, partOf, verified as verifiedAt } from '../support/other-verifier.ts';
import { solveFirstModule } from '../support/solved-module.ts';

const PORTAL = 'https://cuadra.villa.example';
const ISSUER = 'https://cuadra.villa.example/api/v1/villa/badges/issuer';
/** Noon in the town, six hours behind UTC. */
let clock = Date.parse('2026-03-05T18:00:00.400Z');
const LEARNER: Viewer = { ...STAFF, role: 'planner', account: { id: 7, name: 'ana' } };
const OTHER: Viewer = { ...STAFF, role: 'planner', account: { id: 8, name: 'beto' } };
let viewer: Viewer = STAFF;
let portal: string | null = PORTAL;
let database: Database;
let folder: string;
let base: string;
let close: () => Promise<void>;
const run = (...words: readonly string[]) =>
  reportOn(database, { dataDir: folder, databaseUrl: null, portal: PORTAL }, words);

const first = lessonCatalogue().modules[0]!;
const COURSE = `lessons:${first.code}`;

beforeAll(async () => {
  database = await openTestDatabase();
  await emptyTables(database);
  folder = await mkdtemp(join(tmpdir(), 'cuadra-badges-'));
  await run('jurisdiction', 'add', 'villa', '--name', 'Villa del Río', '--timezone', 'America/Mexico_City');
  await run('jurisdiction', 'add', 'otra', '--name', 'Otra', '--timezone', 'America/Mexico_City');
  const app = express();
  app.set('query parser', 'simple');
  app.use(express.json(), plainBody, (request, _response, next) => {
    request.viewer = viewer;
    next();
  });
  const deps = {
    ...{ database, dataDir: folder, now: () => new Date(clock) },
    get portal() {
      return portal;
    },
  };
  app.use('/api/v1', badgeRoutes(deps), publicBadgeRoutes(deps));
  app.use(verifyPageRoutes(deps));
  app.use(problems(quietLog));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => new Promise((resolve) => server.close(() => resolve()));
  for (const learner of [7, 8]) await solveFirstModule(database, 'villa', learner);
});
afterAll(async () => {
  await close();
  await emptyTables(database);
  await rm(folder, { recursive: true, force: true });
});

async function ask(as: Viewer, method: string, path: string, body?: object): Promise<Response> {
  viewer = as;
  return fetch(path.startsWith('/') ? `${base}${path}` : `${base}/api/v1/villa/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
}
const own = async (as: Viewer) => (await (await ask(as, 'GET', 'certificates')).json()) as OwnCertificates;
const text = async (path: string) => (await ask(PUBLIC, 'GET', path)).text();
const checked = async (code: string) =>
  (await (await ask(PUBLIC, 'GET', `certificates/${code}`)).json()) as CertificateShown;
const issue = async (body: object) => {
  const answer = await ask(STAFF, 'POST', 'certificates', { course: COURSE, ...body });
  expect(answer.status).toBe(201);
  return (await answer.json()) as CertificateRow;
};
/** The key at the address the header names, as another program would fetch it. */
async function keyOf(jws: string) {
  const { kid } = partOf<{ kid: string }>(jws, 0);
  return (await (await ask(PUBLIC, 'GET', kid.slice(PORTAL.length))).json()) as JsonWebKey;
}
const isRevoked = async (jws: string) => {
  const { credentialStatus } = partOf(jws, 1) as unknown as {
    credentialStatus: { statusListIndex: string; statusListCredential: string };
  };
  const list = await text(credentialStatus.statusListCredential.slice(PORTAL.length));
  expect(verified(list, await keyOf(list))).toMatchObject({ iss: ISSUER });
  const bits = await bitsOf(list);
  return bits.get(Number(credentialStatus.statusListIndex));
};
const verified = (jws: string, key: JsonWebKey, at = clock) => verifiedAt(jws, key, at);
test('who has solved a module asks for a certificate, is issued one, and another program verifies its badge', async () => {
  const before = await own(LEARNER);
  expect(before).toMatchObject({
    kept: true,
    mayIssue: false,
    certificates: [],
    completed: [{ course: COURSE, asked: null }],
  });
  expect((await ask(LEARNER, 'POST', 'certificates/requests', { course: 'lessons:nada', holder: 'Ana' })).status).toBe(
    422,
  );
  expect((await ask(LEARNER, 'POST', 'certificates/requests', { course: COURSE, holder: '安娜' })).status).toBe(422);
  const asked = { course: COURSE, holder: '  Ana   Muñoz Ōta ' };
  expect((await ask(LEARNER, 'POST', 'certificates/requests', asked)).status).toBe(204);
  const desk = (await (await ask(STAFF, 'GET', 'certificate-desk')).json()) as CertificateDesk;
  expect(desk.waiting.map(({ learner, asked: name }) => [learner, name]).sort()).toEqual([
    [7, 'Ana Muñoz Ōta'],
    [8, null],
  ]);
  // Nobody issues their own.
  expect((await ask(LEARNER, 'POST', 'certificates', { course: COURSE, learner: 7, holder: 'Ana' })).status).toBe(403);
  expect((await ask(LEARNER, 'GET', 'certificate-desk')).status).toBe(404);
  const made = await issue({ learner: 7, holder: 'Ana Muñoz Ōta' });
  expect(made).toMatchObject({ state: 'valid', completedOn: '2026-03-04', issuedOn: '2026-03-05', validUntil: null });
  expect((await ask(STAFF, 'POST', 'certificates', { course: COURSE, learner: 7, holder: 'Ana' })).status).toBe(409);
  expect(await own(LEARNER)).toMatchObject({ completed: [], certificates: [{ code: made.code }] });
  expect((await own(OTHER)).certificates).toEqual([]);

  const jws = await text(`certificates/${made.code}/badge`);
  expect(Object.keys(partOf(jws, 0)).sort()).toEqual(['alg', 'kid', 'typ']);
  expect(verified(jws, await keyOf(jws))).toMatchObject({ iss: `${PORTAL}/api/v1/villa/badges/issuer` });
  // And the signature over the bytes, without any library of tokens.
  const [head, body, signature] = jws.split('.') as [string, string, string];
  const key = createPublicKey({ key: (await keyOf(jws)) as never, format: 'jwk' });
  expect(verifySignature('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))).toBe(
    true,
  );
  const claims = partOf(jws, 1);
  const id = `${PORTAL}/api/v1/villa/certificates/${made.code}/badge`;
  const issuer = `${PORTAL}/api/v1/villa/badges/issuer`;
  expect(claims).toMatchObject({
    ...{ id, jti: id, iss: issuer, nbf: Date.parse('2026-03-05T18:00:00Z') / 1000, validFrom: '2026-03-05T18:00:00Z' },
    issuer: { id: issuer, name: 'Villa del Río' },
    credentialSubject: {
      identifier: [{ hashed: false, identityHash: 'Ana Muñoz Ōta', identityType: 'name' }],
      achievement: { name: first.title.es, description: expect.stringContaining(first.title.es) },
    },
  });
  // And all that the tables of Open Badges 3.0 ask for.
  expect(openBadge.safeParse(claims).error?.issues ?? []).toEqual([]);
  expect(claims).not.toHaveProperty('exp');
  expect(JSON.stringify(claims)).not.toContain('"ana"');
  const profile = (await (await ask(PUBLIC, 'GET', 'badges/issuer')).json()) as object;
  expect(profile).toMatchObject({ id: issuer, type: ['Profile'], name: 'Villa del Río' });
  const did = (await (await ask(PUBLIC, 'GET', 'badges/did.json')).json()) as { id: string };
  expect(did.id).toBe('did:web:cuadra.villa.example:api:v1:villa:badges');
});

test('a badge that was altered, or signed by somebody else, is verified by nobody', async () => {
  const [{ code }] = (await own(LEARNER)).certificates as [CertificateRow];
  const jws = await text(`certificates/${code}/badge`);
  const [head, body, signature] = jws.split('.') as [string, string, string];
  const claims = partOf<{ credentialSubject: { identifier: [{ identityHash: string }] } }>(jws, 1);
  claims.credentialSubject.identifier[0].identityHash = 'Otra Persona';
  const altered = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  const key = await keyOf(jws);
  expect(verified(jws, key)).toMatchObject({ iss: ISSUER });
  expect(() => verified(altered, key)).toThrow('invalid signature');
  expect(() => verified(jws, key, Date.parse('2026-03-05T17:59:00Z'))).toThrow('jwt not active');
  await run('badge', 'key', 'rotate', 'otra');
  const theirs = (await (await ask(PUBLIC, 'GET', '/api/v1/otra/badges/keys')).json()) as { keys: JsonWebKey[] };
  expect(() => verified(jws, theirs.keys[0]!)).toThrow('invalid signature');
  // The same in the database: the page does not say that it holds.
  const put = (signed: string, holder: string) =>
    sql`update certificate set signed = ${signed}, holder = ${holder} where code = ${code}`.execute(database.db);
  for (const [signed, holder] of [
    [jws, 'Otra Persona'],
    [altered, 'Otra Persona'],
  ] as const) {
    await put(signed, holder);
    expect((await checked(code)).state).toBe('unverifiable');
  }
  await put(`${head}.${body}.${signature}`, 'Ana Muñoz Ōta');
  expect((await checked(code)).state).toBe('valid');
  const { rows } = await sql<Record<'valid_until' | 'completed_on' | 'hours' | 'title_es', string>>`
    select valid_until, completed_on::text, hours, title_es from certificate where code = ${code}`.execute(database.db);
  const { valid_until, completed_on, hours, title_es } = rows[0]!;
  for (const change of [
    `valid_until = '2099-12-31'`,
    `completed_on = '2025-01-01'`,
    `hours = 99`,
    `title_es = 'Otro'`,
  ]) {
    await sql`update certificate set ${sql.raw(change)} where code = ${code}`.execute(database.db);
    expect([change, (await checked(code)).state]).toEqual([change, 'unverifiable']);
    await sql`update certificate set valid_until = ${valid_until}, completed_on = ${completed_on}, hours = ${hours},
      title_es = ${title_es} where code = ${code}`.execute(database.db);
  }
  expect((await checked(code)).state).toBe('valid');
});

test('anybody checks one by its code as people write it, and finds no more than stands on it', async () => {
  const [{ code }] = (await own(LEARNER)).certificates as [CertificateRow];
  const written = `${code.slice(0, 4)}-${code.slice(4, 8)} ${code.slice(8)}`.toLowerCase().replaceAll('0', 'o');
  expect(await checked(written)).toEqual({
    ...{ code, state: 'valid', holder: 'Ana Muñoz Ōta', title: first.title, hours: expect.any(Number) },
    ...{ issuer: 'Villa del Río', isSample: false, completedOn: '2026-03-04', issuedOn: '2026-03-05' },
    ...{ validUntil: null, revokedOn: null },
  });
  expect((await ask(PUBLIC, 'GET', 'certificates')).status).toBe(404);
  expect((await ask(PUBLIC, 'GET', `/api/v1/otra/certificates/${code}`)).status).toBe(404);
  const page = await text(`/verify/villa?code=${encodeURIComponent(written)}&lang=es`);
  expect(page).toContain('La constancia es auténtica y está vigente.');
  expect(page).toContain('Ana Muñoz Ōta');
  expect(await text(`/verify/villa/${code}?lang=en`)).toContain('authentic and valid');
  for (const [path, words] of [
    ['/verify/villa?code=%3Cscript%3E&lang=es', 'Un código tiene doce letras y números'],
    ['/verify/villa?code=000000000000&lang=es', 'No hay ninguna constancia con ese código'],
    [`/verify/nadie/${code}?lang=en`, 'There is no certificate with that code'],
  ] as const) {
    const answer = await ask(PUBLIC, 'GET', path);
    expect([path, answer.status]).toEqual([path, 404]);
    const said = await answer.text();
    expect(said).toContain(words);
    expect(said).not.toContain('<script');
  }
  for (const language of ['es', 'en']) {
    const answer = await ask(PUBLIC, 'GET', `certificates/${code}/certificate.pdf?lang=${language}`);
    const pdf = Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(pdf).toMatch(/^%PDF-1\.7[\s\S]*%%EOF\s*$/);
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    expect(pdf).toContain(`/Lang (${language})`);
  }
});

test('a revoked badge is in the signed list, is issued again under another name, and is told as what it is', async () => {
  const made = await issue({ learner: 8, holder: 'Beto Paz', validUntil: '2026-03-31' });
  const jws = await text(`certificates/${made.code}/badge`);
  // The last of March in the town ends at six in UTC.
  expect(partOf(jws, 1)).toMatchObject({
    exp: Date.parse('2026-04-01T06:00:00Z') / 1000,
    validUntil: '2026-04-01T06:00:00Z',
  });
  expect(openBadge.safeParse(partOf(jws, 1)).error?.issues ?? []).toEqual([]);
  expect(await isRevoked(jws)).toBe(false);
  const said = { holder: 'Beto Paz Ruiz', because: 'Faltaba el segundo apellido' };
  const again = await ask(STAFF, 'POST', `certificates/${made.code}/reissue`, said);
  expect(again.status).toBe(201);
  const newer = (await again.json()) as CertificateRow;
  expect(newer).toMatchObject({ state: 'valid', holder: 'Beto Paz Ruiz', completedOn: '2026-03-04', learner: 8 });
  expect(await isRevoked(jws)).toBe(true);
  expect(await checked(made.code)).toMatchObject({ state: 'replaced', revokedOn: '2026-03-05' });
  const newerJws = await text(`certificates/${newer.code}/badge`);
  expect(await isRevoked(newerJws)).toBe(false);
  expect(await isRevoked(await text(`certificates/${(await own(LEARNER)).certificates[0]!.code}/badge`))).toBe(false);
  clock = Date.parse('2026-04-01T05:59:00Z');
  expect(verified(newerJws, await keyOf(newerJws))).toMatchObject({ iss: ISSUER });
  expect((await checked(newer.code)).state).toBe('valid');
  clock = Date.parse('2026-04-01T06:00:00Z');
  expect((await checked(newer.code)).state).toBe('expired');
  const newerKey = await keyOf(newerJws);
  expect(() => verified(newerJws, newerKey)).toThrow('jwt expired');
  expect((await ask(STAFF, 'POST', `certificates/${newer.code}/revoke`, { because: 'x' })).status).toBe(422);
  expect((await ask(LEARNER, 'POST', `certificates/${newer.code}/revoke`, { because: 'no' })).status).toBe(422);
  expect((await ask(LEARNER, 'POST', `certificates/${newer.code}/revoke`, { because: 'porque sí' })).status).toBe(403);
  expect((await ask(PUBLIC, 'GET', `certificates/${newer.code}/certificate.pdf`)).status).toBe(200);
  // A server that was not told the address of the portal signs the list at the one it has.
  portal = null;
  const revoke = () => ask(STAFF, 'POST', `certificates/${newer.code}/revoke`, { because: 'Copió las respuestas' });
  expect((await revoke()).status).toBe(204);
  portal = PORTAL;
  // A paper would not say that it is revoked.
  for (const { code } of [made, newer])
    expect((await ask(PUBLIC, 'GET', `certificates/${code}/certificate.pdf`)).status).toBe(409);
  expect((await revoke()).status).toBe(409);
  expect(await isRevoked(newerJws)).toBe(true);
  // Why is for its holder and those who issue, not for whoever checks it.
  expect(JSON.stringify(await checked(newer.code))).not.toContain('Copió');
  expect(JSON.stringify(await own(OTHER))).toContain('Copió');
});

test('a new key signs from now on, and what the one before signed stays good', async () => {
  const [{ code }] = (await own(LEARNER)).certificates as [CertificateRow];
  const jws = await text(`certificates/${code}/badge`);
  const { listsSigned, keys } = (await run('badge', 'key', 'rotate', 'villa')) as {
    listsSigned: number;
    keys: object[];
  };
  expect([listsSigned, keys.length]).toEqual([1, 2]);
  clock = Date.now() + 1000; // a command goes by the clock of the machine
  expect((await checked(code)).state).toBe('valid');
  expect(await isRevoked(jws)).toBe(false);
  const made = await issue({ learner: 8, holder: 'Beto Paz' });
  const newer = await text(`certificates/${made.code}/badge`);
  expect(partOf(newer, 0).kid).not.toBe(partOf(jws, 0).kid);
  expect(verified(newer, await keyOf(newer))).toMatchObject({ iss: ISSUER });
  expect(verified(jws, await keyOf(jws))).toMatchObject({ iss: ISSUER });
  const { rows } = await sql<{ sealed: string }>`select sealed from badge_key order by retired_at`.execute(database.db);
  expect(rows.filter(({ sealed }) => sealed === '')).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain('"d"');
  expect((await stat(secretFile(folder))).mode & 0o077).toBe(0);
});

test('a tutor issues certificates of a course to those of their group, and to nobody else', async () => {
  const { rows } = await sql<{ id: number }>`
    select jurisdiction_id as id from jurisdiction where code = 'villa'`.execute(database.db);
  const { id } = rows[0]!;
  const [lesson] = lessonCatalogue().lessons.es;
  const items = [{ id: 'a', kind: 'lesson', lesson: lesson!.code }];
  const body = courseBody.parse({ title: 'Diplomado', modules: [{ id: 'uno', title: 'Uno', hours: 120, items }] });
  const course = await addCourse(database, id, body, 'prueba', new Date(clock));
  const group = (title: string, tutor: number) =>
    addGroup(database, id, course, { body: groupBody.parse({ title }), tutors: [tutor] }, 'prueba', new Date(clock));
  const [ours] = [await group('Norte', 9), await group('Sur', 10)];
  const learns = { learner: 8, way: 'list', email: null } as const;
  await enrol(database, id, { course, id: ours }, learns, new Date(clock));
  const [tutor, another]: Viewer[] = [9, 10].map((of) => ({ ...OTHER, account: { id: of, name: `tutora ${of}` } }));
  expect((await own(tutor!)).mayIssue).toBe(true);
  const desk = async (of: Viewer) => (await (await ask(of, 'GET', 'certificate-desk')).json()) as CertificateDesk;
  const named = { course: `course:${course}`, learner: 8 };
  expect((await desk(tutor!)).waiting).toMatchObject([{ ...named, title: { es: 'Diplomado' }, hours: 120 }]);
  expect(await desk(another!)).toMatchObject({ waiting: [], certificates: [] });
  expect((await ask(another!, 'POST', 'certificates', { ...named, holder: 'Beto Paz' })).status).toBe(403);
  expect((await ask(tutor!, 'POST', 'certificates', { course: COURSE, learner: 8, holder: 'Beto' })).status).toBe(403);
  const answer = await ask(tutor!, 'POST', 'certificates?lang=en', { ...named, holder: 'Beto Paz' });
  expect(answer.status).toBe(201);
  const { code } = (await answer.json()) as CertificateRow;
  expect((await desk(tutor!)).certificates.map((row) => row.code)).toEqual([code]);
  expect((await desk(another!)).certificates).toEqual([]);
  expect((await ask(another!, 'POST', `certificates/${code}/revoke`, { because: 'No es mía' })).status).toBe(403);
  // Nobody who teaches certifies themselves, whatever they have completed.
  await enrol(database, id, { course, id: ours }, { ...learns, learner: 9 }, new Date(clock));
  await solveFirstModule(database, 'villa', 9);
  expect((await desk(tutor!)).waiting).toEqual([]);
  expect((await ask(tutor!, 'POST', 'certificates', { ...named, learner: 9, holder: 'Yo' })).status).toBe(403);
  expect((await desk(STAFF)).waiting).toContainEqual(expect.objectContaining({ ...named, learner: 9 }));
  // Five hundred newer ones: whose certificate is older than those still holds it, and its tutor still sees it.
  await sql`
    insert into certificate (jurisdiction_id, code, account_id, course, title_es, title_en, hours, holder, completed_on,
      issued_at, issued_by, key_id)
    select ${id}::int, 'Z' || lpad(n::text, 11, '0'), 1000 + n, 'course:99', 'T', 'T', 1, 'X', '2026-03-04', '2027-01-01', 'x', 'x'
    from generate_series(1, 500) as n`.execute(database.db);
  const all = await desk(STAFF);
  expect([all.certificates.length, all.inAll > 500]).toEqual([500, true]);
  expect(all.certificates.some((row) => row.code === code)).toBe(false);
  expect(all.waiting.some((each) => each.course === named.course && each.learner === 8)).toBe(false);
  expect(await desk(tutor!)).toMatchObject({ certificates: [{ code }], inAll: 1 });
  await sql`delete from certificate where course = 'course:99'`.execute(database.db);
  expect(await checked(code)).toMatchObject({
    state: 'valid',
    hours: 120,
    title: { es: 'Diplomado', en: 'Diplomado' },
  });
});

test('without the secret of the data folder nothing is signed, and the refusal says what to do', async () => {
  const file = secretFile(folder);
  const elsewhere = `${file}.away`;
  await rename(file, elsewhere);
  const [{ code }] = (await own(LEARNER)).certificates as [CertificateRow];
  const answer = await ask(STAFF, 'POST', `certificates/${code}/revoke`, { because: 'Prueba' });
  expect([answer.status, await answer.text()]).toEqual([409, expect.stringMatching(/badges\/secret/)]);
  expect((await checked(code)).state).toBe('valid');
  await rename(elsewhere, file);
});

test('its holder withdraws one, and of the name nothing is left', async () => {
  const [{ code }] = (await own(LEARNER)).certificates as [CertificateRow];
  const jws = await text(`certificates/${code}/badge`);
  expect((await ask(OTHER, 'DELETE', `certificates/${code}`)).status).toBe(404);
  expect((await ask(LEARNER, 'DELETE', `certificates/${code}`)).status).toBe(204);
  expect(await checked(code)).toMatchObject({ state: 'withdrawn', holder: null });
  expect((await ask(PUBLIC, 'GET', `certificates/${code}/badge`)).status).toBe(404);
  expect((await ask(PUBLIC, 'GET', `certificates/${code}/certificate.pdf`)).status).toBe(404);
  const { rows } = await sql`select * from certificate where code = ${code}`.execute(database.db);
  expect(JSON.stringify(rows)).not.toMatch(/ana/i);
  const { credentialStatus } = partOf<{ credentialStatus: object }>(jws, 1);
  expect(credentialStatus).toBeDefined();
  expect(await isRevoked(jws)).toBe(true);
});
