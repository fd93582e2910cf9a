// Cuándo: the clock, its busiest hours in words, and what is known of hours written by habit.

import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { peakOf } from '../charts/clock.ts';
import { ClockGrid } from '../charts/clock-grid.tsx';
import { SmallClock } from '../charts/small-clock.tsx';
import { Info } from '../parts/info.tsx';
import { chosenPlace } from '../store/chosen.ts';
import { hoursText } from '../store/formats.ts';
import { panelClass } from './panel-class.ts';

export const PHONE = '(max-width: 767px)';

export function When() {
  const page = usePage();
  const { store, reference, answers, t, f } = page;
  const narrow = useMedia(PHONE);
  const answer = answers.clock.answered.value?.value;
  const chosen = chosenPlace(page, store.place.value);
  const monthOnly = reference.monthOnly.value;
  // Nothing comes or goes here while hours are drawn: the clock would move under the hand.
  const { filter } = store.page.value;
  const { hours, weekdays } = filter;
  const isDrawn = store.filter.value !== filter;
  const peak = answer ? peakOf(answer) : null;
  // With hours chosen the headline says what has none, and does not count it.
  const ofDays = hours ? null : weekdays.length ? answers.hourless.answered.value?.value : answer;
  const before = useRef(0);
  if (!isDrawn) before.current = ofDays?.unknownHour ?? 0;
  const unknownHour = before.current;
  const filler = answer?.filler.map(({ hour, minute }) => `${hour}:${String(minute).padStart(2, '0')}`) ?? [];
  return (
    <section class={panelClass('when', answers.clock)} aria-labelledby="when-title">
      <div class="panel-head">
        <h2 id="when-title">{t('when.title')}</h2>
        <Info topic="when" title={t('when.title')} />
        {(hours || weekdays.length > 0) && (
          <button type="button" class="link" onClick={() => store.changeFilter({ hours: null, weekdays: [] })}>
            {t('when.clear')}
          </button>
        )}
      </div>
      {chosen && <p class="scope">{t('where.scoped', { name: chosen.name })}</p>}
      {monthOnly ? (
        <p class="small">{t('when.monthOnly')}</p>
      ) : (
        answer && (
          <>
            {peak && (
              <p class="caption">
                {t(hours || weekdays.length > 0 ? 'when.mostOfAll' : 'when.most', {
                  days: f.list(peak.weekdays.map(f.weekdayLong)),
                  hours: hoursText(peak.from, peak.until),
                })}
              </p>
            )}
            <ClockGrid answer={answer} span={narrow ? 3 : 1} onSelect={(selection) => store.changeFilter(selection)} />
            <p class="small">
              {t('when.hint')}
              {filler.length > 0 && (
                <>
                  <br />
                  {t('when.filler', { times: filler.slice(0, 3).join(', ') })}
                </>
              )}
              {unknownHour > 0 && (
                <>
                  <br />
                  {t('when.unknown', { count: unknownHour, n: f.int(unknownHour) })}
                </>
              )}
            </p>
          </>
        )
      )}
    </section>
  );
}

/** The clock as a small picture, for the card of a place and for paper. */
export function MiniClock() {
  const { answers, reference, store, t } = usePage();
  const answer = answers.clock.answered.value?.value;
  // The hours of another place keep the room, and are not seen.
  const isOld = answers.clock.isOld.value;
  if (!answer || answer.total === 0 || reference.monthOnly.value) return null;
  const { hours, weekdays } = store.page.value.filter;
  return (
    <div class={`mini-clock ${isOld ? 'is-old' : ''}`}>
      <SmallClock counts={answer.counts} label={t('when.grid')} />
      {(hours || weekdays.length > 0) && <p class="small">{t('seen.allHours')}</p>}
    </div>
  );
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const listen = () => setMatches(media.matches);
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, [query]);
  return matches;
}
