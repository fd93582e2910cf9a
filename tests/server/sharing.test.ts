// What one authority lets another see, over HTTP: agreed on by both, at each level no more than it says, and gone at once
// when it ends; and the public view and its file, which a running server keeps by itself.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agreement, JurisdictionRow } from '../../server/access/contract.ts';
import type { AuditPage } from '../../server/audit/contract.ts';
import type { RegionAnswer } from '../../server/counts/contract.ts';
import { reportAt, runAt, runCuadra } from '../support/cli.ts';
import { firstAdministrator, invited, type Person, person } from '../support/people.ts';
import type { TestServer } from '../support/server.ts';
import { startTinyTown } from '../support/tinytown.ts';

/** Two beside the twelve of Tiny Town, of which only one is agreed on. */
const SENSITIVE = `folio,fecha,hora,delito,longitud,latitud
S1,2022-03-05,10:00,Violación,-99.1091,19.4030
S2,2022-03-06,11:00,Violencia familiar,-99.1091,19.4030
`;

let server: TestServer;
let administrator: Person;

/** Two of `otra`, who are let see Tiny Town, and somebody of each side to agree on it. */
type Sides = {
  readonly commander: Person;
  readonly planner: Person;
  readonly giver: Person;
  readonly receiver: Person;
};
let sides: Sides;

beforeAll(async () => {
  server = await startTinyTown({ CUADRA_ACCESS: 'accounts', CUADRA_EMBED_ORIGINS: 'https://periodico.example' });
  await reportAt(server, ['jurisdiction', 'add', 'otra', '--name', 'Otra', '--timezone', 'America/Mexico_City']);
  const file = join(server.dataDir, 'sensibles.csv');
  writeFileSync(file, SENSITIVE);
  const into = ['--jurisdiction', 'tiny', '--preset', 'generic', '--source', 'sensibles'];
  await reportAt(server, ['import', 'incidents', file, ...into]);
  administrator = await firstAdministrator(server);
  const of = (code: string) => ({ jurisdictions: [code], areas: null });
  sides = {
    commander: await invited(server, administrator, 'mando de otra', 'commander', of('otra')),
    planner: await invited(server, administrator, 'planea en otra', 'planner', of('otra')),
    giver: await invited(server, administrator, 'firma por tiny', 'administrator', of('tiny')),
    receiver: await invited(server, administrator, 'firma por otra', 'administrator', of('otra')),
  };
});
afterAll(async () => {
  await server.stop();
  server.assertLogClean();
  server.remove();
});

const agreed = async (terms: object): Promise<string> => {
  const body = { direction: 'give', with: 'otra', until: '2999-01-01', ...terms };
  const proposed = await sides.giver.ask('POST', 'tiny/agreements', body);
  expect(proposed.status).toBe(201);
  const { id } = (await proposed.json()) as Agreement;
  expect((await sides.giver.ask('POST', `tiny/agreements/${id}/accept`)).status).toBe(409);
  expect((await sides.commander.ask('POST', `otra/agreements/${id}/accept`)).status).toBe(403);
  expect((await sides.receiver.ask('POST', `otra/agreements/${id}/accept`)).status).toBe(200);
  return id;
};
const ended = async (id: string) => {
  expect((await sides.giver.ask('POST', `tiny/agreements/${id}/end`)).status).toBe(200);
};

test('what two towns agree on is seen by both, written down for both, and by nobody else', async () => {
  expect((await sides.commander.ask('GET', 'tiny/counts?layer=areas')).status).toBe(404);
  const unknown = { direction: 'give', with: 'otra', level: 'full', until: '2999-01-01', offences: ['nada'] };
  expect((await sides.giver.ask('POST', 'tiny/agreements', unknown)).status).toBe(422);
  const id = await agreed({ level: 'totals', offences: ['patrimonio.robo'] });
  for (const [side, town] of [
    [sides.giver, 'tiny'],
    [sides.receiver, 'otra'],
  ] as const) {
    const { agreements } = await side.get<{ agreements: Agreement[] }>(`${town}/agreements`);
    expect(agreements).toMatchObject([{ id, state: 'accepted', level: 'totals', giver: 'tiny', receiver: 'otra' }]);
    expect(agreements[0]!.steps.map(({ what, who }) => `${what} ${who}`)).toEqual([
      'proposed firma por tiny',
      'accepted firma por otra',
    ]);
    const { rows } = await side.get<AuditPage>('audit?what=sharing');
    expect(rows.map(({ detail }) => detail.split(' ')[0])).toEqual(['accept', 'propose']);
  }
  await ended(id);
  const listed = await runCuadra(server, ['share', 'list']);
  expect([listed.status, listed.stdout]).toEqual([0, expect.stringContaining('tiny shares with otra')]);
});

test('totals are counts by area and complete months; no street, no point, no hour, no day', async () => {
  const id = await agreed({ level: 'totals' });
  const { commander } = sides;
  expect(await commander.get('jurisdictions')).toMatchObject([{ code: 'otra' }, { code: 'tiny', shared: 'totals' }]);
  type Counts = { ids: number[]; counts: number[] };
  const question = 'tiny/counts?layer=areas&from=2022-01-01&until=2023-01-01';
  const [own, shared] = [await administrator.get<Counts>(question), await commander.get<Counts>(question)];
  expect([shared.ids, shared.counts]).toEqual([own.ids, own.counts]);
  expect((await commander.get<{ layer: string }[]>('tiny/layers')).map(({ layer }) => layer)).toEqual(['areas']);
  const refused = await Promise.all(
    [
      ...['counts?layer=streets', 'top?layer=streets', 'counts?layer=areas&hour=8-14', 'counts?layer=areas&weekday=1'],
      ...[
        'counts?layer=areas&from=2022-01-02',
        'counts?layer=areas&period=week',
        'series?step=day',
        'series?step=week',
      ],
      ...['counts?layer=areas&within=poly:-99.2,19.3;-99,19.3;-99,19.5', 'counts?layer=areas&within=streets:s1'],
      ...['clock', 'heat', 'incidents', 'incidents.csv', 'incidents-about.csv', 'events', 'points'],
      ...['layers/streets', 'layers/streets/features', 'benchmark', 'deliveries', 'jobs', 'presets', 'protection'],
      ...['/tiles/tiny/streets/1.json', '/tiles/tiny/streets/1/14/3681/7288.mvt', 'counts?layer=areas&asOf=2024-01-01'],
    ].map(async (path) => {
      const { status } = await commander.ask('GET', path.startsWith('/') ? path : `tiny/${path}`);
      return [path, [403, 404, 422].includes(status)];
    }),
  );
  expect(refused.filter(([, isRefused]) => !isRefused)).toEqual([]);
  expect((await commander.ask('GET', '/tiles/tiny/areas/1.json')).status).toBe(200);
  expect((await commander.ask('GET', 'tiny/series?step=month')).status).toBe(200);
  const { rows } = await commander.get<RegionAnswer>('region?year=2022');
  const all = await administrator.get<RegionAnswer>('region?year=2022');
  const { shared: level, ...row } = rows.find(({ code }) => code === 'tiny')!;
  expect([level, row]).toEqual(['totals', all.rows.find(({ code }) => code === 'tiny')]);
  await ended(id);
});

test('totals end with the last complete month: of what happened today nothing is told by any question', async () => {
  const { commander } = sides;
  const id = await agreed({ level: 'totals' });
  const today = new Date().toISOString().slice(0, 10);
  const told = async () => {
    const [row] = (await commander.get<JurisdictionRow[]>('jurisdictions')).filter(({ code }) => code === 'tiny');
    const answers = await Promise.all(
      ['counts?layer=areas', 'summary', 'series?step=month', 'top?layer=areas', 'offences', 'sources'].map(
        async (path) => [path, await commander.get<object>(`tiny/${path}`)],
      ),
    );
    return JSON.parse(JSON.stringify([{ ...row }, answers]), (name, value) =>
      name === 'dataVersion' ? undefined : value,
    );
  };
  const import1 = async (source: string, day: string) => {
    const file = join(server.dataDir, `${source}.csv`);
    writeFileSync(file, `${SENSITIVE.split('\n')[0]}\nH1,${day},00:01,Robo a casa habitación,-99.1091,19.4011\n`);
    const into = ['--jurisdiction', 'tiny', '--preset', 'generic', '--source', source];
    await reportAt(server, ['import', 'incidents', file, ...into]);
  };
  await import1('hoy', today);
  // Complete by what the data say, had the calendar no say in it.
  const own = await administrator.get<{ until: string; code: string }[]>('jurisdictions');
  expect(own.find(({ code }) => code === 'tiny')!.until > today).toBe(true);
  const after = await told();
  const text = JSON.stringify(after);
  expect([today, `"from":"${today.slice(0, 7)}`, '"hoy"'].filter((each) => text.includes(each))).toEqual([]);
  const { totals } = after[1][0][1] as { totals: { matched: number } };
  // The twelve of Tiny Town and the two others.
  expect(totals.matched).toBe(14);
  await ended(id);
});

test('by an agreement about an area and an offence nothing else is named, whatever is asked', async () => {
  const { commander } = sides;
  const areas = { layer: 'areas', codes: ['01'] };
  const [vehicle] = (await administrator.get<{ code: string; labels: string[] }[]>('tiny/offences')).filter(
    ({ labels }) => labels.includes('Robo de vehículo automotor'),
  );
  const id = await agreed({ level: 'full', offences: [vehicle!.code], areas });
  // Worked out by hand: F11 alone is such a one in Alameda; S3 lies in it, the middle of S1 on its border.
  const rows = await commander.get<JurisdictionRow[]>('jurisdictions');
  expect(rows.find(({ code }) => code === 'tiny')).toMatchObject({
    ...{ from: '2022-06-30', until: '2022-07-01', shared: 'full', bounds: [-99.11, 19.4, -99.108, 19.402] },
  });
  expect(await commander.get('tiny/layers')).toMatchObject([
    { layer: 'areas', features: 1, bounds: [-99.11, 19.4, -99.108, 19.402] },
    { layer: 'streets', features: 2 },
  ]);
  const named = async (layer: string, q = '') =>
    (await commander.get<{ features: { code: string }[] }>(`tiny/layers/${layer}/features?q=${q}`)).features.map(
      ({ code }) => code,
    );
  expect([await named('areas'), (await named('streets')).sort(), await named('areas', 'centro')]).toEqual([
    ['01'],
    ['S1', 'S3'],
    [],
  ]);
  const listed = await commander.get<{ labels: string[]; incidents: number }[]>('tiny/offences');
  expect(listed.flatMap(({ labels }) => labels)).toEqual(['Robo de vehículo automotor']);
  expect(await commander.get('tiny/sources')).toMatchObject([{ incidents: 1, delivered: null, until: '2022-07-01' }]);
  const tiles = (await commander.get<{ tiles: string[] }>('/tiles/tiny/areas/1.json')).tiles[0]!;
  const tileAt = (who: Person, address: string) =>
    who.ask('GET', new URL(address.replace('{z}', '14').replace('{x}', '3681').replace('{y}', '7291')).pathname);
  const bytes = async (who: Person) => Buffer.from(await (await tileAt(who, tiles)).arrayBuffer()).toString('latin1');
  // Whoever asks first: the town itself is given all three, its partner one.
  const [all, one] = [await bytes(administrator), await bytes(commander)];
  expect([all.includes('Centro'), one.includes('Alameda'), one.includes('Centro')]).toEqual([true, true, false]);
  const OTHERS = ['Centro', 'Barrio Nuevo', 'Avenida Dos', 'transeúnte', 'casa habitación', '"sensibles"', '"hoy"'];
  const paths = [
    ...[
      'layers',
      'limit',
      'layers/areas',
      'layers/areas/features',
      'layers/streets/features',
      'sources',
      'counts?layer=areas',
    ],
    ...[
      'counts?layer=streets',
      'summary?layer=areas',
      'series',
      'clock',
      'heat',
      'top?layer=areas',
      'top?layer=streets',
    ],
    ...[
      'incidents',
      'incidents.csv',
      'incidents.geojson',
      'incidents-about.csv',
      'top?layer=streets&by=rate',
      'protection',
    ],
  ];
  for (const path of paths) {
    const answer = await commander.ask('GET', `tiny/${path}`);
    const text = await answer.text();
    expect([path, OTHERS.filter((each) => text.includes(each))]).toEqual([path, []]);
  }
  // What is not shared is refused in the words of what is not there.
  for (const [path, missing] of [
    ['counts?layer=areas&within=areas:02', 'counts?layer=areas&within=areas:99'],
    ['counts?layer=areas&within=areas:%232', 'counts?layer=areas&within=areas:%2399'],
    ['counts?layer=areas&offence=sexual.violacion.nada', 'counts?layer=areas&offence=nada'],
  ] as const) {
    const [unshared, unknown] = [
      await commander.ask('GET', `tiny/${path}`),
      await commander.ask('GET', `tiny/${missing}`),
    ];
    expect([path, unshared.status, unknown.status]).toEqual([path, 422, 422]);
  }
  expect((await commander.ask('GET', 'tiny/points?within=areas:01')).status).toBe(403);
  await ended(id);
});

test('all is seen as the town itself sees it, by the role, of the offences agreed on; nothing is changed', async () => {
  const { commander, planner } = sides;
  const id = await agreed({ level: 'full', offences: ['sexual.violacion'] });
  type List = { features: { properties: { label: string } }[] };
  const points = (await commander.get<List>('tiny/incidents')).features.map(({ properties }) => properties.label);
  expect(points).toEqual(['Violación']);
  const file = await (await commander.ask('GET', 'tiny/incidents.csv')).text();
  expect([file.trim().split('\r\n').length, file.includes('Violencia familiar')]).toEqual([2, false]);
  const totals = async (of: Person, path: string) =>
    (await of.get<{ totals: { matched: number } }>(`tiny/${path}`)).totals.matched;
  expect(await totals(commander, 'counts?layer=areas')).toBe(1);
  expect(await totals(commander, 'counts?layer=areas&offence=patrimonio.robo')).toBe(0);
  const offences = await commander.get<{ code: string; incidents: number }[]>('tiny/offences');
  expect(Math.max(...offences.map(({ incidents }) => incidents))).toBe(1);
  // Nor do the sources say how many there are of others.
  const sources = await commander.get<{ incidents: number }[]>('tiny/sources');
  expect(sources.reduce((sum, { incidents }) => sum + incidents, 0)).toBe(1);
  const { rows } = await commander.get<RegionAnswer>('region?year=2022');
  const row = rows.find(({ code }) => code === 'tiny')!;
  expect([row.shared, (row.count ?? 0) <= 1]).toEqual(['full', true]);
  expect((await planner.ask('GET', 'tiny/incidents')).status).toBe(403);
  // Two viewers in turn: what one was given is no answer to the other, whoever asked first.
  for (const path of ['counts?layer=areas', 'series', 'clock', 'heat', 'summary', 'offences', 'top?layer=areas']) {
    const first = await commander.ask('GET', `tiny/${path}`);
    const etag = first.headers.get('etag')!;
    const own = await administrator.ask('GET', `tiny/${path}`, undefined, { 'If-None-Match': etag });
    expect([path, own.status]).toEqual([path, 200]);
    expect(await own.text(), path).not.toBe(await first.text());
  }
  for (const [method, path] of [
    ['POST', 'imports'],
    ['POST', 'uploads'],
    ['PUT', 'offence-labels'],
    ['POST', 'agreements'],
  ])
    expect([path, (await sides.receiver.ask(method!, `tiny/${path}`, {})).status]).toEqual([path, 403]);
  await ended(id);
});

test('what ended shows nothing any more: not by a known answer, an open stream, or the link of a file', async () => {
  const { commander } = sides;
  const id = await agreed({ level: 'full' });
  const counted = await commander.ask('GET', 'tiny/counts?layer=areas');
  const etag = counted.headers.get('etag')!;
  expect(counted.status).toBe(200);
  const stream = await commander.ask('GET', 'tiny/events');
  expect(stream.status).toBe(200);
  const told = (async () => {
    for await (const _ of stream.body!);
  })().then(
    () => 'ended',
    () => 'ended',
  );
  await ended(id);
  const known = await commander.ask('GET', 'tiny/counts?layer=areas', undefined, { 'If-None-Match': etag });
  expect(known.status).toBe(404);
  for (const path of ['tiny/incidents.csv', 'tiny/incidents', '/tiles/tiny/areas/1.json', 'tiny/layers', 'tiny/events'])
    expect([path, (await commander.ask('GET', path)).status]).toEqual([path, 404]);
  expect((await commander.get<JurisdictionRow[]>('jurisdictions')).map(({ code }) => code)).toEqual(['otra']);
  expect((await commander.get<RegionAnswer>('region?year=2022')).rows.map(({ code }) => code)).toEqual(['otra']);
  expect(await told).toBe('ended');
});

test('a running server makes the public view by itself; who is let see that is given what the public is', async () => {
  const { commander } = sides;
  const id = await agreed({ level: 'protected' });
  expect((await commander.ask('GET', 'tiny/counts?layer=areas')).status).toBe(404);
  await reportAt(server, ['protect', 'on', 'tiny', '--areas', 'areas']);
  const nobody = person(server);
  await expect.poll(async () => (await nobody.ask('GET', 'tiny/layers')).status).toBe(200);
  expect(await commander.get('jurisdictions')).toMatchObject([{ code: 'otra' }, { code: 'tiny', shared: 'protected' }]);
  for (const path of [
    'counts?layer=areas',
    'series?step=month',
    'clock',
    'heat',
    'summary',
    'top?layer=areas',
    'layers',
  ])
    expect([path, await commander.get(`tiny/${path}`)]).toEqual([path, await nobody.get(`tiny/${path}`)]);
  const file = async (headers = {}) => nobody.ask('GET', 'tiny/protected.csv', undefined, headers);
  const first = await file();
  expect(await first.text()).toContain('source,kind,offence');
  const again = await file({ 'If-None-Match': first.headers.get('etag')! });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect((await commander.ask('GET', 'tiny/incidents')).status).toBe(403);
  // Nobody asks for it: the server sees what came, and the view and its file follow.
  const version = async () => (await nobody.get<{ dataVersion: number }>('tiny/protection')).dataVersion;
  const before = await version();
  const more = join(server.dataDir, 'mas.csv');
  writeFileSync(more, `${SENSITIVE.split('\n')[0]}\nR1,2022-02-07,09:00,Robo a casa habitación,-99.1091,19.4011\n`);
  const source = ['--source', 'mas'];
  await reportAt(server, ['import', 'incidents', more, '--jurisdiction', 'tiny', '--preset', 'generic', ...source]);
  await expect.poll(version).toBeGreaterThan(before);
  const next = await file({ 'If-None-Match': first.headers.get('etag')! });
  expect([next.status, (await next.text()).includes(',2022-02,')]).toEqual([200, true]);
  await ended(id);
  expect((await commander.ask('GET', 'tiny/counts?layer=areas')).status).toBe(404);
  await reportAt(server, ['protect', 'off', 'tiny']);
  await expect.poll(async () => (await nobody.ask('GET', 'tiny/layers')).status).toBe(404);
});

test('a city says which sites may show its public view in a frame, whatever the installation says', async () => {
  const nobody = person(server);
  await reportAt(server, ['protect', 'on', 'tiny']);
  const ancestors = async (path: string) => {
    const answer = await nobody.ask('GET', path);
    await answer.body?.cancel();
    return /frame-ancestors ([^;]*)/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
  };
  const [of, ofNobody] = ['/?city=tiny&embed=1', '/?embed=1'];
  const installation = 'https://periodico.example';
  for (const [said, city, none, embed] of [
    ['https://uno.example,http://dos.example:8080', 'https://uno.example http://dos.example:8080', "'none'", true],
    ['none', "'none'", "'none'", false],
    ['default', installation, installation, true],
  ] as const) {
    await reportAt(server, ['protect', 'embed', 'tiny', said]);
    await expect.poll(() => ancestors(of)).toBe(city);
    await expect.poll(() => ancestors(ofNobody)).toBe(none);
    expect(await nobody.get('portal?city=tiny')).toMatchObject({ embed });
    expect([await ancestors('/?city=tiny'), await ancestors('/api/v1/me?city=tiny&embed=1')]).toEqual([
      "'none'",
      "'none'",
    ]);
  }
  for (const wrong of ['https://a.example; script-src *', 'javascript:alert(1)', "https://a.example 'self'"]) {
    const { status, stderr } = await runAt(server, ['protect', 'embed', 'tiny', wrong]);
    expect([status, stderr]).toMatchObject([1, expect.stringMatching(/origin/)]);
  }
});
