// The commands about who may do what: accounts, keys of programs, and whether the audit is whole.

import { ROLES, type Role, type Scope } from '../access/contract.ts';
import { findJurisdiction, listJurisdictions } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { areasIn } from '../accounts/contract.ts';
import { addKey, listKeys, removeKey } from '../accounts/keys.ts';
import { makeLink, takeBackLinksOf } from '../accounts/links.ts';
import { namesOf } from '../accounts/names.ts';
import { checkPassword, openPasswords } from '../accounts/passwords.ts';
import { checkScope, toldScope } from '../accounts/scopes.ts';
import { addAccount, changeAccount, existingAccount, listAccounts } from '../accounts/store.ts';
import { appendRows, verifyChain } from '../audit/chain.ts';
import { BadInput } from '../errors.ts';
import { tellAccount, tellAccounts, tellAudit, tellKey, tellKeys, tellLink } from '../terminal/tell-accounts.ts';
import { tellRemoved } from '../terminal/tell-installation.ts';
import { type Command, type CommandDeps, flag, type Given, type Run, text, told } from './command.ts';

const userAdd: Run = async ({ database }, given, io) => {
  const { argument, isSet, option } = given;
  const name = argument.normalize('NFC').trim();
  const role = roleOf(given);
  const scope = await scopeOf(database, given, role);
  const at = new Date();
  const subject = option('subject');
  if (subject !== null) {
    await addAccount(database.db, { name, role, scope, password: null, subject, at });
    await audited(database, `add ${name} ${toldScope(role, scope)} of the provider`);
    return told({ name, role, scope }, tellAccount);
  }
  if (!isSet('password-stdin')) {
    const link = await makeLink(database, { purpose: 'invitation', name, role, scope }, at);
    await audited(database, `invite ${name} ${toldScope(role, scope)}`);
    return told({ name, role, scope, ...link }, tellLink);
  }
  const password = withoutLineEnd((await io.input?.()) ?? '');
  checkPassword(password, [name, ...namesOf(await listJurisdictions(database, OPERATOR))]);
  const hash = await openPasswords().hash(password);
  await addAccount(database.db, { name, role, scope, password: hash, at });
  await audited(database, `add ${name} ${toldScope(role, scope)}`);
  return told({ name, role, scope }, tellAccount);
};

const userList: Run = async ({ database }) => told({ accounts: await listAccounts(database) }, tellAccounts);

const userDisable: Run = async ({ database }, { argument }) => {
  const { id, name, role, scope } = await changeAccount(database, argument, { disabled: true });
  await database.db.deleteFrom('account_session').where('account_id', '=', id).execute();
  const taken = await takeBackLinksOf(database, name);
  await audited(database, `disable ${name}${taken > 0 ? `, links taken back: ${taken}` : ''}`);
  return told({ name, role, scope, disabled: true }, tellAccount);
};

const userReset: Run = async ({ database }, { argument }) => {
  const { id, name, role, scope } = await existingAccount(database, argument);
  const link = await makeLink(database, { purpose: 'reset', accountId: id, name, role, scope }, new Date());
  await audited(database, `reset ${name}`);
  return told({ name, role, scope, ...link }, tellLink);
};

const keyAdd: Run = async ({ database }, given) => {
  const { argument: name } = given;
  const role = roleOf(given);
  const scope = await scopeOf(database, given, role);
  const { key } = await addKey(database, { name, role, scope }, new Date());
  await audited(database, `key ${name} ${toldScope(role, scope)}`);
  return told({ name, role, scope, key }, tellKey);
};

const keyList: Run = async ({ database }) => told({ keys: await listKeys(database) }, tellKeys);

const keyRemove: Run = async ({ database }, { argument }) => {
  await removeKey(database, argument);
  await audited(database, `key removed ${argument}`);
  return told({ removed: argument }, tellRemoved);
};

const auditVerify: Run = async ({ database }, _given, { signal }) =>
  told(await verifyChain(database, signal), tellAudit);

const audited = (database: CommandDeps['database'], detail: string) =>
  appendRows(database, [
    {
      ...{ at: new Date().toISOString(), who: 'command', role: 'administrator', address: '' },
      ...{ what: 'account', jurisdiction: null, detail, rows: null },
    },
  ]);

const withoutLineEnd = (text: string) => text.replace(/\r?\n$/, '');

function roleOf({ required }: Given): Role {
  const said = required('role');
  const role = ROLES.find((each) => each === said && each !== 'public');
  if (!role) throw new BadInput('role', `not a role (${ROLES.filter((each) => each !== 'public').join(', ')})`);
  return role;
}

/** Where it holds; without --jurisdiction everywhere. Throws for a jurisdiction or area that is not there. */
async function scopeOf(database: CommandDeps['database'], { option }: Given, role: Role): Promise<Scope> {
  const areas = option('areas');
  const codes = option('jurisdiction')?.split(',') ?? null;
  for (const code of codes ?? []) await findJurisdiction(database, OPERATOR, code);
  const scope = { jurisdictions: codes, areas: areas === null ? null : areasIn(areas) };
  await checkScope(database, OPERATOR, role, scope);
  return scope;
}

const OF_SCOPE = { role: text, jurisdiction: text, areas: text };

export const ACCOUNT_COMMANDS: readonly Command[] = [
  { words: 'user add', options: { ...OF_SCOPE, 'password-stdin': flag, subject: text }, run: userAdd },
  { words: 'user list', takes: 0, options: {}, run: userList },
  { words: 'user disable', options: {}, run: userDisable },
  { words: 'user reset', options: {}, run: userReset },
  { words: 'key add', options: OF_SCOPE, run: keyAdd },
  { words: 'key list', takes: 0, options: {}, run: keyList },
  { words: 'key remove', options: {}, run: keyRemove },
  { words: 'audit verify', takes: 0, options: {}, run: auditVerify },
];
