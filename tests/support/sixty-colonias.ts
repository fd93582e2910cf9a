// A small city of sixty colonias side by side, as files to load: what is done about problems is tried in it.

import type { Viewer } from '../../server/access/contract.ts';
import { collection, feature } from './public-town.ts';
import { seeded } from './small-world.ts';

export const PLACES = 60;
const [WEST, SOUTH] = [-99.2, 19.4];
export const WIDTH = 0.004;
export const box = (west: number, south: number, width = WIDTH) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + width, south],
      [west + width, south + WIDTH],
      [west, south + WIDTH],
      [west, south],
    ],
  ],
});
export const corner = (n: number) => [WEST + (n % 10) * WIDTH, SOUTH + Math.floor(n / 10) * WIDTH] as const;
export const code = (n: number) => `c${String(n + 1).padStart(2, '0')}`;
export const colonias = (widthOf: (n: number) => number, last = PLACES) =>
  collection(
    Array.from({ length: last }, (_, n) =>
      feature(box(...corner(n), widthOf(n)), { clave: code(n), nombre: `Colonia ${code(n)}` }),
    ),
  );

/** About ten a month in each colonia for three years; in c01 four a month from 2024 on. */
export function incidents(): string[] {
  const roll = seeded(4);
  const rows: string[] = [];
  for (let month = 0; month < 36; month++)
    for (let n = 0; n < PLACES; n++) {
      const count = n === 0 && month >= 24 ? 4 : 8 + Math.floor(roll() * 5);
      for (let k = 0; k < count; k++) {
        const [west, south] = corner(n);
        const day = new Date(Date.UTC(2022, month, 1 + Math.floor(roll() * 28))).toISOString().slice(0, 10);
        const [lon, lat] = [west + (0.2 + roll() * 0.6) * WIDTH, south + (0.2 + roll() * 0.6) * WIDTH];
        rows.push(`F${rows.length},${day},10:00,Robo a transeúnte en vía pública,${lon.toFixed(6)},${lat.toFixed(6)}`);
      }
    }
  return rows;
}
export const HEAD = 'folio,fecha,hora,delito,longitud,latitud';
/** A measure but for its ground. */
export const MEASURE = {
  ...{ from: '2024-01-01', until: null, selection: null, controls: null, ringM: 100, type: 'lighting' },
  ...{ title: 'Luminarias', description: '', placeName: 'c01', responsible: 'Obras', costMxn: 5000, fund: 'fortamun' },
  ...{ indicator: 'Robos', baseline: '120', goal: '100', verification: 'Fiscalía', objective: '2' },
};

/** A commander who is bound to some of them. */
export const boundTo = (...codes: readonly string[]): Viewer => ({
  ...{ role: 'commander', account: { id: 1, name: 'sector' } },
  scope: { jurisdictions: ['pb'], areas: { layer: 'colonias', codes } },
});

/** The number of the colonia a row lies in. */
export function placeOf(row: string): number {
  const [, , , , lon, lat] = row.split(',').map(Number) as [0, 0, 0, 0, number, number];
  return Math.floor((lon - WEST) / WIDTH) + 10 * Math.floor((lat - SOUTH) / WIDTH);
}

/** Drawn by hand, round the middles of the first two. */
export const ROUND_TWO = [
  ...[
    [WEST - 0.001, SOUTH - 0.001],
    [WEST + 2.4 * WIDTH, SOUTH - 0.001],
  ],
  ...[
    [WEST + 2.4 * WIDTH, SOUTH + 0.7 * WIDTH],
    [WEST - 0.001, SOUTH + 0.7 * WIDTH],
  ],
];

/** The words of the commands that import a file of these into the jurisdiction `pb`. */
export const importOf = {
  areas: (file: string) =>
    `import areas ${file} --layer colonias --jurisdiction pb --code clave --name nombre`.split(' '),
  incidents: (file: string) =>
    `import incidents ${file} --jurisdiction pb --preset generic --through 2024-12-31`.split(' '),
};
