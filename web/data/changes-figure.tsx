// The map of what changed between two versions; its drawing comes in its own chunk.

import { useEffect, useRef } from 'preact/hooks';
import type { LayerHistory, VersionsCompared } from '../../server/layers/contract.ts';
import type { ChangesMap } from '../map/changes.ts';
import { useDesk } from './data-store.ts';

type Props = {
  readonly map: { current: ChangesMap | null };
  readonly label: string;
  readonly type: LayerHistory['type'];
  readonly answer: VersionsCompared;
};

export function ChangesFigure({ map, label, type, answer }: Props) {
  const { city } = useDesk();
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = container.current;
    const { layer, until, outlines } = answer;
    if (!element || !outlines || !document.createElement('canvas').getContext('webgl2')) return;
    let wanted = true;
    import('../map/changes.ts').then(({ drawChanges }) => {
      if (!wanted) return;
      const url = new URL(`/tiles/${city.code}/${layer}/${until}.json`, location.href).href;
      const sourceLayer = type === 'context' ? 'areas' : type;
      map.current = drawChanges(element, outlines, { url, sourceLayer }, label);
    });
    return () => {
      wanted = false;
      map.current?.remove();
      map.current = null;
    };
  }, [answer]);
  return (
    <figure class="preview-map">
      <div ref={container} class="preview-map-canvas" />
      <figcaption class="small">{label}</figcaption>
    </figure>
  );
}
