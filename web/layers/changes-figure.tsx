// The map of what changed between two versions; its drawing comes in its own chunk.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { LayerHistory, VersionsCompared } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { creditOf, groundUnder, saidByMap } from '../data/under.ts';
import type { ChangesMap } from '../map/changes.ts';

type Props = {
  readonly map: { current: ChangesMap | null };
  readonly label: string;
  readonly type: LayerHistory['type'];
  readonly answer: VersionsCompared;
};

export function ChangesFigure({ map, label, type, answer }: Props) {
  const page = usePage();
  const { city } = useDesk();
  const [credit, setCredit] = useState<string | null>(null);
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = container.current;
    const { layer, until, outlines } = answer;
    if (!element || !outlines || !document.createElement('canvas').getContext('webgl2')) return;
    const gone = new AbortController();
    const draw = async () => {
      const { drawChanges, fetchGround } = await import('../map/changes.ts');
      const ground = await groundUnder(page, fetchGround, outlines, gone.signal);
      if (gone.signal.aborted) return;
      const url = new URL(`/tiles/${city.code}/${layer}/${until}.json`, location.href).href;
      const sourceLayer = type === 'context' ? 'areas' : type;
      map.current = drawChanges(element, outlines, { url, sourceLayer }, ground, saidByMap(page.t, label));
      setCredit(creditOf(ground));
    };
    void draw();
    return () => {
      gone.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [answer]);
  return (
    <figure class="preview-map">
      <div ref={container} class="preview-map-canvas" />
      <figcaption class="small">
        {label}
        {credit && ` · ${page.t('map.basemapCredit', { credit })}`}
      </figcaption>
    </figure>
  );
}
