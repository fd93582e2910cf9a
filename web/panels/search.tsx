// Finding a colonia or a street by name: an ARIA combobox over the server's own accent-blind search.

import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { findPlaces, type Hit } from '../store/find-places.ts';
import { repeatedIn } from '../store/namesakes.ts';
import { placeText } from '../store/words.ts';
import { PHONE, useMedia } from './when.tsx';

const WAIT_MS = 150;
/** `isShort` = there is room for a short name of it only. */
export function Search({ isShort }: { isShort: boolean }) {
  const { store, reference, ask, words, t, f } = usePage();
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly Hit[] | null>(null);
  const [active, setActive] = useState(0);
  const narrow = useMedia(PHONE);
  const list = useId();
  const input = useRef<HTMLInputElement>(null);
  const city = reference.jurisdiction.value?.code;

  useEffect(() => {
    const wanted = text.trim();
    if (!city || !wanted) {
      setHits(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const found = await findPlaces({ reference, ask }, city, wanted, stop.signal).catch(() => null);
      if (stop.signal.aborted) return;
      setHits(found);
      setActive(0);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, city, ask, reference]);

  const close = () => {
    setText('');
    setHits(null);
  };
  const choose = ({ layer, row }: Hit) => {
    close();
    input.current?.blur();
    const isArea = layer.type === 'areas';
    store.change({ place: { layer: layer.layer, code: row.code }, ...(isArea ? { layer: layer.layer } : {}) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = hits?.length ?? 0;
    if (event.key === 'Escape') {
      close();
      input.current?.blur();
    } else if (count && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count);
    } else if (event.key === 'Enter' && hits?.[active]) choose(hits[active]);
  };

  const open = hits !== null;
  const inLayer = ({ layer, row }: Hit) => ({ code: row.code, name: `${layer.layer}/${row.name}` });
  const repeated = repeatedIn((hits ?? []).filter(({ layer }) => layer.type === 'areas').map(inLayer));
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        autocomplete="off"
        placeholder={t(narrow || isShort ? 'header.searchShort' : 'header.search')}
        aria-label={t('header.search')}
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && hits.length ? `${list}-${active}` : undefined}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setHits(null)}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
      {open && (
        <div class="search-list" id={list} role="listbox" aria-label={t('header.search')}>
          {hits.length === 0 && <p class="search-none">{t('header.searchNone')}</p>}
          {hits.map((hit, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
            <div
              key={`${hit.layer.layer}/${hit.row.id}`}
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              class="option"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(hit)}
            >
              <span>{placeText(words.value, hit.row, hit.layer.type === 'streets')}</span>
              <small>
                {hit.layer.type === 'streets' ? t('where.streets') : hit.layer.title}
                {repeated.has(inLayer(hit).name) && ` · ${t('seen.code', { code: hit.row.code })}`}
              </small>
            </div>
          ))}
        </div>
      )}
      <p class="unseen" role="status">
        {open && t('header.searchHint', { count: hits.length, n: f.int(hits.length) })}
      </p>
    </search>
  );
}
