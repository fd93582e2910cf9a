// The one chart of an analysis: what fits the method, with its axes named.

import { usePage } from '../app.ts';
import { AFTER, BEFORE, RAMP } from '../map/colors.ts';
import { bandsOf } from './bands.ts';
import type { AnalysisFound } from './found.ts';
import { LaterChart } from './later-chart.tsx';
import { HOT_CLASSES, HOT_COLORS } from './picture.ts';
import { bandText, pText, zText } from './rows.ts';
import type { Dot, Mark } from './scales.ts';
import { FOOT, HEIGHT, LEFT, Scatter, TOP, WIDTH } from './scatter.tsx';

const NEUTRAL = '#9aa5ad';
/** Two-sided, at 95 %. */
const Z95 = 1.96;

export function AnalysisChart({ found }: { found: AnalysisFound }) {
  const { t, f } = usePage();
  if (found.answer.reason !== null) return null;
  switch (found.task) {
    case 'hotspots': {
      const { values, z, parameters } = found.answer;
      const x = t(parameters.value === 'count' ? 'analysis.colIncidents' : 'analysis.colRate');
      const classes = found.answer.class;
      const dots = values.flatMap((value, i): Dot[] => {
        const score = z[i] ?? null;
        if (value === null || score === null) return [];
        const color = HOT_COLORS[HOT_CLASSES.indexOf(classes[i] as (typeof HOT_CLASSES)[number])] ?? NEUTRAL;
        return [{ x: value, y: score, color }];
      });
      const marks: Mark[] = [-Z95, 0, Z95].map((at) => ({
        from: { x: 0, y: at },
        until: { x: 1, y: at },
        isAcross: true,
      }));
      return <Scatter dots={dots} marks={marks} x={x} y="z" title={t('analysis.chart_hotspots')} />;
    }
    case 'change': {
      const { before, after, direction } = found.answer;
      const { daysBefore, daysAfter } = found.answer.parameters;
      const colors = { up: AFTER, down: BEFORE, none: NEUTRAL };
      const dots = before.map((x, i): Dot => ({ x, y: after[i]!, color: colors[direction[i]!] }));
      const most = Math.max(1, ...before.map((each, i) => Math.max(each, after[i]!)));
      const marks = [{ from: { x: 0, y: 0 }, until: { x: most, y: (most * daysAfter) / daysBefore }, isAcross: false }];
      const axes = { x: t('analysis.colBefore'), y: t('analysis.colAfter') };
      return <Scatter dots={dots} marks={marks} {...axes} title={t('analysis.chart_change')} />;
    }
    case 'concentration': {
      const dots = found.answer.lorenz.map(
        ({ places, incidents }): Dot => ({ x: places, y: incidents, color: RAMP[3]! }),
      );
      const marks = [{ from: { x: 0, y: 0 }, until: { x: 1, y: 1 }, isAcross: false }];
      const axes = { x: t('analysis.axisPlaces'), y: t('analysis.axisIncidents') };
      return (
        <Scatter dots={dots} marks={marks} {...axes} title={t('analysis.chart_concentration')} isLine show={f.share} />
      );
    }
    case 'near-repeat':
      return <Ratios answer={found.answer} />;
    case 'density': {
      const bands = bandsOf(found.answer).toReversed();
      const bars = bands.map(({ from, km2, color }) => ({ key: f.rate(from), size: km2, color, text: f.rate(km2) }));
      return <Bars bars={bars} title={t('analysis.chart_density')} />;
    }
    case 'emerging': {
      const { steps, classes, parameters } = found.answer;
      const title = t('analysis.chart_emerging', { step: t(`analysis.step_${parameters.step}`) });
      const hot = steps.map((_, i) => classes.filter((own) => own[i]! >= 2).length);
      const cold = steps.map((_, i) => classes.filter((own) => own[i]! <= -2).length);
      return <Steps {...{ steps, hot, cold, title }} />;
    }
    default:
      return <LaterChart found={found} />;
  }
}

/** Knox: how many times the pairs that chance gives, each with its p; what stands out is coloured. */
function Ratios({ answer }: { answer: Extract<AnalysisFound, { task: 'near-repeat' }>['answer'] }) {
  const { t } = usePage();
  const { distances, days } = answer.parameters;
  const color = (ratio: number | null, p: number | null) => {
    if (ratio === null || p === null || p > 0.05) return {};
    const at = ratio >= 2 ? 4 : ratio >= 1.5 ? 3 : ratio >= 1.2 ? 2 : 1;
    return { background: RAMP[at], color: at > 2 ? '#ffffff' : undefined };
  };
  return (
    <figure class="analysis-chart">
      <table class="ratios">
        <caption>{t('analysis.chart_near-repeat')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('analysis.colDistance')}</th>
            {days.slice(1).map((_, j) => (
              <th key={bandText(days, j)} scope="col" class="number">
                {t('analysis.daysBand', { band: bandText(days, j) })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.ratio.map((row, i) => (
            <tr key={bandText(distances, i)}>
              <th scope="row">{bandText(distances, i)}</th>
              {row.map((ratio, j) => {
                const p = answer.p[i]![j]!;
                return (
                  <td key={bandText(days, j)} class="number" style={color(ratio, p)}>
                    {ratio === null ? '–' : zText(ratio)}
                    <small>{p === null ? '' : `p ${pText(p)}`}</small>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

type Bar = { readonly key: string; readonly size: number; readonly color: string; readonly text: string };

function Bars({ bars, title }: { bars: readonly Bar[]; title: string }) {
  const { t } = usePage();
  const most = Math.max(...bars.map(({ size }) => size), 1e-9);
  return (
    <figure class="analysis-chart">
      <figcaption>{title}</figcaption>
      <dl class="bars">
        {bars.map(({ key, size, color, text }) => (
          <div key={key}>
            <dt>{t('analysis.atLeast', { n: key })}</dt>
            <dd>
              <span class="bar" style={{ width: `${(size / most) * 60}%`, background: color }} /> {text} km²
            </dd>
          </div>
        ))}
      </dl>
    </figure>
  );
}

type StepsProps = {
  readonly steps: readonly string[];
  readonly hot: readonly number[];
  readonly cold: readonly number[];
  readonly title: string;
};

/** Hot places upwards and cold ones downwards, step by step. */
function Steps({ steps, hot, cold, title }: StepsProps) {
  const { f } = usePage();
  const most = Math.max(1, ...hot, ...cold);
  const width = (WIDTH - LEFT) / Math.max(1, steps.length);
  const hasCold = cold.some((each) => each > 0);
  const zero = hasCold ? (HEIGHT - FOOT) / 2 : HEIGHT - FOOT;
  const scale = (zero - TOP) / most;
  return (
    <figure class="analysis-chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        <text x={LEFT - 6} y={TOP + 8} text-anchor="end">
          {f.int(most)}
        </text>
        <line class="grid" x1={LEFT} x2={WIDTH} y1={zero} y2={zero} />
        {steps.map((from, i) => (
          <g key={from}>
            <rect
              x={LEFT + i * width + 1}
              y={zero - hot[i]! * scale}
              width={Math.max(1, width - 2)}
              height={hot[i]! * scale}
              fill={HOT_COLORS[1]}
            />
            <rect
              x={LEFT + i * width + 1}
              y={zero}
              width={Math.max(1, width - 2)}
              height={cold[i]! * scale}
              fill={HOT_COLORS[4]}
            />
            <title>{`${f.day(from)}: ${f.int(hot[i]!)} / ${f.int(cold[i]!)}`}</title>
          </g>
        ))}
        {[0, steps.length - 1].map((i) => (
          <text key={i} x={i === 0 ? LEFT : WIDTH} y={HEIGHT - 10} text-anchor={i === 0 ? 'start' : 'end'}>
            {steps[i] && f.day(steps[i])}
          </text>
        ))}
      </svg>
    </figure>
  );
}
