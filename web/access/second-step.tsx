// The second step of one's own account: setting it up with an authenticator, recovery codes, and removing it.

import { useState } from 'preact/hooks';
import type { TotpProposed } from '../../server/accounts/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Modal } from '../parts/modal.tsx';
import type { Problem } from '../store/api.ts';
import { accessPaths } from './answers.ts';
import { Passkeys } from './passkeys.tsx';
import { QrCode } from './qr.tsx';

export function SecondStepDialog({ onClose }: { onClose: () => void }) {
  const { t } = usePage();
  return (
    <Modal title={t('second.title')} onClose={onClose}>
      <SecondStep onDone={onClose} />
      <Passkeys onAdded={() => {}} />
    </Modal>
  );
}

/** Before anything else is shown to whoever needs a second step and has none. */
export function SecondStepScreen() {
  const { access, t } = usePage();
  return (
    <main class="no-data second-step-screen">
      <h1>{t('second.title')}</h1>
      <p>{t('second.needed')}</p>
      <SecondStep onDone={() => location.reload()} />
      <Passkeys onAdded={() => location.reload()} />
      <button type="button" class="link" onClick={() => void access.signOut(false)}>
        {t('access.signOut')}
      </button>
    </main>
  );
}

type Shown =
  | { readonly step: 'begin' }
  | { readonly step: 'scan'; readonly proposed: TotpProposed }
  | { readonly step: 'codes'; readonly codes: readonly string[] };

function SecondStep({ onDone }: { onDone: () => void }) {
  const { access, store, t } = usePage();
  const [shown, setShown] = useState<Shown>({ step: 'begin' });
  const [problem, setProblem] = useState<string | null>(null);
  const attempt = async (change: () => Promise<void>) => {
    setProblem(null);
    try {
      await change();
    } catch (error) {
      const { status, message } = error as Problem;
      setProblem(status === 0 ? t('data.failed') : message);
    }
  };
  const language = store.language.value;
  const { isOn = false, isNeeded = false, recoveryCodes = 0 } = access.me.value?.secondStep ?? {};
  const refusal = problem && (
    <p class="refusal" role="alert">
      {problem}
    </p>
  );

  if (shown.step === 'codes')
    return (
      <div class="sign-in">
        <p role="status">{t('second.codesText')}</p>
        <ul class="recovery-codes">
          {shown.codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <div class="dialog-buttons">
          <button
            type="button"
            class="button"
            onClick={() => void navigator.clipboard.writeText(shown.codes.join('\n'))}
          >
            {t('access.copy')}
          </button>
          <button type="button" class="button is-primary" onClick={onDone}>
            {t('second.kept')}
          </button>
        </div>
      </div>
    );
  if (shown.step === 'scan')
    return (
      <>
        <p>{t('second.scan')}</p>
        <QrCode text={shown.proposed.uri} label={t('second.qr')} />
        <p class="small">
          {t('second.secret')} <code class="secret">{shown.proposed.secret.match(/.{1,4}/g)?.join(' ')}</code>
        </p>
        <OneField
          key="code"
          kind="code"
          button={t('second.confirm')}
          onSend={(code) =>
            attempt(async () => {
              const { recovery } = await send('POST', accessPaths.totpConfirm(), language, { code });
              setShown({ step: 'codes', codes: recovery });
              if (!isNeeded) access.ask();
            })
          }
        />
        {refusal}
      </>
    );
  if (!isOn)
    return (
      <>
        <p>{t('second.text')}</p>
        <OneField
          key="password"
          kind="password"
          button={t('second.begin')}
          onSend={(password) =>
            attempt(async () => {
              setShown({ step: 'scan', proposed: await send('POST', accessPaths.totp(), language, { password }) });
            })
          }
        />
        {refusal}
      </>
    );
  return (
    <>
      <p>{t('second.isOn', { n: recoveryCodes })}</p>
      <OneField
        key="password"
        kind="password"
        button={t('second.newCodes')}
        other={t('second.remove')}
        onSend={(password) =>
          attempt(async () => {
            const { recovery } = await send('POST', accessPaths.totpRecovery(), language, { password });
            setShown({ step: 'codes', codes: recovery });
            access.ask();
          })
        }
        onOther={(password) =>
          attempt(async () => {
            await send('DELETE', accessPaths.totpOff(), language, { password });
            if (isNeeded) location.reload();
            access.ask();
            onDone();
          })
        }
      />
      {refusal}
    </>
  );
}

type OneFieldProps = {
  kind: 'password' | 'code';
  button: string;
  onSend: (value: string) => Promise<void>;
  other?: string;
  onOther?: (value: string) => Promise<void>;
};

function OneField({ kind, button, onSend, other, onOther }: OneFieldProps) {
  const { t } = usePage();
  const [value, setValue] = useState('');
  return (
    <form
      class="sign-in"
      onSubmit={(event) => {
        event.preventDefault();
        void onSend(value);
      }}
    >
      {kind === 'code' ? (
        <label>
          {t('access.code')}
          <input
            type="text"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            required
            autofocus
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
          />
        </label>
      ) : (
        <label>
          {t('access.password')}
          <input
            type="password"
            autocomplete="current-password"
            maxlength={256}
            required
            autofocus
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
          />
        </label>
      )}
      <div class="dialog-buttons">
        {other && onOther && (
          <button type="button" class="button" disabled={value === ''} onClick={() => void onOther(value)}>
            {other}
          </button>
        )}
        <button type="submit" class="button is-primary">
          {button}
        </button>
      </div>
    </form>
  );
}
