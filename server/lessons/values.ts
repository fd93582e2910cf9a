// The values every lesson may speak of: the layers of the city at hand and its last full year.

import type { LayerRow } from '../layers/contract.ts';
import type { FrontMatter } from './contract.ts';
import { type AskPortal, type FoundValue, find, NotInData } from './rules.ts';

export const VALUES = [
  ...(['areas', 'largerAreas', 'streets', 'year', 'yearFrom', 'yearUntil'] as const),
  ...(['yearBefore', 'beforeFrom', 'beforeUntil'] as const),
] as const;

/**
 * `areas`: the layer with the most places, `largerAreas`: that with the fewest; `year`: the last one whose data are
 * complete, with its days half-open. Throws NotInData.
 */
export async function lessonValues(front: FrontMatter, ask: AskPortal): Promise<ReadonlyMap<string, FoundValue>> {
  const values = new Map<string, FoundValue>();
  const layers = (await ask('layers')) as readonly LayerRow[];
  const areas = layers.filter(({ type }) => type === 'areas').sort((a, b) => b.features - a.features);
  const set = (name: (typeof VALUES)[number], value: FoundValue | undefined) =>
    value !== undefined && values.set(name, value);
  set('areas', areas[0]?.layer);
  set('largerAreas', areas.at(-1)?.layer);
  set('streets', layers.find(({ type }) => type === 'streets')?.layer);
  const sources = (await ask('sources')) as readonly { kind: string; from: string | null; through: string | null }[];
  const known = sources.filter(({ kind, from, through }) => kind === 'incident' && from && through);
  const through = known.map((source) => source.through!).sort()[0];
  const from = known.map((source) => source.from!).sort()[0];
  if (through && from) {
    const year = Number(through.slice(0, 4)) - (through.slice(5) === '12-31' ? 0 : 1);
    if (`${year}-01-01` >= from) {
      set('year', year);
      set('yearFrom', `${year}-01-01`);
      set('yearUntil', `${year + 1}-01-01`);
    }
    if (`${year - 1}-01-01` >= from) {
      set('yearBefore', year - 1);
      set('beforeFrom', `${year - 1}-01-01`);
      set('beforeUntil', `${year}-01-01`);
    }
  }
  // In the order they are written, so that one may build on those before it.
  for (const [name, rule] of Object.entries(front.values)) values.set(name, await find(rule, ask, values));
  return values;
}

/** What a lesson needs of the city and does not find there; null where it can be done. */
export async function lacking(front: FrontMatter, ask: AskPortal): Promise<string | null> {
  try {
    const values = await lessonValues(front, ask);
    return front.needs.find((name) => !values.has(name)) ?? null;
  } catch (error) {
    if (error instanceof NotInData) return error.message;
    throw error;
  }
}
