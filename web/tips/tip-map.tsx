// The small map of the form and of the list of tips, as a part of the page.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';
import { type DrawInFrame, MapFrame } from '../data/map-frame.tsx';
import { groundUnder, saidByMap } from '../data/under.ts';
import type { DrawnTipMap as Drawn, FoundPlace, SeenTip } from './draw-map.ts';

type Position = readonly [lon: number, lat: number];
type Props = {
  readonly label: string;
  readonly marked: Position | null;
  readonly tips?: readonly SeenTip[];
  readonly onPick?: (found: FoundPlace, at: Position) => void;
  readonly onTip?: (id: string) => void;
};

const NO_TIPS: readonly SeenTip[] = [];
const NO_DATA = { type: 'FeatureCollection', features: [] } as const;

export function TipMap({ label, marked, tips = NO_TIPS, onPick, onTip }: Props) {
  const page = usePage();
  const { reference, store, t } = page;
  const map = useRef<Drawn | null>(null);
  const latest = useRef({ marked, tips, onPick, onTip });
  latest.current = { marked, tips, onPick, onTip };
  const draw: DrawInFrame<Drawn> = async (element, gone, onDrawn) => {
    const { drawTipMap, fetchGround } = await import('./draw-map.ts');
    const ground = await groundUnder(page, fetchGround, NO_DATA, gone);
    if (gone.aborted) return null;
    const wanted = {
      bounds: reference.jurisdiction.peek()?.bounds ?? null,
      onPick: onPick ? (found: FoundPlace, at: Position) => latest.current.onPick?.(found, at) : null,
      onTip: onTip ? (id: string) => latest.current.onTip?.(id) : null,
    };
    const absolute = (path: string) => new URL(path, location.href).href;
    const drawn = drawTipMap(element, ground, wanted, saidByMap(t, label), absolute, onDrawn);
    drawn.show(latest.current.tips);
    drawn.mark(latest.current.marked);
    return { drawn, ground };
  };
  useEffect(() => map.current?.show(tips), [tips]);
  useEffect(() => map.current?.mark(marked), [marked]);
  return (
    <MapFrame map={map} draw={draw} of={[store.language.value]} isReady={reference.ready.value} isLarge>
      {label}
    </MapFrame>
  );
}
