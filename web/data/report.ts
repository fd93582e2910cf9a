// Reports of finished work, which the server keeps as they were told, read with care.

import * as z from 'zod';

const note = z.object({ code: z.string(), count: z.number(), example: z.string().nullable() });
const perLayer = z.record(z.string(), z.number()).default({});

const incidents = z.object({
  /** Under which the rejected rows can be fetched; null by other ways than the page. */
  upload: z.string().nullable().default(null),
  read: z.number(),
  stored: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  gone: z.number(),
  rejected: z.number(),
  unlocated: z.number().default(0),
  placed: perLayer,
  outside: perLayer,
  notes: z.array(note).default([]),
  /** Only of a table of monthly totals. */
  leftOut: z.number().optional(),
});
export type IncidentsReport = z.infer<typeof incidents>;

const undo = z.object({ undoes: z.number(), ended: z.number(), restored: z.number() });

const layer = z.object({
  read: z.number(),
  stored: z.number(),
  unchanged: z.number().default(0),
  repaired: z.number(),
  rejected: z.number(),
  layer: z.string(),
  version: z.number(),
  notes: z.array(note).default([]),
});

const population = z.object({
  read: z.number(),
  stored: z.number(),
  byCode: z.number(),
  byName: z.number(),
  unmatched: z.number(),
  unreadable: z.number(),
});

export type Report =
  | ({ readonly of: 'incidents' } & IncidentsReport)
  | ({ readonly of: 'undo' } & z.infer<typeof undo>)
  | ({ readonly of: 'population' } & z.infer<typeof population>)
  | ({ readonly of: 'layer' } & z.infer<typeof layer>);

/** Null when it is none of those this page knows. */
export function readReport(report: unknown): Report | null {
  const asIncidents = incidents.safeParse(report);
  if (asIncidents.success) return { of: 'incidents', ...asIncidents.data };
  const asUndo = undo.safeParse(report);
  if (asUndo.success) return { of: 'undo', ...asUndo.data };
  const asPopulation = population.safeParse(report);
  if (asPopulation.success) return { of: 'population', ...asPopulation.data };
  const asLayer = layer.safeParse(report);
  return asLayer.success ? { of: 'layer', ...asLayer.data } : null;
}
