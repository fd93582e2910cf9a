// The chosen place: its figures against before and per resident, what happens there most, and what to do with it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { type App, kindNoun, usePage } from '../app.ts';
import { perYear } from '../map/picture.ts';
import { Icon } from '../parts/icon.tsx';
import { cutsAreasOf, placeWithin } from '../store/answers.ts';
import { type Chosen, chosenPlace } from '../store/chosen.ts';
import { frequentOf } from '../store/frequent.ts';
import { linkOf } from '../store/link.ts';
import { Before } from './answer.tsx';
import { Download } from './download.tsx';
import { Explained } from './explained.tsx';
import { whyNoRate } from './no-rate.ts';
import { OpenProblem } from './open-problem.tsx';
import { panelClass } from './panel-class.ts';
import { MiniClock } from './when.tsx';

const FREQUENT = 3;
/** A rate this many times the middle one is more likely due to visitors than to residents. */
const PASSING_RATIO = 4;

export function PlaceCard() {
  const page = usePage();
  const { store, reference, answers, t, f } = page;
  const [said, setSaid] = useState('');
  const place = chosenPlace(page, store.place.value);
  const title = useRef<HTMLHeadingElement>(null);
  const key = place && `${place.key.layer}:${place.key.code}`;
  useEffect(() => {
    // What was focused goes with the list or the search it was in: who has no pointer goes on from the card.
    const focused = document.activeElement;
    if (focused === document.body || focused?.closest('#where')) title.current?.focus({ preventScroll: true });
  }, [key]);
  const summary = answers.here.answered.value?.value;
  const kind = answers.filter.value?.kind ?? 'incident';
  const scoped = answers.scoped.value;
  if (!place) return null;
  const { row } = place;
  const together = place.isStreet && row ? page.catchments.value.with(row.id).length : 1;
  const lengthM = place.isStreet && row ? wholeLength(page, row.id) : undefined;
  const period = answers.filter.value?.period;
  const copy = () =>
    navigator.clipboard.writeText(linkOf({ store, reference })).then(
      () => setSaid(t('share.copied')),
      () => setSaid(t('share.copyFailed')),
    );
  return (
    <section class={panelClass('place-card', answers.here)} aria-labelledby="place-title">
      <div class="panel-head">
        <button
          type="button"
          class="button is-icon"
          aria-label={t('app.back')}
          onClick={() => store.change({ place: null })}
        >
          <Icon name="chevronLeft" />
        </button>
        <h2 id="place-title" ref={title} tabIndex={-1}>
          {place.name}
        </h2>
      </div>
      {together > 1 && <p class="small">{t('access.streetsTogether', { count: together, n: f.int(together) })}</p>}
      {!summary && <p class="figure">…</p>}
      {summary && (
        <>
          <p class="figure">
            <strong>{f.int(summary.totals.matched)}</strong> {kindNoun(t, kind, summary.totals.matched)}
          </p>
          <Before compared={summary} year={period === '12m' || period === 'ytd'} countOf={({ matched }) => matched} />
        </>
      )}
      <Part place={place} matched={summary?.totals.matched} />
      <p class="compared">
        <Rate place={place} />
      </p>
      <Explained key={place.key.layer} place={place} />
      <p class="small">
        {[
          row?.population !== undefined && t('place.residents', { n: f.int(row.population) }),
          row?.areaKm2 !== undefined && t('place.areaKm2', { n: f.rate(row.areaKm2) }),
          lengthM !== undefined && t('place.lengthM', { n: f.int(lengthM) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <div class="place-more">
        <Frequent />
        <MiniClock />
      </div>
      <p class="panel-foot">
        <button
          type="button"
          class="button is-primary"
          onClick={() =>
            store.change({ filter: { ...store.filter.peek(), within: placeWithin(place.key, reference) }, place: null })
          }
        >
          {t('place.here')}
        </button>
        <button type="button" class="button" onClick={copy}>
          <Icon name="link" /> {t('place.copy')}
        </button>
        <OpenProblem />
        {summary && scoped && <Download filter={scoped} matched={summary.totals.matched} />}
        <span role="status">{said}</span>
      </p>
      <p class="scope">{t('place.scoped')}</p>
    </section>
  );
}

/** Of a street with all that are told together with it. */
const wholeLength = ({ catchments, reference }: App, id: string): number | undefined =>
  catchments.value.lengths(reference.segments.value).get(id)?.lengthM;

/** The card is of all of the place, the list and the map of what of it lies within the chosen limit. */
function Part({ place, matched }: { place: Chosen; matched: number | undefined }) {
  const { answers, store, t, f } = usePage();
  const answer = answers.countsIn(place.key.layer);
  if (!store.filter.value.within || !answer || !place.row || matched === undefined) return null;
  const part = answer.counts[answer.ids.indexOf(place.row.id)] ?? 0;
  return part === matched ? null : <p class="compared">{t('seen.partOfPlace', { n: f.int(part) })}</p>;
}

function Rate({ place }: { place: Chosen }) {
  const page = usePage();
  const { answers, catchments, pictures, reference, store, t, f } = page;
  const { layer } = place.key;
  const answer = answers.countsIn(layer);
  if (!answer || !place.row) return null;
  if (!place.isStreet && cutsAreasOf(store.filter.value, layer)) return t('seen.cutPlace');
  const index = answer.ids.indexOf(place.row.id);
  const whole = place.isStreet && catchments.value.with(place.row.id).length > 1 ? wholeLength(page, place.row.id) : 0;
  const asked = whole ? (1000 * (answer.counts[index] ?? 0)) / whole : (answer.rates?.[index] ?? null);
  const rate = perYear(asked, pictures.years.value);
  if (rate !== null) {
    const known = (answer.rates ?? []).filter((each) => each !== null).sort((a, b) => a - b);
    const middle = perYear(known[Math.floor(known.length / 2)] ?? null, pictures.years.value) ?? rate;
    return (
      <>
        {t(place.isStreet ? 'place.ratePerKm' : 'place.rate', { rate: f.rate(rate) })}
        {!place.isStreet && rate > PASSING_RATIO * middle && <small class="passing">{t('place.passing')}</small>}
      </>
    );
  }
  if (place.isStreet) return null;
  if (!reference.areaLayers.value.find((row) => row.layer === layer)?.hasPopulation) return t('place.noPopulation');
  return whyNoRate(t, place.row, answer.counts[index] ?? 0);
}

/** The offences of the theme, or of the one chosen, that happen most here. */
function Frequent() {
  const { reference, answers, t, f } = usePage();
  const { offences, theme } = answers.scoped.value ?? {};
  const listed = offences?.length ? offences : reference.themes.value.find((row) => row.code === theme)?.offences;
  const rows = frequentOf(answers.frequent.answered.value?.value.offences ?? [], listed ?? []);
  if (!rows.length) return null;
  return (
    <div>
      <h3>{t('place.top')}</h3>
      <ol class="frequent">
        {rows.slice(0, FREQUENT).map(({ code, title, incidents }) => (
          <li key={code}>
            <span>{title}</span> <span>{f.int(incidents)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
