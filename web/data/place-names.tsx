// Names of places that were not found: what each may mean is chosen here once, for every record that carries it.

import { useEffect, useState } from 'preact/hooks';
import type { AliasRow, PlaceNamesAnswer, UnmatchedName } from '../../server/geocoding/contract.ts';
import type { FeatureRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { paths } from '../store/api.ts';
import { useDesk } from './data-store.ts';
import { dataPaths } from './paths.ts';

const TYPING_MS = 250;
const FOUND_SHOWN = 8;
const NO_PLACE = 'none';
const ANOTHER = 'another';

export function PlaceNames() {
  const { reference, t, f } = usePage();
  const { placeNames } = useDesk();
  const answer = placeNames.answered.value?.value;
  // Where every record has its point there is nothing to say.
  if (!answer || (answer.withoutPoint === 0 && answer.aliases.length === 0)) return null;
  const title = reference.layers.value.find(({ layer }) => layer === answer.layer)?.title ?? answer.layer;
  return (
    <section class="card" aria-labelledby="places-title">
      <h2 id="places-title">{t('places.title')}</h2>
      {title === null ? (
        <p>{t('places.noLayer', { n: f.int(answer.withoutPoint) })}</p>
      ) : (
        <p>
          {t('places.lead', {
            n: f.int(answer.withoutPoint),
            matched: f.int(answer.matched),
            unmatched: f.int(answer.unmatched),
            layer: title,
          })}
        </p>
      )}
      {answer.layer !== null && <Names answer={answer} layer={answer.layer} />}
      {answer.aliases.length > 0 && <Aliases rows={answer.aliases} />}
    </section>
  );
}

function Names({ answer, layer }: { answer: PlaceNamesAnswer; layer: string }) {
  const { t } = usePage();
  if (answer.names.length === 0) return <p class="small">{t('places.none')}</p>;
  return (
    <>
      <p class="small">{t('places.hint')}</p>
      <table class="stacked">
        <thead>
          <tr>
            <th scope="col">{t('places.name')}</th>
            <th scope="col" class="number">
              {t('places.incidents')}
            </th>
            <th scope="col">{t('places.means')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.names.map((row) => (
            <NameRow key={`${row.within}/${row.name}`} row={row} layer={layer} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function NameRow({ row, layer }: { row: UnmatchedName; layer: string }) {
  const { t, f } = usePage();
  const desk = useDesk();
  const [choice, setChoice] = useState('');
  const [found, setFound] = useState<FeatureRow | null>(null);
  const [sending, setSending] = useState(false);
  // Asked again after the job: a name that is still there was not explained.
  useEffect(() => setSending(false), [row]);
  const code = choice === ANOTHER ? (found?.code ?? null) : choice === NO_PLACE ? null : choice.slice(1);
  const ready = choice === NO_PLACE || Boolean(code);
  const save = async (event: Event) => {
    event.preventDefault();
    if (!ready) return;
    setSending(true);
    const { name, within, words } = row;
    const place = code === null ? { layer: null, code: null } : { layer, code };
    const started = await desk.run('PUT', dataPaths.aliases(desk.city.code), { name, within, words, ...place });
    if (!started) setSending(false);
  };
  return (
    <tr>
      <th scope="row" class="file">
        {row.words}
        {row.withinWords && <small> {t('places.within', { borough: row.withinWords })}</small>}
        {row.dividedInto > 0 && (
          <>
            <br />
            <small>{t('places.divided', { n: f.int(row.dividedInto) })}</small>
          </>
        )}
      </th>
      <td class="number" data-label={t('places.incidents')}>
        {f.int(row.incidents)}
      </td>
      <td>
        <form class="place-choice" onSubmit={save}>
          <select
            aria-label={t('places.meansLabel', { name: row.words })}
            value={choice}
            onChange={(event) => setChoice(event.currentTarget.value)}
          >
            <option value="">{t('places.choose')}</option>
            {row.suggestions.map((place) => (
              <option key={place.code} value={`=${place.code}`}>
                {t('places.suggestion', {
                  name: place.parent === null ? place.name : `${place.name}, ${place.parent}`,
                  percent: f.percent(Math.round(place.score * 100)),
                })}
              </option>
            ))}
            <option value={ANOTHER}>{t('places.another')}</option>
            <option value={NO_PLACE}>{t('places.noPlace')}</option>
          </select>
          <button
            type="submit"
            class="button"
            disabled={!ready || sending}
            aria-label={t('places.saveLabel', { name: row.words })}
          >
            {t('places.save')}
          </button>
          {choice === ANOTHER && <PlaceSearch layer={layer} of={row.words} found={found} onFound={setFound} />}
        </form>
      </td>
    </tr>
  );
}

type SearchProps = {
  readonly layer: string;
  readonly of: string;
  readonly found: FeatureRow | null;
  readonly onFound: (row: FeatureRow | null) => void;
};

function PlaceSearch({ layer, of, found, onFound }: SearchProps) {
  const { ask, t } = usePage();
  const { city } = useDesk();
  const [text, setText] = useState('');
  const [rows, setRows] = useState<readonly FeatureRow[] | null>(null);
  useEffect(() => {
    setRows(null);
    if (text.trim() === '' || found?.name === text) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(paths.search(city.code, layer, text.trim(), FOUND_SHOWN), stop.signal).then(
        ({ features }) => setRows(features),
        () => {},
      );
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, found]);
  return (
    <>
      <input
        type="search"
        aria-label={t('places.searchLabel', { name: of })}
        value={text}
        onInput={(event) => {
          onFound(null);
          setText(event.currentTarget.value);
        }}
      />
      <ul class="found" aria-live="polite">
        {rows?.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              class="menu-item"
              onClick={() => {
                onFound(row);
                setText(row.name);
              }}
            >
              {row.name} <small>{row.code}</small>
            </button>
          </li>
        ))}
        {rows?.length === 0 && <li class="small">{t('places.searchNone')}</li>}
      </ul>
    </>
  );
}

function Aliases({ rows }: { rows: readonly AliasRow[] }) {
  const { t } = usePage();
  const desk = useDesk();
  const undo = ({ name, within }: AliasRow) => desk.run('DELETE', dataPaths.alias(desk.city.code, name, within));
  return (
    <>
      <h3>{t('places.aliases')}</h3>
      <ul class="aliases">
        {rows.map((row) => (
          <li key={`${row.within}/${row.name}`}>
            <span>
              {row.words}
              {row.within !== '' && <small> {t('places.within', { borough: row.within })}</small>}:{' '}
              <strong>{row.code === null ? t('places.noPlace') : (row.place ?? row.code)}</strong>
            </span>
            <button
              type="button"
              class="button"
              aria-label={t('places.undoLabel', { name: row.words })}
              onClick={() => undo(row)}
            >
              {t('places.undo')}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
