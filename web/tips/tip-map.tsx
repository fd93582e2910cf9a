// The small map of the form and of the list of tips, as a part of the page.

import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { creditOf, groundUnder, saidByMap } from '../data/under.ts';
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

const hasMaps = () => document.createElement('canvas').getContext('webgl2') !== null;

export function TipMap({ label, marked, tips = NO_TIPS, onPick, onTip }: Props) {
  const page = usePage();
  const { reference, store, t } = page;
  const container = useRef<HTMLDivElement>(null);
  const map = useRef<Drawn | null>(null);
  const latest = useRef({ marked, tips, onPick, onTip });
  latest.current = { marked, tips, onPick, onTip };
  const [isDrawn, setDrawn] = useState(false);
  const [credit, setCredit] = useState<string | null>(null);
  const isReady = reference.ready.value;
  const language = store.language.value;

  useEffect(() => {
    const element = container.current;
    if (!element || !isReady || !hasMaps()) return;
    const gone = new AbortController();
    setDrawn(false);
    const draw = async () => {
      const { drawTipMap, fetchGround } = await import('./draw-map.ts');
      const ground = await groundUnder(page, fetchGround, NO_DATA, gone.signal);
      if (gone.signal.aborted) return;
      const { marked, tips } = latest.current;
      const wanted = {
        bounds: reference.jurisdiction.peek()?.bounds ?? null,
        onPick: onPick ? (found: FoundPlace, at: Position) => latest.current.onPick?.(found, at) : null,
        onTip: onTip ? (id: string) => latest.current.onTip?.(id) : null,
      };
      const absolute = (path: string) => new URL(path, location.href).href;
      map.current = drawTipMap(element, ground, wanted, saidByMap(t, label), absolute, () => setDrawn(true));
      map.current.show(tips);
      map.current.mark(marked);
      setCredit(creditOf(ground));
    };
    void draw();
    return () => {
      gone.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [isReady, language]);
  useEffect(() => map.current?.show(tips), [tips]);
  useEffect(() => map.current?.mark(marked), [marked]);

  return (
    <figure class="preview-map tip-map">
      {/* The map puts what it likes into its own element. */}
      <div class="preview-map-place">
        <div ref={container} class="preview-map-canvas" />
        {!isDrawn && hasMaps() && <p class="preview-map-wait">{t('app.loading')}</p>}
      </div>
      <figcaption class="small">
        {label}
        {credit && ` · ${t('map.basemapCredit', { credit })}`}
      </figcaption>
    </figure>
  );
}
