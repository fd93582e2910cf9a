// Which places of a layer a question can find anything in. Where it is of one place, or who asks is bound to some areas,
// the others are not places where nothing happened: nobody looked there, and they are compared with nothing.

import type { Asking } from '../counts/asking.ts';
import { coveredBy } from '../engine/polygon.ts';
import { UNITS_PER_DEGREE } from '../filter/ground-cell.ts';
import type { AskedLayer } from '../filter/places.ts';
import type { Plan } from '../filter/plan.ts';
import type { DegreeGrid, PartAsked } from './contract.ts';
import type { AnalysisDeps } from './values.ts';

export type Part = {
  /** By place, 1 where its middle lies in all that is asked for; null: everywhere. */
  readonly isAsked: Uint8Array | null;
  /** What is said of it, with what of these counts by place id lies in other places. */
  readonly told: (counts: Uint32Array) => PartAsked | null;
};

export async function partOf(
  { shapes }: Pick<AnalysisDeps, 'shapes'>,
  { jurisdiction, snapshot, plan }: Pick<Asking<unknown>, 'jurisdiction' | 'snapshot' | 'plan'>,
  layer: AskedLayer,
): Promise<Part> {
  const { within } = plan;
  let isAsked: Uint8Array | null = null;
  const keep = (isIn: (place: number) => boolean) => {
    const before = isAsked;
    isAsked = Uint8Array.from({ length: layer.features }, (_, i) => +((before === null || before[i] === 1) && isIn(i)));
  };
  for (const { layerId, version, placeIds } of groundsOf(plan)) {
    if (layerId === layer.layerId && version === layer.version) {
      const asked = placeIds && new Set(placeIds);
      if (asked) keep((i) => asked.has(i + 1));
      continue;
    }
    const type = isStreets(snapshot, layerId) ? 'streets' : 'areas';
    const found = await shapes.under(jurisdiction, layer, { layerId, version, type, placeIds });
    keep((i) => found[i] === 1);
  }
  if (within?.type === 'polygon') {
    const covers = coveredBy(within);
    const { lon, lat } = await shapes.points(jurisdiction, layer);
    keep((i) => covers(Math.round(lon[i]! * UNITS_PER_DEGREE), Math.round(lat[i]! * UNITS_PER_DEGREE)));
  }
  const asked = isAsked as Uint8Array | null;
  return {
    isAsked: asked,
    told: (counts) =>
      asked && {
        places: asked.reduce((sum, each) => sum + each, 0),
        elsewhere: asked.reduce((sum, each, i) => sum + (each === 1 ? 0 : counts[i + 1]!), 0),
      },
  };
}

/** The same of the cells of a grid, by their centres; null: all. */
export async function cellsAsked(
  { shapes }: Pick<AnalysisDeps, 'shapes'>,
  { jurisdiction, snapshot, plan }: Pick<Asking<unknown>, 'jurisdiction' | 'snapshot' | 'plan'>,
  grid: DegreeGrid,
): Promise<((cell: number) => boolean) | null> {
  const { within } = plan;
  const tests: ((cell: number) => boolean)[] = [];
  for (const { layerId, version, placeIds } of groundsOf(plan)) {
    const known = snapshot.layers.find((each) => each.layerId === layerId);
    const type = isStreets(snapshot, layerId) ? ('streets' as const) : ('areas' as const);
    const layer = { layerId, version, type, code: known?.code ?? '', features: known?.features ?? 0 };
    const cells = await shapes.raster(jurisdiction, layer, grid);
    const asked = placeIds && new Set(placeIds);
    tests.push((cell) => (asked ? asked.has(cells[cell]!) : cells[cell]! > 0));
  }
  if (within?.type === 'polygon') {
    const covers = coveredBy(within);
    const units = (degrees: number) => Math.round(degrees * UNITS_PER_DEGREE);
    tests.push((cell) =>
      covers(
        units(grid.west + ((cell % grid.columns) + 0.5) * grid.cellWidth),
        units(grid.south + (Math.floor(cell / grid.columns) + 0.5) * grid.cellHeight),
      ),
    );
  }
  return tests.length ? (cell) => tests.every((test) => test(cell)) : null;
}

/** The areas that all have to hold what is counted; `placeIds` null: any of the layer. */
const groundsOf = ({ within, inside, scope }: Plan) => [
  ...(within?.type === 'place' ? [{ ...within, placeIds: [within.placeId] }] : []),
  ...(inside ? [{ ...inside, placeIds: null }] : []),
  ...(scope ? [scope] : []),
];

const isStreets = ({ layers }: Asking<unknown>['snapshot'], layerId: number): boolean =>
  layers.find((each) => each.layerId === layerId)?.type === 'streets';

/** Of values by place those that are asked about. */
export const picked = (values: Float64Array, { isAsked }: Part): Float64Array =>
  isAsked ? values.filter((_, i) => isAsked[i] === 1) : values;

/** The places asked about, in their order. */
export const askedIn = ({ isAsked }: Part, features: number): number[] =>
  Array.from({ length: features }, (_, i) => i).filter((i) => isAsked === null || isAsked[i] === 1);
