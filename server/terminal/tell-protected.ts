// The report about a protected dataset as sentences, for the operator: it tells true counts, the file does not.

import type { Speech } from '../i18n/speech.ts';
import type { ProtectionAccount, ProtectionRules } from '../protection/contract.ts';
import { SAFE_RULES } from '../protection/contract.ts';

export type ProtectedReport = {
  readonly file: string;
  readonly rows: number;
  readonly rules: ProtectionRules;
  readonly account: ProtectionAccount;
  readonly areas: string | null;
  readonly sensitiveAreas: string | null;
  readonly points: number;
};

export function tellProtected({ say, int }: Speech, report: ProtectedReport): string[] {
  const { file, rows, rules, account, areas, sensitiveAreas, points } = report;
  const { incidents, atPoints, byArea, tooSmall, withoutPlace, sensitive, sensitiveTold, outside, tooRecent } = account;
  const lines = [
    say('protected', { file, rows: int(rows), incidents: int(incidents) }),
    `  - ${say('protectedOrdinary', { atPoints: int(atPoints), points: int(points), byArea: int(byArea), tooSmall: int(tooSmall), withoutPlace: int(withoutPlace) })}`,
    `  - ${say('protectedSensitive', { sensitive: int(sensitive), told: int(sensitiveTold), base: int(rules.base), areas: sensitiveAreas ?? say('protectedWhole') })}`,
    `  - ${say('protectedLeftOut', { outside: int(outside), tooRecent: int(tooRecent) })}`,
  ];
  if (areas === null) lines.push(`  - ${say('protectedNoAreas')}`);
  if (isWeaker(rules)) lines.push(say('protectedWeaker'));
  return lines;
}

/** Whether some rule tells more about single people than the safe ones. */
function isWeaker(rules: ProtectionRules): boolean {
  const hours = rules.hoursPerBand ?? Number.POSITIVE_INFINITY;
  return (
    hours < SAFE_RULES.hoursPerBand! ||
    rules.base < SAFE_RULES.base ||
    rules.segmentsPerPoint < SAFE_RULES.segmentsPerPoint ||
    rules.metresPerPoint < SAFE_RULES.metresPerPoint
  );
}
