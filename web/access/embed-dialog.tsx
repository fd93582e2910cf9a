// The code that puts the public view of this moment into another site's page.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { paths } from '../store/api.ts';
import { embedAddress, embedCode } from '../store/embed.ts';

export function EmbedButton() {
  const { ask, reference, t } = usePage();
  const [mayEmbed, setMayEmbed] = useState<boolean | null>(null);
  const open = () =>
    ask(paths.portal(reference.jurisdiction.peek()?.code ?? null), new AbortController().signal).then(
      ({ embed }) => setMayEmbed(embed),
      () => setMayEmbed(false),
    );
  return (
    <>
      <button type="button" class="menu-item" onClick={open}>
        <Icon name="link" /> {t('embed.insert')}
      </button>
      {mayEmbed !== null && <EmbedDialog mayEmbed={mayEmbed} onClose={() => setMayEmbed(null)} />}
    </>
  );
}

function EmbedDialog({ mayEmbed, onClose }: { mayEmbed: boolean; onClose: () => void }) {
  const { answers, reference, store, t } = usePage();
  const [said, setSaid] = useState('');
  const city = reference.jurisdiction.value;
  if (!mayEmbed || !city) {
    return (
      <Modal title={t('embed.title')} onClose={onClose}>
        <p>{t('embed.off')}</p>
        <div class="dialog-buttons">
          <Close onClose={onClose} />
        </div>
      </Modal>
    );
  }
  // What is shown without having been chosen is fixed as well: another day the page might open otherwise.
  const filter = answers.filter.value ?? store.filter.value;
  const state = { ...store.page.value, city: city.code, filter, language: store.language.value };
  const address = embedAddress(location.origin + location.pathname, state);
  const code = embedCode(address, t('embed.frameTitle', { city: city.name }));
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setSaid(t('share.copied')),
      () => setSaid(t('share.copyFailed')),
    );
  return (
    <Modal title={t('embed.title')} onClose={onClose}>
      <p>{t('embed.text')}</p>
      <textarea
        class="embed-code"
        readonly
        rows={5}
        aria-label={t('embed.code')}
        value={code}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p class="small" role="status">
        {said}
      </p>
      <div class="dialog-buttons">
        <Close onClose={onClose} />
        <button type="button" class="button is-primary" onClick={copy}>
          {t('embed.copy')}
        </button>
      </div>
    </Modal>
  );
}

function Close({ onClose }: { onClose: () => void }) {
  const { t } = usePage();
  return (
    <button type="button" class="button" onClick={onClose}>
      {t('app.close')}
    </button>
  );
}
