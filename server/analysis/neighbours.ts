// The neighbourhoods of layer versions, worked out once for each rule.

import { LRUCache } from 'lru-cache';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { AskedLayer } from '../filter/places.ts';
import { loadMetricSystem, loadPlaces } from '../placing/load.ts';
import type { Answer } from '../statistics/contract.ts';
import type { Weights } from '../statistics/weights.ts';
import type { Analyst } from './analyst.ts';
import { MOST_PLACES } from './contract.ts';

type City = { readonly id: number; readonly srid: number };
export type Neighbours = (
  city: City,
  layer: AskedLayer,
  rule: string,
) => Promise<Answer<{ readonly weights: Weights }>>;

const KNOWN = 40;

export function createNeighbours(database: Database, analyst: Analyst): Neighbours {
  const known = new LRUCache<string, ReturnType<Neighbours>>({ max: KNOWN });
  return (city, layer, rule) => {
    if (layer.features > MOST_PLACES)
      throw new BadInput('layer', `a layer of an analysis has at most ${MOST_PLACES} places`);
    if (rule.startsWith('network') && layer.type !== 'streets')
      throw new BadInput('weights', 'only streets have distances along a network');
    const key = `${city.id}/${city.srid}/${layer.layerId}/${layer.version}/${rule}`;
    const before = known.get(key);
    if (before) return before;
    const made = make(database, analyst, city, layer, rule);
    known.set(key, made);
    made.catch(() => known.delete(key));
    return made;
  };
}

async function make(database: Database, analyst: Analyst, { id, srid }: City, layer: AskedLayer, rule: string) {
  const { layerId, version, code, features } = layer;
  const type = layer.type === 'streets' ? 'streets' : 'areas';
  const [places, metric] = await Promise.all([
    loadPlaces(database, id, { layerId, version, layer: code, type }),
    loadMetricSystem(database, srid),
  ]);
  return analyst('neighbours', { ground: { places, features, type, metric }, rule });
}
