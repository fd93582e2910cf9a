// What a one-time link opens: the first administrator, an invitation or a new password. The token leaves the address bar
// at once, so that no bookmark or screen picture keeps it.

import { useEffect, useState } from 'preact/hooks';
import type { LinkFor } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import type { Problem } from '../store/api.ts';
import { accessPaths } from './answers.ts';
import { NewPassword } from './change-password.tsx';

/** The token of the address, which is then taken out of it; null without one. */
export function takeToken(view: Window): string | null {
  const { location, history } = view;
  const token = /^#link=([A-Za-z0-9_-]{20,200})$/.exec(location.hash)?.[1] ?? null;
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

export function OneTimeLinkScreen({ token }: { token: string }) {
  const { ask, store, t } = usePage();
  const [told, setTold] = useState<LinkFor | null>(null);
  const [gone, setGone] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    ask(accessPaths.linkFor(token), stop.signal).then(
      (answer) => {
        setTold(answer);
        setName(answer.name ?? '');
      },
      (error: Problem) => !stop.signal.aborted && setGone(error.status === 0 ? t('data.failed') : t('access.linkGone')),
    );
    return () => stop.abort();
  }, []);
  const use = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    try {
      await send('POST', accessPaths.link(), store.language.peek(), {
        token,
        ...(told?.name ? {} : { name }),
        password,
      });
      location.reload();
    } catch (error) {
      const { status, message } = error as Problem;
      setProblem(status === 0 ? t('data.failed') : message);
    }
  };
  if (gone)
    return (
      <main class="no-data">
        <h1>{t('access.linkTitle')}</h1>
        <p role="alert">{gone}</p>
        <a class="button" href="./">
          {t('app.back')}
        </a>
      </main>
    );
  if (!told) return null;
  return (
    <main class="no-data">
      <h1>{t(`access.link_${told.purpose}`)}</h1>
      <p>{t('access.linkRole', { role: t(`roles.${told.role}`) })}</p>
      <form class="sign-in" onSubmit={use}>
        <label>
          {t('access.name')}
          <input
            type="text"
            autocomplete="username"
            required
            maxlength={100}
            readOnly={told.name !== null}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <NewPassword value={password} onInput={setPassword} />
        <Refused why={problem} />
        <button type="submit" class="button is-primary">
          {t('access.enterWithIt')}
        </button>
      </form>
    </main>
  );
}
