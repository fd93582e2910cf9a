// The column beside the map; on a phone the sheet below it, with three stops and a handle that is a button.

import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { AnswerPanel } from './answer.tsx';
import { PlaceCard } from './place-card.tsx';
import { Ranking } from './ranking.tsx';
import { Trend } from './trend.tsx';
import { When } from './when.tsx';

const STOPS = ['peek', 'half', 'full'] as const;
const DRAG_PX = 24;

export function Column() {
  const { store, t } = usePage();
  const [stop, setStop] = useState(0);
  const start = useRef<number | null>(null);
  const chosen = store.place.value;
  const scroll = useRef<HTMLDivElement>(null);
  const key = chosen && `${chosen.layer}:${chosen.code}`;
  useEffect(() => {
    if (!key) return;
    setStop((now) => Math.max(now, 1));
    // The card takes the place of what stood at the top, which may be scrolled away.
    scroll.current?.scrollTo({ top: 0 });
    scroll.current?.closest('.column')?.scrollIntoView({ block: 'nearest' });
  }, [key]);

  const onPointerUp = (event: PointerEvent) => {
    if (start.current === null) return;
    const moved = start.current - event.clientY;
    start.current = null;
    if (Math.abs(moved) < DRAG_PX) setStop((stop + 1) % STOPS.length);
    else setStop(Math.max(0, Math.min(STOPS.length - 1, stop + Math.sign(moved))));
  };
  return (
    <div class="column" data-stop={STOPS[stop]}>
      <button
        type="button"
        class="sheet-handle"
        aria-label={t('sheet.handle')}
        aria-expanded={stop > 0}
        onPointerDown={(event) => {
          start.current = event.clientY;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerUp={onPointerUp}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            setStop((stop + 1) % STOPS.length);
          } else if (event.key === 'ArrowUp') setStop(Math.min(STOPS.length - 1, stop + 1));
          else if (event.key === 'ArrowDown') setStop(Math.max(0, stop - 1));
        }}
      />
      <div class="column-scroll" ref={scroll}>
        {chosen ? <PlaceCard /> : <AnswerPanel />}
        <Ranking />
        <When />
        <Trend />
      </div>
    </div>
  );
}
