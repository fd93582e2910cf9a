// Cuts the connections of a database under test: the writer's by the server, or any at the very moment of a commit.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../../server/db/open.ts';

/** Ends whatever backend holds an advisory lock in this database, as an administrator would; answers how many. */
export async function cutLockHolders({ db }: Database): Promise<number> {
  const { rows } = await sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
      and pid <> pg_backend_pid()`.execute(db);
  return rows.length;
}

/** `before`: the server never hears of the commit; `after`: it commits, and the client never hears of it. */
export type Cut = 'before' | 'after';
export type CuttingProxy = {
  readonly url: string;
  /** The next commit is cut so. */
  cutNextCommit(cut: Cut): void;
  close(): Promise<void>;
};

const SETTLES_MS = 300;

/** A door to a cluster that listens on a Unix socket, through which connections can be cut. */
export async function cuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  const path = join(target.searchParams.get('host')!, '.s.PGSQL.5432');
  const sockets = new Set<Socket>();
  let cut: Cut | null = null;
  const server = createServer((client) => {
    const upstream = connect(path);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    let deaf = false;
    client.on('data', (data) => {
      const isCut = cut !== null && data.includes('commit');
      if (isCut && cut === 'before') client.destroy();
      else upstream.write(data);
      if (isCut && cut === 'after') {
        deaf = true;
        setTimeout(() => client.destroy(), SETTLES_MS);
      }
      if (isCut) cut = null;
    });
    upstream.on('data', (data) => {
      if (!deaf) client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://${target.username}@127.0.0.1:${port}${target.pathname}`,
    cutNextCommit: (next) => {
      cut = next;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
