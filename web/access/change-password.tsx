// Changes one's own password.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import type { Problem } from '../store/api.ts';
import { accessPaths } from './answers.ts';

export const LEAST_PASSWORD = 12;

export function ChangePassword() {
  const { store, t } = usePage();
  const [old, setOld] = useState('');
  const [wanted, setWanted] = useState('');
  const [told, setTold] = useState<{ readonly ok: boolean; readonly text: string } | null>(null);
  const change = async (event: Event) => {
    event.preventDefault();
    try {
      await send('POST', accessPaths.password(), store.language.peek(), { old, new: wanted });
      setOld('');
      setWanted('');
      setTold({ ok: true, text: t('access.passwordChanged') });
    } catch (error) {
      const { status, message } = error as Problem;
      setTold({ ok: false, text: status === 0 ? t('data.failed') : message });
    }
  };
  return (
    <form class="sign-in" onSubmit={change}>
      <label>
        {t('access.oldPassword')}
        <input
          type="password"
          autocomplete="current-password"
          required
          value={old}
          onInput={(event) => setOld(event.currentTarget.value)}
        />
      </label>
      <NewPassword value={wanted} onInput={setWanted} />
      {told && (
        <p class={told.ok ? 'small' : 'refusal'} role={told.ok ? 'status' : 'alert'}>
          {told.text}
        </p>
      )}
      <button type="submit" class="button">
        {t('access.changePassword')}
      </button>
    </form>
  );
}

export function NewPassword({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const { t } = usePage();
  return (
    <label>
      {t('access.newPassword')}
      <input
        type="password"
        autocomplete="new-password"
        required
        minlength={LEAST_PASSWORD}
        maxlength={256}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <small>{t('access.passwordRule', { n: LEAST_PASSWORD })}</small>
    </label>
  );
}
