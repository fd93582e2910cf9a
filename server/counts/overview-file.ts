// What the list said of each jurisdiction, kept in the data folder: a restart need not count what has not changed.

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { nameOfAnswer } from '../db/program.ts';

const day = z.string().nullable();
const told = z.object({
  /** Of the data it was made from. */
  token: z.string(),
  dataVersion: z.number(),
  from: day,
  until: day,
  through: z.record(z.string(), z.record(z.string(), z.string())),
  /** Where its incidents lie, for one without bounds of its own; missing for others. */
  extent: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullish(),
});
export type Told = z.output<typeof told>;

/** `program` changes with the sources: what another version kept may have been counted otherwise. */
const kept = z.object({ program: z.string(), jurisdictions: z.array(z.tuple([z.number(), told])) });
const program = () => nameOfAnswer(['the list of jurisdictions']);

/** Empty when there is none, or it is not what this program wrote. */
export async function loadOverview(path: string): Promise<Map<number, Told>> {
  try {
    const file = kept.parse(JSON.parse(await readFile(path, 'utf8')));
    return new Map(file.program === program() ? file.jurisdictions : []);
  } catch {
    return new Map();
  }
}

/** All or nothing. */
export async function saveOverview(path: string, jurisdictions: ReadonlyMap<number, Told>): Promise<void> {
  const arriving = `${path}.${crypto.randomUUID()}.arriving`;
  const file: z.input<typeof kept> = { program: program(), jurisdictions: [...jurisdictions] };
  try {
    await writeFile(arriving, JSON.stringify(file), { mode: 0o600 });
    await rename(arriving, path);
  } finally {
    await rm(arriving, { force: true });
  }
}
