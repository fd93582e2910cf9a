// The small map of a wizard; its drawing comes in its own chunk.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { LayerRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import type { DrawnPreview, PreviewData, PreviewProblems } from '../map/preview.ts';
import { creditOf, groundUnder, saidByMap } from './under.ts';

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

const hasMaps = () => document.createElement('canvas').getContext('webgl2') !== null;

export function PreviewMap({ label, data, problems = NONE, ...props }: Props) {
  const page = usePage();
  const { reference, t } = page;
  const [credit, setCredit] = useState<string | null>(null);
  const [isDrawn, setDrawn] = useState(false);
  const own = useRef<DrawnPreview | null>(null);
  const map = props.map ?? own;
  const current = props.current === undefined ? reference.areaLayer.value : props.current;
  const container = useRef<HTMLDivElement>(null);
  const latest = useRef({ data, problems });
  latest.current = { data, problems };

  useEffect(() => {
    const element = container.current;
    if (!element || !hasMaps()) return;
    const gone = new AbortController();
    setDrawn(false);
    const draw = async () => {
      const { drawPreview, fetchGround } = await import('../map/preview.ts');
      const ground = await groundUnder(page, fetchGround, latest.current.data, gone.signal);
      if (gone.signal.aborted) return;
      const absolute = (path: string) => new URL(path, location.href).href;
      const { data, problems } = latest.current;
      map.current = drawPreview(element, data, problems, current, ground, saidByMap(t, label), absolute, () =>
        setDrawn(true),
      );
      setCredit(creditOf(ground));
    };
    void draw();
    return () => {
      gone.abort();
      map.current?.remove();
      map.current = null;
    };
  }, [current?.tiles]);
  useEffect(() => map.current?.show(data), [data]);
  useEffect(() => map.current?.mark(problems), [problems]);

  return (
    <figure class="preview-map">
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
