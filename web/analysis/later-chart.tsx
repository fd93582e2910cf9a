// The charts of rates, times and scores.

import { usePage } from '../app.ts';
import { AFTER, BEFORE, RAMP } from '../map/colors.ts';
import type { LaterFound } from './found.ts';
import { cellName, yearName } from './later-rows.ts';
import { HOT_CLASSES, HOT_COLORS } from './picture.ts';
import type { Dot, Mark } from './scales.ts';
import { Scatter } from './scatter.tsx';

const NEUTRAL = '#9aa5ad';
const HOURS_OF_DAY = 24;
const METHOD_COLORS = { 'gi-star': RAMP[4]!, density: RAMP[2]!, recent: BEFORE, 'last-year': NEUTRAL } as const;

export function LaterChart({ found }: { found: LaterFound }) {
  const { t, f } = usePage();
  const title = t(`analysis.chart_${found.task}`);
  const line = (points: readonly (readonly [x: number, y: number])[]): Mark[] =>
    points.slice(1).map(([x, y], i) => ({
      ...{ from: { x: points[i]![0], y: points[i]![1] }, until: { x, y }, isAcross: false },
    }));
  switch (found.task) {
    case 'grid-hotspots': {
      const { counts, z } = found.answer;
      const classes = found.answer.class;
      const dots = counts.map((x, i): Dot => {
        const color = HOT_COLORS[HOT_CLASSES.indexOf(classes[i] as (typeof HOT_CLASSES)[number])] ?? NEUTRAL;
        return { x, y: z[i] ?? 0, color };
      });
      return <Scatter dots={dots} marks={[]} x={t('where.count')} y="z" title={title} />;
    }
    case 'street-density': {
      const { counts, density } = found.answer;
      const dots = counts.map((x, i): Dot => ({ x, y: density[i]!, color: RAMP[3]! }));
      return <Scatter dots={dots} marks={[]} x={t('where.count')} y={t('analysis.colDensityKm')} title={title} />;
    }
    case 'stability': {
      const held = found.answer.years.flatMap(({ from, until, held }) =>
        held === null ? [] : [{ year: yearName(from, until, f), held }],
      );
      return (
        <figure class="analysis-chart">
          <figcaption>{title}</figcaption>
          <dl class="bars">
            {held.map(({ year, held }) => (
              <div key={year}>
                <dt>{year}</dt>
                <dd>
                  <span class="bar" style={{ width: `${held * 60}%`, background: RAMP[4]! }} /> {f.share(held)}
                </dd>
              </div>
            ))}
          </dl>
        </figure>
      );
    }
    case 'rates': {
      const { base, rate, side, funnel, whole, parameters } = found.answer;
      const isPerKm = parameters.unit === 'perKm';
      const unit = t(isPerKm ? 'analysis.unitPerKm' : 'analysis.unitPer100k');
      const colors = { above: AFTER, below: BEFORE, 'as-the-city': NEUTRAL };
      const dots = base.flatMap((x, i): Dot[] => {
        const [y, own] = [rate[i] ?? null, side[i] ?? null];
        return x === null || y === null || own === null ? [] : [{ x, y, color: colors[own] }];
      });
      const marks = [
        ...line(funnel.map(({ base: x, high998 }) => [x, high998] as const)),
        ...line(funnel.map(({ base: x, low998 }) => [x, low998] as const)),
        ...(whole ? [{ from: { x: 0, y: whole.rate }, until: { x: 1, y: whole.rate }, isAcross: true }] : []),
      ];
      return (
        <Scatter
          {...{ dots, marks, title }}
          x={t(isPerKm ? 'analysis.colKm' : 'analysis.choice_residents')}
          y={`${t('analysis.colRate')} ${unit}`}
        />
      );
    }
    case 'trend': {
      const { steps, whole, parameters } = found.answer;
      const each = t('analysis.colClasses', { step: t(`analysis.step_${parameters.step}`) });
      if (!whole) return null;
      const dots = whole.counts.map((y, x): Dot => ({ x, y, color: RAMP[3]! }));
      const marks = line((whole.fitted ?? []).map((y, x) => [x, y] as const));
      const first = (i: number) => (steps[i] ? (parameters.step === 'month' ? f.month : f.day)(steps[i]) : null);
      return <Scatter {...{ dots, marks, title, x: each, y: t('where.count') }} showX={first} />;
    }
    case 'clocks': {
      const { residual, direction, parameters } = found.answer;
      const name = cellName(parameters.unit, { t, f });
      const colors = { up: AFTER, down: BEFORE, none: NEUTRAL };
      const dots = residual.map((y, x): Dot => ({ x, y: y ?? 0, color: colors[direction[x]!] }));
      const marks = [-2, 0, 2].map((y): Mark => ({ from: { x: 0, y }, until: { x: 1, y }, isAcross: true }));
      return (
        <Scatter
          {...{ dots, marks, title, x: t('analysis.colWhen'), y: t('analysis.colResidual') }}
          showX={(cell) => (cell in residual ? name(cell) : null)}
        />
      );
    }
    case 'aoristic': {
      const ofDay = (hours: readonly number[], hour: number) =>
        hours.reduce((sum, each, i) => sum + (i % HOURS_OF_DAY === hour ? each : 0), 0);
      const hours = Array.from({ length: HOURS_OF_DAY }, (_, hour) => hour);
      const dots = hours.map((x): Dot => ({ x, y: ofDay(found.answer.hours, x), color: RAMP[4]! }));
      const marks = line(hours.map((x) => [x, ofDay(found.answer.byBeginning, x)] as const));
      return <Scatter dots={dots} marks={marks} x={t('analysis.colCell')} y={t('where.count')} title={title} />;
    }
    case 'scoring': {
      const dots = found.answer.methods.flatMap(({ method, rows }) =>
        rows.map(({ sizeShare, hitRate }): Dot => ({ x: sizeShare, y: hitRate, color: METHOD_COLORS[method] })),
      );
      const marks = [{ from: { x: 0, y: 0 }, until: { x: 1, y: 1 }, isAcross: false }];
      return (
        <>
          <Scatter
            {...{ dots, marks, title, x: t('analysis.colSizeShare'), y: t('analysis.colHitRate') }}
            show={f.share}
          />
          <ul class="entries">
            {found.answer.methods.map(({ method }) => (
              <li key={method} class="entry">
                <span class="swatch" style={{ background: METHOD_COLORS[method] }} /> {t(`analysis.map_${method}`)}
              </li>
            ))}
          </ul>
        </>
      );
    }
  }
}
