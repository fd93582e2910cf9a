// Signing in: name and password, and the code of the second step where the account has one.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Modal } from '../parts/modal.tsx';
import { Refused } from '../parts/refused.tsx';
import type { Problem } from '../store/api.ts';
import { PasskeyButton } from './passkeys.tsx';

/** `again`: the name of whoever comes back to the page they had open. */
export function SignInForm({ onCancel, again }: { onCancel?: () => void; again?: string }) {
  const { access, t } = usePage();
  const [name, setName] = useState(again ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [waiting, setWaiting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const enter = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    setWaiting(true);
    try {
      await (again === undefined ? access.signIn : access.comeBack)(name, password, code);
      if (again !== undefined) setWaiting(false);
    } catch (error) {
      const { status, type, message } = error as Problem;
      setWaiting(false);
      if (type === 'code-needed' && code === null) setCode('');
      else if (status === 0) setProblem(t('data.failed'));
      else setProblem(message || t('access.notSignedIn'));
    }
  };
  return (
    <form class="sign-in" onSubmit={enter}>
      <label>
        {t('access.name')}
        <input
          type="text"
          name="username"
          autocomplete="username"
          required
          maxlength={100}
          readOnly={Boolean(again)}
          autofocus={!again}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label>
        {t('access.password')}
        <input
          type="password"
          name="password"
          autocomplete="current-password"
          required
          maxlength={256}
          autofocus={Boolean(again)}
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      {code !== null && (
        <label>
          {t('access.code')}
          <input
            type="text"
            name="code"
            autocomplete="one-time-code"
            autocapitalize="off"
            spellcheck={false}
            required
            maxlength={60}
            value={code}
            ref={(input) => {
              if (input && code === '') input.focus();
            }}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <small>{t('access.codeText')}</small>
        </label>
      )}
      <Refused why={problem} />
      <div class="dialog-buttons">
        {onCancel && (
          <button type="button" class="button" onClick={onCancel}>
            {t('data.cancel')}
          </button>
        )}
        <button type="submit" class="button is-primary" disabled={waiting}>
          {waiting ? t('access.entering') : t('access.signIn')}
        </button>
      </div>
      <PasskeyButton isAgain={again !== undefined} onRefused={setProblem} />
    </form>
  );
}

/** Where the installation has a provider people sign in at. */
function ByProvider() {
  const { access, t } = usePage();
  const provider = access.me.value?.provider;
  if (!provider) return null;
  return (
    <>
      {access.providerFault && (
        <p class="refusal" role="alert">
          {t(`access.provider_${access.providerFault}`)}
        </p>
      )}
      <a class="button by-provider" href={provider.signIn}>
        {t('access.byProvider')}
      </a>
    </>
  );
}

export function SignInDialog({ onClose }: { onClose: () => void }) {
  const { t } = usePage();
  return (
    <Modal title={t('access.signInTitle')} onClose={onClose}>
      <ByProvider />
      <SignInForm onCancel={onClose} />
      <p class="small">{t('access.forgotten')}</p>
    </Modal>
  );
}

/** Where nothing is shown to the public: the way in is all there is. */
export function SignInScreen() {
  const { t } = usePage();
  return (
    <main class="no-data">
      <h1>{t('access.signInTitle')}</h1>
      <p>{t('access.nothingPublic')}</p>
      <ByProvider />
      <SignInForm />
      <p class="small">{t('access.forgotten')}</p>
    </main>
  );
}
