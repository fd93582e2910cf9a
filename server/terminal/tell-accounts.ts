// Accounts, keys and the audit as sentences.

import type { Role, Scope } from '../access/contract.ts';
import type { AccountRow } from '../accounts/contract.ts';
import type { KeyRow } from '../accounts/keys.ts';
import type { AuditCheck } from '../audit/chain.ts';
import { ROLE_WORDS } from '../i18n/access.ts';
import type { Speech } from '../i18n/speech.ts';

type Whose = { readonly name: string; readonly role: Role; readonly scope: Scope };

const whose = ({ say, language }: Speech, { name, role, scope }: Whose) => ({
  name,
  role: ROLE_WORDS[language][role],
  where: [
    scope.jurisdictions?.join(', ') ?? say('everywhere'),
    ...(scope.areas ? [`${scope.areas.layer}: ${scope.areas.codes.join(', ')}`] : []),
  ].join(' · '),
});

export const tellAccount = (speech: Speech, account: Whose & { readonly disabled?: boolean }): string[] => [
  speech.say(account.disabled ? 'accountDisabled' : 'account', whose(speech, account)),
];

export const tellLink = (
  speech: Speech,
  link: Whose & { readonly path: string; readonly expires: string },
): string[] => [
  speech.say('accountLink', { ...whose(speech, link), until: speech.moment(link.expires) }),
  `  ${link.path}`,
];

export function tellAccounts(speech: Speech, { accounts }: { readonly accounts: readonly AccountRow[] }): string[] {
  if (accounts.length === 0) return [speech.say('accountsNone')];
  return accounts.map((account) => {
    const seen = account.seenAt ? [speech.say('accountSeen', { when: speech.moment(account.seenAt) })] : [];
    return [...tellAccount(speech, account), ...seen].join(' ');
  });
}

export const tellKey = (speech: Speech, key: Whose & { readonly key: string }): string[] => [
  speech.say('accessKey', whose(speech, key)),
  key.key,
];

export function tellKeys(speech: Speech, { keys }: { readonly keys: readonly KeyRow[] }): string[] {
  if (keys.length === 0) return [speech.say('accessKeysNone')];
  return keys.map((key) => speech.say('account', whose(speech, key)));
}

export function tellAudit({ say, int }: Speech, { ok, entries, hash, first }: AuditCheck): string[] {
  if (ok) return [say('auditWhole', { n: int(entries), hash })];
  return [say(first?.fault === 'missing' ? 'auditMissing' : 'auditAltered', { entry: String(first?.entry) })];
}
