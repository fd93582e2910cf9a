// The commands of an installation that has outgrown one machine: spread its tables over several, and say how they lie.

import type { CommandIo } from '../db/control.ts';
import { readSpread, type Spread, spreadAll } from '../db/distribute.ts';
import { withEveryWriterHeldOff } from '../db/lock.ts';
import { tellSpread, tellSpreadNow } from '../terminal/tell-installation.ts';
import { type Command, type CommandDeps, type Given, type Outcome, told } from './command.ts';

export const DISTRIBUTE_COMMANDS: readonly Command[] = [
  { words: 'distribute status', takes: 0, options: {}, run: status },
  { words: 'distribute', takes: 0, options: {}, run: distribute },
];

async function status({ database }: CommandDeps): Promise<Outcome> {
  return told(await readSpread(database.db), tellSpread);
}

/** `moved`: the tables this command spread. */
export type SpreadReport = Spread & { readonly ok: boolean; readonly moved: readonly string[] };

async function distribute({ database }: CommandDeps, _given: Given, { progress }: CommandIo): Promise<Outcome> {
  const before = await readSpread(database.db);
  if (before.citus === null) return told<SpreadReport>({ ok: false, moved: [], ...before }, tellSpreadNow);
  const { rows } = await database.pool.query<{ id: number }>('select jurisdiction_id as id from jurisdiction');
  progress('distribute', null);
  const moved = await withEveryWriterHeldOff(
    database,
    rows.map(({ id }) => id),
    () => spreadAll(database.background.db),
  );
  const after = await readSpread(database.db);
  return told<SpreadReport>({ ok: after.waiting.length === 0, moved, ...after }, tellSpreadNow);
}
