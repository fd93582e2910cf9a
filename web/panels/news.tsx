// Says what came while the page was open, and that the days shown leave it out where they do.

import { kindNoun, usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { addDays } from '../store/days.ts';

export function News() {
  const { answers, live, reference, store, t, f } = usePage();
  const news = live.news.value;
  const kind = store.filter.value.kind;
  const city = reference.jurisdiction.value;
  const summary = answers.summary.answered.value?.value;
  const today = city && f.today(city.timezone);
  // Of a file nobody knows that it holds anything of today.
  const isLive = reference.sourcesInUse.value.some((row) => row.live);
  const leavesOut = isLive && today && summary?.until && summary.until <= today;
  return (
    <div role="status">
      {news && (
        <p class="news">
          {t(kind === 'incident' ? 'answer.newsIncidents' : 'answer.news', {
            count: news.count,
            n: f.int(news.count),
            what: kindNoun(t, kind, news.count),
            time: f.time(news.since, city?.timezone),
          })}
          {leavesOut && (
            <button
              type="button"
              class="link"
              onClick={() => {
                live.forget();
                store.changeFilter({ period: null, from: today, until: addDays(today, 1) });
              }}
            >
              {t('answer.newsToday')}
            </button>
          )}
          <button type="button" class="button is-icon" aria-label={t('answer.newsClose')} onClick={live.forget}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}
