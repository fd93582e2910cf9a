// Every route there is, read from the application itself.

import { createApp, type Deps } from '../../server/app.ts';
import { createEvents } from '../../server/counts/events.ts';
import { type Route, routesOf } from './hostile.ts';
import { quietLog } from './log.ts';

/** Reading what is mounted needs no database: nothing is asked. */
const nothing: never = new Proxy(() => {}, { get: () => nothing, apply: () => nothing }) as never;

export function everyRoute(): Route[] {
  const events = createEvents({ database: nothing, log: quietLog });
  const config = {
    ...(nothing as Deps['config']),
    password: 'a long enough password',
    host: '',
    hosts: [],
    alerts: nothing,
  };
  const asked = { database: nothing, stats: nothing, jobs: nothing, accounts: nothing, log: quietLog, events, config };
  try {
    return routesOf(createApp({ ...(nothing as Deps), ...asked }));
  } finally {
    events.close();
  }
}
