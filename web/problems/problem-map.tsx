// The map of problems and measures, and that of what an evaluation compares, as a part of the page.

import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { creditOf, groundUnder, saidByMap } from '../data/under.ts';
import type { DrawnProblemMap, MarkedPlaces } from './draw-problem-map.ts';

type Props = {
  readonly label: string;
  readonly shapes: GeoJSON.FeatureCollection | null;
  readonly marked?: MarkedPlaces | null;
  readonly onProblem?: (problem: number) => void;
};

const NO_DATA = { type: 'FeatureCollection', features: [] } as const;
const hasWebgl = () => document.createElement('canvas').getContext('webgl2') !== null;

export function ProblemMap({ label, shapes, marked = null, onProblem }: Props) {
  const page = usePage();
  const { reference, store, t } = page;
  const container = useRef<HTMLDivElement>(null);
  const map = useRef<DrawnProblemMap | null>(null);
  const latest = useRef({ shapes, onProblem });
  latest.current = { shapes, onProblem };
  const [isDrawn, setDrawn] = useState(false);
  const [credit, setCredit] = useState<string | null>(null);
  const isReady = reference.ready.value;
  const language = store.language.value;
  useEffect(() => {
    const element = container.current;
    if (!element || !isReady || !hasWebgl()) return;
    const gone = new AbortController();
    setDrawn(false);
    const draw = async () => {
      const { drawProblemMap, fetchGround } = await import('./draw-problem-map.ts');
      const ground = await groundUnder(page, fetchGround, NO_DATA, gone.signal);
      if (gone.signal.aborted) return;
      const layer = marked && reference.layers.peek().find((row) => row.layer === marked.layer);
      map.current = drawProblemMap(
        element,
        ground,
        {
          bounds: reference.jurisdiction.peek()?.bounds ?? null,
          marked: marked && layer ? { ...marked, tiles: layer.tiles, isStreets: layer.type === 'streets' } : null,
          onProblem: (problem) => latest.current.onProblem?.(problem),
        },
        saidByMap(t, label),
        () => setDrawn(true),
      );
      map.current.show(latest.current.shapes);
      setCredit(creditOf(ground));
    };
    void draw();
    return () => {
      gone.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [isReady, language]);
  useEffect(() => map.current?.show(shapes), [shapes]);
  return (
    <figure class="preview-map tip-map">
      <div class="preview-map-place">
        <div ref={container} class="preview-map-canvas" />
        {!isDrawn && hasWebgl() && <p class="preview-map-wait">{t('app.loading')}</p>}
      </div>
      <figcaption class="small">
        {marked ? (
          <>
            <span class="figure-key is-treated">{t('evaluation.treated')}</span>
            <span class="figure-key is-control">{t('evaluation.controls')}</span>
            {marked.ring.length > 0 && <span class="figure-key is-ring">{t('evaluation.ring')}</span>}
          </>
        ) : (
          label
        )}
        {credit && ` · ${t('map.basemapCredit', { credit })}`}
      </figcaption>
    </figure>
  );
}
