// Parses what a request brings with a schema, and names the parameter that does not fit.

import type * as z from 'zod';
import { BadInput } from '../errors.ts';

/** Parses with a zod schema and answers the first problem as BadInput naming the parameter. */
export function parseWith<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new BadInput(String(issue?.path[0] ?? ''), issue?.message ?? 'not usable');
}
