// Colonias, sectores and the limit as polygons that share every vertex with each other and with the streets.

import type { District } from './districts.ts';
import { centroid, distance, inside, mix, nearestEdge, signedArea, type XY } from './geometry.ts';
import { nameColonias } from './names.ts';
import type { Style } from './plan.ts';
import { edgeKey, type Face, facesOf, sideKey } from './planar.ts';
import type { Random } from './random.ts';
import type { Network } from './streets.ts';

/** Rings of one polygon: outer first (anticlockwise), then holes. */
export type Polygon = readonly (readonly XY[])[];

export type Area = {
  readonly code: string;
  readonly name: string;
  readonly population: number;
  readonly polygon: Polygon;
};
/** `district` is its index among the districts; `sector` among the sectores. */
export type Colonia = Area & {
  readonly district: number;
  readonly style: Style;
  readonly sector: number;
  readonly centre: XY;
};

export type Areas = {
  readonly colonias: readonly Colonia[];
  readonly sectores: readonly Area[];
  readonly limit: Polygon;
};

const RESIDENTS_PER_KM2: Record<Style, number> = {
  colonial: 6_800,
  barrio: 12_500,
  grid: 10_800,
  popular: 16_500,
  loops: 8_200,
  cerradas: 9_600,
  hillside: 14_500,
  industrial: 60,
  rural: 120,
};

// Where each sector grows from, and how readily (smaller grows further).
const SECTORS: readonly (readonly [name: string, x: number, y: number, reluctance: number])[] = [
  ['Centro 1', 250, 350, 1],
  ['Centro 2', -500, -500, 1],
  ['Norte 1', -700, 2100, 1],
  ['Norte 2', 900, 2500, 1],
  ['Oriente 1', 2000, 700, 1],
  ['Oriente 2', 3600, -600, 0.9],
  ['Sur 1', -700, -2200, 1],
  ['Sur 2', 1400, -2200, 1],
  ['Poniente 1', -2500, 1100, 1],
  ['Poniente 2', -2400, -500, 1],
  ['Industrial', 4000, 2500, 0.9],
  ['La Loma', -3700, -2200, 0.9],
];

/** A point well inside a ring. */
function innerPoint(ring: readonly XY[]): XY {
  const middle = centroid(ring);
  let best = middle;
  let depth = inside(middle, [ring]) ? nearestEdge(middle, ring).distanceM : -1;
  for (const corner of depth > 30 ? [] : ring) {
    for (const t of [0.02, 0.25, 0.6]) {
      const p = mix(corner, middle, t);
      const m = inside(p, [ring]) ? nearestEdge(p, ring).distanceM : -1;
      if (m > depth) [best, depth] = [p, m];
    }
  }
  return best;
}

/** The outline of the faces a group owns. A ring that touches itself is cut there, so every ring is simple. */
function outline(
  nodes: readonly XY[],
  faces: readonly Face[],
  leftOf: ReadonlyMap<number, number>,
  member: (face: number) => boolean,
): Polygon {
  const next = new Map<number, number[]>();
  faces.forEach((face, f) => {
    if (!member(f)) return;
    face.nodes.forEach((a, i) => {
      const b = face.nodes[(i + 1) % face.nodes.length]!;
      const across = leftOf.get(sideKey(b, a));
      if (across !== undefined && member(across)) return;
      next.set(a, [...(next.get(a) ?? []), b]);
    });
  });
  const rings: number[][] = [];
  for (const start of next.keys()) {
    while (next.get(start)?.length) {
      const walk: number[] = [start];
      for (let at = next.get(start)!.pop()!; ; at = next.get(at)!.pop()!) {
        const seen = walk.indexOf(at);
        if (seen >= 0) rings.push([...walk.splice(seen), at]);
        if (walk.length === 0) break;
        walk.push(at);
      }
    }
  }
  return rings.map((ring) => ring.map((node) => nodes[node]!)).sort((a, b) => signedArea(b) - signedArea(a));
}

/** Builds the areas from the lines along which districts meet. */
export function buildAreas(network: Network, districts: readonly District[], random: Random): Areas {
  const { nodes, borders } = network;
  const pairs = borders.map(({ a, b }) => [a, b] as const);
  const { faces, leftOf } = facesOf(nodes, pairs);
  const rings = faces.map((face) => [...face.nodes, face.nodes[0]!].map((node) => nodes[node]!));
  const owner = rings.map((ring) => {
    const p = innerPoint(ring);
    return districts.findIndex((district) => inside(p, [district.ring]));
  });
  const river = new Set(borders.filter((border) => !border.road).map(({ a, b }) => edgeKey(a, b)));
  adoptStrips();
  const core = districts.reduce(
    (best, district, i) =>
      distance(centroid(district.ring), [150, 150]) < distance(centroid(districts[best]!.ring), [150, 150]) ? i : best,
    0,
  );
  const sectorOf = growSectors();

  const polygons = districts.map((_, i) => outline(nodes, faces, leftOf, (face) => owner[face] === i));
  const names = nameColonias(
    districts.map(({ style }) => style),
    core,
    random.fork('colonia names'),
  );
  const counters = SECTORS.map(() => 0);
  const order = districts
    .map((_, i) => i)
    .sort((p, q) => {
      const [a, b] = [centroid(districts[p]!.ring), centroid(districts[q]!.ring)];
      return sectorOf[p]! - sectorOf[q]! || b[1] - a[1];
    });
  const codes: string[] = [];
  for (const i of order)
    codes[i] = `${String(sectorOf[i]! + 1).padStart(3, '0')}-${String(++counters[sectorOf[i]!]!).padStart(3, '0')}`;
  const draw = random.fork('population');
  const colonias = districts.map((district, i): Colonia => {
    const km2 = polygons[i]!.reduce((sum, ring) => sum + signedArea(ring), 0) / 1e6;
    const crowded = km2 * RESIDENTS_PER_KM2[district.style] * draw.between(0.78, 1.22);
    const population =
      i === core
        ? 640
        : district.style === 'rural'
          ? 1_050 + crowded * 2.4
          : district.style === 'industrial'
            ? 90 + crowded * 4
            : crowded;
    return {
      code: codes[i]!,
      name: names[i]!,
      population: Math.round(population),
      polygon: polygons[i]!,
      district: i,
      style: district.style,
      sector: sectorOf[i]!,
      centre: centroid(polygons[i]![0]!),
    };
  });
  const sectores = SECTORS.map(
    ([name], s): Area => ({
      code: `S${String(s + 1).padStart(2, '0')}`,
      name,
      population: colonias.reduce((sum, colonia) => sum + (colonia.sector === s ? colonia.population : 0), 0),
      polygon: outline(nodes, faces, leftOf, (face) => sectorOf[owner[face]!] === s),
    }),
  );
  const limit = outline(nodes, faces, leftOf, () => true);
  return { colonias: colonias.sort((a, b) => (a.code < b.code ? -1 : 1)), sectores, limit };

  /** The strips between the river and its avenues join the district across the avenue. */
  function adoptStrips(): void {
    for (let orphans = owner.filter((o) => o < 0).length; orphans > 0; ) {
      faces.forEach((face, f) => {
        if (owner[f]! >= 0) return;
        const shared = new Map<number, number>();
        face.nodes.forEach((a, i) => {
          const b = face.nodes[(i + 1) % face.nodes.length]!;
          const other = owner[leftOf.get(sideKey(b, a)) ?? -1] ?? -1;
          const lengthM = distance(nodes[a]!, nodes[b]!) * (river.has(edgeKey(a, b)) ? 0.01 : 1);
          if (other >= 0) shared.set(other, (shared.get(other) ?? 0) + lengthM);
        });
        const [best] = [...shared].sort((p, q) => q[1] - p[1]);
        if (best) owner[f] = best[0];
      });
      const left = owner.filter((o) => o < 0).length;
      if (left === orphans) throw new Error('A face belongs to no district.');
      orphans = left;
    }
  }

  /** Sectors grow from their seeds over neighbouring districts, nearest first, so each is in one piece. */
  function growSectors(): number[] {
    const centres = districts.map(({ ring }) => centroid(ring));
    const adjacent = districts.map(() => new Set<number>());
    for (const [a, b] of pairs) {
      const p = owner[leftOf.get(sideKey(a, b)) ?? -1];
      const q = owner[leftOf.get(sideKey(b, a)) ?? -1];
      if (p === undefined || q === undefined || p === q) continue;
      adjacent[p]!.add(q);
      adjacent[q]!.add(p);
    }
    const cost = districts.map(() => Number.POSITIVE_INFINITY);
    const sector = districts.map(() => -1);
    const queue: { district: number; sector: number; cost: number }[] = SECTORS.map(([, x, y], s) => ({
      district: centres.reduce((best, c, i) => (distance(c, [x, y]) < distance(centres[best]!, [x, y]) ? i : best), 0),
      sector: s,
      cost: 0,
    }));
    while (queue.length) {
      queue.sort((p, q) => q.cost - p.cost);
      const at = queue.pop()!;
      if (at.cost >= cost[at.district]!) continue;
      cost[at.district] = at.cost;
      sector[at.district] = at.sector;
      for (const other of adjacent[at.district]!) {
        queue.push({
          district: other,
          sector: at.sector,
          cost: at.cost + distance(centres[at.district]!, centres[other]!) * SECTORS[at.sector]![3],
        });
      }
    }
    return sector;
  }
}
