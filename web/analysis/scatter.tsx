// Dots or a line on two axes, with lines to compare with.

import { usePage } from '../app.ts';
import { type Dot, extentOf, type Mark, placed, ticksOf } from './scales.ts';

/** A figure so near the edge would be cut. */
const EDGE_PX = 20;
export const [WIDTH, HEIGHT, LEFT, FOOT, TOP] = [392, 240, 52, 36, 8] as const;

type ScatterProps = {
  readonly dots: readonly Dot[];
  readonly marks: readonly Mark[];
  readonly x: string;
  readonly y: string;
  readonly title: string;
  readonly isLine?: boolean;
  readonly show?: (value: number) => string;
  /** What stands below the horizontal axis, where that is no plain number; null where nothing is to stand. */
  readonly showX?: (value: number) => string | null;
};

export function Scatter({ dots, marks, x, y, title, isLine = false, show, showX }: ScatterProps) {
  const { f } = usePage();
  const extent = extentOf(dots);
  const say = show ?? f.rate;
  const right = WIDTH - 8;
  const toX = (value: number) => LEFT + ((value - extent.x[0]) / (extent.x[1] - extent.x[0])) * (right - LEFT);
  const toY = (value: number) =>
    HEIGHT - FOOT - ((value - extent.y[0]) / (extent.y[1] - extent.y[0])) * (HEIGHT - FOOT - TOP);
  return (
    <figure class="analysis-chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        {ticksOf(extent.y).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={LEFT} x2={right} y1={toY(tick)} y2={toY(tick)} />
            <text x={LEFT - 6} y={toY(tick) + 4} text-anchor="end">
              {say(tick)}
            </text>
          </g>
        ))}
        {ticksOf(extent.x).map((tick) => (
          <text
            key={tick}
            x={toX(tick)}
            y={HEIGHT - FOOT + 14}
            text-anchor={toX(tick) > right - EDGE_PX ? 'end' : 'middle'}
          >
            {showX ? showX(tick) : say(tick)}
          </text>
        ))}
        <text x={right} y={HEIGHT - 4} text-anchor="end">
          {x}
        </text>
        <text x={LEFT} y={HEIGHT - 4}>
          ↑ {y}
        </text>
        {marks
          .filter(({ from, isAcross }) => !isAcross || (from.y >= extent.y[0] && from.y <= extent.y[1]))
          .map(({ from, until, isAcross }) => (
            <line
              key={`${from.x} ${from.y} ${until.y}`}
              class="mark-line"
              x1={isAcross ? LEFT : toX(from.x)}
              x2={isAcross ? right : toX(Math.min(until.x, extent.x[1]))}
              y1={toY(from.y)}
              y2={toY(isAcross || until.x <= extent.x[1] ? until.y : (until.y * extent.x[1]) / until.x)}
            />
          ))}
        {isLine ? (
          <polyline
            fill="none"
            stroke={dots[0]?.color}
            stroke-width="2"
            points={dots.map((dot) => `${toX(dot.x)},${toY(dot.y)}`).join(' ')}
          />
        ) : (
          placed(dots, toX, toY).map(({ x, y, color }) => (
            <circle key={`${x} ${y} ${color}`} cx={x} cy={y} r="3" fill={color} fill-opacity="0.8" />
          ))
        )}
      </svg>
    </figure>
  );
}
