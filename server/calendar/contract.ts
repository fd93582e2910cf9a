// A local day as addresses and bodies write it. Pure.

import * as z from 'zod';

/** A local day as it stands in a URL or a body. */
export const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'not a date (YYYY-MM-DD)')
  .refine((text) => {
    const parsed = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(parsed.valueOf()) && parsed.toISOString().startsWith(text);
  }, 'no such day');
