// The city a server is measured with: the real one where it is there, else the synthetic one; as it stands or a copy that
// may be written to.

import pg from 'pg';
import type { Home } from '../support/cli.ts';
import { CITY } from './city.ts';
import type { BenchContext } from './contract.ts';

export type Subject = {
  readonly home: Home;
  readonly jurisdiction: string;
  readonly layer: string;
  readonly note: string;
  readonly rows: number;
  /** A point inside the city for two numbers from 0 to 1. */
  readonly point: (x: number, y: number) => readonly [lon: number, lat: number];
};

/** As many rows as the real file has, where that is not there. */
export const ROWS = 1_302_640;

/** Null when there is no PostgreSQL. */
export async function findSubject(context: BenchContext): Promise<Subject | null> {
  const cdmx = await context.cdmx();
  if (cdmx) {
    const real = { home: cdmx.home, jurisdiction: 'cdmx', layer: 'colonias', note: 'real CDMX', rows: cdmx.rows };
    return { ...real, point: (x, y) => [-99.25 + 0.2 * x, 19.3 + 0.2 * y] };
  }
  const home = await context.city(ROWS);
  if (!home) return null;
  const synthetic = { home, jurisdiction: CITY, layer: 'areas', note: 'synthetic city', rows: ROWS };
  return { ...synthetic, point: (x, y) => [-99.24 + 0.19 * x, 19.3 + 0.18 * y] };
}

/** The same in a database of its own, so that what is written to it does not change what others measure. */
export async function copyOfCity(context: BenchContext): Promise<Subject | null> {
  const subject = await findSubject(context);
  const url = await context.emptyDatabase();
  if (!subject?.home.databaseUrl || url === null) return null;
  const [from, to] = [subject.home.databaseUrl, url].map((each) => new URL(each).pathname.slice(1));
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    await client.query(`drop database ${pg.escapeIdentifier(to!)}`);
    await client.query(`create database ${pg.escapeIdentifier(to!)} template ${pg.escapeIdentifier(from!)}`);
  } finally {
    await client.end();
  }
  return { ...subject, home: { dataDir: context.scratch(), databaseUrl: url } };
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * percent) / 100) - 1)]!.toPrecision(4));
}
