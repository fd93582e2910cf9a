// What a backup says about itself: its first entry (what it holds, of which schema) and its last (how much of it).

import * as z from 'zod';

export const FORMAT = 'cuadra-backup-1';

const identifier = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The entry `backup.json`, which comes first. */
export const aboutBackup = z.object({
  format: z.literal(FORMAT),
  program: z.string().max(100),
  madeAt: z.string().max(40),
  /** In the order they were applied. */
  migrations: z.array(z.string().max(200)).min(1).max(10_000),
  jurisdictions: z.array(z.object({ id: z.int().min(1), code: z.string().max(40) })).max(100_000),
  /** In the order in which they are loaded: what others refer to comes first. */
  tables: z
    .array(z.object({ name: identifier, columns: z.array(identifier).min(1).max(500) }))
    .min(1)
    .max(1000),
});
export type AboutBackup = z.infer<typeof aboutBackup>;

/** The entry `manifest.json`, which comes last: a file without it was not written to its end. */
export const backupManifest = z.object({
  aboutSha256: sha256,
  tables: z.array(z.object({ name: identifier, rows: z.int().min(0), sha256 })).max(1000),
});
export type BackupManifest = z.infer<typeof backupManifest>;
