// Where: one place of any area layer, found by name, or what the map shows.

import { useEffect, useState } from 'preact/hooks';
import type { Within } from '../../server/filter/contract.ts';
import type { FeatureRow, LayerRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { mayAskPlace } from '../hand/may-ask-place.ts';
import { placeWithin } from '../store/answers.ts';
import { paths } from '../store/api.ts';
import { hasNamesake, repeatedIn } from '../store/namesakes.ts';
import { Choice } from './choice.tsx';
import { OpenProblem } from './open-problem.tsx';

const MOST = 40;

export function WhereFilter({ close }: { close: () => void }) {
  const { store, reference, ask, map, t } = usePage();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly { layer: LayerRow; rows: readonly FeatureRow[] }[]>([]);
  const city = reference.jurisdiction.value?.code;
  const within = store.filter.value.within;
  const sought = text.trim() !== '';
  const isNone = found.every(({ rows }) => rows.length === 0);
  const now = within?.type === 'place' && 'code' in within.place ? `${within.layer}:${within.place.code}` : null;

  useEffect(() => {
    if (!city) return;
    const stop = new AbortController();
    // Few, large areas first: a sector or a borough is what most people mean by "my sector".
    const layers = [...reference.areaLayers.peek()].sort((a, b) => a.features - b.features);
    Promise.all(
      layers.map(async (layer) => ({
        layer,
        rows: (await ask(paths.search(city, reference.address(layer.layer), text.trim(), MOST), stop.signal)).features,
      })),
    ).then(setFound, () => undefined);
    return () => stop.abort();
  }, [text, city, ask, reference]);

  const viewOnly = () => {
    const handle = map.handle.peek();
    if (!handle) return;
    const [w, s, e, n] = handle.bounds().map((degrees) => Number(degrees.toFixed(5))) as [
      number,
      number,
      number,
      number,
    ];
    close();
    const ring = [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
    ] as const;
    store.changeFilter({ within: { type: 'polygon', ring } });
  };
  return (
    <>
      <div class="popover-search">
        <input
          type="search"
          placeholder={t('filter.whereSearch')}
          aria-label={t('filter.whereSearch')}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </div>
      {within !== null && <OpenProblem onDone={close} />}
      <div class="popover-scroll">
        {/* Whoever looks for a name wants what has it: an arrow down leads there and not to «the whole municipality». */}
        {!sought && (
          <>
            <Choice
              group="where"
              checked={within === null}
              onPick={() => {
                close();
                store.changeFilter({ within: null });
              }}
            >
              {t('filter.whereAll')}
            </Choice>
            <Choice group="where" checked={isBox(within)} onPick={viewOnly}>
              {t('filter.whereView')}
            </Choice>
            {mayAskPlace({ store, reference }) && (
              <Choice
                group="where"
                checked={within?.type === 'polygon' && !isBox(within)}
                onPick={() => {
                  close();
                  map.isAskingPlace.value = true;
                }}
              >
                {t('seen.askPlace')}
              </Choice>
            )}
          </>
        )}
        {sought && found.length > 0 && isNone && <p class="small">{t('header.searchNone')}</p>}
        {found.map(
          ({ layer, rows }) =>
            rows.length > 0 && (
              <fieldset key={layer.layer}>
                <legend>{layer.title}</legend>
                {rows.map((row) => (
                  <Choice
                    key={row.id}
                    group="where"
                    checked={now === `${layer.layer}:${row.code}`}
                    onPick={() => {
                      close();
                      store.changeFilter({ within: placeWithin({ layer: layer.layer, code: row.code }, reference) });
                    }}
                  >
                    {row.name}
                    {(repeatedIn(rows).has(row.name) || hasNamesake(reference.rowsOf(layer.layer), row)) && (
                      <small> {t('seen.code', { code: row.code })}</small>
                    )}
                  </Choice>
                ))}
              </fieldset>
            ),
        )}
      </div>
    </>
  );
}

/** What a map shows stands upright; what a hand draws hardly ever does. */
function isBox(within: Within | null): boolean {
  if (within?.type !== 'polygon' || within.ring.length !== 4) return false;
  return [0, 1].every((axis) => new Set(within.ring.map((corner) => corner[axis])).size === 2);
}
