// Plane geometry of the demo city, in metres east and north of its main square.

export type XY = readonly [x: number, y: number];

// WGS84 radii of curvature at the latitude of the square turn metres into degrees.
const CENTRE = { lon: -99.8612, lat: 20.4735 };
const RADIANS = Math.PI / 180;
const flattening = 1 - 0.00669437999014 * Math.sin(CENTRE.lat * RADIANS) ** 2;
const METRES_PER_DEGREE_LAT = ((6378137 * (1 - 0.00669437999014)) / flattening ** 1.5) * RADIANS;
const METRES_PER_DEGREE_LON = (6378137 / Math.sqrt(flattening)) * Math.cos(CENTRE.lat * RADIANS) * RADIANS;

/** Degrees with seven decimals (about a centimetre). */
export function toLonLat([x, y]: XY): [lon: number, lat: number] {
  return [
    Math.round((CENTRE.lon + x / METRES_PER_DEGREE_LON) * 1e7) / 1e7,
    Math.round((CENTRE.lat + y / METRES_PER_DEGREE_LAT) * 1e7) / 1e7,
  ];
}

export function fromLonLat(lon: number, lat: number): XY {
  return [(lon - CENTRE.lon) * METRES_PER_DEGREE_LON, (lat - CENTRE.lat) * METRES_PER_DEGREE_LAT];
}

/** Metres; Math.hypot guards against overflow that metres cannot reach, at ten times the cost. */
export function distance(a: XY, b: XY): number {
  const dx = a[0] - b[0];
  const dy = a[1] - b[1];
  return Math.sqrt(dx * dx + dy * dy);
}
export const mix = (a: XY, b: XY, t: number): XY => [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];

/** Position (0…1) along ab of the point nearest to p. */
export function nearestAlong(p: XY, a: XY, b: XY): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const squared = dx * dx + dy * dy;
  if (squared === 0) return 0;
  return Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared));
}

export function distanceToEdge(p: XY, a: XY, b: XY): number {
  return distance(p, mix(a, b, nearestAlong(p, a, b)));
}

/** Distance from p to a line; its nearest edge. Written out plainly: it runs tens of millions of times. */
export function nearestEdge([x, y]: XY, line: readonly XY[]): { distanceM: number; edge: number } {
  let least = Number.POSITIVE_INFINITY;
  let edge = 0;
  let ax = line[0]![0];
  let ay = line[0]![1];
  for (let i = 1; i < line.length; i++) {
    const b = line[i]!;
    const dx = b[0] - ax;
    const dy = b[1] - ay;
    const px = x - ax;
    const py = y - ay;
    const dot = px * dx + py * dy;
    const squared = dx * dx + dy * dy;
    const t = dot <= 0 ? 0 : dot >= squared ? 1 : dot / squared;
    const ex = px - t * dx;
    const ey = py - t * dy;
    const away = ex * ex + ey * ey;
    if (away < least) {
      least = away;
      edge = i - 1;
    }
    ax = b[0];
    ay = b[1];
  }
  return { distanceM: Math.sqrt(least), edge };
}

/** Where ab and cd cross, as positions along both, or null. */
export function crossing(a: XY, b: XY, c: XY, d: XY): { t: number; u: number } | null {
  const rx = b[0] - a[0];
  const ry = b[1] - a[1];
  const sx = d[0] - c[0];
  const sy = d[1] - c[1];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return null;
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? { t, u } : null;
}

/** Closed rings repeat their first point. Even-odd, so a ring inside another is a hole. */
export function inside([x, y]: XY, rings: readonly (readonly XY[])[]): boolean {
  let odd = false;
  for (const ring of rings) {
    let a = ring[0]!;
    for (let i = 1; i < ring.length; i++) {
      const b = ring[i]!;
      if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) odd = !odd;
      a = b;
    }
  }
  return odd;
}

/** Square metres; positive when the ring runs anticlockwise. */
export function signedArea(ring: readonly XY[]): number {
  let twice = 0;
  for (let i = 0; i + 1 < ring.length; i++) twice += ring[i]![0] * ring[i + 1]![1] - ring[i + 1]![0] * ring[i]![1];
  return twice / 2;
}

export function centroid(ring: readonly XY[]): XY {
  const area = signedArea(ring);
  const [ox, oy] = ring[0]!;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const a: XY = [ring[i]![0] - ox, ring[i]![1] - oy];
    const b: XY = [ring[i + 1]![0] - ox, ring[i + 1]![1] - oy];
    const weight = a[0] * b[1] - b[0] * a[1];
    x += (a[0] + b[0]) * weight;
    y += (a[1] + b[1]) * weight;
  }
  return [ox + x / (6 * area), oy + y / (6 * area)];
}

export function lengthOf(line: readonly XY[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < line.length; i++) sum += distance(line[i]!, line[i + 1]!);
  return sum;
}

/** Points every `stepM` along a line, both ends included. */
export function resampled(line: readonly XY[], stepM: number): XY[] {
  const count = Math.max(1, Math.round(lengthOf(line) / stepM));
  const step = lengthOf(line) / count;
  const points: XY[] = [line[0]!];
  let walked = 0;
  let next = step;
  for (let i = 0; i + 1 < line.length; i++) {
    const length = distance(line[i]!, line[i + 1]!);
    while (points.length < count && next <= walked + length) {
      points.push(mix(line[i]!, line[i + 1]!, (next - walked) / length));
      next += step;
    }
    walked += length;
  }
  points.push(line.at(-1)!);
  return points;
}

/** A smooth line through control points (centripetal enough for town plans: uniform Catmull-Rom), resampled. */
export function smoothed(points: readonly XY[], stepM: number, closed = false): XY[] {
  const n = points.length;
  const at = (i: number): XY => (closed ? points[(i + n) % n]! : points[Math.min(n - 1, Math.max(0, i))]!);
  const fine: XY[] = [];
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const [p, a, b, q] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let k = 0; k < 16; k++) {
      const t = k / 16;
      const blend = (axis: 0 | 1): number =>
        0.5 *
        (2 * a[axis] +
          (b[axis] - p[axis]) * t +
          (2 * p[axis] - 5 * a[axis] + 4 * b[axis] - q[axis]) * t * t +
          (3 * a[axis] - p[axis] - 3 * b[axis] + q[axis]) * t * t * t);
      fine.push([blend(0), blend(1)]);
    }
  }
  fine.push(closed ? fine[0]! : points.at(-1)!);
  return resampled(fine, stepM);
}

/** The line moved sideways, positive to the left of its direction. */
export function offset(line: readonly XY[], metres: number): XY[] {
  return line.map((p, i) => {
    const a = line[Math.max(0, i - 1)]!;
    const b = line[Math.min(line.length - 1, i + 1)]!;
    const length = distance(a, b) || 1;
    return [p[0] - ((b[1] - a[1]) / length) * metres, p[1] + ((b[0] - a[0]) / length) * metres];
  });
}

/** The pieces of a line that lie within the rings (even-odd). Ends lie on a ring or are ends of the line. */
export function clipped(line: readonly XY[], rings: readonly (readonly XY[])[]): XY[][] {
  const pieces: XY[][] = [];
  let current: XY[] = inside(line[0]!, rings) ? [line[0]!] : [];
  for (let i = 0; i + 1 < line.length; i++) {
    const a = line[i]!;
    const b = line[i + 1]!;
    const cuts: number[] = [];
    for (const ring of rings) {
      for (let k = 0; k + 1 < ring.length; k++) {
        const c = ring[k]!;
        const d = ring[k + 1]!;
        if (Math.max(c[0], d[0]) < Math.min(a[0], b[0]) || Math.min(c[0], d[0]) > Math.max(a[0], b[0])) continue;
        const hit = crossing(a, b, c, d);
        if (hit && hit.u < 1) cuts.push(hit.t);
      }
    }
    for (const t of cuts.sort((p, q) => p - q)) {
      const point = mix(a, b, t);
      if (current.length) {
        pieces.push([...current, point]);
        current = [];
      } else current = [point];
    }
    if (current.length) current.push(b);
  }
  if (current.length > 1) pieces.push(current);
  return pieces.filter((piece) => lengthOf(piece) > 1);
}

/** The direction (0…90°, in radians) most of a ring's edges run along or across. */
export function mainDirection(ring: readonly XY[]): number {
  let c = 0;
  let s = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const dx = ring[i + 1]![0] - ring[i]![0];
    const dy = ring[i + 1]![1] - ring[i]![1];
    const angle = Math.atan2(dy, dx);
    c += Math.cos(4 * angle) * Math.hypot(dx, dy);
    s += Math.sin(4 * angle) * Math.hypot(dx, dy);
  }
  return Math.atan2(s, c) / 4;
}

export function rotated([x, y]: XY, angle: number): XY {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  return [x * c - y * s, x * s + y * c];
}
