// Who imports a file, by its layout: incidents one by one, or monthly totals of areas.

import { checkImport } from '../incidents/dry-run.ts';
import { importIncidents } from '../incidents/import.ts';
import { MONTHLY_PRESET } from '../official-totals/contract.ts';
import { checkTotals, importTotals } from '../official-totals/import.ts';
import { presetOf } from '../reading/presets.ts';

const INCIDENTS = { check: checkImport, import: importIncidents };
const TOTALS = { check: checkTotals, import: importTotals };

/** Throws BadInput('preset'). */
export function importersOf(preset: string): typeof INCIDENTS | typeof TOTALS {
  if (preset === MONTHLY_PRESET) return TOTALS;
  presetOf(preset);
  return INCIDENTS;
}
