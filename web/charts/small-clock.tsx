// Seven days by twenty-four hours as a small picture with its hours beneath, for the card of a place and for what is printed.

import { usePage } from '../app.ts';
import { classBounds, classOf } from '../map/classify.ts';
import '../styles/small-clock.css';

/** `counts` by day, Monday first, and hour; `label` says what is counted. */
export function SmallClock({
  counts,
  label,
}: {
  readonly counts: readonly (readonly number[])[];
  readonly label: string;
}) {
  const { t, f } = usePage();
  const bounds = classBounds(counts.flat(), 'quantile', 5);
  return (
    <svg class="small-clock" viewBox="0 0 220 84" role="img" aria-label={label}>
      {counts.map((row, day) => (
        <g key={f.weekday(day + 1)}>
          <text x="0" y={day * 10 + 8}>
            {f.weekday(day + 1)}
          </text>
          {row.map((count, hour) => (
            <rect
              key={`${day}-${hour * 1}`}
              x={24 + hour * 8}
              y={day * 10}
              width="7"
              height="9"
              class={`shade-${classOf(count, bounds)}`}
            >
              <title>{t('when.cell', { day: f.weekdayLong(day + 1), hours: `${hour} h`, n: f.int(count) })}</title>
            </rect>
          ))}
        </g>
      ))}
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={24 + hour * 8} y="80">
          {hour}
        </text>
      ))}
    </svg>
  );
}
