// The frame of a small map: where it is drawn, what stands there until it is, and whose its ground is. What is drawn comes
// with `draw`, from a chunk of its own.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { PreviewGround } from '../map/preview-ground.ts';
import { creditOf } from './under.ts';

type Removable = { remove(): void };
/** Draws into an element and says over which ground, or null when `gone` was aborted meanwhile; `onDrawn` once all stands. */
export type DrawInFrame<Drawn> = (
  element: HTMLElement,
  gone: AbortSignal,
  onDrawn: () => void,
) => Promise<{ readonly drawn: Drawn; readonly ground: PreviewGround } | null>;

type Props<Drawn> = {
  /** Holds what is drawn, as long as it is. */
  readonly map: { current: Drawn | null };
  readonly draw: DrawInFrame<Drawn>;
  /** Drawn anew when one of these changes. */
  readonly of: readonly unknown[];
  /** It waits for what it is drawn from. */
  readonly isReady?: boolean;
  readonly isLarge?: boolean;
  /** The caption. */
  readonly children: ComponentChildren;
};

const hasWebgl = () => document.createElement('canvas').getContext('webgl2') !== null;

export function MapFrame<Drawn extends Removable>({ map, draw, of, isReady = true, isLarge, children }: Props<Drawn>) {
  const { t } = usePage();
  const container = useRef<HTMLDivElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const [credit, setCredit] = useState<string | null>(null);
  const [canDraw] = useState(hasWebgl);
  useEffect(() => {
    const element = container.current;
    if (!element || !isReady || !canDraw) return;
    const gone = new AbortController();
    setDrawn(false);
    const begin = async () => {
      const begun = await draw(element, gone.signal, () => setDrawn(true));
      if (!begun) return;
      map.current = begun.drawn;
      setCredit(creditOf(begun.ground));
    };
    void begin();
    return () => {
      gone.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [isReady, ...of]);
  return (
    <figure class={isLarge ? 'preview-map tip-map' : 'preview-map'}>
      {/* The map puts what it likes into its own element. */}
      <div class="preview-map-place">
        <div ref={container} class="preview-map-canvas" />
        {!isDrawn && canDraw && <p class="preview-map-wait">{t('app.loading')}</p>}
      </div>
      <figcaption class="small">
        {children}
        {credit && ` · ${t('map.basemapCredit', { credit })}`}
      </figcaption>
    </figure>
  );
}
