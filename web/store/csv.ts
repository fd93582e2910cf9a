// A table as a CSV file that Excel in Spanish opens as it is.

import { BOM, csvLine } from '../../server/text/contract.ts';

export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return BOM + rows.map(csvLine).join('');
}
