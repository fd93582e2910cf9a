// The database of a process that has none: each statement is sent to its parent and answered there.

import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Database } from '../db/open.ts';
import type { Tables } from '../db/tables.ts';

export type Ask = (sql: string, parameters: readonly unknown[]) => Promise<unknown[]>;

/** Single statements only: neither transactions nor COPY. */
export function relayedDatabase(engine: Database['engine'], ask: Ask): Database {
  const connection: DatabaseConnection = {
    async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
      return { rows: (await ask(sql, parameters)) as Row[] };
    },
    streamQuery: () => refused(),
  };
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: async () => refused(),
    commitTransaction: async () => refused(),
    rollbackTransaction: async () => refused(),
    releaseConnection: async () => {},
    destroy: async () => {},
  };
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (on) => new PostgresIntrospector(on),
    },
  });
  return {
    engine,
    hasCitus: false,
    rowSecurity: null,
    db,
    get pool(): Database['pool'] {
      return refused();
    },
    get writers(): Database['writers'] {
      return refused();
    },
    get beside(): Database['beside'] {
      return refused();
    },
    get background(): Database {
      return refused();
    },
    writing: new Set(),
    secureAgain: () => refused(),
    close: () => db.destroy(),
  };
}

function refused(): never {
  throw new Error('only single statements are relayed');
}
