// Whether a city takes tips and how long it keeps them: told to those who handle them, changed by administrators.

import { useEffect, useState } from 'preact/hooks';
import { MOST_KEEP_DAYS, type TipSettings } from '../../server/tips/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import type { Problem } from '../store/api.ts';
import { tipPaths } from './paths.ts';

export function TipSettingsForm({ city }: { readonly city: string }) {
  const { access, ask, store, t } = usePage();
  const [settings, setSettings] = useState<TipSettings | null>(null);
  const [said, setSaid] = useState<{ readonly text: string; readonly isRefusal: boolean } | null>(null);
  const refused = ({ status, message }: Problem) =>
    setSaid({ text: status === 0 ? t('data.failed') : t('data.refused', { reason: message }), isRefusal: true });
  useEffect(() => {
    const stop = new AbortController();
    ask(tipPaths.settings(city), stop.signal).then(setSettings, (error: Problem) => {
      if (!stop.signal.aborted) refused(error);
    });
    return () => stop.abort();
  }, [city]);
  if (!settings) return null;
  if (!access.may('manage-tips')) return settings.isOn ? null : <p role="status">{t('tips.off')}</p>;
  const save = (event: Event) => {
    event.preventDefault();
    send('PUT', tipPaths.settings(city), store.language.peek(), settings).then(
      () => setSaid({ text: t('tips.saved'), isRefusal: false }),
      refused,
    );
  };
  return (
    <form class="invite" onSubmit={save} aria-label={t('tips.settings')}>
      <label class="tip-choice">
        <input
          type="checkbox"
          checked={settings.isOn}
          onChange={(event) => setSettings({ ...settings, isOn: event.currentTarget.checked })}
        />
        {t('tips.isOn')}
      </label>
      <label>
        {t('tips.keepDays')}
        <input
          type="number"
          required
          min={1}
          max={MOST_KEEP_DAYS}
          value={settings.keepDays}
          onInput={(event) => setSettings({ ...settings, keepDays: Number(event.currentTarget.value) })}
        />
      </label>
      <button type="submit" class="button">
        {t('tips.save')}
      </button>
      {said && (
        <p class={said.isRefusal ? 'refusal' : 'small'} role="status">
          {said.text}
        </p>
      )}
    </form>
  );
}
