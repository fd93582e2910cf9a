// The small map of a wizard; its drawing comes in its own chunk.

import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { Preview, PreviewData } from '../map/preview.ts';

type Props = { readonly label: string; readonly data: PreviewData };

export function PreviewMap({ label, data }: Props) {
  const { reference } = usePage();
  const container = useRef<HTMLDivElement>(null);
  const preview = useRef<Preview | null>(null);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = container.current;
    if (!element || !document.createElement('canvas').getContext('webgl2')) return;
    let wanted = true;
    import('../map/preview.ts').then(({ drawPreview }) => {
      if (!wanted) return;
      const absolute = (path: string) => new URL(path, location.href).href;
      preview.current = drawPreview(element, latest.current, reference.areaLayer.peek(), label, absolute);
    });
    return () => {
      wanted = false;
      preview.current?.remove();
      preview.current = null;
    };
  }, []);
  useEffect(() => preview.current?.show(data), [data]);

  return (
    <figure class="preview-map">
      <div ref={container} class="preview-map-canvas" />
      <figcaption class="small">{label}</figcaption>
    </figure>
  );
}
