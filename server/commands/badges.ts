// The commands about the keys that badges are signed with: which there are, and a new one in place of the one that signs.

import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { addressesIn, signListsAnew } from '../badges/issue.ts';
import { publicKeys, rotateKey } from '../badges/keys.ts';
import { secretFile } from '../badges/secret.ts';
import type { Speech } from '../i18n/speech.ts';
import { type Command, type CommandDeps, type Run, told } from './command.ts';

const depsOf = ({ database, dataDir, portal }: CommandDeps) => ({
  ...{ database, dataDir, portal: portal ?? null },
  now: () => new Date(),
});

type Report = {
  readonly jurisdiction: string;
  readonly keys: readonly { readonly id: string; readonly madeAt: string; readonly retiredAt: string | null }[];
  readonly issuer: string | null;
  readonly did: string | null;
  readonly secret: string;
  /** Lists signed with the new key; null where none was made. */
  readonly listsSigned: number | null;
};

const report = async (deps: CommandDeps, code: string, listsSigned: number | null): Promise<Report> => {
  const city = await findJurisdiction(deps.database, OPERATOR, code);
  const at = addressesIn(depsOf(deps), city);
  const keys = (await publicKeys(deps.database, city.id)).map(({ id, madeAt, retiredAt }) => ({
    id,
    madeAt,
    retiredAt,
  }));
  const named = { issuer: at?.issuer ?? null, did: at?.did ?? null };
  return { jurisdiction: code, keys, ...named, secret: secretFile(deps.dataDir), listsSigned };
};

const show: Run = async (deps, { argument }) => told(await report(deps, argument, null), tell);

const rotate: Run = async (deps, { argument }) => {
  const city = await findJurisdiction(deps.database, OPERATOR, argument);
  await rotateKey(depsOf(deps), city);
  return told(await report(deps, argument, await signListsAnew(depsOf(deps), city)), tell);
};

const tell = ({ say, int }: Speech, { jurisdiction, keys, issuer, secret, listsSigned }: Report): string[] => [
  ...(keys.length === 0 ? [say('badgeNoKey', { jurisdiction })] : []),
  ...keys.map(({ id, madeAt, retiredAt }) =>
    retiredAt === null
      ? say('badgeKey', { key: id, made: madeAt })
      : say('badgeKeyRetired', { key: id, made: madeAt, retired: retiredAt }),
  ),
  issuer === null ? say('badgeNoAddress') : say('badgeIssuer', { issuer }),
  say('badgeSecret', { file: secret }),
  ...(listsSigned === null ? [] : [say('badgeRotated', { n: int(listsSigned) })]),
];

export const BADGE_COMMANDS: readonly Command[] = [
  { words: 'badge key show', options: {}, run: show },
  { words: 'badge key rotate', audited: 'setting', options: {}, run: rotate },
];
