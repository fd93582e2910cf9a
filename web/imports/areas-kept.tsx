// Of which municipalities or states a national table is kept: the one of the jurisdiction's name, unless said otherwise.

import { useState } from 'preact/hooks';
import type { FoundArea } from '../../server/official-totals/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { Icon } from '../parts/icon.tsx';
import { fold } from '../store/fold.ts';

/** Of more the name is typed on. */
const MOST_ALIKE = 5;

type Props = {
  readonly found: readonly FoundArea[];
  readonly kept: readonly string[];
  /** Municipalities of the jurisdiction's name, where it takes a person to choose. */
  readonly candidates: readonly FoundArea[];
  readonly onChange: (areas: readonly string[]) => void;
};

export function AreasKept({ found, kept, candidates, onChange }: Props) {
  const { t } = usePage();
  const { city } = useDesk();
  const [typed, setTyped] = useState('');
  const wordsOf = (area: FoundArea) =>
    area.name === area.state ? `${area.name} (${area.code})` : t('benchmark.area', { ...area });
  const others = found.filter(({ code }) => !kept.includes(code));
  const wanted = fold(typed.trim());
  const alike = wanted === '' ? [] : others.filter((area) => fold(wordsOf(area)).includes(wanted));
  const only = alike.filter(({ name }) => fold(name) === wanted);
  const named =
    others.find((area) => fold(wordsOf(area)) === wanted || area.code === typed.trim()) ??
    (only.length === 1 ? only[0] : undefined);
  const keptAreas = kept.flatMap((code) => found.find((area) => area.code === code) ?? []);
  const several = kept.length === 0 && candidates.length > 1;
  const keep = (area: FoundArea) => {
    setTyped('');
    onChange([...kept, area.code].sort());
  };
  const add = (event: Event) => {
    event.preventDefault();
    if (named) keep(named);
  };
  return (
    <section class="card" aria-labelledby="areas-title">
      <h2 id="areas-title">{t('benchmark.keep')}</h2>
      {kept.length === 0 && (
        <p role="status">{several ? t('benchmark.keepSeveral') : t('benchmark.keepNone', { name: city.name })}</p>
      )}
      <ul class="areas-kept">
        {keptAreas.map((area) => (
          <li key={area.code} class="chip">
            <span class="chip-button chip-text">{wordsOf(area)}</span>
            {kept.length > 1 && (
              <button
                type="button"
                class="chip-remove"
                aria-label={t('benchmark.remove', { area: area.name })}
                onClick={() => onChange(kept.filter((code) => code !== area.code))}
              >
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
        {several &&
          candidates.map((area) => (
            <li key={area.code}>
              <button type="button" class="button" onClick={() => onChange([area.code])}>
                {wordsOf(area)}
              </button>
            </li>
          ))}
      </ul>
      <form onSubmit={add}>
        <label>
          {t('benchmark.keepMore')}
          <span class="row-form">
            <input
              type="text"
              list="areas-found"
              placeholder={t('benchmark.keepHint')}
              value={typed}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
            <button type="submit" class="button" disabled={!named}>
              {t('benchmark.add')}
            </button>
          </span>
        </label>
        <datalist id="areas-found">
          {others.map((area) => (
            <option key={area.code} value={wordsOf(area)} />
          ))}
        </datalist>
        {wanted !== '' && alike.length === 0 && <p role="status">{t('benchmark.keepUnknown')}</p>}
        {!named && alike.length > 0 && (
          <span class="row-form">
            {alike.slice(0, MOST_ALIKE).map((area) => (
              <button key={area.code} type="button" class="button" onClick={() => keep(area)}>
                {wordsOf(area)}
              </button>
            ))}
          </span>
        )}
      </form>
    </section>
  );
}
