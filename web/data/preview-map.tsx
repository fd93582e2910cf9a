// The small map of a wizard; its drawing comes in its own chunk.

import { useEffect, useRef } from 'preact/hooks';
import type { LayerRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import type { DrawnPreview, PreviewData, PreviewProblems } from '../map/preview.ts';
import { type DrawInFrame, MapFrame } from './map-frame.tsx';
import { groundUnder, saidByMap } from './under.ts';

type Props = {
  readonly label: string;
  readonly data: PreviewData;
  readonly problems?: PreviewProblems;
  /** Drawn beneath; without it the areas of the main map. */
  readonly current?: LayerRow | null;
  /** Gets hold of what is drawn. */
  readonly map?: { current: DrawnPreview | null };
};

const NONE: PreviewProblems = [];

export function PreviewMap({ label, data, problems = NONE, ...props }: Props) {
  const page = usePage();
  const own = useRef<DrawnPreview | null>(null);
  const map = props.map ?? own;
  const current = props.current === undefined ? page.reference.areaLayer.value : props.current;
  const latest = useRef({ data, problems });
  latest.current = { data, problems };
  const draw: DrawInFrame<DrawnPreview> = async (element, gone, onDrawn) => {
    const { drawPreview, fetchGround } = await import('../map/preview.ts');
    const ground = await groundUnder(page, fetchGround, latest.current.data, gone);
    if (gone.aborted) return null;
    const { data, problems } = latest.current;
    const said = saidByMap(page.t, label);
    return { drawn: drawPreview(element, data, problems, current, ground, said, absolute, onDrawn), ground };
  };
  useEffect(() => map.current?.show(data), [data]);
  useEffect(() => map.current?.mark(problems), [problems]);
  return (
    <MapFrame map={map} draw={draw} of={[current?.tiles]}>
      {label}
    </MapFrame>
  );
}

const absolute = (path: string) => new URL(path, location.href).href;
