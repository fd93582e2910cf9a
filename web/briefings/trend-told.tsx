// Months as columns, those not complete pale and said to be so.

import type { FigureData } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';

const WIDTH = 480;
const HEIGHT = 120;
const LEFT = 40;
const FOOT = 26;
/** So many columns have room for the name of each. */
const NAMED = 14;

/** So many columns a year at the beginning needs before the next. */
const YEAR_ROOM = 3;
const isJanuary = (day: string) => day.slice(5, 7) === '01';

export function TrendTold({ data }: { readonly data: Extract<FigureData, { kind: 'trend' }> }) {
  const { t, f } = usePage();
  const { buckets } = data;
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const step = (WIDTH - LEFT) / Math.max(1, buckets.length);
  const y = (count: number) => HEIGHT - (count / most) * (HEIGHT - 14);
  const x = (i: number) => LEFT + i * step;
  const names = buckets.length <= NAMED;
  return (
    <svg
      class="briefing-trend"
      viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`}
      role="img"
      aria-label={t('briefing.kind_trend')}
    >
      <line x1={LEFT} x2={WIDTH} y1={y(most)} y2={y(most)} class="is-grid" />
      <text x={LEFT - 4} y={y(most) + 4} class="is-right">
        {f.int(most)}
      </text>
      <text x={LEFT - 4} y={HEIGHT} class="is-right">
        0
      </text>
      {buckets.map(({ from, count, partial }, i) => (
        <g key={from}>
          <rect
            x={x(i) + step * 0.12}
            y={y(count)}
            width={step * 0.76}
            height={Math.max(0, HEIGHT - y(count))}
            class={partial ? 'is-partial' : i === buckets.length - 1 ? 'is-last' : ''}
          >
            <title>
              {f.month(from)}: {f.int(count)}
              {partial ? ` (${t('briefing.monthPartial')})` : ''}
            </title>
          </rect>
          {i === buckets.length - 1 && (
            <text x={Math.min(x(i) + step / 2, WIDTH - 12)} y={y(count) - 3} class="is-middle">
              {f.int(count)}
            </text>
          )}
          {(names || isJanuary(from) || from.slice(5, 7) === '07') && (
            <text x={x(i) + step / 2} y={HEIGHT + 12} class="is-middle">
              {f.monthShort(from)}
            </text>
          )}
          {(isJanuary(from) || (i === 0 && !buckets.slice(0, YEAR_ROOM).some((each) => isJanuary(each.from)))) && (
            <text x={x(i) + step / 2} y={HEIGHT + 23} class={i === 0 ? '' : 'is-middle'}>
              {from.slice(0, 4)}
            </text>
          )}
        </g>
      ))}
      <line x1={LEFT} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} class="is-axis" />
    </svg>
  );
}
