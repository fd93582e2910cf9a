// Under which layer a file is published, and from which day on.

import { useState } from 'preact/hooks';
import type { Preview } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import { fold } from '../store/fold.ts';

type Props = {
  readonly upload: string;
  readonly preview: Preview;
  readonly busy: boolean;
  /** The layer that gets a new version; empty = a new layer. */
  readonly target: string;
  readonly onTarget: (layer: string) => void;
};

export function Publish({ upload, preview, busy, target: wanted, onTarget }: Props) {
  const { reference, store, t } = usePage();
  const { city, run } = useDesk();
  const existing = reference.layers.value.filter(({ type }) => type === preview.type);
  const streets = preview.type === 'streets';
  // Of another kind when the file was taken for something else since.
  const target = existing.some(({ layer }) => layer === wanted) ? wanted : '';
  const [code, setCode] = useState(() => codeOf(preview.sourceLayer));
  const [title, setTitle] = useState(() => titleOf(preview.sourceLayer));
  const [validFrom, setValidFrom] = useState('');
  const isNew = !streets && target === '';
  const isFirst = isNew || existing.length === 0;
  const taken = isNew ? reference.layers.value.find(({ layer }) => layer === code) : undefined;

  const publish = async (event: Event) => {
    event.preventDefault();
    const begun = await run('POST', dataPaths.publish(city.code, upload), {
      layer: streets ? 'streets' : isNew ? code : target,
      title: isNew ? title.trim() || null : isFirst ? t('data.streets') : null,
      validFrom: validFrom || null,
    });
    if (begun) store.change({ tab: 'data', upload: null });
  };
  return (
    <form class="card" onSubmit={publish}>
      <h2>{t('boundaries.publishTitle')}</h2>
      <div class="fields">
        {!streets && (
          <label>
            {t('boundaries.target')}
            <select value={target} onChange={(event) => onTarget(event.currentTarget.value)}>
              <option value="">{t('boundaries.newLayer')}</option>
              {existing.map((row) => (
                <option key={row.layer} value={row.layer}>
                  {row.title}
                </option>
              ))}
            </select>
          </label>
        )}
        {isNew && (
          <>
            <label>
              {t('boundaries.newTitle')}
              <input
                type="text"
                maxLength={100}
                value={title}
                onInput={(event) => {
                  setTitle(event.currentTarget.value);
                  setCode(codeOf(event.currentTarget.value) || codeOf(preview.sourceLayer));
                }}
              />
            </label>
            <label>
              {t('boundaries.newCode')}
              <input
                type="text"
                required
                pattern="[a-z0-9][a-z0-9_\-]*"
                maxLength={63}
                value={code}
                onInput={(event) => setCode(event.currentTarget.value)}
              />
            </label>
          </>
        )}
        <label>
          {t('boundaries.validFrom')}
          <input type="date" value={validFrom} onChange={(event) => setValidFrom(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button is-primary" disabled={preview.blocked || busy || taken !== undefined}>
          {t('boundaries.publish')}
        </button>
      </div>
      <p class="small" role={taken && 'alert'}>
        {preview.blocked
          ? t('boundaries.blocked')
          : taken
            ? t('boundaries.codeTaken', { layer: taken.title })
            : t(isFirst ? 'boundaries.publishFirst' : 'boundaries.publishNote')}
      </p>
    </form>
  );
}

/** colonias_2024 → «Colonias 2024» */
function titleOf(sourceLayer: string): string {
  const words = sourceLayer.replace(/[_\-.\s]+/g, ' ').trim();
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

/** «Colonias 2024» → colonias-2024 */
function codeOf(text: string): string {
  return fold(text)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}
