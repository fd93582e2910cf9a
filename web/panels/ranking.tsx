// Dónde: the ten places with most, by colonia or by street, with the change in words.

import type { LayerRow, TopRow } from '../../server/stats/contract.ts';
import { usePage } from '../app.ts';
import { changeBetween } from '../change.ts';
import { changeText } from '../change-text.ts';
import { chosenPlace } from '../chosen.ts';
import { Icon } from '../icon.tsx';
import { Info } from '../info.tsx';
import { placeParts } from '../words.ts';
import { AllPlaces } from './all-places.tsx';
import { useTable } from './table.ts';

const LISTED = 10;

export function Ranking() {
  const page = usePage();
  const { store, reference, answers, t } = page;
  const top = answers.top.answered.value?.value;
  const layer = answers.listLayer.value;
  const chosen = chosenPlace(page, store.place.value);
  const table = useTable();
  if (!layer) return null;
  const download = async () => {
    const loaded = await table.load(new AbortController().signal).catch(() => null);
    if (loaded) table.save(loaded);
  };
  const isStreet = layer.type === 'streets';
  const most = Math.max(1, ...(top?.rows ?? []).map((row) => row.count));
  return (
    <section class="panel ranking" id="where" tabIndex={-1} aria-labelledby="where-title">
      <div class="panel-head">
        <h2 id="where-title">{t('where.title')}</h2>
        <Info topic="where" title={t('where.title')} />
        <ListSwitch />
      </div>
      {chosen && <p class="scope">{t('where.scoped', { name: chosen.name })}</p>}
      {top && (
        <ol class={`rows ${isStreet ? 'is-streets' : ''}`}>
          {top.rows.slice(0, LISTED).map((row, index) => (
            <Row key={row.id} row={row} rank={index + 1} most={most} layer={layer} />
          ))}
        </ol>
      )}
      {top?.rows.length === 0 && <p class="small">{t('where.none')}</p>}
      {isStreet || reference.streetsUsable.value ? null : <Coarse />}
      <p class="panel-foot">
        <AllPlaces />
        <button type="button" class="link" onClick={download}>
          <Icon name="download" /> {t('where.download')}
        </button>
      </p>
    </section>
  );
}

function ListSwitch() {
  const { store, reference, answers, t } = usePage();
  const now = answers.listLayer.value?.layer;
  const streets = reference.streetLayer.value;
  const choose = (layer: LayerRow) =>
    store.change(layer.type === 'streets' ? { list: 'streets' } : { list: 'areas', layer: layer.layer });
  const tabs = [...reference.areaLayers.value, ...(streets && reference.streetsUsable.value ? [streets] : [])].filter(
    ({ layer }) => layer !== store.place.value?.layer,
  );
  if (tabs.length < 2) return null;
  return (
    <div class="switch is-small">
      {tabs.map((layer) => (
        <button key={layer.layer} type="button" aria-pressed={layer.layer === now} onClick={() => choose(layer)}>
          {layer.type === 'streets' ? t('where.streets') : layer.title}
        </button>
      ))}
    </div>
  );
}

/** Why there is no list of streets. */
export function Coarse() {
  const { reference, t, f } = usePage();
  if (reference.sourcesInUse.value.every((row) => row.streetPrecise)) return null;
  const coarsest = Math.max(0, ...reference.sourcesInUse.value.map((row) => row.accuracyM ?? 0));
  return <p class="small">{coarsest ? t('map.coarse', { m: f.int(coarsest) }) : t('map.notStreetPrecise')}</p>;
}

type RowProps = {
  readonly row: TopRow;
  readonly rank: number;
  readonly most: number;
  readonly layer: LayerRow;
};

function Row({ row, rank, most, layer }: RowProps) {
  const { store, reference, map, words, f } = usePage();
  const isStreet = layer.type === 'streets';
  const { name, stretch } = placeParts(words.value, row, isStreet);
  const point = (on: boolean) => {
    map.pointedAt.value = on ? { layer: layer.layer, row } : null;
  };
  const choose = () => {
    point(false);
    store.change({ place: { layer: layer.layer, code: row.code } });
    const at = (isStreet ? reference.segments : reference.areas).peek().get(row.id)?.at;
    if (at) map.handle.peek()?.goTo(at, isStreet ? 16 : 13.5);
  };
  const arrows = (event: KeyboardEvent) => {
    const item = (event.currentTarget as HTMLElement).parentElement;
    const next =
      event.key === 'ArrowDown'
        ? item?.nextElementSibling
        : event.key === 'ArrowUp'
          ? item?.previousElementSibling
          : null;
    if (!next) return;
    event.preventDefault();
    next.querySelector('button')?.focus();
  };
  return (
    <li>
      <button
        type="button"
        class="row"
        title={stretch ? `${name}, ${stretch}` : name}
        onClick={choose}
        onKeyDown={arrows}
        onMouseEnter={() => point(true)}
        onMouseLeave={() => point(false)}
        onFocus={() => point(true)}
        onBlur={() => point(false)}
      >
        <span class={`rank ${rank <= 5 ? 'is-marked' : ''}`}>{rank}</span>
        <span class="row-name">
          <span class="row-text">
            {name}
            {stretch && <small>{stretch}</small>}
          </span>
          <span class="bar" style={{ width: `${(row.count / most) * 100}%` }} />
        </span>
        <span class="row-count">{f.int(row.count)}</span>
        <RowChange row={row} />
      </button>
    </li>
  );
}

function RowChange({ row: { previous, count } }: { row: TopRow }) {
  const { words, t, f } = usePage();
  if (previous === null) return <span class="row-change is-same">{t('change.none')}</span>;
  const change = changeBetween(previous, count);
  return (
    <span class={`row-change is-${change.direction}`}>
      {change.direction === 'up' && <Icon name="arrowUp" />}
      {change.direction === 'down' && <Icon name="arrowDown" />}
      <span title={t('change.before', { n: f.int(previous) })}>{changeText(words.value, change)}</span>
      <small>{t('change.before', { n: f.int(previous) })}</small>
    </span>
  );
}
