// What the audit says: one row for each thing done, and what of it can be asked.

import * as z from 'zod';

/** What was done. */
export const AUDIT_EVENTS = [
  'sign-in',
  'sign-in-failed',
  'sign-out',
  'points',
  'export',
  'tips',
  'problem',
  'import',
  'undo',
  'publish',
  'certificate',
  'setting',
  'sharing',
  'backup',
  'restore',
  'account',
  'refused',
  'refused-public',
  'sign-ins-failed',
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

export type AuditRow = {
  readonly entry: number;
  /** ISO 8601. */
  readonly at: string;
  /** The account; `key:NAME`, `demo:ROLE`, `command`, `open`; empty where nobody was signed in. */
  readonly who: string;
  readonly role: string;
  readonly address: string;
  readonly what: AuditEvent;
  readonly jurisdiction: string | null;
  /** The operation, the filter as its query, the account that was changed. */
  readonly detail: string;
  readonly rows: number | null;
};
export type NewAuditRow = Omit<AuditRow, 'entry' | 'at'>;

export type AuditPage = {
  readonly rows: readonly AuditRow[];
  /** `after` of the next page; null at the end. */
  readonly next: number | null;
};

const MOST_ROWS = 1000;
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/, 'not a date or a moment')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'not a date or a moment');

export const auditQuery = z.strictObject({
  from: moment.optional(),
  until: moment.optional(),
  who: z.string().max(100).optional(),
  what: z.enum(AUDIT_EVENTS).optional(),
  jurisdiction: z.string().max(40).optional(),
  after: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'not a whole number from 1')
    .transform(Number)
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'not a whole number from 1')
    .transform((text) => Math.min(Number(text), MOST_ROWS))
    .default(100),
  format: z.enum(['json', 'csv']).default('json'),
  lang: z.string().max(10).optional(),
});
export type AuditQuery = z.output<typeof auditQuery>;
