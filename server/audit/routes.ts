// The audit over HTTP: newest first, page by page or as a CSV file.

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router } from 'express';
import type { Viewer } from '../access/contract.ts';
import { viewerOf } from '../access/viewer.ts';
import type { Database } from '../db/open.ts';
import { parseWith } from '../http/contract.ts';
import { BOM, csvLine } from '../text/contract.ts';
import { toAuditRow } from './chain.ts';
import { type AuditPage, type AuditQuery, type AuditRow, auditQuery } from './contract.ts';
import type { Audit } from './log.ts';

const ROWS_AT_ONCE = 1000;
const COLUMNS = ['entry', 'at', 'who', 'role', 'address', 'what', 'jurisdiction', 'detail', 'rows'] as const;

type Deps = { readonly database: Database; readonly accounts: { readonly audit: Pick<Audit, 'flush'> } };

/** Mounted under /api/v1. */
export function auditRoutes({ database, accounts }: Deps): Router {
  const routes = Router();
  routes.get('/audit', async (request, response) => {
    const asked = parseWith(auditQuery, request.query);
    const viewer = viewerOf(request);
    response.set('Cache-Control', 'private, no-store');
    // What was done just now stands there, too.
    await accounts.audit.flush();
    if (asked.format === 'csv') {
      response.attachment('auditoria.csv').type('text/csv; charset=utf-8');
      if (request.method === 'HEAD') return void response.end();
      await pipeline(Readable.from(csv(database, viewer, asked)), response);
      return;
    }
    // One more than asked for tells whether there is a next page.
    const rows = await readRows(database, viewer, { ...asked, limit: asked.limit + 1 });
    const page = rows.slice(0, asked.limit);
    const next = rows.length > page.length ? page.at(-1)!.entry : null;
    response.json({ rows: page, next } satisfies AuditPage);
  });
  return routes;
}

async function* csv(database: Database, viewer: Viewer, asked: AuditQuery): AsyncGenerator<string> {
  yield BOM + csvLine(COLUMNS);
  let { after } = asked;
  for (;;) {
    const rows = await readRows(database, viewer, { ...asked, after, limit: ROWS_AT_ONCE });
    yield rows.map((row) => csvLine(COLUMNS.map((column) => row[column]))).join('');
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1)!.entry;
  }
}

/** Whoever is bound to jurisdictions reads what was done there. */
async function readRows({ db }: Database, { scope }: Viewer, asked: AuditQuery): Promise<AuditRow[]> {
  let query = db.selectFrom('audit_entry').selectAll().orderBy('entry', 'desc').limit(asked.limit);
  if (asked.after !== undefined) query = query.where('entry', '<', String(asked.after));
  if (asked.from !== undefined) query = query.where('at', '>=', new Date(asked.from));
  if (asked.until !== undefined) query = query.where('at', '<', new Date(asked.until));
  if (asked.who !== undefined) query = query.where('who', '=', asked.who);
  if (asked.what !== undefined) query = query.where('what', '=', asked.what);
  if (asked.jurisdiction !== undefined) query = query.where('jurisdiction', '=', asked.jurisdiction);
  if (scope.jurisdictions !== null) query = query.where('jurisdiction', 'in', [...scope.jurisdictions, '']);
  return (await query.execute()).map(toAuditRow);
}
