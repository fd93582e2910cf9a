// The map of problems and measures, and that of what an evaluation compares, as a part of the page.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';
import { type DrawInFrame, MapFrame } from '../data/map-frame.tsx';
import { groundUnder, saidByMap } from '../data/under.ts';
import type { DrawnProblemMap, MarkedPlaces } from './draw-problem-map.ts';

type Props = {
  readonly label: string;
  readonly shapes: GeoJSON.FeatureCollection | null;
  readonly marked?: MarkedPlaces | null;
  readonly onProblem?: (problem: number) => void;
  /** Of a place of the marked layer that was clicked, its number. */
  readonly onPlace?: (id: string) => void;
};

const NO_DATA = { type: 'FeatureCollection', features: [] } as const;

export function ProblemMap({ label, shapes, marked = null, onProblem, onPlace }: Props) {
  const page = usePage();
  const { reference, store, t } = page;
  const map = useRef<DrawnProblemMap | null>(null);
  const latest = useRef({ shapes, onProblem, onPlace, marked });
  latest.current = { shapes, onProblem, onPlace, marked };
  const draw: DrawInFrame<DrawnProblemMap> = async (element, gone, onDrawn) => {
    const { drawProblemMap, fetchGround } = await import('./draw-problem-map.ts');
    const ground = await groundUnder(page, fetchGround, NO_DATA, gone);
    if (gone.aborted) return null;
    const layer = marked && reference.layers.peek().find((row) => row.layer === marked.layer);
    const wanted = {
      bounds: reference.jurisdiction.peek()?.bounds ?? null,
      marked: marked && layer ? { ...marked, tiles: layer.tiles, isStreets: layer.type === 'streets' } : null,
      onProblem: (problem: number) => latest.current.onProblem?.(problem),
      onPlace: onPlace ? (id: string) => latest.current.onPlace?.(id) : null,
    };
    const drawn = drawProblemMap(element, ground, wanted, saidByMap(t, label), onDrawn);
    drawn.show(latest.current.shapes);
    if (latest.current.marked) drawn.mark(latest.current.marked);
    return { drawn, ground };
  };
  useEffect(() => map.current?.show(shapes), [shapes]);
  const controls = marked?.controls.join();
  useEffect(() => {
    if (marked) map.current?.mark(marked);
  }, [controls]);
  return (
    <MapFrame map={map} draw={draw} of={[store.language.value]} isReady={reference.ready.value} isLarge>
      {marked ? (
        <>
          <span class="figure-key is-treated">{t('evaluation.treated')}</span>
          <span class="figure-key is-control">{t('evaluation.controls')}</span>
          {marked.ring.length > 0 && <span class="figure-key is-ring">{t('evaluation.ring')}</span>}
        </>
      ) : (
        <>
          <span class="figure-key is-treated">{t('problems.measure')}</span>
          <span class="figure-key is-problem">{t('problems.mapProblem')}</span>
        </>
      )}
    </MapFrame>
  );
}
