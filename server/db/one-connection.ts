// One connection in the place of a pool: whoever is given it works by turns on that connection and on no other.

import type pg from 'pg';

export type OneConnection = {
  readonly pool: pg.Pool;
  /** True once the connection has ended, or was given back as unusable; nobody gets it any more. */
  isLost(): boolean;
  /** Resolves when the last turn has ended; later ones are refused. */
  close(): Promise<void>;
};

/** `refusal` is what those are told who ask for a turn when there are none any more. */
export function oneConnection(client: pg.PoolClient, refusal: () => Error): OneConnection {
  let lost = false;
  let closed = false;
  let turn: Promise<void> = Promise.resolve();
  let endTurn = () => {};
  const onLost = () => {
    lost = true;
  };
  client.once('error', onLost).once('end', onLost);

  const release = (unusable?: Error | boolean) => {
    if (unusable) lost = true;
    endTurn();
  };
  const mine = new Proxy(client, {
    get(target, property) {
      if (property === 'release') return release;
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const connect = async (): Promise<pg.PoolClient> => {
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = promise;
    await before;
    if (lost || closed) {
      resolve();
      throw refusal();
    }
    endTurn = resolve;
    return mine;
  };
  const query = async (...asked: unknown[]) => {
    const connected = await connect();
    try {
      return await (connected.query as (...args: unknown[]) => Promise<unknown>)(...asked);
    } finally {
      connected.release();
    }
  };
  return {
    pool: { connect, query, end: async () => {} } as unknown as pg.Pool,
    isLost: () => lost,
    async close() {
      const last = turn;
      closed = true;
      await last;
      client.removeListener('error', onLost).removeListener('end', onLost);
    },
  };
}
