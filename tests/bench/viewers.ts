// Whether who asks makes a difference to how long it takes: counts for the public and for somebody bound to the city against
// those for whoever has the machine, and tiles with a session against tiles with a key.

import { seeded } from '../../geodata/demo/random.ts';
import { reportOf } from '../support/cli.ts';
import { firstAdministrator, invited, type Person, person } from '../support/people.ts';
import { startServer } from '../support/server.ts';
import { type BenchContext, type BenchLine, interleave, line, missingLine, NO_POSTGIS } from './contract.ts';
import { copyOfCity } from './subject.ts';

const NAME = 'viewers';
const ROUNDS = 15;
const QUESTIONS = 20;
/** At most half as long again. */
const TARGET = 1 / 1.5;
const VIEW_WITHIN_MS = 600_000;

export async function bench(context: BenchContext): Promise<BenchLine[]> {
  const subject = await copyOfCity(context);
  if (!subject) return [missingLine(NAME, context.rows, NO_POSTGIS)];
  const { home, jurisdiction, layer, rows, note } = subject;
  await reportOf(home, ['protect', 'on', jurisdiction, '--areas', layer]);
  const server = await startServer({ ...home, env: { CUADRA_ACCESS: 'accounts' } });
  try {
    const staff = await firstAdministrator(server);
    const bound = await invited(server, staff, 'bound', 'planner', { jurisdictions: [jurisdiction], areas: null });
    const nobody = person(server);
    context.say('waiting for the public view');
    const until = Date.now() + VIEW_WITHIN_MS;
    while (!(await nobody.ask('GET', `${jurisdiction}/layers`)).ok) {
      if (Date.now() > until) throw new Error('no public view was made');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const questions = counting(jurisdiction, layer);
    const counted = (who: Person) => async () => {
      for (const path of questions()) await answered(who, path);
    };
    const common = { rows, unit: `ms for ${QUESTIONS} counts`, baseline: 'staff', target: TARGET, note };
    const versus = async (name: string, who: Person) =>
      line({ name: `${NAME} ${name}`, ...common, ...(await interleave(ROUNDS, counted(who), counted(staff))) });
    const lines = [await versus('public counts', nobody), await versus('scoped counts', bound)];
    const { key } = await reportOf<{ key: string }>(server, ['key', 'add', 'tiles', '--role', 'planner']);
    const withKey = { Authorization: `Bearer ${key}` };
    const tiles = tilesOf(jurisdiction, layer);
    const drawn =
      (who: Person, headers = {}) =>
      async () => {
        for (const path of tiles) await answered(who, path, headers);
      };
    const times = await interleave(ROUNDS, drawn(bound), drawn(nobody, withKey));
    const unit = `ms for ${tiles.length} tiles`;
    return [
      ...lines,
      line({ name: `${NAME} tiles with a session`, ...common, ...times, unit, baseline: 'with a key' }),
    ];
  } finally {
    await server.stop();
  }
}

async function answered(who: Person, path: string, headers = {}): Promise<void> {
  const answer = await who.ask('GET', path, undefined, headers);
  await answer.arrayBuffer();
  if (!answer.ok && answer.status !== 204) throw new Error(`${path}: ${answer.status}`);
}

/** Never the same question twice, nor one that the other side has asked: what is remembered answers neither. */
function counting(jurisdiction: string, layer: string): () => string[] {
  const random = seeded(5);
  let asked = 0;
  return () =>
    Array.from({ length: QUESTIONS }, () => {
      const month = () => String(1 + random.below(12)).padStart(2, '0');
      const hour = ++asked % 24;
      const hours = `${hour}-${(hour + 6) % 24 || 24}`;
      return `${jurisdiction}/counts?layer=${layer}&from=2019-${month()}-01&until=2022-${month()}-01&hour=${hours}`;
    });
}

const tilesOf = (jurisdiction: string, layer: string) =>
  [229, 230].flatMap((x) => [455, 456].map((y) => `/tiles/${jurisdiction}/${layer}/1/10/${x}/${y}.mvt`));
