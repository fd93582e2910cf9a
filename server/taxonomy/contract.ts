// Codes of offences and themes, and what people say of labels no list knows. Pure.

import * as z from 'zod';

export const CODE = /^[a-z0-9][a-z0-9._-]{0,119}$/;

/** Labels no list knows, the commonest first, and what was said of others. */
export type LabelsAnswer = {
  readonly incidents: number;
  readonly labels: readonly { readonly label: string; readonly incidents: number }[];
  readonly choices: readonly { readonly label: string; readonly offence: string; readonly incidents: number }[];
};
const offenceLabel = z.string().trim().min(1).max(200);
export const labelQuery = z.strictObject({ label: offenceLabel });
export const labelChoice = z.strictObject({ label: offenceLabel, offence: z.string().max(120) });

/** Calls closed as false, informative, negative or a repeat: kept, and counted only when asked for. */
export const UNCONFIRMED = 'sin-confirmar';

/** Whether a leaf is counted only when asked for. */
export function isUnconfirmed(leaf: string): boolean {
  return leaf.startsWith(`${UNCONFIRMED}.`);
}
