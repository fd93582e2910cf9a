// Which sources deliver for the most part what lies elsewhere, as the file of a county does in one of its towns.

import { LRUCache } from 'lru-cache';
import type { Snapshot } from '../cube/store.ts';
import { everythingOf } from '../filter/plan.ts';
import type { SourceInfo } from '../filter/source-profile.ts';
import { markOf } from './source-mark.ts';

const SOURCES_KNOWN = 500;

/** Of each snapshot's sources the ids of those with more points outside the areas than in them, whichever layer is taken. */
export function createElsewhere(): (snapshot: Snapshot) => Promise<ReadonlySet<number>> {
  const known = new LRUCache<string, Promise<{ readonly isElsewhere: boolean }>>({ max: SOURCES_KNOWN });
  return async (snapshot) => {
    const { jurisdictionId, layersToken, sources } = snapshot;
    const found = await Promise.all(
      sources.map(async (source) => {
        const { sourceId } = source;
        const key = `${jurisdictionId}/${layersToken}/${markOf(source)}`;
        let asked = known.get(key);
        if (!asked) {
          asked = liesElsewhere(snapshot, sourceId).then((isElsewhere) => ({ isElsewhere }));
          known.set(key, asked);
          asked.catch(() => known.delete(key));
        }
        return { sourceId, ...(await asked) };
      }),
    );
    return new Set(found.filter(({ isElsewhere }) => isElsewhere).map(({ sourceId }) => sourceId));
  };
}

async function liesElsewhere({ answers, layers }: Snapshot, sourceId: SourceInfo['sourceId']): Promise<boolean> {
  const all = everythingOf([sourceId]);
  const areas = layers.filter(({ type }) => type === 'areas');
  for (const layer of areas) {
    const { matched, unlocated, withheld, counts } = await answers.byPlace(all, layer);
    const outside = counts[0]!;
    if (outside <= matched - unlocated - withheld - outside) return false;
  }
  return areas.length > 0;
}
