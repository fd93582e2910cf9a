// Tendencia: up to 36 months as columns, or closer up weeks or days; the year before as a line, the unfinished one dashed.

import { useState } from 'preact/hooks';
import type { Step } from '../../server/counts/contract.ts';
import { usePage } from '../app.ts';
import { Info } from '../parts/info.tsx';
import { chosenPlace } from '../store/chosen.ts';
import { daysBetween, lastDayOf } from '../store/days.ts';
import type { Formats } from '../store/formats.ts';
import { gapsIn } from '../store/gaps.ts';
import { addSteps, TREND_STEP_NAMES, TREND_STEPS } from '../store/trend-steps.ts';
import { panelClass } from './panel-class.ts';
import { BenchmarkSwitch, benchmarkPath, useBenchmark } from './trend-benchmark.tsx';

const WIDTH = 400;
/** Room on the left for the figures of the axis. */
const LEFT = 48;
const HEIGHT = 96;
const FOOT = 14;
/** Of the four figures of a year: the last one must not be cut. */
const YEAR_WIDTH = 28;
/** However few months there are, no column is wider. */
const MOST_WIDTH = 28;
/** So few columns have room for the name of each, and so few for its year as well. */
const NAMED = 12;
const NAMED_IN_FULL = 6;
const ROUND = [1, 1.2, 1.6, 2, 2.5, 3, 4, 5, 6, 8, 10];

type Bucket = { readonly from: string; readonly count: number; readonly partial: boolean };

export function Trend() {
  const page = usePage();
  const { store, reference, answers, t, f } = page;
  const [pointed, setPointed] = useState<number | null>(null);
  /** The column a stretch is being drawn from, and the one it is drawn to. */
  const [brush, setBrush] = useState<Brush | null>(null);
  const answer = answers.trend.answered.value?.value;
  const benchmark = useBenchmark();
  const chosen = chosenPlace(page, store.place.value);
  const step = answer?.step ?? 'month';
  const first = reference.firstDay.value ?? '';
  const all: readonly Bucket[] = answer?.buckets ?? [];
  const endOf = ({ from }: Bucket) => addSteps(from, 1, step);
  const isKnown = (bucket: Bucket) => endOf(bucket) > first;
  const shown = all.slice(-TREND_STEPS[step].shown).filter(isKnown);
  const earlier = shown.map((_, index): Bucket | null => {
    const bucket = all[all.length - shown.length + index - TREND_STEPS[step].before];
    return bucket && isKnown(bucket) ? bucket : null;
  });
  const lackingIn = (bucket: Bucket) =>
    gapsIn({ from: bucket.from, until: endOf(bucket) }, reference.sourcesInUse.value);
  const lacking = shown.map(lackingIn);
  /** Nothing is known of any of its days. */
  const isUnknown = (index: number) => lacking[index]!.days >= daysBetween(shown[index]!.from, endOf(shown[index]!));
  const isBeside = benchmark?.on === true && step === 'month';
  const beside = shown.map(({ from }) => (isBeside ? benchmark.countOf(from.slice(0, 7)) : undefined));
  const most = Math.max(
    1,
    ...shown.map(({ count }) => count),
    ...earlier.map((bucket) => bucket?.count ?? 0),
    ...beside.map((count) => count ?? 0),
  );
  const top = roundAbove(most);
  const wide = (WIDTH - LEFT) / Math.max(1, shown.length);
  const width = Math.min(MOST_WIDTH, wide - Math.min(2, wide / 4));
  const y = (count: number) => HEIGHT - (count / top) * (HEIGHT - 8);
  const line = earlier.flatMap((bucket, index) =>
    bucket ? [`${(LEFT + (index + 0.5) * wide).toFixed(1)},${y(bucket.count).toFixed(1)}`] : [],
  );
  const besideLine = benchmarkPath(
    beside.map((count, index) => (typeof count === 'number' ? [LEFT + (index + 0.5) * wide, y(count)] : null)),
  );
  const sayBeside = (index: number): string => {
    const count = beside[index];
    if (!benchmark || count === undefined) return '';
    const { source } = benchmark;
    return count === null ? t('benchmark.unpublished', { source }) : t('benchmark.value', { source, n: f.int(count) });
  };
  const name = (bucket: Bucket) => nameOf(bucket.from, step, f);
  const say = (index: number): string => {
    const bucket = shown[index];
    if (!bucket) return '';
    const values = { month: name(bucket), n: f.int(bucket.count) };
    const { days, titles } = lacking[index]!;
    if (days > 0) return t('trends.lacking', { ...values, days: f.int(days), source: f.list(titles) });
    if (bucket.partial) return t(PARTIAL[step], values);
    const before = earlier[index];
    if (!before) return t('trend.month', values);
    return t(step === 'month' ? 'trend.monthBefore' : 'trends.before', { ...values, before: f.int(before.count) });
  };
  const at = pointed ?? shown.length - 1;
  const chosenColumns = columnsOf(shown, step, brush ? null : answers.covered.value, brush);
  const rangeOf = ({ anchor, to }: Brush) => ({
    period: null,
    from: shown[Math.min(anchor, to)]!.from,
    until: endOf(shown[Math.max(anchor, to)]!),
  });
  const draw = (next: Brush | null) => {
    setBrush(next);
    store.preview(next?.moved ? rangeOf(next) : null);
  };
  const choose = () => {
    if (brush?.moved) store.changeFilter(rangeOf(brush));
    setBrush(null);
  };
  const sayBrush = (): string => {
    if (!brush?.moved || !chosenColumns) return '';
    const [first, last] = chosenColumns;
    const n = shown.slice(first, last + 1).reduce((sum, { count }) => sum + count, 0);
    const [from, end] = [shown[first]!, shown[last]!];
    if (step === 'month') return t('trend.brushed', { from: f.month(from.from), to: f.month(end.from), n: f.int(n) });
    return t('trend.month', { month: f.range(from.from, endOf(end)), n: f.int(n) });
  };
  const pointerColumn = (event: PointerEvent & { currentTarget: HTMLElement }) =>
    columnAt((event.offsetX / event.currentTarget.clientWidth) * WIDTH, shown.length);
  return (
    <section
      class={panelClass('trend', answers.trend)}
      aria-labelledby="trend-title"
      data-columns={page.columns.isHeld.value ? 'held' : 'none'}
    >
      <div class="panel-head">
        <h2 id="trend-title">{t('trend.title')}</h2>
        <Info topic="trend" title={t('trend.title')} />
        <span class="small">
          {step === 'month'
            ? t('trend.months', { count: shown.length, n: f.int(shown.length) })
            : t(step === 'week' ? 'trends.weeks' : 'trends.days', { n: f.int(shown.length) })}
        </span>
        <StepSwitch />
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
              aria-label={t(CHART[step])}
              aria-valuetext={[sayBrush() || say(at), sayBeside(at)].filter(Boolean).join(' · ')}
              aria-description={t(BRUSH[step])}
              title={t(BRUSH[step])}
              onInput={(event) => {
                // The slider has no axis on its left, so under a pointer it says other months.
                if (brush?.by === 'pointer') return;
                const to = Number(event.currentTarget.value);
                setPointed(to);
                if (brush?.by === 'keys') draw({ ...brush, to, moved: true });
              }}
              onKeyDown={(event) => {
                const isArrow = event.key.startsWith('Arrow');
                if (isArrow && event.shiftKey && !brush) draw({ anchor: at, to: at, moved: false, by: 'keys' });
                if (isArrow && !event.shiftKey && brush) draw(null);
                if (event.key === 'Enter') choose();
                if (event.key === 'Escape' && brush) {
                  event.stopPropagation();
                  draw(null);
                }
              }}
              onPointerEnter={() => page.columns.want()}
              onFocus={() => page.columns.want()}
              onPointerDown={(event) => {
                if (event.button !== 0 || store.embedded) return;
                event.currentTarget.setPointerCapture(event.pointerId);
                const column = pointerColumn(event);
                draw({ anchor: farEdge(chosenColumns, column), to: column, moved: false, by: 'pointer' });
              }}
              onPointerMove={(event) => {
                const column = pointerColumn(event);
                setPointed(column);
                if (brush?.by !== 'pointer' || column === brush.to) return;
                draw({ ...brush, to: column, moved: true });
              }}
              onPointerUp={() => {
                if (brush?.by === 'pointer') choose();
              }}
              onPointerCancel={() => draw(null)}
              onPointerLeave={() => {
                if (!brush) setPointed(null);
              }}
              onBlur={() => {
                setPointed(null);
                if (brush) draw(null);
              }}
            />
            <svg class="trend-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT + FOOT}`} aria-hidden="true">
              {chosenColumns && (
                <rect
                  class="chosen-months"
                  x={LEFT + chosenColumns[0] * wide}
                  y={0}
                  width={(chosenColumns[1] - chosenColumns[0] + 1) * wide}
                  height={HEIGHT}
                />
              )}
              {[0, top / 2, top].map((tick) => (
                <g key={tick}>
                  <line class={tick === 0 ? 'zero' : 'base'} x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
                  {Number.isInteger(tick) && (
                    <text class="tick" x={LEFT - 6} y={y(tick) + 4}>
                      {f.int(tick)}
                    </text>
                  )}
                </g>
              ))}
              {shown.map((bucket, index) => {
                const height = isUnknown(index) ? HEIGHT : HEIGHT - y(bucket.count);
                return (
                  <g key={bucket.from}>
                    <rect
                      class={`month ${isUnknown(index) ? 'is-unknown' : bucket.partial ? 'is-partial' : ''} ${index === pointed ? 'is-pointed' : ''}`}
                      x={LEFT + (index + 0.5) * wide - width / 2}
                      y={HEIGHT - height}
                      width={width}
                      height={height}
                    />
                    {step !== 'month' ? (
                      isNamed(bucket.from, step, index) && (
                        <text class="year" x={Math.min(LEFT + index * wide, WIDTH - YEAR_WIDTH)} y={HEIGHT + FOOT - 3}>
                          {shortLabel(lastDayOf(endOf(bucket)), f)}
                        </text>
                      )
                    ) : shown.length <= NAMED ? (
                      <text class="year" text-anchor="middle" x={LEFT + (index + 0.5) * wide} y={HEIGHT + FOOT - 3}>
                        {shown.length <= NAMED_IN_FULL ? f.month(bucket.from) : shortLabel(bucket.from, f)}
                      </text>
                    ) : (
                      bucket.from.slice(5, 7) === '01' && (
                        <text class="year" x={Math.min(LEFT + index * wide, WIDTH - YEAR_WIDTH)} y={HEIGHT + FOOT - 3}>
                          {bucket.from.slice(0, 4)}
                        </text>
                      )
                    )}
                  </g>
                );
              })}
              {besideLine && <path class="beside-line" d={besideLine} />}
              {line.length > 1 && <polyline class="before" points={line.join(' ')} />}
            </svg>
          </div>
          <p class="small trend-said">
            {[sayBrush() || say(at), sayBeside(at)].filter(Boolean).join(' · ')}
            {lacking.some(({ days }) => days > 0) && (
              <span class="key-unknown">
                {t('trends.gap', { source: f.list([...new Set(lacking.flatMap(({ titles }) => titles))]) })}
              </span>
            )}
            {shown.some(({ partial }) => partial) && <span class="key-partial">{t(UNFINISHED[step])}</span>}
            {line.length > 1 && (
              <span class="key-before">{t(step === 'month' ? 'trend.previousYear' : 'trends.previous')}</span>
            )}
            {besideLine && benchmark && (
              <span class="key-beside">
                {t('benchmark.key', { source: benchmark.source, area: benchmark.areaName })}
              </span>
            )}
          </p>
          <table class="unseen">
            <caption>{t(CHART[step])}</caption>
            <tbody>
              {shown.map((bucket, index) => (
                <tr key={bucket.from}>
                  <th scope="row">{name(bucket)}</th>
                  <td>{f.int(bucket.count)}</td>
                  {isBeside && <td>{sayBeside(index)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
          {answer && answer.unknownDay > 0 && (
            <p class="small">{t('trends.unknownDay', { n: f.int(answer.unknownDay) })}</p>
          )}
          {benchmark && step === 'month' && <BenchmarkSwitch benchmark={benchmark} />}
        </>
      )}
    </section>
  );
}

const CHART = { month: 'trend.chart', week: 'trends.chartWeeks', day: 'trends.chartDays' } as const;
const BRUSH = { month: 'trend.brush', week: 'trends.brushWeeks', day: 'trends.brushDays' } as const;
const PARTIAL = { month: 'trend.partial', week: 'trends.partialWeek', day: 'trends.partialDay' } as const;
const UNFINISHED = { month: 'trend.unfinished', week: 'trends.unfinishedWeek', day: 'trends.unfinishedDay' } as const;
const STEP_NAMES = { month: 'trends.byMonth', week: 'trends.byWeek', day: 'trends.byDay' } as const;

/** How close up: what is drawn on the columns keeps to whole ones, so this is also what a period is drawn by. */
function StepSwitch() {
  const { answers, reference, t } = usePage();
  // Of months alone nobody knows the day; and of another authority's totals none is told.
  if (reference.monthOnly.value || reference.jurisdiction.value?.shared === 'totals') return null;
  return (
    <fieldset class="switch is-small" aria-label={t('trends.by')}>
      {TREND_STEP_NAMES.map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={answers.trendStep.value === name}
          onClick={() => {
            answers.trendStep.value = name;
          }}
        >
          {t(STEP_NAMES[name])}
        </button>
      ))}
    </fieldset>
  );
}

function nameOf(from: string, step: Step, f: Formats): string {
  if (step === 'month') return f.month(from);
  return step === 'day' ? f.day(from) : f.range(from, addSteps(from, 1, 'week'));
}

/** The first day of a month, and the week it lies in; not the first week shown, which would stand on the next one's name. */
function isNamed(from: string, step: Step, index: number): boolean {
  if (step === 'day') return from.endsWith('-01');
  return index > 0 && lastDayOf(addSteps(from, 1, 'week')).slice(0, 7) !== lastDayOf(from).slice(0, 7);
}

/** A stretch of columns under the hand: from the one it began in to the one it has come to, either way round. */
type Brush = {
  readonly anchor: number;
  readonly to: number;
  readonly moved: boolean;
  readonly by: 'pointer' | 'keys';
};

/** The first and last column shown that the hand, or else the period, covers; null where it covers none. */
function columnsOf(
  shown: readonly Bucket[],
  step: Step,
  days: { readonly from: string; readonly until: string } | null,
  brush: Brush | null,
): readonly [number, number] | null {
  if (brush) return brush.moved ? [Math.min(brush.anchor, brush.to), Math.max(brush.anchor, brush.to)] : null;
  if (!days) return null;
  const first = shown.findIndex(({ from }) => addSteps(from, 1, step) > days.from);
  const last = shown.findLastIndex(({ from }) => from < days.until);
  return first >= 0 && last >= first ? [first, last] : null;
}

/** Whoever takes the period by one of its ends moves that end; whoever begins elsewhere begins anew. */
function farEdge(chosen: readonly [number, number] | null, column: number): number {
  if (!chosen || chosen[0] === chosen[1]) return column;
  if (column === chosen[0]) return chosen[1];
  return column === chosen[1] ? chosen[0] : column;
}

/** The least of these times a power of ten that is not below: its half is a round number too. */
function roundAbove(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return (ROUND.find((times) => times * power >= most) ?? 10) * power;
}

/** «nov», «dic», «2019», «feb»: the number of the year stands for its January. */
const shortLabel = (from: string, f: Formats) => (from.slice(5, 7) === '01' ? from.slice(0, 4) : f.monthShort(from));

/** The column under a place of the chart; the axis stands for the first. */
const columnAt = (x: number, columns: number) =>
  Math.max(0, Math.min(columns - 1, Math.floor(((x - LEFT) / (WIDTH - LEFT)) * columns)));
