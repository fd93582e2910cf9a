// Where a tip is about: a street typed and chosen from a list, by keys alone too, or tapped on the map.

import { useEffect, useId, useState } from 'preact/hooks';
import type { FeatureRow, LayerRow } from '../../server/layers/contract.ts';
import type { NewTipPlace } from '../../server/tips/contract.ts';
import { usePage } from '../app.ts';
import { paths } from '../store/api.ts';
import { placeText } from '../store/words.ts';
import type { FoundPlace } from './draw-map.ts';
import { TipMap } from './tip-map.tsx';

export type TipPlace = {
  readonly place: NewTipPlace;
  readonly name: string;
  readonly at: readonly [number, number] | null;
};
type Hit = { readonly layer: LayerRow; readonly row: FeatureRow };

const WAIT_MS = 200;
const SHOWN = 12;

export function ChoosePlace({
  chosen,
  onChoose,
}: {
  readonly chosen: TipPlace | null;
  readonly onChoose: (place: TipPlace | null) => void;
}) {
  const { reference, ask, words, t, f } = usePage();
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly Hit[] | null>(null);
  const [active, setActive] = useState(0);
  const [said, setSaid] = useState<string | null>(null);
  const id = useId();
  const city = reference.jurisdiction.value;
  const streets = reference.streetLayer.value;

  useEffect(() => {
    const wanted = text.trim();
    setHits(null);
    if (!city || wanted.length < 2) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const layers = [reference.streetLayer.peek(), reference.areaLayer.peek()].filter((layer) => layer !== null);
      const found = await Promise.all(
        layers.map(async (layer) => {
          const path = paths.search(city.code, layer.layer, wanted, SHOWN);
          const { features } = await ask(path, stop.signal);
          return features.map((row): Hit => ({ layer, row }));
        }),
      ).catch(() => null);
      if (stop.signal.aborted) return;
      setHits(found?.flat().slice(0, 2 * SHOWN) ?? null);
      setActive(0);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, city?.code]);

  const choose = ({ layer, row }: Hit) => {
    setText('');
    setSaid(null);
    const name = placeText(words.value, row, layer.type === 'streets');
    onChoose({ place: { layer: layer.layer, code: row.code }, name, at: row.at ?? null });
  };
  const onPick = (found: FoundPlace, at: readonly [number, number]) => {
    if (found.type === 'place') {
      setSaid(null);
      const { layer, version, id, name } = found;
      return onChoose({ place: { layer, version, id }, name: name || t('tips.unnamed'), at });
    }
    const why = { closer: 'tips.closer', none: 'tips.noStreet', outside: 'tips.outside' } as const;
    setSaid(t(why[found.type], { city: city?.name ?? '' }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const count = hits?.length ?? 0;
    if (event.key === 'Escape') setText('');
    else if (count && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((active + (event.key === 'ArrowDown' ? 1 : count - 1)) % count);
    } else if (event.key === 'Enter') {
      event.preventDefault(); // a place is chosen; nothing is sent
      if (hits?.[active]) choose(hits[active]);
    }
  };
  const open = hits !== null;
  return (
    <fieldset class="tip-part">
      <legend>{t('tips.where')}</legend>
      <p class="small">{t(streets ? 'tips.whereText' : 'tips.whereArea')}</p>
      <div class="tip-search">
        <label for={`${id}-street`}>{t('tips.street')}</label>
        <input
          id={`${id}-street`}
          type="text"
          role="combobox"
          autocomplete="off"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && hits.length ? `${id}-${active}` : undefined}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => setHits(null)}
        />
        {open && (
          <div class="search-list" id={`${id}-list`} role="listbox" aria-label={t('tips.street')}>
            {hits.length === 0 && <p class="search-none">{t('tips.streetNone')}</p>}
            {hits.map((hit, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
              <div
                key={`${hit.layer.layer}/${hit.row.id}`}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                class="option"
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(hit)}
              >
                <span>{placeText(words.value, hit.row, hit.layer.type === 'streets')}</span>
                <small>{hit.layer.type === 'streets' ? t('where.streets') : hit.layer.title}</small>
              </div>
            ))}
          </div>
        )}
        <p class="unseen" role="status">
          {open && t('tips.found', { count: hits.length, n: f.int(hits.length) })}
        </p>
      </div>
      <TipMap label={t('tips.map')} marked={chosen?.at ?? null} onPick={onPick} />
      <p class={said ? 'refusal' : 'tip-chosen'} role="status">
        {said ?? (chosen ? t('tips.chosen', { place: chosen.name }) : t('tips.noneChosen'))}
      </p>
    </fieldset>
  );
}
