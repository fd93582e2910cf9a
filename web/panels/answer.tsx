// The answer in figures and one sentence: how many, against before, and how concentrated.

import type { Compared } from '../../server/counts/contract.ts';
import { PublicNote } from '../access/public-note.tsx';
import { ScopeNote } from '../access/scope-note.tsx';
import { kindNoun, usePage } from '../app.ts';
import { placesHoldingHalf } from '../map/concentration.ts';
import { holders } from '../map/picture.ts';
import { Info } from '../parts/info.tsx';
import { lazily } from '../parts/lazy.tsx';
import { changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { withinText } from '../store/chosen.ts';
import { type Counted, insideOf } from '../store/inside-of.ts';
import { effectLabel } from '../store/legend-text.ts';
import { daysText, timeText, whatText } from '../store/words.ts';
import { Download } from './download.tsx';
import { HotPlaces } from './hot-places.tsx';
import { News } from './news.tsx';
import { panelClass } from './panel-class.ts';
import { TotalsLine } from './totals.tsx';
import { Uncovered } from './uncovered.tsx';

const NoRows = lazily(async () => (await import('./no-rows.tsx')).NoRows);
const ZoneNote = lazily(async () => (await import('./zone-note.tsx')).ZoneNote);
const NamedZones = lazily(async () => (await import('../hand/named-zones.tsx')).NamedZones);

export function AnswerPanel() {
  const page = usePage();
  const { answers, reference, store, words, t, f } = page;
  const summary = answers.summary.answered.value?.value;
  const filter = answers.filter.value;
  if (!summary || !filter) {
    return (
      <section class="panel answer is-empty">
        <p class="figure">…</p>
      </section>
    );
  }
  const here = insideOf(summary);
  // Where no answer came, the figure below is not what the filters say.
  const isOfBefore = answers.summary.isOld.value && answers.summary.problem.value !== null;
  const parts = [
    whatText(words.value, filter, reference.offences.value, reference.themes.value),
    daysText(words.value, filter, answers.covered.value, reference.monthOnly.value),
    filter.hours || filter.weekdays.length ? timeText(words.value, filter) : '',
    filter.within ? withinText(page, filter.within) : '',
  ];
  return (
    <section class={panelClass('answer', answers.summary)} aria-labelledby="answer-title">
      <h2 id="answer-title" class="unseen">
        {t('answer.title')}
      </h2>
      <p class="figure">
        <strong>{f.int(here)}</strong> {kindNoun(t, filter.kind, here)}{' '}
        <Info topic="answer" title={t('answer.title')} />
      </p>
      <p class="asked">{isOfBefore ? t('answer.ofBefore') : parts.filter(Boolean).join(' · ')}</p>
      <LostOfLink />
      <News />
      <Uncovered />
      {here === 0 ? (
        <NoRows />
      ) : (
        <>
          <Before compared={summary} year={filter.period === '12m' || filter.period === 'ytd'} />
          {summary.last28Days && filter.period !== '28d' && <Recent compared={summary.last28Days} />}
          {summary.lastMonth && <RecentMonth compared={summary.lastMonth} />}
          <Concentration />
          <HotPlaces />
        </>
      )}
      {filter.within?.type === 'polygon' && <ZoneNote />}
      {!store.embedded && (store.page.value.zones.length > 0 || filter.within?.type === 'polygon') && <NamedZones />}
      <PublicNote />
      <ScopeNote />
      <TotalsLine
        totals={answers.drawnTotals.value ?? summary.totals}
        apart={answers.apart.value}
        excluded={summary.excluded}
      />
      <p class="panel-foot">
        <Download filter={answers.counted.value ?? filter} matched={here} apart={answers.apart.value} />
      </p>
    </section>
  );
}

/** A link may name what nobody can read, or what is no more: the figures are not what it was sent for. */
function LostOfLink() {
  const { reference, store, t } = usePage();
  const { theme } = store.filter.value;
  const known = theme === null || reference.themes.value.some(({ code }) => code === theme);
  const lost = [...store.lost.value, ...(known ? [] : [`theme=${theme}`])];
  if (!lost.length) return null;
  const close = () => {
    store.lost.value = [];
    if (!known) store.changeFilter({ theme: null });
  };
  return (
    <div class="news" role="status">
      <span>{t('seen.lost', { what: lost.join(' · ') })}</span>
      <button type="button" class="button" onClick={close}>
        {t('app.close')}
      </button>
    </div>
  );
}

type BeforeProps = {
  readonly compared: Compared;
  readonly year: boolean;
  readonly countOf?: (counted: Counted) => number;
};

/** The same number of days before, or why nothing is said of them. */
export function Before({ compared, year, countOf = insideOf }: BeforeProps) {
  const { words, t, f } = usePage();
  const { previous, previousReason } = compared;
  if (!previous) return <p class="compared">{t(NO_PREVIOUS_WORDS[previousReason ?? 'before-data'])}</p>;
  const before = countOf(previous);
  const { days } = previous;
  const change = changeText(words.value, changeBetween(before, countOf(compared), days), days);
  const n = f.int(before);
  return (
    <p class="compared" title={f.range(previous.from, previous.until)}>
      {year ? t('answer.yearBefore', { n, change }) : t('answer.periodBefore', { n, change })}
    </p>
  );
}

const NO_PREVIOUS_WORDS = {
  'before-data': 'answer.beforeNone',
  gap: 'answer.beforeGap',
  'open-range': 'answer.beforeOpen',
  'after-data': 'answer.beforeEnded',
  'no-such-day': 'answer.beforeNoDay',
} as const;

function Recent({ compared }: { compared: Compared }) {
  const { words, t, f } = usePage();
  const { previous } = compared;
  if (!previous) return null;
  const [now, before] = [insideOf(compared), insideOf(previous)];
  const change = changeText(words.value, changeBetween(before, now, previous.days), previous.days);
  return <p class="compared">{t('answer.recent', { n: f.int(now), before: f.int(before), change })}</p>;
}

/** «Febrero de 2019: 1,092; enero de 2019: 1,196: baja 9 %. Esta fuente solo da el mes.» */
function RecentMonth({ compared }: { compared: Compared }) {
  const { words, t, f } = usePage();
  const { previous, from } = compared;
  if (from === null) return null;
  const now = insideOf(compared);
  const values = { month: effectLabel(f.monthLong(from)), n: f.int(now) };
  if (!previous) return <p class="compared">{t('answer.recentMonthAlone', values)}</p>;
  const before = insideOf(previous);
  return (
    <p class="compared">
      {t('answer.recentMonth', {
        ...values,
        monthBefore: f.monthLong(previous.from),
        before: f.int(before),
        change: changeText(words.value, changeBetween(before, now, previous.days), previous.days),
      })}
    </p>
  );
}

/** From this share on, those that have a place speak for all. */
const MOST_HAVE_PLACES = 0.95;

/** «La mitad ocurre en 142 tramos (2.1 % de la longitud)», or in how many areas where streets say nothing. */
function Concentration() {
  const { access, answers, reference, t, f } = usePage();
  // To the public a street stands for several: how many hold half would be said of the wrong ones.
  const isPublic = access.me.value?.role === 'public';
  const streets = answers.streetCounts.answered.value?.value;
  const segments = reference.segments.value;
  const summary = answers.summary.answered.value?.value;
  // Of a part of the municipality neither its length is known nor how many places it has.
  const isWhole = answers.filter.value?.within === null;
  const what = kindNoun(t, answers.filter.value?.kind ?? 'incident', 2);
  // Where many have no place, half is half of the rest, and that is said.
  const ofThoseThere = (sentence: string, counts: readonly number[]) => {
    const there = counts.reduce((sum, count) => sum + count, 0);
    const isMost = !summary || there >= MOST_HAVE_PLACES * insideOf(summary);
    return isMost ? sentence : t('answer.halfOfThoseThere', { sentence, n: f.int(there) });
  };
  if (reference.streetsUsable.value && !isPublic) {
    if (!streets) return null;
    const half = placesHoldingHalf(holders(streets, segments));
    if (!half.length) return null;
    const whole = [...segments.values()].reduce((sum, row) => sum + (row.lengthM ?? 0), 0);
    const held = half.reduce((sum, place) => sum + (place.lengthM ?? 0), 0);
    const values = { count: half.length, n: f.int(half.length) };
    const all = f.int(isWhole ? (reference.streetLayer.value?.features ?? 0) : streets.ids.length);
    const sentence = !isWhole
      ? t('seen.halfStreetsHit', { ...values, all, what })
      : whole > 0
        ? t('answer.halfStreets', { ...values, share: f.share(held / whole) })
        : t('answer.halfStreetsPlain', { ...values, all });
    return <p class="sentence">{ofThoseThere(sentence, streets.counts)}</p>;
  }
  const areas = answers.areaCounts.answered.value?.value;
  const layer = reference.areaLayer.value;
  if (!areas || !layer) return null;
  const half = placesHoldingHalf(holders(areas, reference.areas.value));
  if (!half.length) return null;
  const values = {
    count: half.length,
    n: f.int(half.length),
    layer: layer.title.toLowerCase(),
  };
  const sentence = isWhole
    ? t('answer.halfAreas', { ...values, all: f.int(layer.features) })
    : t('seen.halfAreasHit', { ...values, all: f.int(areas.ids.length), what });
  return <p class="sentence">{ofThoseThere(sentence, areas.counts)}</p>;
}
