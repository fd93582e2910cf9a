// Problems over HTTP: the register, what is done about each, and its map.

import { type Request, type Response, Router } from 'express';
import type { Viewer } from '../access/contract.ts';
import { jurisdictionOf, tellRows, viewerOf } from '../access/viewer.ts';
import type { Stats } from '../counts/asking.ts';
import type { Snapshot } from '../cube/store.ts';
import { NotFound } from '../errors.ts';
import type { MeasureGround } from '../evaluation/contract.ts';
import { languageOf, refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import {
  type AskedPlace,
  type EditConflict,
  ITEM_BODIES,
  type ItemRow,
  itemChanges,
  itemPatch,
  newItem,
  newProblem,
  type ProblemAnswer,
  type ProblemBody,
  type ProblemRow,
  type ProblemsAnswer,
  problemBody,
  problemPatch,
  undoBody,
} from './contract.ts';
import { pointOn, readPlace, shapesDrawn } from './places.ts';
import { holdsSensitive } from './sensitive.ts';
import {
  addItem,
  changeDocument,
  countItems,
  findProblem,
  lastKept,
  listChanges,
  listItems,
  listProblems,
  listTexts,
  openProblem,
  undoChange,
} from './store.ts';
import { conflictShownTo, figuresShownTo, shownTo } from './visible.ts';
import { problemsWorkbook } from './workbook.ts';

const SHOWN = ['measure', 'note', 'agreement', 'evaluation', 'file', 'picture'] as const;

/** Mounted under /api/v1. */
export function problemRoutes(stats: Stats, filesMb: number | null): Router {
  const { database, cubes } = stats;
  const routes = Router();
  const opened = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, id: jurisdiction.id, viewer: viewerOf(request) };
  };
  const known = async (request: Request) => {
    const found = await opened(request);
    return { ...found, snapshot: await cubes.snapshot(found.jurisdiction) };
  };
  const answer = (response: Response, value: unknown, status = 200) =>
    void response.set('Cache-Control', 'private, no-store').status(status).json(value);
  const whole = async (request: Request, problem: number): Promise<ProblemAnswer> => {
    const { id, viewer } = await opened(request);
    const row = await findProblem(database, viewer, id, problem);
    const items = await listItems(database, id, problem, SHOWN);
    const told = items.map(({ problem: _, ...item }): ItemRow => shownTo<ItemRow>(viewer, item));
    return { ...shown(viewer, row), items: told, filesMb };
  };
  const changed = async (request: Request, response: Response, conflict: EditConflict | null) => {
    if (conflict) return answer(response, conflictShownTo(viewerOf(request), conflict), 409);
    answer(response, await whole(request, problemAsked(request)));
  };

  routes.get('/:jurisdiction/problems', async (request, response) => {
    refuseParameters(request);
    const { id, viewer } = await opened(request);
    const rows = await listProblems(database, viewer, id);
    const counts = await countItems(database, id);
    const none = { measures: 0, openAgreements: 0 };
    const told: ProblemsAnswer = {
      rows: rows.map((row) => ({ ...shown(viewer, row), ...(counts.get(row.id) ?? none) })),
    };
    answer(response, told);
  });
  routes.post('/:jurisdiction/problems', async (request, response) => {
    refuseParameters(request);
    const body = parseWith(newProblem, request.body);
    const { id, viewer, snapshot } = await known(request);
    const place = body.place && (await readPlace(database, snapshot, viewer, body.place));
    const figures = body.figures && {
      ...body.figures,
      isSensitive: await holdsSensitive(stats, snapshot, viewer, body.filter, isByArea(snapshot, body.place)),
    };
    const made = { ...body, place, figures };
    const row = await openProblem(database, viewer, id, made, await pointOn(database, snapshot, place));
    answer(response, { ...row, items: [], filesMb } satisfies ProblemAnswer, 201);
  });
  routes.get('/:jurisdiction/problems.xlsx', async (request, response) => {
    refuseParameters(request);
    const { id, jurisdiction, viewer } = await opened(request);
    const problems = await listProblems(database, viewer, id);
    const [measures, agreements, kept] = await Promise.all([
      listTexts(database, id, 'measure'),
      listTexts(database, id, 'agreement'),
      lastKept(database, id),
    ]);
    await tellRows(request, problems.length);
    const bytes = await problemsWorkbook({ problems, measures, agreements, kept }, viewer, languageOf(request));
    response
      .set('Cache-Control', 'private, no-store')
      .attachment(`${jurisdiction.code}-problems.xlsx`)
      .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      .send(Buffer.from(bytes));
  });
  routes.get('/:jurisdiction/problems.geojson', async (request, response) => {
    refuseParameters(request);
    const { id, viewer, snapshot } = await known(request);
    const rows = await listProblems(database, viewer, id);
    const seen = new Set(rows.map((row) => row.id));
    const measures = await listItems(database, id, null, ['measure']);
    const drawn = [
      ...rows.map(({ id: problem, body: { place, title, state } }) => ({
        ...{ place, properties: { problem, measure: null, title, state } },
      })),
      ...measures.flatMap(({ problem, id: measure, body }) => {
        if (!body || !seen.has(problem)) return [];
        const { ground, title, type, from, until } = body;
        return [{ place: ground, properties: { problem, measure, title, type, from, until } }];
      }),
    ];
    const shapes = await shapesDrawn(
      database,
      snapshot,
      drawn.map(({ place }) => place),
    );
    const features = drawn.flatMap(({ properties }, i): GeoJSON.Feature[] => {
      const geometry = shapes[i];
      return geometry ? [{ type: 'Feature', geometry, properties }] : [];
    });
    response.type('application/geo+json');
    answer(response, { type: 'FeatureCollection', features });
  });
  routes.get('/:jurisdiction/problems/:problem', async (request, response) => {
    refuseParameters(request);
    answer(response, await whole(request, problemAsked(request)));
  });
  routes.patch('/:jurisdiction/problems/:problem', async (request, response) => {
    refuseParameters(request);
    const { version, changes } = parseWith(problemPatch, request.body);
    const { id, viewer, snapshot } = await known(request);
    await findProblem(database, viewer, id, problemAsked(request));
    const place = changes.place && (await readPlace(database, snapshot, viewer, changes.place));
    const moved = changes.place === undefined ? {} : { place: place ?? null };
    const at = changes.place === undefined ? undefined : await pointOn(database, snapshot, place ?? null);
    const conflict = await changeDocument(
      database,
      viewer,
      id,
      { problem: problemAsked(request), item: 0 },
      {
        ...{ version, changes: { ...changes, ...moved } },
        make: (body) => parseWith(problemBody, body),
        ...(at !== undefined && { at }),
      },
    );
    await changed(request, response, conflict);
  });
  routes.get('/:jurisdiction/problems/:problem/history', async (request, response) => {
    refuseParameters(request);
    const { id, viewer } = await opened(request);
    const { id: problem } = await findProblem(database, viewer, id, problemAsked(request));
    const changes = await listChanges(database, id, problem);
    // What was kept of an evaluation, and what a picture shows, stands with its item, for whoever may see it.
    answer(response, {
      changes: changes
        .filter(({ body }) => !holds(body, 'answer'))
        .map((change) => (holds(change.body, 'legend') ? { ...change, body: null } : change))
        .map((change) =>
          change.item === 0 ? { ...change, body: figuresShownTo(viewer, change.body as ProblemBody) } : change,
        ),
    });
  });
  routes.post('/:jurisdiction/problems/:problem/items', async (request, response) => {
    refuseParameters(request);
    const { kind, body } = parseWith(newItem, request.body);
    const { id, viewer, snapshot } = await known(request);
    await findProblem(database, viewer, id, problemAsked(request));
    const made =
      kind === 'measure' ? { ...body, ground: await readPlace(database, snapshot, viewer, body.ground) } : body;
    const checked = parseWith<(typeof ITEM_BODIES)[typeof kind]>(ITEM_BODIES[kind], made);
    answer(response, await addItem(database, viewer, id, problemAsked(request), kind, checked as never), 201);
  });
  routes.patch('/:jurisdiction/problems/:problem/items/:item', async (request, response) => {
    refuseParameters(request);
    const { version, changes: sent } = parseWith(itemPatch, request.body);
    const { id, viewer, snapshot } = await known(request);
    const [problem, item] = [problemAsked(request), problemAsked(request, 'item')];
    await findProblem(database, viewer, id, problem);
    const kind = (await listItems(database, id, problem, ['measure', 'note', 'agreement'])).find(
      (each) => each.id === item,
    )?.kind;
    if (!kind) throw new NotFound('no such measure, note or agreement');
    const changes: Record<string, unknown> = parseWith<(typeof itemChanges)[typeof kind]>(itemChanges[kind], sent);
    if (changes.ground) changes.ground = await readPlace(database, snapshot, viewer, changes.ground as AskedPlace);
    const conflict = await changeDocument(
      database,
      viewer,
      id,
      { problem, item },
      {
        ...{ version, changes },
        make: (body) =>
          parseWith<(typeof ITEM_BODIES)[typeof kind]>(ITEM_BODIES[kind], body) as Record<string, unknown>,
      },
    );
    await changed(request, response, conflict);
  });
  routes.post('/:jurisdiction/problems/:problem/undo', async (request, response) => {
    refuseParameters(request);
    const { item, version } = parseWith(undoBody, request.body);
    const { id, viewer, snapshot } = await known(request);
    const edited = { problem: problemAsked(request), item };
    const conflict = await undoChange(
      ...([database, viewer, id, edited, version] as const),
      (body) => pointOn(database, snapshot, (body as unknown as ProblemRow['body']).place),
      // Somebody else may have drawn it beyond the areas of whoever takes back the last change.
      async ({ place, ground }) => {
        const asked = (place ?? ground ?? null) as MeasureGround | null;
        if (asked && viewer.scope.areas) await readPlace(database, snapshot, viewer, asked);
      },
    );
    await changed(request, response, conflict);
  });
  return routes;
}

const shown = <T extends ProblemRow>(viewer: Viewer, row: T): T => ({
  ...row,
  body: figuresShownTo(viewer, row.body),
});

/** Whether it is all of the municipality, or of areas: no street, and no ring drawn by hand. */
const isByArea = ({ layers }: Snapshot, place: AskedPlace | null): boolean =>
  place === null || (!('ring' in place) && layers.some(({ code, type }) => code === place.layer && type === 'areas'));

const holds = (body: unknown, name: string): boolean => typeof body === 'object' && body !== null && name in body;

export function problemAsked(request: Request, name: 'problem' | 'item' = 'problem'): number {
  const text = String(request.params[name]);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new NotFound('no such problem');
  return Number(text);
}
