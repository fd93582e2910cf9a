// The commands that keep an installation in a file and bring it back.

import { resolve } from 'node:path';
import { restoreBackup } from '../backup/restore.ts';
import { writeBackup } from '../backup/write.ts';
import { checkInstallation } from '../check/installation.ts';
import type { CommandIo } from '../db/control.ts';
import { tellBackup, tellRestored } from '../terminal/tell-installation.ts';
import { type Command, type CommandDeps, flag, type Given, type Outcome, told } from './command.ts';

export const BACKUP_COMMANDS: readonly Command[] = [
  { words: 'backup', audited: 'backup', options: { force: flag }, run: backup },
  { words: 'restore', audited: 'restore', options: { replace: flag }, run: restore },
];

async function backup({ database }: CommandDeps, { argument, isSet }: Given, io: CommandIo): Promise<Outcome> {
  const watch = { signal: io.signal, onProgress: io.progress };
  const report = await writeBackup(database, resolve(io.cwd, argument), { force: isSet('force') }, watch);
  return told(report, tellBackup);
}

/** What was restored is asked the same questions as by `check`, whose outcome decides. */
async function restore(deps: CommandDeps, { argument, isSet }: Given, io: CommandIo): Promise<Outcome> {
  const watch = { signal: io.signal, onProgress: io.progress };
  const restored = await restoreBackup(deps, resolve(io.cwd, argument), { replace: isSet('replace') }, watch);
  const check = await checkInstallation(deps, io.progress);
  return told({ ok: check.ok, ...restored, check }, tellRestored);
}
