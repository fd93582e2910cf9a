// From a hot street to a measure: an evaluation with its fake measures, the meeting, the booklet of seventy-two sectors, and a
// delivery printed; and how many of a thousand measures that never were would be called a success, there and in the demo city.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import { dayOf, monthOf, monthStart } from '../../server/calendar/days.ts';
import { createCubes } from '../../server/cube/store.ts';
import { openDatabase } from '../../server/db/open.ts';
import { countOf, type MonthlyCounts } from '../../server/evaluation/comparable.ts';
import { type AskedLayer, findLayer } from '../../server/filter/places.ts';
import { OPEN_DAY, type Plan } from '../../server/filter/plan.ts';
import type { MeetingAnswer } from '../../server/meetings/contract.ts';
import type { ItemRow, ProblemAnswer, ProblemEvaluation } from '../../server/problems/contract.ts';
import { type Home, reportOf } from '../support/cli.ts';
import { demoMonths } from '../support/demo-months.ts';
import { type FakesAsked, judgeFakes } from '../support/fake-measures.ts';
import { quietLog } from '../support/log.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, limitLine, missingLine, NO_POSTGIS, spreadOf, timeMs } from './contract.ts';
import { copyOfCity, ROWS, type Subject } from './subject.ts';

const NAME = 'prevention';
const ROUNDS = 5;
const AT_ONCE = 4;
const SECTORS = 72;
const LIMITS = { evaluationMs: 5000, meetingMs: 1000, bookletS: 30, deliveredS: 60, called: 0.05 } as const;
/** At each layer and by either choice, begun in each of so many months. */
const FAKES = 1000;
const STARTS = 9;
const YEARS_KNOWN = 3;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await copyOfCity(context);
  if (!subject) return [missingLine(NAME, ROWS, NO_POSTGIS)];
  const { called, last, hottest } = await fakeMeasures(context, subject);
  const server = await startServer(subject.home);
  try {
    const at = `${server.origin}/api/v1/${subject.jurisdiction}`;
    const ask = async <T>(path: string, body?: object): Promise<T> => {
      const sent = body && {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      };
      const response = await fetch(at + path, sent);
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    };
    const evaluation = await timedEvaluation(ask, subject, hottest, last);
    const meetings: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) meetings.push(await timeMs(() => ask('/meeting')));
    const booklet = await bookletSeconds(ask, subject);
    const delivered = await deliveredSeconds(context, subject, ask);
    const { rows } = subject;
    const about = { rows, note: subject.note };
    return [
      limitLine({ ...about, name: `${NAME} evaluation`, unit: 'ms', ...evaluation }, LIMITS.evaluationMs),
      limitLine({ ...about, name: `${NAME} meeting`, unit: 'ms', ours: spreadOf(meetings.slice(1)) }, LIMITS.meetingMs),
      limitLine({ ...about, name: `${NAME} booklet`, unit: 's', ...booklet }, LIMITS.bookletS),
      limitLine({ ...about, name: `${NAME} delivery to booklet`, unit: 's', ours: delivered }, LIMITS.deliveredS),
      ...called.map(({ of, share, note }) =>
        limitLine(
          {
            ...about,
            name: `${NAME} fake ${of}`,
            unit: 'of 1',
            ours: { min: share, median: Math.max(share, 1e-6) },
            note,
          },
          LIMITS.called,
        ),
      ),
    ];
  } finally {
    await server.stop();
  }
}

type Ask = <T>(path: string, body?: object) => Promise<T>;

/** Each round another measure, so that none is remembered. */
async function timedEvaluation(ask: Ask, { layer }: Subject, hottest: readonly string[], last: number) {
  const { version } = (await ask<readonly { layer: string; version: number }[]>('/layers')).find(
    (row) => row.layer === layer,
  )!;
  const samples: number[] = [];
  let placebos = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const ground = { layer, version, codes: [hottest[round]!] };
    const { id } = await ask<ProblemAnswer>('/problems', { title: `Medida ${round}`, place: ground });
    const day = (years: number) => new Date(monthStart(last - 12 * years) * 86_400_000).toISOString().slice(0, 10);
    const measure = {
      ...{ ground, from: day(1), until: null, selection: { from: day(2), until: day(1) }, controls: null, ringM: 100 },
      ...{
        type: 'lighting',
        title: 'Luz',
        description: '',
        placeName: '',
        responsible: '',
        costMxn: null,
        fund: 'own',
      },
      ...{ indicator: '', baseline: '', goal: '', verification: '', objective: null },
    };
    await ask<ItemRow>(`/problems/${id}/items`, { kind: 'measure', body: measure });
    samples.push(
      await timeMs(async () => {
        const answer = await ask<ProblemEvaluation>(`/problems/${id}/evaluation`);
        placebos = Math.max(placebos, answer.placebo?.places ?? 0);
      }),
    );
  }
  return { ours: spreadOf(samples.slice(1)), note: `${placebos} fake measures, by harm too` };
}

async function bookletSeconds(ask: Ask, { layer }: Subject) {
  const { features } = await ask<{ features: readonly { code: string }[] }>(`/layers/${layer}/features`);
  const scopes = [null, ...features.slice(0, SECTORS).map(({ code }) => `${layer}:${code}`)];
  const seconds = (await timeMs(() => sheets(ask, scopes))) / 1000;
  return { ours: spreadOf([seconds]), note: `${scopes.length} sheets, four at a time, as the page asks` };
}

async function sheets(ask: Ask, scopes: readonly (string | null)[]): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < scopes.length) {
      const scope = scopes[next++]!;
      await ask<MeetingAnswer>(scope === null ? '/meeting' : `/meeting?scope=${encodeURIComponent(scope)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** Ten thousand rows more by the command, until the municipality and its sectors are told of the new version. */
async function deliveredSeconds(context: BenchContext, subject: Subject, ask: Ask) {
  const { dataVersion, until } = await ask<MeetingAnswer>('/meeting');
  const last = dayOf(until);
  const rows = ['folio,fecha,hora,delito,longitud,latitud'];
  for (let n = 0; n < 10_000; n++) {
    const [lon, lat] = subject.point((n % 100) / 100, Math.floor(n / 100) / 100);
    const day = new Date((last - 1 - (n % 28)) * 86_400_000).toISOString().slice(0, 10);
    rows.push(`N${n},${day},${String(n % 24).padStart(2, '0')}:00,Robo a transeúnte en vía pública,${lon},${lat}`);
  }
  const file = join(context.scratch(), 'fresh.csv');
  await writeFile(file, rows.join('\n'));
  const { features } = await ask<{ features: readonly { code: string }[] }>(`/layers/${subject.layer}/features`);
  const scopes = [null, ...features.slice(0, SECTORS).map(({ code }) => `${subject.layer}:${code}`)];
  const args = ['import', 'incidents', file, '--jurisdiction', subject.jurisdiction, '--preset', 'generic'];
  const ms = await timeMs(async () => {
    await reportOf(subject.home as Home, args);
    while ((await ask<MeetingAnswer>('/meeting')).dataVersion === dataVersion)
      await new Promise((resolve) => setTimeout(resolve, 200));
    await sheets(ask, scopes);
  });
  return spreadOf([ms / 1000]);
}

/** By the areas, and by the streets where there are some: at the hottest of the year before, and at any. */
async function fakeMeasures(context: BenchContext, { home, jurisdiction: code, layer: areas }: Subject) {
  const database = await openDatabase({ ...home, log: quietLog });
  const cubes = await createCubes({ database, dataDir: context.scratch(), budgetMb: 4096, log: quietLog });
  try {
    const jurisdiction = await findJurisdiction(database, STAFF, code);
    await cubes.warm(jurisdiction);
    const snapshot = await cubes.snapshot(jurisdiction);
    const incidents = snapshot.sources.filter(({ kind }) => kind === 'incident');
    const plan: Plan = {
      ...{ range: { from: -OPEN_DAY, until: OPEN_DAY }, sourceIds: incidents.map(({ sourceId }) => sourceId) },
      ...{ offenceIds: null, hours: null, weekdays: [], byNight: false, within: null, inside: null, scope: null },
    };
    const last = monthOf(Math.max(...incidents.map(({ through }) => through ?? 0)) + 1);
    const called: Called[] = [];
    let hottest: readonly string[] = [];
    const streets = snapshot.layers.find(({ type }) => type === 'streets')?.code;
    for (const name of streets ? [areas, streets] : [areas]) {
      const layer = (await findLayer(database, snapshot, name)) as AskedLayer;
      const counts = await monthsOf(snapshot.answers, plan, layer, last);
      if (name === areas)
        hottest = await codesOf(database.pool, jurisdiction.id, layer, hottestIn(counts, layer, last));
      called.push(...judged(layer.code, { counts, places: layer.features }, last));
    }
    const demo = demoMonths();
    for (const name of ['colonias', 'streets'] as const) {
      const { counts, places, improving } = demo[name];
      called.push(
        ...judged(`demo ${name}`, { counts, places, without: improving }, counts.first + counts.months.length),
      );
    }
    return { called, last, hottest };
  } finally {
    await cubes.close();
    await database.close();
  }
}

type Answers = Awaited<ReturnType<Awaited<ReturnType<typeof createCubes>>['snapshot']>>['answers'];

async function monthsOf(answers: Answers, plan: Plan, layer: AskedLayer, last: number): Promise<MonthlyCounts> {
  const first = last - 12 * YEARS_KNOWN;
  const months: Uint32Array[] = [];
  for (let month = first; month < last; month++) {
    const range = { from: monthStart(month), until: monthStart(month + 1) };
    months.push(Uint32Array.from((await answers.byPlace({ ...plan, range }, layer)).counts));
  }
  return { first, months };
}

function hottestIn(counts: MonthlyCounts, { features }: AskedLayer, last: number): number[] {
  const year = { from: last - 24, until: last - 12 };
  const of = Array.from({ length: features }, (_, place) => countOf(counts, [place], year));
  return of.map((_, place) => place).sort((a, b) => of[b]! - of[a]! || a - b);
}

type Called = { readonly of: string; readonly share: number; readonly note: string };

/** A thousand each of those of which anything is said, begun in several months of the last year. */
function judged(of: string, asked: Pick<FakesAsked, 'counts' | 'places' | 'without'>, last: number): Called[] {
  const starts = Array.from({ length: STARTS }, (_, i) => last - 12 + i);
  return (['hottest', 'any'] as const).map((at) => {
    const { tried, verdicts, said, fell } = judgeFakes({ ...asked, starts, fakes: FAKES, at });
    const note = [`${tried} tried`, ...[...verdicts].map(([verdict, n]) => `${verdict} ${n}`)].join(', ');
    return { of: `${at}, ${of}`, share: said > 0 ? fell / said : 0, note };
  });
}

async function codesOf(
  pool: Awaited<ReturnType<typeof openDatabase>>['pool'],
  jurisdiction: number,
  { layerId, version }: AskedLayer,
  places: readonly number[],
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ code: string }>(
    `select code from unnest($4::int[]) with ordinality as asked (id, at)
     join area on jurisdiction_id = $1 and layer_id = $2 and version = $3 and place_id = asked.id order by at`,
    [jurisdiction, layerId, version, places.slice(0, 20).map((place) => place + 1)],
  );
  return rows.map(({ code }) => code);
}
