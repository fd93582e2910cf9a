// The link of this view, its image with the legend, and the views kept in this browser.

import { useState } from 'preact/hooks';
import { EmbedButton } from '../access/embed-dialog.tsx';
import { usePage } from '../app.ts';
import { copyImage } from '../map/image.ts';
import { Icon } from '../parts/icon.tsx';
import { lazily } from '../parts/lazy.tsx';
import { linkOf } from '../store/link.ts';
import { deleteView, readViews, saveView } from '../store/saved-views.ts';
import { writeUrl } from '../store/url.ts';
import { useMapTaken } from './map-taken.ts';
import { usePoster } from './poster.ts';

const AddPicture = lazily(async () => (await import('../problems/add-picture.tsx')).AddPicture);

export function Share() {
  const { access, store, reference, map, t } = usePage();
  const [said, setSaid] = useState('');
  const [views, setViews] = useState(() => readViews(localStorage));
  const [name, setName] = useState('');
  const poster = usePoster();
  const mapTaken = useMapTaken();

  const copyLink = () =>
    navigator.clipboard.writeText(linkOf({ store, reference })).then(
      () => setSaid(t('share.copied')),
      () => setSaid(t('share.copyFailed')),
    );
  const image = async () => {
    const shot = map.handle.peek()?.snapshot();
    if (!shot) return setSaid(t('share.imageFailed'));
    const outcome = await copyImage(shot, poster()).catch(() => 'failed' as const);
    setSaid(
      t(({ copied: 'share.imageCopied', saved: 'share.imageSaved', failed: 'share.imageFailed' } as const)[outcome]),
    );
  };
  return (
    <div class="share-panel">
      <button type="button" class="menu-item" onClick={copyLink}>
        <Icon name="link" /> {t('share.copyLink')}
      </button>
      <button type="button" class="menu-item" onClick={image} disabled={map.state.value !== 'ready'}>
        <Icon name="image" /> {t('share.copyImage')}
      </button>
      {store.page.value.tab === 'map' && access.may('handle-problems') && (
        <AddPicture take={mapTaken} buttonClass="menu-item" />
      )}
      {access.may('meet') && (
        <button
          type="button"
          class="menu-item"
          title={t('briefing.fromMapHow')}
          onClick={() => store.change({ tab: 'briefings', briefing: null })}
        >
          <Icon name="bookmark" /> {t('briefing.fromMap')}
        </button>
      )}
      <EmbedButton />
      <p class="small" role="status">
        {said || t('share.current')}
      </p>
      <h2>{t('share.saved')}</h2>
      {views.length === 0 && <p class="small">{t('share.none')}</p>}
      <ul class="menu">
        {views.map((view) => (
          <li key={view.name} class="saved-view">
            <a class="menu-item" href={view.query || '?'}>
              <Icon name="bookmark" /> {view.name}
            </a>
            <button
              type="button"
              class="button is-icon"
              aria-label={t('share.delete', { name: view.name })}
              onClick={() => setViews(deleteView(localStorage, view.name))}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      <form
        class="row-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!name.trim()) return;
          setViews(saveView(localStorage, { name: name.trim(), query: writeUrl(store.page.peek()) }));
          setName('');
        }}
      >
        <input
          type="text"
          maxLength={60}
          placeholder={t('share.name')}
          aria-label={t('share.name')}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button">
          {t('share.save')}
        </button>
      </form>
    </div>
  );
}
