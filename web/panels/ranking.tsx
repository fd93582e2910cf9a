// Dónde: the ten places with most, by colonia or by street, with the change in words.

import { MIN_RESIDENTS, type TopRow } from '../../server/counts/contract.ts';
import type { RankedBy } from '../../server/filter/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import { perYear } from '../map/picture.ts';
import { Icon } from '../parts/icon.tsx';
import { Info } from '../parts/info.tsx';
import { changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { chosenPlace, placeName } from '../store/chosen.ts';
import { hasNamesake } from '../store/namesakes.ts';
import { placeParts } from '../store/words.ts';
import { AllPlaces } from './all-places.tsx';
import { whyNoRate } from './no-rate.ts';
import { panelClass } from './panel-class.ts';
import { useTable } from './table.ts';

const LISTED = 10;

export function Ranking() {
  const page = usePage();
  const { access, store, reference, answers, t } = page;
  const isPublic = access.me.value?.role === 'public';
  const top = answers.top.answered.value?.value;
  const layer = answers.listLayer.value;
  const chosen = chosenPlace(page, store.place.value);
  const table = useTable();
  if (!layer) return reference.ready.value && !store.place.value ? <WithoutLayers /> : null;
  // Of a place that nothing else lies in or across there is no list.
  if (layer.layer === answers.limitedTo.value) return null;
  const download = async () => {
    const loaded = await table.load(new AbortController().signal).catch(() => null);
    if (loaded) table.save(loaded);
  };
  const isStreet = layer.type === 'streets';
  const byRate = answers.listMeasure.value === 'rate';
  const most = Math.max(1e-9, ...(top?.rows ?? []).map((row) => (byRate ? (row.rate ?? 0) : row.count)));
  return (
    <section class={panelClass('ranking', answers.top)} id="where" tabIndex={-1} aria-labelledby="where-title">
      <div class="panel-head">
        <h2 id="where-title">{t('where.title')}</h2>
        <Info topic="where" title={t('where.title')} />
        <ListSwitch />
      </div>
      {chosen && <p class="scope">{t('where.scoped', { name: chosen.name })}</p>}
      <MeasureSwitch />
      {isPublic && <p class="small">{t('access.notRanked')}</p>}
      {top?.previousPeriod === null && top.rows.length > 0 && <p class="small">{t('change.none')}</p>}
      {!top && answers.top.waitingSince.value !== null && <div class="rows is-waiting" />}
      {top && (
        <ol class={`rows ${top.previousPeriod ? '' : 'has-no-before'} ${isStreet ? 'is-streets' : ''}`}>
          {top.rows.slice(0, LISTED).map((row, index) => (
            <Row key={row.id} row={row} rank={index + 1} most={most} layer={layer} byRate={byRate} />
          ))}
        </ol>
      )}
      {top?.rows.length === 0 && <p class="small">{t('where.none')}</p>}
      {byRate && !isStreet && <WithoutRate />}
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

/** There is nothing to say where it happens in. */
function WithoutLayers() {
  const { store, t } = usePage();
  return (
    <section class="panel ranking" id="where" tabIndex={-1} aria-labelledby="where-title">
      <div class="panel-head">
        <h2 id="where-title">{t('where.title')}</h2>
      </div>
      <p>{t('empty.noLayers')}</p>
      <p class="panel-foot">
        <button type="button" class="button" onClick={() => store.change({ tab: 'boundaries', upload: null })}>
          {t('empty.step1')}
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
    ({ layer }) => layer !== answers.limitedTo.value,
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

/** By what the list ranks and the map colours: one choice for both. Heat is always of numbers. */
function MeasureSwitch() {
  const { store, answers, pictures, t } = usePage();
  const layer = answers.listLayer.value;
  const drawn = pictures.drawn.value;
  const isStreet = layer?.type === 'streets';
  if (!layer || drawn === 'heat') return null;
  if (!isStreet && (drawn !== 'areas' || !layer.hasPopulation || store.place.value || answers.cutsAreas.value))
    return null;
  // Without a rate anywhere there is nothing to choose.
  if (!isStreet && answers.areaCounts.answered.value?.value.rates?.every((rate) => rate === null)) return null;
  const now = answers.listMeasure.value;
  const choose = (by: RankedBy) => {
    const legend = store.legend.peek();
    store.adjust({ legend: isStreet ? { ...legend, perKm: by === 'rate' } : { ...legend, measure: by } });
  };
  const button = (by: RankedBy, text: string) => (
    <button type="button" aria-pressed={now === by} onClick={() => choose(by)}>
      {text}
    </button>
  );
  return (
    <fieldset class="switch is-small measure" aria-label={t('legend.measure')}>
      {button('count', t('where.count'))}
      {button('rate', t(isStreet ? 'where.ratePerKm' : 'where.ratePer100k'))}
    </fieldset>
  );
}

const NAMED_WITHOUT_RATE = 3;

/** The places with most incidents among those that have no rate: a ranking of rates passes over them in silence. */
function WithoutRate() {
  const page = usePage();
  const { answers, reference, store, t, f } = page;
  const answer = answers.areaCounts.answered.value?.value;
  const layer = answers.listLayer.value;
  if (!answer?.rates || answer.layer !== layer?.layer || store.place.value || answers.cutsAreas.value) return null;
  const { counts, rates } = answer;
  const left = answer.ids
    .map((id, index) => ({ row: reference.areas.value.get(id), count: counts[index] ?? 0, rate: rates[index] ?? null }))
    .filter(({ rate, row }) => rate === null && row && (row.population ?? 0) < MIN_RESIDENTS)
    .sort((a, b) => b.count - a.count);
  if (!left.length) return null;
  const named = left
    .slice(0, NAMED_WITHOUT_RATE)
    .map(({ row, count }) => `${row ? placeName(page, answer.layer, row) : ''} (${f.int(count)})`);
  return (
    <p class="small">{t('where.withoutRate', { count: left.length, n: f.int(left.length), places: f.list(named) })}</p>
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
  readonly byRate: boolean;
};

function Row({ row, rank, most, layer, byRate }: RowProps) {
  const { store, reference, map, words, t, f } = usePage();
  const isStreet = layer.type === 'streets';
  const { name, stretch } = placeParts(words.value, row, isStreet);
  const noRate = byRate && !isStreet && row.rate === null;
  const rows = reference.rowsOf(layer.layer);
  const why = noRate ? whyNoRate(t, rows.get(row.id), row.count) : stretch;
  const code = !isStreet && hasNamesake(rows, row) ? t('seen.code', { code: row.code }) : '';
  const below = [code, why].filter(Boolean).join(' · ');
  const point = (on: boolean) => {
    map.pointedAt.value = on ? { layer: layer.layer, row } : null;
  };
  const choose = () => {
    point(false);
    store.change({ place: { layer: layer.layer, code: row.code } });
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
            {below && <small>{below}</small>}
          </span>
          <span class="bar" style={{ width: `${((byRate ? (row.rate ?? 0) : row.count) / most) * 100}%` }} />
        </span>
        {byRate ? <RowRate row={row} /> : <span class="row-count">{f.int(row.count)}</span>}
        {row.previous !== null && <RowChange previous={row.previous} count={row.count} />}
      </button>
    </li>
  );
}

/** The rate, and of how many incidents; why there is none stands below the name, where there is room for it. */
function RowRate({ row }: { row: TopRow }) {
  const { answers, pictures, t, f } = usePage();
  const kind = answers.filter.value?.kind ?? 'incident';
  const rate = perYear(row.rate, pictures.years.value);
  const what = kindNoun(t, kind, row.count);
  return (
    <span class="row-count">
      {rate === null ? '–' : f.rate(rate)}
      <small>{t('map.hoverCount', { count: row.count, n: f.int(row.count), what })}</small>
    </span>
  );
}

function RowChange({ previous, count }: { previous: number; count: number }) {
  const { answers, words, t, f } = usePage();
  const days = answers.top.answered.value?.value.previousPeriod?.days;
  const change = changeBetween(previous, count, days);
  return (
    <span class={`row-change is-${change.direction}`}>
      {change.direction === 'up' && <Icon name="arrowUp" />}
      {change.direction === 'down' && <Icon name="arrowDown" />}
      <span title={`${changeText(words.value, change, days)}; ${t('change.before', { n: f.int(previous) })}`}>
        {changeText(words.value, change)}
      </span>
      <small>{t('change.before', { n: f.int(previous) })}</small>
    </span>
  );
}
