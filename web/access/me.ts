// Who the page speaks for: asked before anything else, since every answer depends on it. Where only the sample city is
// there, whoever opens the page looks at it as a planner until they choose otherwise.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { Me, Right, Role } from '../../server/access/contract.ts';
import { PROVIDER_FAULTS, type ProviderFault } from '../../server/accounts/contract.ts';
import { send } from '../data/send.ts';
import { Problem } from '../store/api.ts';
import { speakFor } from '../store/as-whom.ts';
import { forgetDrafts } from '../store/drafts.ts';
import type { Hush } from '../store/hush.ts';
import { accessPaths } from './answers.ts';

export type Access = {
  /** Null until the server said. */
  readonly me: ReadonlySignal<Me | null>;
  readonly problem: ReadonlySignal<Problem | null>;
  /** Why nobody was let in when the provider sent somebody back, as the address said. */
  readonly providerFault: ProviderFault | null;
  may(right: Right): boolean;
  /** Asks again after no answer came. */
  ask(): void;
  /** Whether what the page asks waits, since its session ended or the server has somebody else by now. */
  readonly isOver: ReadonlySignal<'ended' | 'other' | null>;
  /** Looks who one is: what waits goes on where it is whoever the page was opened for. */
  lookAgain(): void;
  /** Signs in again without beginning the page anew. Rejects with Problem. */
  comeBack(name: string, password: string, code: string | null): Promise<void>;
  /** These begin the page anew: nothing one viewer was told is kept for the next. Reject with Problem. */
  signIn(name: string, password: string, code: string | null): Promise<void>;
  /** `isAgain`: without beginning the page anew. Rejects with Problem, or with what the browser says. */
  byPasskey(isAgain: boolean): Promise<void>;
  signOut(everywhere: boolean): Promise<void>;
  lookAs(role: Role): Promise<void>;
};

const OPENS_AS: Role = 'planner';
/** After no answer came, while something waits. */
const LOOK_AGAIN_MS = 5000;
/** Kept for this tab alone: that somebody wants to see what the public sees. */
const AS_PUBLIC_KEY = 'cuadra.asPublic';

function takeFault({ location, history }: Window): ProviderFault | null {
  const told = /^#provider=([a-z-]{1,20})$/.exec(location.hash)?.[1];
  if (told !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return PROVIDER_FAULTS.find((each) => each === told) ?? null;
}

/**
 * `mayHaveTyped`: whether something half-written may stand on the page of one without an account. `isEmbedded`: in a frame one
 * is the public, and the demo is tried by nobody.
 */
export function createAccess(
  view: Window,
  { ask, during }: Hush,
  language: () => string,
  mayHaveTyped: () => boolean,
  isEmbedded = false,
): Access {
  const me = signal<Me | null>(null);
  const problem = signal<Problem | null>(null);
  const wantsPublic = () => view.sessionStorage.getItem(AS_PUBLIC_KEY) !== null;
  const lookedAs = (role: Role) => send('POST', accessPaths.demo(), language(), { role });
  const anew = () => view.location.reload();

  const load = async (): Promise<void> => {
    problem.value = null;
    try {
      const told = await ask(accessPaths.me(), new AbortController().signal);
      const takesDemo = !isEmbedded && told.role === 'public' && told.demo?.includes(OPENS_AS) && !wantsPublic();
      take(takesDemo ? await lookedAs(OPENS_AS) : told);
    } catch (error) {
      problem.value = error instanceof Problem ? error : new Problem(0, 'internal', String(error));
    }
  };
  const isOver = signal<'ended' | 'other' | null>(null);
  let waiting: (() => void)[] = [];
  let isLooking = false;
  const take = (told: Me) => {
    me.value = told;
    if (!isEmbedded) speakFor(told.whose, comesBack);
    isOver.value = null;
    for (const goOn of waiting.splice(0)) goOn();
  };
  const look = async (): Promise<void> => {
    const before = me.peek();
    if (!before) return;
    isLooking = true;
    const told = await ask(accessPaths.me(), new AbortController().signal).catch(() => null);
    isLooking = false;
    if (!told) return void (waiting.length > 0 && setTimeout(() => void look(), LOOK_AGAIN_MS));
    if (told.whose === before.whose) return take(told);
    // The public and whoever tries the sample city have nothing to sign in with: these begin anew by themselves.
    const hasNoAccount = before.triesDemo || !before.signedIn;
    if (hasNoAccount && !mayHaveTyped()) return anew();
    isOver.value = hasNoAccount || told.signedIn ? 'other' : 'ended';
  };
  const comesBack = (signal: AbortSignal | null) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve();
      waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        waiting = waiting.filter((each) => each !== resolve);
        resolve();
      });
      if (isOver.peek() === null && !isLooking) void look();
    });
  void load();

  return {
    isOver,
    lookAgain: () => void look(),
    comeBack: async (name, password, code) => {
      await send('POST', accessPaths.session(), language(), { name, password, ...(code ? { code } : {}) });
      await look();
    },
    me: me,
    problem: problem,
    providerFault: takeFault(view),
    may: (right) => me.value?.rights.includes(right) ?? false,
    ask: () => void load(),
    signIn: async (name, password, code) => {
      const credentials = { name, password, ...(code ? { code } : {}) };
      await during(() => send('POST', accessPaths.session(), language(), credentials));
      anew();
    },
    byPasskey: async (isAgain) => {
      const options = await send('POST', accessPaths.passkeyAsked(), language(), {});
      const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
      const shown = (await view.navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
      const show = () => send('POST', accessPaths.passkeyShown(), language(), { credential: shown?.toJSON() });
      if (isAgain) {
        await show();
        return look();
      }
      await during(show);
      anew();
    },
    signOut: async (everywhere) => {
      const path = everywhere ? accessPaths.sessions() : accessPaths.session();
      await during(() => send('DELETE', path, language()));
      view.sessionStorage.setItem(AS_PUBLIC_KEY, '1');
      forgetDrafts(view.sessionStorage);
      const { provider } = me.peek() ?? {};
      // Else whoever comes next at this screen is let in there without being asked.
      if (provider?.isOfSession) view.location.assign(accessPaths.providerSignOut());
      else anew();
    },
    lookAs: async (role) => {
      if (role === 'public') {
        await during(() => send('DELETE', accessPaths.session(), language()));
        view.sessionStorage.setItem(AS_PUBLIC_KEY, '1');
      } else {
        await during(() => lookedAs(role));
        view.sessionStorage.removeItem(AS_PUBLIC_KEY);
      }
      anew();
    },
  };
}
