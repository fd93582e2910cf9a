// One small map on a canvas: the city in the colour of land, and its places in the colour of their class.

import { rampColors } from '../map/classify.ts';
import { RAMP } from '../map/colors.ts';
import type { Shapes } from './shapes.ts';

const LAND = '#e4e6e0';
const STREET = '#d0d4d0';
const EMPTY_PATH = new Map<string, Path2D>();

type Drawing = {
  readonly shapes: Shapes;
  readonly isStreets: boolean;
  readonly classes: ReadonlyMap<string, number>;
  readonly colors: number;
  /** All streets in one, made once. */
  readonly base: Path2D | null;
};

/** All paths in one, for what is drawn alike in every map. */
export function inOne({ paths }: Shapes): Path2D {
  const all = new Path2D();
  for (const path of paths.values()) all.addPath(path);
  return all;
}

export function drawSmall(canvas: HTMLCanvasElement, { shapes, isStreets, classes, colors, base }: Drawing): void {
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const { width, height } = shapes.size;
  const scale = Math.min(canvas.width / width, canvas.height / height);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(scale, 0, 0, scale, (canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2);
  const ramp = rampColors(RAMP, Math.max(1, colors));
  const paths = shapes.paths.size ? shapes.paths : EMPTY_PATH;
  if (isStreets) {
    pen.strokeStyle = STREET;
    pen.lineWidth = 0.5 / scale;
    if (base) pen.stroke(base);
    // The fullest last, over the others.
    for (let number = 1; number <= colors; number++) {
      const line = new Path2D();
      for (const [id, own] of classes) if (own === number) line.addPath(paths.get(id) ?? new Path2D());
      pen.strokeStyle = ramp[number - 1]!;
      pen.lineWidth = (1 + number * 0.6) / scale;
      pen.stroke(line);
    }
    return;
  }
  pen.fillStyle = LAND;
  if (base) pen.fill(base);
  for (const [id, number] of classes) {
    const path = number > 0 ? paths.get(id) : undefined;
    if (!path) continue;
    pen.fillStyle = ramp[Math.min(number, colors) - 1]!;
    // By the turn of its rings, not by how many lie over one another: the parts of neighbouring tiles overlap at their edges.
    pen.fill(path, 'nonzero');
  }
}
