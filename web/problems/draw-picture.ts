// A picture of a map or a chart as it is kept with a problem: a PNG, made smaller until it fits.

import { MOST_PICTURE_BYTES, MOST_PICTURE_PX } from '../../server/problems/contract.ts';

/** By width; below the last of them nothing could be read. */
const STEPS_PX = [1400, 1200, 1000, 900, 800, 700, 600, 500] as const;
/** Shades apart that nobody tells apart on a map, and that the half-tones along its lines need not keep. */
const SHADE = 12;
/** What of its looks a chart has from the style sheet, which stays behind. */
const LOOKS = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-size',
  'font-family',
  'text-anchor',
];
const CHART_PX = 2;

export type DrawnPicture = { readonly url: string; readonly width: number; readonly height: number };

/** As base64. Rejects where nothing can be drawn, or what is drawn does not fit. */
export async function pngThatFits({ url }: Pick<DrawnPicture, 'url'>): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { naturalWidth, naturalHeight } = image;
  const widths = [naturalWidth, ...STEPS_PX.filter((width) => width < naturalWidth)];
  for (const width of widths) {
    const height = Math.round((naturalHeight * width) / naturalWidth);
    if (Math.max(width, height) > MOST_PICTURE_PX) continue;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [width, height];
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no 2d canvas');
    pen.fillStyle = '#ffffff';
    pen.fillRect(0, 0, width, height);
    pen.drawImage(image, 0, 0, width, height);
    const pixels = pen.getImageData(0, 0, width, height);
    for (const [i, value] of pixels.data.entries()) pixels.data[i] = i % 4 === 3 ? 255 : shadeOf(value);
    pen.putImageData(pixels, 0, 0);
    const [, png = ''] = canvas.toDataURL('image/png').split(',');
    if ((png.length / 4) * 3 <= MOST_PICTURE_BYTES) return png;
  }
  throw new Error('too large');
}

/** White stays white. */
const shadeOf = (value: number): number => 255 - Math.round((255 - value) / SHADE) * SHADE;

/** A chart of the page by itself: with the looks that the style sheet gave it. */
export function chartDrawn(svg: SVGSVGElement): DrawnPicture {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [
    [svg, ...svg.querySelectorAll('*')],
    [copy, ...copy.querySelectorAll<SVGElement>('*')],
  ];
  for (const [i, node] of from.entries()) {
    const looks = getComputedStyle(node);
    to[i]!.setAttribute('style', LOOKS.map((name) => `${name}:${looks.getPropertyValue(name)}`).join(';'));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const size = { width: Math.round(width * CHART_PX), height: Math.round(height * CHART_PX) };
  for (const [name, px] of Object.entries(size)) copy.setAttribute(name, String(px));
  const text = new XMLSerializer().serializeToString(copy);
  return { url: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`, ...size };
}
