// The commands that keep an installation in a file and bring it back.

import { resolve } from 'node:path';
import { listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { restoreBackup } from '../backup/restore.ts';
import { writeBackup } from '../backup/write.ts';
import { lockedKeys } from '../badges/keys.ts';
import { secretFile } from '../badges/secret.ts';
import { checkInstallation } from '../check/installation.ts';
import type { CommandIo } from '../db/control.ts';
import { tellBackup, tellRestored } from '../terminal/tell-installation.ts';
import { type Command, type CommandDeps, flag, type Given, type Outcome, told } from './command.ts';

export const BACKUP_COMMANDS: readonly Command[] = [
  { words: 'backup', audited: 'backup', options: { force: flag }, run: backup },
  { words: 'restore', audited: 'restore', options: { replace: flag }, run: restore },
];

async function backup({ database, dataDir }: CommandDeps, { argument, isSet }: Given, io: CommandIo): Promise<Outcome> {
  const watch = { signal: io.signal, onProgress: io.progress };
  const report = await writeBackup(database, resolve(io.cwd, argument), { force: isSet('force') }, watch);
  const badgeSecret = report.rows.badge_key ? secretFile(dataDir) : null;
  return told({ ...report, badgeSecret }, (speech) => [
    ...tellBackup(speech, report),
    ...(badgeSecret === null ? [] : [speech.say('badgeSecret', { file: badgeSecret })]),
  ]);
}

/** What was restored is asked the same questions as by `check`, whose outcome decides. */
async function restore(deps: CommandDeps, { argument, isSet }: Given, io: CommandIo): Promise<Outcome> {
  const watch = { signal: io.signal, onProgress: io.progress };
  const restored = await restoreBackup(deps, resolve(io.cwd, argument), { replace: isSet('replace') }, watch);
  const check = await checkInstallation(deps, io.progress);
  const lockedBadgeKeys = await lockedKeys(deps, await listJurisdictions(deps.database, OPERATOR));
  return told({ ok: check.ok, ...restored, check, lockedBadgeKeys }, (speech, report) => [
    ...tellRestored(speech, report),
    ...lockedBadgeKeys.map((code) => speech.say('badgeLocked', { jurisdiction: code, file: secretFile(deps.dataDir) })),
  ]);
}
