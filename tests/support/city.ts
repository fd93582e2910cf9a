// A small city on a running server, and files of incidents that it recognises, sent and imported as the page does it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { JobState } from '../../server/jobs/contract.ts';
import { type Home, reportAt } from './cli.ts';

const HEADER = 'fecha_hecho,hora_hecho,anio_hecho,delito,colonia_catalogo,alcaldia_hecho,latitud,longitud';

/** Rows that no other `name` has. */
export function fileOf(name: string, rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, i) => `2024-03-0${1 + (i % 9)},10:${10 + (i % 50)}:00,2024,FRAUDE,${name} ${i},CUAUHTEMOC,19.43,-99.13`,
  );
  return [HEADER, ...lines, ''].join('\n');
}

export const addCity = (home: Home) =>
  reportAt(home, ['jurisdiction', 'add', 'villa', '--name', 'Villa', '--timezone', 'America/Mexico_City']);

/** What the city answers at this server; a path of one's own begins with `/`. */
export async function ask(origin: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { 'Sec-Fetch-Site': 'same-origin', ...init.headers };
  return fetch(`${origin}${path.startsWith('/') ? path : `/api/v1/villa/${path}`}`, { ...init, headers });
}

async function answer<T>(origin: string, path: string, init?: RequestInit): Promise<T> {
  const response = await ask(origin, path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function send(origin: string, name: string, rows: number): Promise<string> {
  const body = new FormData();
  body.set('file', new Blob([fileOf(name, rows)]), `${name}.csv`);
  return (await answer<{ id: string }>(origin, 'imports', { method: 'POST', body })).id;
}

export const commit = (origin: string, upload: string) =>
  answer<JobState>(origin, `imports/${upload}/commit`, { method: 'POST' });

export const listJobs = (origin: string) => answer<JobState[]>(origin, 'jobs');

export const readJob = (origin: string, id: string) => answer<JobState>(origin, `jobs/${id}`);

export async function ended(origin: string, id: string): Promise<JobState> {
  for (;;) {
    const job = await readJob(origin, id).catch(() => null);
    if (job && job.state !== 'waiting' && job.state !== 'running') return job;
    await sleep(200);
  }
}

/** Deliveries that count, by the name of their file. */
export async function delivered(origin: string): Promise<Map<string, number>> {
  const rows = await answer<{ fileName: string; report: { stored: number } }[]>(origin, 'deliveries');
  return new Map(rows.map(({ fileName, report }) => [fileName, report.stored]));
}
