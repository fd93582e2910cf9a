// What accounts need of a running server: their sessions, whether the demo alone is here, and the link for the first
// administrator, which is said on the terminal and nowhere else.

import type { Logger } from 'pino';
import { EVERYWHERE, type Role, type Viewer } from '../access/contract.ts';
import { listJurisdictions } from '../access/jurisdictions.ts';
import { RIGHTS_OF } from '../access/rights.ts';
import { OPERATOR } from '../access/viewer.ts';
import { openKeys } from '../accounts/keys.ts';
import { makeLink } from '../accounts/links.ts';
import { namesOf } from '../accounts/names.ts';
import { openPasswords } from '../accounts/passwords.ts';
import { openProvider } from '../accounts/provider.ts';
import type { AccountDeps } from '../accounts/routes.ts';
import { openSessions } from '../accounts/sessions.ts';
import { hasAccounts } from '../accounts/store.ts';
import { openTries } from '../accounts/tries.ts';
import type { Audit } from '../audit/log.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';
import { isLoopback } from '../http/hosts.ts';
import { openSpeech, terminalLanguage } from '../i18n/speech.ts';

type Deps = {
  readonly database: Database;
  readonly config: Config;
  readonly audit: Audit;
  readonly log: Logger;
  readonly now: () => Date;
};
export type Accounts = AccountDeps & {
  readonly viewerOfKey: (key: string) => Promise<Viewer | null>;
  readonly greet: (origin: string) => Promise<void>;
};

const BELIEVED_MS = 2000;

export function openAccounts({ database, config, audit, log, now }: Deps): Accounts {
  let wasAlone = false;
  const isDemoAlone = remembered(now, async () => {
    if (database.engine !== 'embedded' || !isLoopback(config.host)) return false;
    const all = await listJurisdictions(database, OPERATOR);
    const isAlone = all.length > 0 && all.every(({ synthetic }) => synthetic);
    // Whoever adds a city of their own beside the demo comes in by an account from then on.
    if (wasAlone && !isAlone) await sayFirstLink();
    wasAlone = isAlone;
    return isAlone;
  });
  let origin: string | null = null;
  const sayFirstLink = async () => {
    if (origin === null || config.access !== 'accounts' || (await hasAccounts(database))) return;
    const of = { purpose: 'first', name: null, role: 'administrator', scope: EVERYWHERE } as const;
    const { path } = await makeLink(database, of, now());
    const { say } = openSpeech(terminalLanguage([], process.env));
    process.stdout.write(`${say('firstLink')}\n  ${origin}${path}\n`);
  };
  const needsSecondStep = (role: Role) =>
    config.secondStep === 'all' || (config.secondStep === 'points' && RIGHTS_OF[role].includes('see-points'));
  return {
    ...{ database, audit, now, isDemoAlone, needsSecondStep },
    sessions: openSessions({ database, log, now, isDemoAlone, needsSecondStep }),
    passwords: openPasswords(),
    tries: openTries(() => now().getTime()),
    viewerOfKey: openKeys(database, now),
    namesHere: async () => namesOf(await seeingEverybody(() => listJurisdictions(database, OPERATOR))),
    hasAccounts: config.access === 'accounts',
    provider: config.provider && openProvider(config.provider, log),
    async greet(at) {
      origin = at;
      if (config.access === 'password') {
        log.warn('CUADRA_PASSWORD lets everybody who knows it do everything: make accounts, then leave it out');
        return;
      }
      if (!(await isDemoAlone())) await sayFirstLink();
    },
  };
}

function remembered<T>(now: () => Date, ask: () => Promise<T>): () => Promise<T> {
  let known: { readonly at: number; readonly answer: Promise<T> } | null = null;
  return () => {
    const at = now().getTime();
    if (known && at - known.at < BELIEVED_MS) return known.answer;
    const answer = ask();
    known = { at, answer };
    answer.catch(() => {
      known = null;
    });
    return answer;
  };
}
