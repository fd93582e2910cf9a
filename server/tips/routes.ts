// Tips over HTTP: the form anybody is handed and sends without a session, and the list of those who may read them.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type Jurisdiction, PUBLIC } from '../access/contract.ts';
import { findJurisdiction } from '../access/jurisdictions.ts';
import { jurisdictionOf, OPERATOR, tellRows, viewerOf } from '../access/viewer.ts';
import { dayIn } from '../calendar/time-zone.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { refuseParameters } from '../filter/parse.ts';
import { parseWith } from '../http/contract.ts';
import { clientOf, throttle } from '../http/throttle.ts';
import { BOM, csvLine } from '../text/contract.ts';
import { readBox, readTipSettings, saveTipSettings } from './box.ts';
import {
  MOST_TIPS,
  newTip,
  type TipForm,
  type TipRow,
  type TipsPage,
  type TipsQuery,
  tipChange,
  tipSettings,
  tipsQuery,
} from './contract.ts';
import { openForms } from './form.ts';
import { findTipPlace } from './place.ts';
import { openSenders } from './senders.ts';
import { changeTip, listTips, storeTip } from './store.ts';

type Deps = { readonly database: Database; readonly now: () => Date };

const FILES_PER_MINUTE = 10;
const TIP_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const COLUMNS = [
  ...(['id', 'receivedAt', 'state', 'kind', 'day', 'dayPart'] as const),
  ...(['layer', 'code', 'place', 'lon', 'lat', 'words'] as const),
];

/** Mounted under /api/v1. */
export function tipRoutes({ database, now }: Deps): Router {
  const routes = Router();
  const forms = openForms(now);
  const senders = openSenders(now);

  /** Whoever asks is answered as the public: the view they are shown, and the city whose it is. */
  const asPublic = async (request: Request) => {
    const code = String(request.params.jurisdiction);
    const view = await findJurisdiction(database, PUBLIC, code);
    return { view, city: await findJurisdiction(database, OPERATOR, code) };
  };
  routes.get('/:jurisdiction/tips/form', async (request, response) => {
    refuseParameters(request);
    const { city } = await asPublic(request);
    const box = await readBox(database, city);
    const isOn = box?.isOn ?? false;
    const answer: TipForm = {
      form: isOn ? forms.hand(box!.formKey, city.code) : null,
      keepDays: isOn ? box!.keepDays : null,
    };
    response.set('Cache-Control', 'no-store').json(answer);
  });
  routes.post('/:jurisdiction/tips', async (request, response) => {
    refuseParameters(request);
    const { view, city } = await asPublic(request);
    const box = await readBox(database, city);
    if (!box?.isOn) throw new NotFound('no tips are taken here');
    const tip = parseWith(newTip, request.body);
    if (tip.website) throw new BadInput('website', 'filled in by a program');
    if (tip.day !== null && tip.day > dayIn(city.timezone, now())) throw new BadInput('day', 'the day is to come yet');
    const release = forms.take(box.formKey, city.code, tip.form);
    try {
      const place = await findTipPlace(database, view, tip.place);
      senders.count(clientOf(request));
      await storeTip(database, city.id, tip, place, now());
    } catch (error) {
      release(); // what was refused may be mended and sent again
      throw error;
    }
    response.status(204).end();
  });

  const boxed = async (request: Request) => {
    const jurisdiction = await jurisdictionOf(database, request);
    return { jurisdiction, settings: await readTipSettings(database, jurisdiction) };
  };
  routes.get('/:jurisdiction/tips', async (request, response) => {
    const asked = parseWith(tipsQuery, request.query);
    const { jurisdiction, settings } = await boxed(request);
    // One more than asked for tells whether there is a next page.
    const more = { ...asked, limit: asked.limit + 1 };
    const found = await listTips(database, viewerOf(request), jurisdiction.id, settings, more, now());
    const rows = found.slice(0, asked.limit);
    await tellRows(request, rows.length);
    const page: TipsPage = { rows, next: found.length > rows.length ? placeOf(rows.at(-1)!) : null };
    response.set('Cache-Control', 'private, no-store').json(page);
  });
  const known: RequestHandler = async (request, _response, next) => {
    await jurisdictionOf(database, request as Request);
    next();
  };
  routes.get('/:jurisdiction/tips.csv', known, throttle(FILES_PER_MINUTE), async (request: Request, response) => {
    const asked = parseWith(tipsQuery, request.query);
    const { jurisdiction, settings } = await boxed(request);
    await send(request, response, jurisdiction, (after) =>
      listTips(database, viewerOf(request), jurisdiction.id, settings, { ...asked, after, limit: MOST_TIPS }, now()),
    );
  });
  routes.patch('/:jurisdiction/tips/:id', async (request, response) => {
    refuseParameters(request);
    const { state } = parseWith(tipChange, request.body);
    const jurisdiction = await jurisdictionOf(database, request);
    const id = String(request.params.id);
    if (!TIP_ID.test(id)) throw new NotFound('no such tip');
    const changed = await changeTip(database, viewerOf(request), jurisdiction.id, id, state);
    response.set('Cache-Control', 'private, no-store').json(changed);
  });
  routes.get('/:jurisdiction/tip-settings', async (request, response) => {
    refuseParameters(request);
    const { settings } = await boxed(request);
    response.set('Cache-Control', 'private, no-store').json(settings);
  });
  routes.put('/:jurisdiction/tip-settings', async (request, response) => {
    refuseParameters(request);
    const settings = parseWith(tipSettings, request.body);
    const { jurisdiction } = await boxed(request);
    await saveTipSettings(database, jurisdiction, settings, now());
    response.set('Cache-Control', 'private, no-store').json(settings);
  });
  return routes;
}

const placeOf = ({ receivedAt, id }: TipRow): string => `${receivedAt}_${id}`;

/** Read as a whole before any of it leaves, since how many there are is written down first; they are kept for some months. */
async function send(
  request: Request,
  response: Response,
  { code }: Jurisdiction,
  page: (after: TipsQuery['after']) => Promise<TipRow[]>,
): Promise<void> {
  const rows: TipRow[] = [];
  for (let after: TipsQuery['after']; ; ) {
    const some = await page(after);
    rows.push(...some);
    if (some.length < MOST_TIPS) break;
    after = placeOf(some.at(-1)!);
  }
  response.set('Cache-Control', 'private, no-store').attachment(`${code}-tips.csv`).type('text/csv; charset=utf-8');
  if (request.method === 'HEAD') return void response.end();
  await tellRows(request, rows.length);
  await pipeline(Readable.from(lines(rows)), response);
}

function* lines(rows: readonly TipRow[]): Generator<string> {
  yield BOM + csvLine(COLUMNS);
  for (const { id, receivedAt, state, kind, day, dayPart, place, at, words } of rows)
    yield csvLine([id, receivedAt, state, kind, day, dayPart, place.layer, place.code, place.name, ...at, words]);
}
