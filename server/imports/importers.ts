// Who imports a file, by its layout: incidents one by one, or monthly totals of areas.

import { MONTHLY_PRESET } from '../benchmark/contract.ts';
import { checkTotals, importTotals } from '../benchmark/import.ts';
import { checkImport } from '../incidents/dry-run.ts';
import { importIncidents } from '../incidents/import.ts';
import { presetOf } from '../incidents/presets.ts';

const INCIDENTS = { check: checkImport, import: importIncidents };
const TOTALS = { check: checkTotals, import: importTotals };

/** Throws BadInput('preset'). */
export function importersOf(preset: string): typeof INCIDENTS | typeof TOTALS {
  if (preset === MONTHLY_PRESET) return TOTALS;
  presetOf(preset);
  return INCIDENTS;
}
