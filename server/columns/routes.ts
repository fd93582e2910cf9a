// What counts, as columns: the page counts from them without asking again, and other programs read them as a table.

import { type Request, Router } from 'express';
import { tellRows, viewerOf } from '../access/viewer.ts';
import { type Asking, filterRoute, listRoute, type Stats } from '../counts/asking.ts';
import { offencesByAreaAlone } from '../counts/narrowed.ts';
import type { Snapshot } from '../cube/store.ts';
import type { Database } from '../db/open.ts';
import { canAnswer } from '../engine/scan.ts';
import { BadInput, Unavailable } from '../errors.ts';
import { filterToQuery } from '../filter/contract.ts';
import { PARAMETERS } from '../filter/parse.ts';
import { type Body, createResponder } from '../http/responses.ts';
import type { TravellingLayer } from './arrow.ts';
import { COLUMNS_TYPE, type ColumnPlaces, MOST_ROWS } from './contract.ts';
import { type ColumnsMaker, createColumnsResponder, openColumnsMaker } from './making.ts';

/** Mounted under /api/v1. */
export function columnRoutes(stats: Stats): Router {
  const routes = Router();
  const makeColumns = openColumnsMaker();
  const columns = (withPoints: boolean) => (each: Stats, asking: Asking<object>, request: Request) =>
    answerColumns({ ...each, makeColumns }, asking, request, withPoints);
  routes.get(
    '/:jurisdiction/incidents.arrow',
    filterRoute({ ...stats, respond: createColumnsResponder() }, 'columns', PARAMETERS.columns, columns(false)),
  );
  routes.get(
    '/:jurisdiction/incident-places.json',
    listRoute(stats, 'column-places', (snapshot) => placesOf(stats, snapshot)),
  );
  // Of single points every reading is written down, so none is answered from memory.
  const unremembered: Stats = { ...stats, respond: createResponder({ cache: false, isSecret: true }) };
  routes.get(
    '/:jurisdiction/incident-points.arrow',
    filterRoute(unremembered, 'point-columns', PARAMETERS.columns, columns(true)),
  );
  return routes;
}

async function answerColumns(
  { database, places, taxonomy, makeColumns }: Stats & { readonly makeColumns: ColumnsMaker },
  { jurisdiction, snapshot, plan, filter, withheld, leavesOutSensitive }: Asking<object>,
  request: Request,
  withPoints: boolean,
): Promise<Body> {
  const viewer = viewerOf(request);
  if (snapshot.cubes === null)
    throw new Unavailable('columns are made of what is counted in memory: ask again later, or ask for CSV');
  if (!snapshot.cubes.every((cube) => canAnswer(cube, plan, null)))
    throw new BadInput('within', 'columns are of the layers as they are now');
  const { matched, excluded, leftOut } = await snapshot.answers.byDay(plan);
  if (matched > MOST_ROWS) throw new BadInput('period', `more than ${MOST_ROWS} incidents: ask for CSV`);
  const layers: TravellingLayer[] = [];
  for (const layer of snapshot.layers) layers.push({ ...layer, codes: (await places(snapshot, layer)).codes });
  const asked = new Set(plan.offenceIds ?? snapshot.offences.map(({ offenceId }) => offenceId));
  const offences = snapshot.offences.filter(({ offenceId }) => asked.has(offenceId));
  const bytes = await makeColumns({
    ...{ cubes: snapshot.cubes, plan, layers, withPoints },
    offences: new Map(offences.map(({ offenceId, code }) => [offenceId, code])),
    sources: new Map(snapshot.sources.map(({ sourceId, code }) => [sourceId, code])),
    streetsWithheld: offencesByAreaAlone(viewer, snapshot, taxonomy),
    about: {
      sources: snapshot.sources.map(({ code, kind, live, declaredThrough, fillers }) => ({
        ...{ code, kind, live, declaredThrough, fillers },
      })),
      jurisdiction: jurisdiction.code,
      dataVersion: snapshot.dataVersion,
      isProtected: await isPublicView(database, snapshot.jurisdictionId),
      ...{ excluded, leavesOutSensitive, sensitiveLeftOut: await withheld() },
      leftOut: filter.inside === null ? null : leftOut,
      question: new URLSearchParams(filterToQuery(filter)).toString(),
    },
  });
  if (withPoints) await tellRows(request, matched);
  return { type: COLUMNS_TYPE, bytes, packing: 'gzip', rows: matched };
}

/** Whether its rows are the protected data set: the public view of a jurisdiction, or one imported from such a file. */
async function isPublicView({ db }: Pick<Database, 'db'>, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('jurisdiction')
    .select('public_of')
    .where('jurisdiction_id', '=', id)
    .executeTakeFirst();
  return row !== undefined && row.public_of !== null;
}

async function placesOf({ places }: Stats, snapshot: Snapshot): Promise<ColumnPlaces> {
  const layers: ColumnPlaces['layers'][number][] = [];
  for (const layer of snapshot.layers) {
    const { names, crossings, lengthM, population } = await places(snapshot, layer);
    layers.push({
      ...{ layer: layer.code, version: layer.version, type: layer.type, names, crossings },
      // What is not a number becomes null on the way.
      lengthM: lengthM && Array.from(lengthM, orNull),
      population: population.map(({ residents, ...census }) => ({
        ...census,
        residents: Array.from(residents, orNull),
      })),
    });
  }
  return { dataVersion: snapshot.dataVersion, layers };
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);
