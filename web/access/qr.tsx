// A QR code drawn here: what it says leaves this page for no other server.

import { encode } from 'uqr';

/** Modules of white around it, as readers expect. */
const MARGIN = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { ecc: 'M', border: 0 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x},${y}h1v1h-1z` : [])));
  const edge = size + 2 * MARGIN;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`${-MARGIN} ${-MARGIN} ${edge} ${edge}`}>
      <rect x={-MARGIN} y={-MARGIN} width={edge} height={edge} fill="#fff" />
      <path d={dark.join('')} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
