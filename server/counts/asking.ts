// From a request to what its answer stands on: the jurisdiction, its snapshot, and the FILTER made definite.

import type { Request, RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import type * as z from 'zod';
import { type Jurisdiction, rightsKey, type Viewer } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import { askAgain } from '../cube/again.ts';
import type { Cubes, Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { openTenants } from '../db/tenants.ts';
import type { Tally } from '../engine/answers.ts';
import { cellFor } from '../filter/cells.ts';
import type { Filter } from '../filter/contract.ts';
import type { GroundCell } from '../filter/ground-cell.ts';
import { languageOf, parseAsked, refuseParameters } from '../filter/parse.ts';
import { type AskedLayer, findLayer, type Places, readPlaces } from '../filter/places.ts';
import type { Plan, Range } from '../filter/plan.ts';
import { planFor } from '../filter/scope.ts';
import { type Body, createResponder, json } from '../http/responses.ts';
import type { Language } from '../i18n/contract.ts';
import { deliveryAsOf } from '../incidents/history.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { COUNTS_TYPE, type Inside } from './contract.ts';
import { createExtents } from './extent.ts';
import { type Narrowed, narrowedFor, refuseBeyondLevel } from './narrowed.ts';

export type StatsDeps = {
  readonly database: Database;
  readonly cubes: Cubes;
  readonly taxonomy: Taxonomy;
  /** False = every answer is counted anew (for the bench). */
  readonly cacheAnswers?: boolean;
};

/** What every question needs, and what is not looked up again for each. */
export type Stats = StatsDeps & {
  readonly respond: ReturnType<typeof createResponder>;
  readonly extentOf: ReturnType<typeof createExtents>;
  /** The places of a layer, read once per layer version. */
  readonly places: (snapshot: Snapshot, layer: AskedLayer) => Promise<Places>;
  readonly jurisdictions: LRUCache<string, Jurisdiction>;
};

/** A question with everything it stands on. */
export type Asking<Own> = {
  readonly jurisdiction: Jurisdiction;
  readonly snapshot: Snapshot;
  readonly filter: Filter;
  readonly plan: Plan;
  /** What an answer says of what it left out; null where everything counts, wherever it lies. */
  readonly population: (tally: Tally) => { readonly inside: Inside } | null;
  /** What the viewer may not see so finely is left out of the plan already. */
  readonly narrowed: Narrowed;
  /** How much that is, of the days asked about or of others; 0 where nothing is left out. */
  readonly withheld: (range?: Range) => Promise<number>;
  /** Whether anything is, also where it is not told how much. */
  readonly leavesOutSensitive: boolean;
  /** The cells the viewer is told of; null for one who may see exact points. */
  readonly cell: () => Promise<GroundCell | null>;
  readonly own: Own;
};

const LAYERS_KNOWN = 50;
/** While an import holds the embedded engine, questions need not wait for it to learn what they already knew. */
const JURISDICTIONS_KNOWN = { max: 1000, ttl: 2000 } as const;

export function openStats(deps: StatsDeps): Stats {
  return {
    ...deps,
    respond: createResponder({ cache: deps.cacheAnswers ?? true }),
    extentOf: createExtents(),
    places: rememberPlaces(deps.database),
    jurisdictions: new LRUCache<string, Jurisdiction>(JURISDICTIONS_KNOWN),
  };
}

/**
 * Answers a FILTER with what `make` makes of it. `name` tells it from other questions with the same FILTER; `meant` makes
 * the filter that is asked of one that was sent with parameters of its own.
 */
export function filterRoute<T extends z.ZodObject>(
  stats: Stats,
  name: string,
  schema: T,
  make: (stats: Stats, asking: Asking<z.output<T>>, request: Request) => Promise<Body>,
  meant: (filter: Filter, own: z.output<T>) => Filter = (filter) => filter,
): RequestHandler {
  return async (request, response) => {
    const { filter: said, own } = parseAsked(request, schema);
    const filter = meant(said, own);
    const accepts = request.accepts('application/json', COUNTS_TYPE);
    await askAgain(async () => {
      const { jurisdiction, snapshot } = await opened(stats, request, own.asOf);
      const question = [name, filter, own, accepts, languageOf(request)];
      const viewer = viewerOf(request);
      refuseBeyondLevel(viewer, own);
      const { layer } = own as { readonly layer?: string };
      await stats.respond(request, response, snapshot, question, async () =>
        make(
          stats,
          { ...(await madeDefinite(stats, snapshot, filter, { viewer, name, layer })), jurisdiction, own },
          request,
        ),
      );
    });
  };
}

/** Answers with a list of what there is. */
export function listRoute(
  stats: Stats,
  name: string,
  make: (snapshot: Snapshot, language: Language, viewer: Viewer) => unknown,
): RequestHandler {
  return async (request, response) => {
    refuseParameters(request);
    const language = languageOf(request);
    await askAgain(async () => {
      const { snapshot } = await opened(stats, request);
      await stats.respond(request, response, snapshot, [name, language], async () =>
        json(await make(snapshot, language, viewerOf(request))),
      );
    });
  };
}

async function opened(
  { database, cubes, jurisdictions }: Stats,
  request: Request,
  asOf?: unknown,
): Promise<{ jurisdiction: Jurisdiction; snapshot: Snapshot }> {
  const key = `${rightsKey(viewerOf(request))}/${request.params.jurisdiction}`;
  const known = jurisdictions.get(key);
  const jurisdiction = known ?? (await jurisdictionOf(database, request));
  if (known) openTenants([known.id]);
  else jurisdictions.set(key, jurisdiction);
  if (typeof asOf !== 'string') return { jurisdiction, snapshot: await cubes.snapshot(jurisdiction) };
  const delivery = await deliveryAsOf(database, jurisdiction, asOf);
  return { jurisdiction, snapshot: await cubes.asOf(jurisdiction, delivery) };
}

async function madeDefinite(
  { database, taxonomy }: Stats,
  snapshot: Snapshot,
  filter: Filter,
  { viewer, name, layer }: { readonly viewer: Viewer; readonly name: string; readonly layer: string | undefined },
): Promise<Omit<Asking<unknown>, 'jurisdiction' | 'own'>> {
  const { plan: asked, inside } = await planFor({ database, taxonomy }, snapshot, viewer, filter);
  const places = {
    ...{ name, inside },
    layer: layer === undefined ? null : await findLayer(database, snapshot, layer),
    within: await layerWithin(database, snapshot, filter.within),
  };
  const narrowed = narrowedFor(viewer, places, snapshot, taxonomy);
  const plan = narrowed.narrow(asked);
  const left = narrowed.left(asked);
  const withheld = async (range = asked.range) =>
    left ? (await snapshot.answers.byDay({ ...left, range })).matched : 0;
  const population = (tally: Tally) =>
    inside && { inside: { layer: inside.code, layerVersion: inside.version, leftOut: tally.leftOut } };
  const cell = () => cellFor(database, snapshot.jurisdictionId, viewer);
  const leavesOutSensitive = narrowed.leavesOut(asked);
  return { snapshot, filter, plan, population, narrowed, cell, withheld, leavesOutSensitive };
}

/** The layer a filter is kept within, by which is judged how finely it asks. */
export async function layerWithin(
  database: Database,
  snapshot: Snapshot,
  within: Filter['within'],
): Promise<AskedLayer | 'polygon' | null> {
  if (within === null) return null;
  if (within.type === 'polygon') return 'polygon';
  const reference = within.version === null ? within.layer : `${within.layer}@${within.version}`;
  return findLayer(database, snapshot, reference, 'within');
}

function rememberPlaces(database: Database): Stats['places'] {
  const known = new LRUCache<string, { readonly token: string; readonly places: Promise<Places> }>({
    max: LAYERS_KNOWN,
  });
  return ({ jurisdictionId, layersToken: token }, layer) => {
    // Once per layer version, not once per token: forty thousand streets for each call of a feed would fill the memory.
    const key = `${jurisdictionId}/${layer.layerId}/${layer.version}`;
    const before = known.get(key);
    if (before?.token === token) return before.places;
    const places = readPlaces(database, jurisdictionId, layer);
    known.set(key, { token, places });
    places.catch(() => known.delete(key));
    return places;
  };
}
