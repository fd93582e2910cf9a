// The figures of an evaluation: treated, controls and surroundings by month; fake measures as dots; fake dates as bars.

import type { EvaluationAnswer, ScatteredEstimate } from '../../server/evaluation/contract.ts';
import { usePage } from '../app.ts';

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 40;
const FOOT = 20;
const ROUND = [1, 2, 5, 10];
type Placebo = NonNullable<EvaluationAnswer['placebo']>;

function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return (ROUND.find((each) => each * power >= value) ?? 10) * power;
}

type MonthlyProps = { readonly answer: EvaluationAnswer; readonly from: string; readonly until: string | null };

export function MonthlyFigure({ answer: { months, periods, counts }, from, until }: MonthlyProps) {
  const { t, f } = usePage();
  // The surroundings hold many more: they are brought to the size of the place in the months before.
  const inBefore = months.filter(
    ({ month }) =>
      periods.before && month >= periods.before.from.slice(0, 7) && month < periods.before.until.slice(0, 7),
  );
  const sum = (pick: (row: (typeof months)[number]) => number) => inBefore.reduce((total, row) => total + pick(row), 0);
  const ringScale =
    sum(({ displacement }) => displacement ?? 0) /
    Math.max(
      1,
      sum(({ treated }) => treated),
    );
  const hasRing = counts?.displacement != null && ringScale > 0;
  const lines = [
    ['controlsSized', months.map(({ control }) => control), 'is-control'],
    ...(hasRing
      ? ([['ringSized', months.map(({ displacement }) => (displacement ?? 0) / ringScale), 'is-ring']] as const)
      : []),
    ['treated', months.map(({ treated }) => treated), 'is-treated'],
  ] as const;
  const top = roundAbove(Math.max(1, ...lines.flatMap(([, values]) => values)));
  const step = (WIDTH - LEFT) / Math.max(1, months.length);
  const x = (index: number) => LEFT + (index + 0.5) * step;
  const y = (value: number) => HEIGHT - (value / top) * (HEIGHT - 10);
  const edge = (day: string) => {
    const index = months.findIndex(({ month }) => month >= day.slice(0, 7));
    return index < 0 ? WIDTH : LEFT + index * step;
  };
  const band = (period: { readonly from: string; readonly until: string } | null, name: string) =>
    period && (
      <g>
        <rect
          class="figure-band"
          x={edge(period.from)}
          y={0}
          width={Math.max(0, edge(period.until) - edge(period.from))}
          height={HEIGHT}
        />
        <text class="figure-text" x={edge(period.from) + 4} y={12}>
          {name}
        </text>
      </g>
    );
  return (
    <figure class="evaluation-figure">
      <figcaption>
        {t('evaluation.monthly')}
        {lines.map(([name, , look]) => (
          <span key={name} class={`figure-key ${look}`}>
            {t(`evaluation.${name}`)}
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} role="img" aria-label={t('evaluation.monthly')}>
        {band(periods.before, t('evaluation.before'))}
        {band(periods.after, t('evaluation.after'))}
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line class="figure-axis" x1={LEFT} x2={WIDTH} y1={y(share * top)} y2={y(share * top)} />
            <text class="figure-text" x={LEFT - 6} y={y(share * top) + 4} text-anchor="end">
              {f.rate(share * top)}
            </text>
          </g>
        ))}
        {[from, ...(until ? [until] : [])].map((day) => (
          <line key={day} class="figure-measure" x1={edge(day)} x2={edge(day)} y1={0} y2={HEIGHT} />
        ))}
        {lines.map(([name, values, look]) => (
          <polyline
            key={name}
            class={`figure-line ${look}`}
            points={values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
          />
        ))}
        {months.map(
          ({ month }, index) =>
            month.endsWith('-01') && (
              <text key={month} class="figure-text" x={LEFT + index * step} y={HEIGHT + 15}>
                {month.slice(0, 4)}
              </text>
            ),
        )}
      </svg>
    </figure>
  );
}

export function PlaceboPlaces({ placebo: { z, ownZ, places, asGood } }: { readonly placebo: Placebo }) {
  const { t, f } = usePage();
  const reach = Math.ceil(Math.max(3, Math.abs(ownZ), ...z.map(Math.abs)));
  const x = (value: number) => 10 + ((value + reach) / (2 * reach)) * (WIDTH - 20);
  // Dots of the same place stand on each other.
  const stack = new Map<number, number>();
  const dots = z.map((value) => {
    const at = Math.round(x(value) / 6);
    const height = stack.get(at) ?? 0;
    stack.set(at, height + 1);
    return { cx: at * 6, height };
  });
  const tall = Math.max(4, ...stack.values()) * 6 + 16;
  return (
    <figure class="evaluation-figure">
      <figcaption>
        {t(asGood === 0 ? 'evaluation.placeboNone' : 'evaluation.placebo', { n: f.int(places), asGood: f.int(asGood) })}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${tall + 18}`} role="img" aria-label={t('evaluation.placeboTitle')}>
        <line class="figure-axis" x1={0} x2={WIDTH} y1={tall} y2={tall} />
        {dots.map(({ cx, height }, index) => (
          <circle key={index} class="figure-dot" cx={cx} cy={tall - 4 - height * 6} r={2.6} />
        ))}
        <line class="figure-measure" x1={x(ownZ)} x2={x(ownZ)} y1={10} y2={tall} />
        <text class="figure-text" x={x(ownZ)} y={8} text-anchor={x(ownZ) > WIDTH / 2 ? 'end' : 'start'}>
          {t('evaluation.placeboMark')}
        </text>
        <text class="figure-text" x={4} y={tall + 14}>
          ← {t('evaluation.fewer')}
        </text>
        <text class="figure-text" x={WIDTH - 4} y={tall + 14} text-anchor="end">
          {t('evaluation.more')} →
        </text>
      </svg>
    </figure>
  );
}

type DatesProps = { readonly placebo: Placebo; readonly own: ScatteredEstimate | null; readonly from: string };

export function PlaceboDates({ placebo: { dates }, own, from }: DatesProps) {
  const { t, f } = usePage();
  if (!own) return null;
  if (dates.length === 0) return <p class="small">{t('evaluation.placeboDatesNone')}</p>;
  const rows = [...dates.map((each) => ({ ...each, isOwn: false })), { from, ...own, isOwn: true }];
  const [least, most] = [Math.min(0, ...rows.map(({ low }) => low)), Math.max(0, ...rows.map(({ high }) => high))];
  const step = (WIDTH - LEFT) / rows.length;
  const x = (index: number) => LEFT + (index + 0.5) * step;
  const y = (value: number) => 8 + ((most - value) / Math.max(1, most - least)) * (HEIGHT - 60);
  return (
    <figure class="evaluation-figure">
      <figcaption>{t('evaluation.placeboDates')}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT - 30}`} role="img" aria-label={t('evaluation.placeboDates')}>
        <line class="figure-axis" x1={LEFT} x2={WIDTH} y1={y(0)} y2={y(0)} />
        <text class="figure-text" x={LEFT - 6} y={y(0) + 4} text-anchor="end">
          0
        </text>
        {rows.map(({ from: day, estimate, low, high, isOwn }, index) => (
          <g key={day} class={isOwn ? 'figure-own' : undefined}>
            <title>{`${f.month(day)}: ${f.int(Math.round(estimate))} (${f.int(Math.round(low))} … ${f.int(Math.round(high))})`}</title>
            <line class="figure-range" x1={x(index)} x2={x(index)} y1={y(low)} y2={y(high)} />
            <circle class="figure-dot" cx={x(index)} cy={y(estimate)} r={3.5} />
          </g>
        ))}
        <text class="figure-text" x={LEFT} y={HEIGHT - 36}>
          {f.month(rows[0]!.from)}
        </text>
        <text class="figure-text" x={WIDTH} y={HEIGHT - 36} text-anchor="end">
          {t('evaluation.placeboMark')}
        </text>
      </svg>
    </figure>
  );
}
