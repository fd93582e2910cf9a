// Tendencia: 36 months as columns, the year before as a line, the unfinished month dashed.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { chosenPlace } from '../chosen.ts';
import { Info } from '../info.tsx';

const WIDTH = 400;
const HEIGHT = 96;
const FOOT = 14;
const SHOWN = 36;
const YEAR = 12;

type Bucket = { readonly from: string; readonly count: number; readonly partial: boolean };

export function Trend() {
  const page = usePage();
  const { store, reference, answers, t, f } = page;
  const [pointed, setPointed] = useState<number | null>(null);
  const answer = answers.trend.answered.value?.value;
  const chosen = chosenPlace(page, store.place.value);
  const first = reference.jurisdiction.value?.from?.slice(0, 7) ?? '';
  const all: readonly Bucket[] = answer?.buckets ?? [];
  const shown = all.slice(-SHOWN);
  const earlier = shown.map((_, index): Bucket | null => {
    const bucket = all[all.length - shown.length + index - YEAR];
    return bucket && bucket.from.slice(0, 7) >= first ? bucket : null;
  });
  const most = Math.max(1, ...shown.map(({ count }) => count), ...earlier.map((bucket) => bucket?.count ?? 0));
  const step = WIDTH / SHOWN;
  const y = (count: number) => HEIGHT - (count / most) * (HEIGHT - 8);
  const line = earlier.flatMap((bucket, index) =>
    bucket ? [`${((index + 0.5) * step).toFixed(1)},${y(bucket.count).toFixed(1)}`] : [],
  );
  const say = (index: number): string => {
    const bucket = shown[index];
    if (!bucket) return '';
    const values = { month: f.month(bucket.from), n: f.int(bucket.count) };
    if (bucket.partial) return t('trend.partial', values);
    const before = earlier[index];
    return before ? t('trend.monthBefore', { ...values, before: f.int(before.count) }) : t('trend.month', values);
  };
  const at = pointed ?? shown.length - 1;
  return (
    <section class="panel trend" aria-labelledby="trend-title">
      <div class="panel-head">
        <h2 id="trend-title">{t('trend.title')}</h2>
        <Info topic="trend" title={t('trend.title')} />
        <span class="small">{t('trend.months')}</span>
      </div>
      {chosen && <p class="scope">{t('where.scoped', { name: chosen.name })}</p>}
      {shown.length > 0 && (
        <>
          <div class="trend-box">
            <input
              type="range"
              class="trend-range"
              min={0}
              max={shown.length - 1}
              value={at}
              aria-label={t('trend.chart')}
              aria-valuetext={say(at)}
              onInput={(event) => setPointed(Number(event.currentTarget.value))}
              onMouseMove={(event) =>
                setPointed(Math.floor((event.offsetX / event.currentTarget.clientWidth) * shown.length))
              }
              onMouseLeave={() => setPointed(null)}
              onBlur={() => setPointed(null)}
            />
            <svg class="trend-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} aria-hidden="true">
              {shown.map((bucket, index) => {
                if (bucket.from.slice(0, 7) < first) return null;
                const height = HEIGHT - y(bucket.count);
                return (
                  <g key={bucket.from}>
                    <rect
                      class={`month ${bucket.partial ? 'is-partial' : ''} ${index === pointed ? 'is-pointed' : ''}`}
                      x={index * step + 1}
                      y={HEIGHT - height}
                      width={step - 2}
                      height={height}
                    />
                    {bucket.from.slice(5, 7) === '01' && (
                      <text class="year" x={index * step} y={HEIGHT + FOOT - 3}>
                        {bucket.from.slice(0, 4)}
                      </text>
                    )}
                  </g>
                );
              })}
              {line.length > 1 && <polyline class="before" points={line.join(' ')} />}
              <line class="base" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
            </svg>
          </div>
          <p class="small trend-said">
            {say(at)}
            {shown.some(({ partial }) => partial) && <span class="key-partial">{t('trend.unfinished')}</span>}
            {line.length > 1 && <span class="key-before">{t('trend.previousYear')}</span>}
          </p>
          <table class="unseen">
            <caption>{t('trend.chart')}</caption>
            <tbody>
              {shown.map((bucket) => (
                <tr key={bucket.from}>
                  <th scope="row">{f.month(bucket.from)}</th>
                  <td>{f.int(bucket.count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
