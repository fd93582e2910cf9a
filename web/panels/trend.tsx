// Tendencia: up to 36 months as columns, the year before as a line, the unfinished month dashed.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Info } from '../parts/info.tsx';
import { chosenPlace } from '../store/chosen.ts';
import { addMonths } from '../store/days.ts';
import type { Formats } from '../store/formats.ts';
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
const SHOWN = 36;
const YEAR = 12;

type Bucket = { readonly from: string; readonly count: number; readonly partial: boolean };

export function Trend() {
  const page = usePage();
  const { store, reference, answers, t, f } = page;
  const [pointed, setPointed] = useState<number | null>(null);
  /** The month a stretch is being drawn from, and the one it is drawn to. */
  const [brush, setBrush] = useState<Brush | null>(null);
  const answer = answers.trend.answered.value?.value;
  const benchmark = useBenchmark();
  const chosen = chosenPlace(page, store.place.value);
  const first = reference.firstDay.value?.slice(0, 7) ?? '';
  const all: readonly Bucket[] = answer?.buckets ?? [];
  const shown = all.slice(-SHOWN).filter(({ from }) => from.slice(0, 7) >= first);
  const earlier = shown.map((_, index): Bucket | null => {
    const bucket = all[all.length - shown.length + index - YEAR];
    return bucket && bucket.from.slice(0, 7) >= first ? bucket : null;
  });
  const beside = shown.map(({ from }) => (benchmark?.on ? benchmark.countOf(from.slice(0, 7)) : undefined));
  const most = Math.max(
    1,
    ...shown.map(({ count }) => count),
    ...earlier.map((bucket) => bucket?.count ?? 0),
    ...beside.map((count) => count ?? 0),
  );
  const top = roundAbove(most);
  const step = (WIDTH - LEFT) / Math.max(1, shown.length);
  const width = Math.min(MOST_WIDTH, step - 2);
  const y = (count: number) => HEIGHT - (count / top) * (HEIGHT - 8);
  const line = earlier.flatMap((bucket, index) =>
    bucket ? [`${(LEFT + (index + 0.5) * step).toFixed(1)},${y(bucket.count).toFixed(1)}`] : [],
  );
  const besideLine = benchmarkPath(
    beside.map((count, index) => (typeof count === 'number' ? [LEFT + (index + 0.5) * step, y(count)] : null)),
  );
  const sayBeside = (index: number): string => {
    const count = beside[index];
    if (!benchmark?.on || count === undefined) return '';
    const { source } = benchmark;
    return count === null ? t('benchmark.unpublished', { source }) : t('benchmark.value', { source, n: f.int(count) });
  };
  const say = (index: number): string => {
    const bucket = shown[index];
    if (!bucket) return '';
    const values = { month: f.month(bucket.from), n: f.int(bucket.count) };
    if (bucket.partial) return t('trend.partial', values);
    const before = earlier[index];
    return before ? t('trend.monthBefore', { ...values, before: f.int(before.count) }) : t('trend.month', values);
  };
  const at = pointed ?? shown.length - 1;
  const chosenMonths = monthsOf(shown, brush ? null : answers.covered.value, brush);
  const rangeOf = ({ anchor, to }: Brush) => ({
    period: null,
    from: shown[Math.min(anchor, to)]!.from,
    until: addMonths(shown[Math.max(anchor, to)]!.from, 1),
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
    if (!brush?.moved || !chosenMonths) return '';
    const [first, last] = chosenMonths;
    const n = shown.slice(first, last + 1).reduce((sum, { count }) => sum + count, 0);
    return t('trend.brushed', { from: f.month(shown[first]!.from), to: f.month(shown[last]!.from), n: f.int(n) });
  };
  const pointerMonth = (event: PointerEvent & { currentTarget: HTMLElement }) =>
    monthAt((event.offsetX / event.currentTarget.clientWidth) * WIDTH, shown.length);
  return (
    <section
      class={panelClass('trend', answers.trend)}
      aria-labelledby="trend-title"
      data-columns={page.columns.isHeld.value ? 'held' : 'none'}
    >
      <div class="panel-head">
        <h2 id="trend-title">{t('trend.title')}</h2>
        <Info topic="trend" title={t('trend.title')} />
        <span class="small">{t('trend.months', { count: shown.length, n: f.int(shown.length) })}</span>
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
              aria-valuetext={[sayBrush() || say(at), sayBeside(at)].filter(Boolean).join(' · ')}
              aria-description={t('trend.brush')}
              title={t('trend.brush')}
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
                const month = pointerMonth(event);
                draw({ anchor: farEdge(chosenMonths, month), to: month, moved: false, by: 'pointer' });
              }}
              onPointerMove={(event) => {
                const month = pointerMonth(event);
                setPointed(month);
                if (brush?.by !== 'pointer' || month === brush.to) return;
                draw({ ...brush, to: month, moved: true });
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
              {chosenMonths && (
                <rect
                  class="chosen-months"
                  x={LEFT + chosenMonths[0] * step}
                  y={0}
                  width={(chosenMonths[1] - chosenMonths[0] + 1) * step}
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
                const height = HEIGHT - y(bucket.count);
                return (
                  <g key={bucket.from}>
                    <rect
                      class={`month ${bucket.partial ? 'is-partial' : ''} ${index === pointed ? 'is-pointed' : ''}`}
                      x={LEFT + (index + 0.5) * step - width / 2}
                      y={HEIGHT - height}
                      width={width}
                      height={height}
                    />
                    {shown.length <= NAMED ? (
                      <text class="year" text-anchor="middle" x={LEFT + (index + 0.5) * step} y={HEIGHT + FOOT - 3}>
                        {shown.length <= NAMED_IN_FULL ? f.month(bucket.from) : shortLabel(bucket.from, f)}
                      </text>
                    ) : (
                      bucket.from.slice(5, 7) === '01' && (
                        <text class="year" x={Math.min(LEFT + index * step, WIDTH - YEAR_WIDTH)} y={HEIGHT + FOOT - 3}>
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
            {shown.some(({ partial }) => partial) && <span class="key-partial">{t('trend.unfinished')}</span>}
            {line.length > 1 && <span class="key-before">{t('trend.previousYear')}</span>}
            {besideLine && benchmark && (
              <span class="key-beside">
                {t('benchmark.key', { source: benchmark.source, area: benchmark.areaName })}
              </span>
            )}
          </p>
          <table class="unseen">
            <caption>{t('trend.chart')}</caption>
            <tbody>
              {shown.map((bucket, index) => (
                <tr key={bucket.from}>
                  <th scope="row">{f.month(bucket.from)}</th>
                  <td>{f.int(bucket.count)}</td>
                  {benchmark?.on && <td>{sayBeside(index)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
          {benchmark && <BenchmarkSwitch benchmark={benchmark} />}
        </>
      )}
    </section>
  );
}

/** A stretch of months under the hand: from the one it began in to the one it has come to, either way round. */
type Brush = {
  readonly anchor: number;
  readonly to: number;
  readonly moved: boolean;
  readonly by: 'pointer' | 'keys';
};

/** The first and last month shown that the hand, or else the period, covers; null where it covers none. */
function monthsOf(
  shown: readonly Bucket[],
  days: { readonly from: string; readonly until: string } | null,
  brush: Brush | null,
): readonly [number, number] | null {
  if (brush) return brush.moved ? [Math.min(brush.anchor, brush.to), Math.max(brush.anchor, brush.to)] : null;
  if (!days) return null;
  const first = shown.findIndex(({ from }) => addMonths(from, 1) > days.from);
  const last = shown.findLastIndex(({ from }) => from < days.until);
  return first >= 0 && last >= first ? [first, last] : null;
}

/** Whoever takes the period by one of its end months moves that end; whoever begins elsewhere begins anew. */
function farEdge(chosen: readonly [number, number] | null, month: number): number {
  if (!chosen || chosen[0] === chosen[1]) return month;
  if (month === chosen[0]) return chosen[1];
  return month === chosen[1] ? chosen[0] : month;
}

/** The least of these times a power of ten that is not below: its half is a round number too. */
function roundAbove(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return (ROUND.find((times) => times * power >= most) ?? 10) * power;
}

/** «nov», «dic», «2019», «feb»: the number of the year stands for its January. */
const shortLabel = (from: string, f: Formats) => (from.slice(5, 7) === '01' ? from.slice(0, 4) : f.monthShort(from));

/** The month under a place of the chart; the axis stands for the first. */
const monthAt = (x: number, months: number) =>
  Math.max(0, Math.min(months - 1, Math.floor(((x - LEFT) / (WIDTH - LEFT)) * months)));
