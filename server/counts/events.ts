// Tells open pages, as server-sent events, when the data of their jurisdiction have changed: through this server, or by a
// command or server elsewhere.

import { type Request, type Response, Router } from 'express';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Jurisdiction, Viewer } from '../access/contract.ts';
import { jurisdictionOf, viewerOf } from '../access/viewer.ts';
import type { Kind } from '../db/contract.ts';
import type { Database } from '../db/open.ts';
import { TooMany, Unavailable } from '../errors.ts';
import { readState, readStates } from '../filter/catalogue.ts';
import { clientOf, shares } from '../http/throttle.ts';

const LOOK_EVERY_MS = 1000;
/** Proxies give up on a stream that says nothing for a minute. */
const BREATHE_EVERY_MS = 25_000;
const MAX_LISTENERS = 500;
/** Behind one address may sit a whole office. */
const MOST_OF_ONE_CLIENT = 100;
const RETRY_AFTER_S = 30;

export type Events = {
  /** Mounted under /api/v1. */
  readonly routes: Router;
  /** Ends every stream. */
  close(): void;
};

type Channel = { version: number; head: number; readonly listeners: Map<Response, Viewer> };
/** Records new since the event before, by kind; none where layers or settings changed. */
type Added = Partial<Record<Kind, number>>;

/** Looks at the data versions of the jurisdictions somebody listens to, once a second. */
export function createEvents({ database, log }: { readonly database: Database; readonly log: Logger }): Events {
  const channels = new Map<number, Channel>();
  const share = shares();
  let looking = false;
  let closed = false;

  const look = async (): Promise<void> => {
    const listened = [...channels];
    const states = await readStates(
      database,
      listened.map(([id]) => id),
    );
    for (const [id, channel] of listened) {
      const state = states.get(id);
      if (!state || state.dataVersion === channel.version) continue;
      const added = await addedBetween(database, id, channel.head, state.head);
      // Each delivery raises the version by one; what is none raises it alone.
      const isMore = state.dataVersion - channel.version !== state.head - channel.head;
      Object.assign(channel, { version: state.dataVersion, head: state.head });
      // How much came is known of the whole jurisdiction and all offences alone.
      for (const [response, { scope }] of channel.listeners)
        tell(response, state.dataVersion, scope.areas || scope.offences ? {} : added, isMore);
    }
  };
  const timer = setInterval(() => {
    if (looking || channels.size === 0) return;
    looking = true;
    look()
      .catch((error: unknown) => log.info({ err: error }, 'data versions not read'))
      .finally(() => {
        looking = false;
      });
  }, LOOK_EVERY_MS);
  const breath = setInterval(() => {
    for (const { listeners } of channels.values()) for (const response of listeners.keys()) response.write(':\n\n');
  }, BREATHE_EVERY_MS);
  timer.unref();
  breath.unref();

  const listen = async ({ id }: Jurisdiction, request: Request, response: Response): Promise<void> => {
    const state = await readState(database, id);
    // Whoever left while this was looked up is never heard to close again.
    if (response.closed || response.destroyed || request.socket.destroyed) return;
    if (closed || !state || listenersOf(channels) >= MAX_LISTENERS) throw new Unavailable('too many pages listen');
    const leave = share.enter(clientOf(request), MOST_OF_ONE_CLIENT);
    if (!leave) throw new TooMany('too many pages listen', RETRY_AFTER_S);
    response.emit('standing');

    const channel = channels.get(id) ?? { version: state.dataVersion, head: state.head, listeners: new Map() };
    channels.set(id, channel);
    channel.listeners.set(response, viewerOf(request));
    response.once('close', () => {
      leave();
      channel.listeners.delete(response);
      if (channel.listeners.size === 0 && channels.get(id) === channel) channels.delete(id);
    });
    // no-transform: a compressed stream would wait for more to compress.
    response.set({ 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' }).type('text/event-stream');
    tell(response, state.dataVersion, {});
  };

  const routes = Router();
  routes.get('/:jurisdiction/events', async (request: Request, response: Response) => {
    if (request.method === 'HEAD') return void response.type('text/event-stream').end();
    await listen(await jurisdictionOf(database, request), request, response);
  });
  return {
    routes,
    close() {
      closed = true;
      clearInterval(timer);
      clearInterval(breath);
      for (const { listeners } of channels.values()) for (const response of listeners.keys()) response.end();
    },
  };
}

function tell(response: Response, dataVersion: number, added: Added, isMore = false): void {
  response.write(`event: data\ndata: ${JSON.stringify({ dataVersion, added, ...(isMore && { isMore }) })}\n\n`);
}

/** What the deliveries in between stored, as their reports say. */
async function addedBetween({ db }: Database, jurisdictionId: number, after: number, until: number): Promise<Added> {
  const { rows } = await sql<{ kind: Kind; stored: number }>`
    select s.kind, sum(coalesce((d.report ->> 'stored')::int, 0))::int as stored
    from delivery d join source s on s.jurisdiction_id = ${jurisdictionId} and s.source_id = d.source_id
    where d.jurisdiction_id = ${jurisdictionId} and d.delivery > ${after} and d.delivery <= ${until}
    group by s.kind`.execute(db);
  return Object.fromEntries(rows.filter(({ stored }) => stored > 0).map(({ kind, stored }) => [kind, stored]));
}

function listenersOf(channels: ReadonlyMap<number, Channel>): number {
  return [...channels.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
}
