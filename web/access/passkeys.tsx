// Passkeys on the page: entering by one, and those of one's own account. Browsers make and use them; where a browser cannot,
// or the portal is reached without TLS, nothing is offered.

import { useEffect, useState } from 'preact/hooks';
import type { Passkey } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { Problem } from '../store/api.ts';
import { accessPaths } from './answers.ts';

/** Passkeys are of a name: under a bare address browsers have none. */
const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host);

export const hasPasskeys = (): boolean =>
  window.isSecureContext &&
  !isAddress(location.hostname) &&
  'PublicKeyCredential' in window &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** What a browser says of a passkey nobody showed, or one that is not of this address. */
const wasNotUsed = (error: unknown): boolean => error instanceof DOMException || error instanceof TypeError;

export function PasskeyButton({ isAgain, onRefused }: { isAgain: boolean; onRefused: (reason: string) => void }) {
  const { access, t } = usePage();
  const [waiting, setWaiting] = useState(false);
  if (!hasPasskeys()) return null;
  const enter = async () => {
    setWaiting(true);
    try {
      await access.byPasskey(isAgain);
    } catch (error) {
      if (wasNotUsed(error)) onRefused(t('second.passkeyStopped'));
      else onRefused(error instanceof Problem && error.status !== 0 ? error.message : t('data.failed'));
    }
    setWaiting(false);
  };
  return (
    <button type="button" class="button by-provider" disabled={waiting} onClick={() => void enter()}>
      {t('access.byPasskey')}
    </button>
  );
}

/** Those there are; one is added or removed with the password. */
export function Passkeys({ onAdded }: { onAdded: () => void }) {
  const { ask, f, store, t } = usePage();
  const [known, setKnown] = useState<readonly Passkey[]>([]);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    ask(accessPaths.passkeys(), stop.signal).then(setKnown, () => {}); // said by what is asked with the password
    return () => stop.abort();
  }, []);
  if (!hasPasskeys() && known.length === 0) return null;
  const language = store.language.value;
  const attempt = async (change: () => Promise<readonly Passkey[]>) => {
    setProblem(null);
    try {
      setKnown(await change());
      setPassword('');
      return true;
    } catch (error) {
      if (wasNotUsed(error)) setProblem(t('second.passkeyStopped'));
      else setProblem(error instanceof Problem && error.status !== 0 ? error.message : t('data.failed'));
      return false;
    }
  };
  const add = async () => {
    const options = await send('POST', accessPaths.passkeyOptions(), language, { password });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
    return send('POST', accessPaths.passkeys(), language, { name: name.trim(), credential: made?.toJSON() });
  };
  return (
    <section class="passkeys">
      <h3>{t('second.passkeys')}</h3>
      <p class="small">{t('second.passkeysText')}</p>
      {known.length > 0 && (
        <ul>
          {known.map((each) => (
            <li key={each.id}>
              <span>
                {each.name}{' '}
                <small>
                  {each.usedAt
                    ? t('second.passkeyUsed', { when: f.moment(Date.parse(each.usedAt)) })
                    : t('second.passkeyUnused')}
                </small>
              </span>
              <button
                type="button"
                class="button is-small"
                disabled={password === ''}
                aria-label={t('second.passkeyRemoveOf', { name: each.name })}
                onClick={() => void attempt(() => send('DELETE', accessPaths.passkey(each.id), language, { password }))}
              >
                {t('second.passkeyRemove')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        class="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(add).then((isAdded) => isAdded && onAdded());
        }}
      >
        {hasPasskeys() && (
          <label>
            {t('second.passkeyName')}
            <input
              type="text"
              required
              maxlength={60}
              placeholder={t('second.passkeyExample')}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>
        )}
        <label>
          {t('access.password')}
          <input
            type="password"
            autocomplete="current-password"
            required
            maxlength={256}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
        <Refused why={problem} />
        {hasPasskeys() && (
          <div class="dialog-buttons">
            <button type="submit" class="button">
              {t('second.passkeyAdd')}
            </button>
          </div>
        )}
      </form>
    </section>
  );
}
