// What a part of a briefing shows: its figure by kind, as it was kept.

import type { BriefingBlock, FigureData } from '../../server/briefings/contract.ts';
import { parseFilter } from '../../server/filter/contract.ts';
import { type App, kindNoun, usePage } from '../app.ts';
import { SmallClock } from '../charts/small-clock.tsx';
import { placeText } from '../store/words.ts';
import { HeatTold, HotspotsTold, WeekTold } from './analyses-told.tsx';
import { FigureMap } from './figure-map.tsx';
import { ProblemsTold } from './problems-told.tsx';
import { TrendTold } from './trend-told.tsx';

type Of<K extends FigureData['kind']> = Extract<FigureData, { kind: K }>;
type Verdict = Of<'headline'>['last']['verdict'];

const ARROWS: Readonly<Record<Verdict, string>> = { up: '▲', down: '▼', unclear: '', unknown: '' };

export function Figure({ block, data }: { readonly block: BriefingBlock; readonly data: FigureData }) {
  switch (data.kind) {
    case 'headline':
      return <Headline block={block} data={data} />;
    case 'offences':
      return <Offences data={data} />;
    case 'trend':
      return <TrendTold data={data} />;
    case 'table':
      return <Places data={data} />;
    case 'map':
      return <FigureMap data={data} by={block.by} />;
    case 'clock':
      return <Clock data={data} />;
    case 'heat':
      return <HeatTold data={data} />;
    case 'hotspots':
      return <HotspotsTold data={data} />;
    case 'meeting':
      return <WeekTold block={block} data={data} />;
    case 'problems':
      return <ProblemsTold data={data} />;
  }
}

function Headline({ block, data }: { readonly block: BriefingBlock; readonly data: Of<'headline'> }) {
  const { t, f } = usePage();
  const { kind } = parseFilter(block.filter);
  const beside = (key: 'briefing.lastTold' | 'briefing.yearTold', { count, before, verdict }: Of<'headline'>['last']) =>
    before && (
      <li>
        {t(key, {
          ...{ days: f.range(before.from, before.until), n: f.int(before.count) },
          change: changeText({ t, f }, count, before.count, verdict),
        })}
      </li>
    );
  return (
    <div class="briefing-headline">
      <p class="briefing-number">
        <strong>{f.int(data.totals.matched)}</strong> {kindNoun(t, kind, data.totals.matched)}
      </p>
      <ul>
        {beside('briefing.lastTold', data.last)}
        {beside('briefing.yearTold', data.year)}
        {!data.last.before && !data.year.before && <li>{t('briefing.noBefore')}</li>}
      </ul>
    </div>
  );
}

type Said = Pick<ReturnType<typeof usePage>, 't' | 'f'>;

/** «12 menos», or that nothing stands out. */
function changeText({ t, f }: Said, count: number, before: number, verdict: Verdict): string {
  if (verdict !== 'up' && verdict !== 'down') return t(`briefing.change_${verdict}`);
  return `${f.int(Math.abs(count - before))} ${t(`briefing.change_${verdict}`)}`;
}

function Offences({ data }: { readonly data: Of<'offences'> }) {
  const { store, t, f } = usePage();
  const language = store.language.value;
  const hasYear = data.all.before !== null;
  const row = (title: string, of: Of<'offences'>['all'], name: string) => (
    <tr key={name} class={`is-${name === 'all' ? 'total' : 'offence'}`}>
      <th scope="row">{title}</th>
      <td class="number is-count">{f.int(of.count)}</td>
      {hasYear && (
        <>
          <td class="number">{of.before ? f.int(of.before.count) : t('briefing.change_unknown')}</td>
          <td class="number">
            {of.before && signed(f, of.count - of.before.count)}
            <span class="meeting-mark" aria-hidden="true">
              {ARROWS[of.verdict]}
            </span>
            <span class="sr-only">{t(`briefing.change_${of.verdict}`)}</span>
          </td>
        </>
      )}
    </tr>
  );
  return (
    <>
      <div class="briefing-scroll">
        <table class="briefing-table">
          <thead>
            <tr>
              <th scope="col">{t('briefing.offence')}</th>
              <th scope="col" class="number">
                {t('briefing.count')}
              </th>
              {hasYear && (
                <>
                  <th scope="col" class="number">
                    {t('briefing.yearBefore')}
                  </th>
                  <th scope="col" class="number">
                    {t('briefing.difference')}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {row(t('briefing.all'), data.all, 'all')}
            {data.rows.map((of) => row(of.titles[language], of, of.code))}
            {data.others && row(t('briefing.others'), data.others, 'others')}
          </tbody>
        </table>
      </div>
      <p class="small">{t(hasYear ? 'briefing.arrows' : 'briefing.noBefore')}</p>
    </>
  );
}

const signed = (f: Said['f'], value: number): string =>
  value === 0 ? '0' : `${value > 0 ? '+' : '−'}${f.int(Math.abs(value))}`;

function Places({ data }: { readonly data: Of<'table'> }) {
  const { words, t, f } = usePage();
  const hasRate = data.rows.some(({ rate }) => rate !== null);
  const hasBefore = data.rows.some(({ before }) => before !== null);
  return (
    <>
      <div class="briefing-scroll">
        <table class="briefing-table">
          <thead>
            <tr>
              <th scope="col">{t('briefing.placeName')}</th>
              <th scope="col" class="number">
                {t('briefing.count')}
              </th>
              {hasBefore && (
                <th scope="col" class="number">
                  {t('briefing.yearBefore')}
                </th>
              )}
              {hasRate && (
                <th scope="col" class="number">
                  {t('briefing.rate')}{' '}
                  <small>{t(data.unit === 'perKm' ? 'briefing.ratePerKm' : 'briefing.ratePer100k')}</small>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row, i) => (
              <tr key={row.code}>
                <th scope="row">
                  {i + 1}. {placeText(words.value, row, data.isStreets) || row.code}
                </th>
                <td class="number is-count">{f.int(row.count)}</td>
                {hasBefore && <td class="number">{row.before === null ? '' : f.int(row.before)}</td>}
                {hasRate && <td class="number">{row.rate === null ? '–' : f.rate(row.rate)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.rows.length === 0 && <p>{t('briefing.noneThere')}</p>}
      <p class="small">
        {[
          data.rows.length > 0 && t('briefing.ofPlaces', { n: f.int(data.rows.length), all: f.int(data.places) }),
          hasRate && data.denominator && t('briefing.residents', { ...data.denominator }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </>
  );
}

function Clock({ data }: { readonly data: Of<'clock'> }) {
  const { t, f } = usePage();
  return (
    <>
      <SmallClock counts={data.counts} label={t('briefing.kind_clock')} />
      {data.unknownHour > 0 && (
        <p class="small">{t('when.unknown', { count: data.unknownHour, n: f.int(data.unknownHour) })}</p>
      )}
    </>
  );
}

/** What of a figure lies nowhere, in words; empty where all of it has a place. */
export function leftOutText({ words }: Pick<App, 'words'>, data: FigureData): string {
  if (data.kind === 'problems') return '';
  const { t, f } = words.value;
  const { unlocated, outside, withheld } = data.totals;
  return [
    unlocated > 0 && t('briefing.unlocated', { n: f.int(unlocated) }),
    outside > 0 && t('briefing.outside', { n: f.int(outside) }),
    withheld > 0 && t('briefing.withheld', { n: f.int(withheld) }),
    data.kind === 'trend' && data.unknownMonth > 0 && t('briefing.unknownMonth', { n: f.int(data.unknownMonth) }),
  ]
    .filter(Boolean)
    .join(' · ');
}
