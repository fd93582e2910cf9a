// Help: what each part of the screen says, and the keys.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { HelpText } from '../parts/info.tsx';

const TOPICS = [
  ['answer', 'answer.title'],
  ['where', 'where.title'],
  ['when', 'when.title'],
  ['trend', 'trend.title'],
  ['legend', 'legend.title'],
  ['privacy', 'access.privacy'],
  ['roles', 'access.rolesHelp'],
  ['did-it-help', 'evaluation.help'],
  ['briefing', 'briefing.tab'],
] as const;
const KEYS = [
  ['/', 'help.keySearch'],
  ['F', 'help.keyFilters'],
  ['L', 'help.keyList'],
  ['Ctrl K', 'hand.keyCommands'],
  ['Ctrl Z', 'hand.keyUndo'],
  ['?', 'help.keyHelp'],
  ['Esc', 'help.keyEscape'],
  ['← ↑ → ↓', 'help.keyArrows'],
] as const;

export function HelpDialog() {
  const { t } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (new URLSearchParams(location.search).has('help')) dialog.current?.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog without help; this is the click beside it
    <dialog
      ref={dialog}
      id="help"
      class="dialog"
      aria-labelledby="help-title"
      onClick={(event) => event.target === event.currentTarget && event.currentTarget.close()}
    >
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id="help-title">{t('help.title')}</h2>
          <form method="dialog">
            <button type="submit" class="button is-icon" aria-label={t('app.close')}>
              <Icon name="close" />
            </button>
          </form>
        </div>
        {TOPICS.map(([topic, title]) => (
          <section key={topic}>
            <h3>{t(title)}</h3>
            <HelpText topic={topic} />
          </section>
        ))}
        <section>
          <h3>{t('help.keys')}</h3>
          <dl class="keys">
            {KEYS.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{t(meaning)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}
