// The clock as a grid: drag, or Shift and arrows, selects hours and days; Enter makes the selection the filter.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ClockAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { classBounds, classOf } from '../map/classify.ts';
import { hoursText } from '../store/formats.ts';
import { type Cell, fillerHours, gathered, isSelected, selectionOf } from './clock.ts';

const DAYS = 7;
const SHADES = 5;
/** So long a pointer stands still on what it means to see. */
const REST_MS = 250;
const LABELLED = [0, 6, 12, 18];

type Props = {
  readonly answer: ClockAnswer;
  /** Hours per column: 1, or 3 on a phone. */
  readonly span: number;
  readonly onSelect: (selection: Pick<Filter, 'hours' | 'weekdays'>) => void;
};

export function ClockGrid({ answer, span, onSelect }: Props) {
  const { store, columns, t, f } = usePage();
  const [focus, setFocus] = useState<Cell>({ day: 0, hour: 0 });
  const [anchor, setAnchor] = useState<Cell | null>(null);
  const grid = useRef<HTMLTableElement>(null);
  const dragging = useRef(false);

  const filter = store.filter.value;
  const counts = gathered(answer.counts, span);
  const bounds = classBounds(counts.flat(), 'quantile', SHADES);
  const filler = fillerHours(answer);
  const drawn = anchor && { ...selectionOf(anchor, focus, span), weekdayOf: 'clock' as const };

  // While it is drawn every figure follows; what ends it without choosing takes that back.
  const isDrawn = anchor !== null && (anchor.day !== focus.day || anchor.hour !== focus.hour);
  useEffect(() => {
    if (!isDrawn) return;
    store.preview(selectionOf(anchor, focus, span));
    return () => store.preview(null);
  }, [store, isDrawn, anchor, focus, span]);

  // A mouse that rests on a cell shows its hour on the map, where that costs nothing to ask. Not the one it was let go on:
  // what was chosen is to be seen.
  const resting = useRef<{ timer: ReturnType<typeof setTimeout>; cell: Cell } | null>(null);
  const letGo = useRef<Cell | null>(null);
  const leaveCell = () => {
    if (!resting.current) return;
    clearTimeout(resting.current.timer);
    resting.current = null;
    store.preview(null);
  };
  useEffect(() => leaveCell, []);
  const restOn = (cell: Cell | null) => {
    const isSame = (other: Cell | null | undefined) => other?.day === cell?.day && other?.hour === cell?.hour;
    if (cell && isSame(resting.current?.cell)) return;
    leaveCell();
    if (!cell || isSame(letGo.current) || !columns.isHeld.peek()) return;
    letGo.current = null;
    const timer = setTimeout(() => store.preview(selectionOf(cell, cell, span)), REST_MS);
    resting.current = { timer, cell };
  };

  const apply = (last: Cell) => {
    if (anchor) onSelect(selectionOf(anchor, last, span));
    setAnchor(null);
  };
  const cellUnder = (event: PointerEvent): Cell | null => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('[data-hour]');
    return cell && grid.current?.contains(cell)
      ? { day: Number(cell.dataset.day), hour: Number(cell.dataset.hour) }
      : null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -span], ArrowRight: [0, span] }[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onSelect(selectionOf(anchor ?? focus, focus, span));
      setAnchor(null);
      return;
    }
    if (event.key === 'Escape' && anchor) {
      event.preventDefault();
      setAnchor(null);
      return;
    }
    if (!step) return;
    event.preventDefault();
    const [days = 0, hours = 0] = step;
    const next = { day: clamp(focus.day + days, DAYS - 1), hour: clamp(focus.hour + hours, 24 - span) };
    setAnchor(event.shiftKey ? (anchor ?? focus) : null);
    setFocus(next);
    grid.current?.querySelector<HTMLElement>(`[data-day="${next.day}"][data-hour="${next.hour}"]`)?.focus();
  };

  const pointer = {
    onPointerDown: (event: PointerEvent) => {
      const cell = cellUnder(event);
      if (!cell || event.button !== 0) return;
      leaveCell();
      dragging.current = true;
      setAnchor(cell);
      setFocus(cell);
      if (event.pointerType !== 'touch') event.preventDefault();
    },
    onPointerMove: (event: PointerEvent) => {
      const cell = dragging.current ? cellUnder(event) : null;
      if (!dragging.current && event.pointerType === 'mouse') restOn(cellUnder(event));
      if (cell && (cell.day !== focus.day || cell.hour !== focus.hour)) setFocus(cell);
    },
    onPointerUp: (event: PointerEvent) => {
      // Where it is let go counts, also if the last move was not drawn yet.
      if (dragging.current) apply(cellUnder(event) ?? focus);
      dragging.current = false;
      letGo.current = cellUnder(event);
    },
    onPointerLeave: leaveCell,
    onPointerCancel: () => {
      dragging.current = false;
      setAnchor(null);
    },
  };
  return (
    <table
      ref={grid}
      class={`clock is-span-${span}`}
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern of WAI-ARIA stands on a table
      role="grid"
      aria-label={t('when.grid')}
      aria-multiselectable="true"
      onKeyDown={onKeyDown}
      onPointerEnter={columns.want}
      onFocus={columns.want}
      {...pointer}
    >
      <tbody>
        {counts.map((row, day) => (
          <tr key={f.weekday(day + 1)}>
            <th scope="row" class="clock-day">
              {f.weekday(day + 1)}
            </th>
            {row.map((count, column) => {
              const hour = column * span;
              const cell = { day, hour };
              const isFiller = Array.from({ length: span }, (_, index) => hour + index).some((each) =>
                filler.has(each),
              );
              const name = { day: f.weekdayLong(day + 1), hours: hoursText(hour, hour + span), n: f.int(count) };
              const label = isFiller ? t('when.cellFiller', name) : t('when.cell', name);
              return (
                // biome-ignore lint/a11y/useAriaPropsSupportedByRole: a cell of a grid can be selected
                <td
                  key={hour}
                  class={`clock-cell is-shade-${classOf(count, bounds)} ${isFiller ? 'is-filler' : ''}`}
                  data-day={day}
                  data-hour={hour}
                  tabIndex={day === focus.day && hour === focus.hour ? 0 : -1}
                  aria-selected={isSelected(drawn ?? filter, cell)}
                  aria-label={label}
                  title={label}
                  onFocus={() => !dragging.current && setFocus(cell)}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
      <tfoot aria-hidden="true">
        <tr>
          <td />
          {LABELLED.map((hour) => (
            <th key={hour} scope="col" class="clock-hour" colSpan={6 / span}>
              {hour} h
            </th>
          ))}
        </tr>
      </tfoot>
    </table>
  );
}

const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));
