// The reports about the public view and the published file as sentences, for the operator: some tell true counts, which the
// file does not.

import type { Speech } from '../i18n/speech.ts';
import type { EditionAbout, ProtectionAccount, ProtectionRules } from '../protection/contract.ts';
import { SAFE_RULES } from '../protection/contract.ts';
import type { ImportedFile } from '../protection/import-file.ts';
import { protectsLess } from '../protection/settings.ts';
import type { Made } from '../protection/view.ts';

/** `account` is null where the file is of the view that is shown. */
export type ProtectedReport = EditionAbout & {
  readonly file: string;
  readonly layersFile: string;
  readonly rows: number;
  readonly counted: number;
  readonly account: ProtectionAccount | null;
};

export function tellProtected(speech: Speech, report: ProtectedReport): string[] {
  const { say, int } = speech;
  const { file, layersFile, rows, counted, rules, account, areas } = report;
  const lines = [say('protected', { file, layersFile, rows: int(rows), counted: int(counted) })];
  if (account) lines.push(say('protectedNotForAll'), ...tellAccount(speech, account, report));
  if (areas === null) lines.push(`  - ${say('protectedNoAreas')}`);
  if (protectsLess(rules, SAFE_RULES)) lines.push(say('protectedWeaker'));
  return lines;
}

function tellAccount({ say, int }: Speech, account: ProtectionAccount, about: EditionAbout): string[] {
  const { atPoints, byArea, tooSmall, withoutPlace, sensitive, sensitiveTold, outside, tooRecent } = account;
  const { points, rules, sensitiveAreas } = about;
  return [
    `  - ${say('protectedOrdinary', { atPoints: int(atPoints), points: int(points), byArea: int(byArea), tooSmall: int(tooSmall), withoutPlace: int(withoutPlace) })}`,
    `  - ${say('protectedSensitive', { sensitive: int(sensitive), told: int(sensitiveTold), base: int(rules.base), areas: sensitiveAreas ?? say('protectedWhole') })}`,
    `  - ${say('protectedLeftOut', { outside: int(outside), tooRecent: int(tooRecent) })}`,
  ];
}

export type ViewReport = {
  readonly jurisdiction: string;
  readonly isOn: boolean;
  readonly rules: ProtectionRules;
  readonly licence: string | null;
  readonly shown: (EditionAbout & { readonly publishedAt: string }) | null;
  readonly made?: Made;
};

export function tellView(speech: Speech, { jurisdiction, isOn, rules, shown, made }: ViewReport): string[] {
  const { say, time } = speech;
  if (!isOn) return [say('viewOff', { jurisdiction })];
  const lines = [
    shown ? say('viewOn', { jurisdiction, when: time(shown.publishedAt) }) : say('viewEmpty', { jurisdiction }),
  ];
  for (const { code, through } of shown?.sources ?? []) {
    if (through) lines.push(`  - ${say('viewThrough', { source: code, through })}`);
  }
  if (made?.view === 'made') lines.push(...tellAccount(speech, made.account, made.about));
  if (protectsLess(rules, SAFE_RULES)) lines.push(say('protectedWeaker'));
  return lines;
}

/** `origins` null = as the installation says. */
export function tellEmbedding(
  { say }: Speech,
  { jurisdiction, origins }: { readonly jurisdiction: string; readonly origins: readonly string[] | null },
): string[] {
  if (origins === null) return [say('embedDefault', { jurisdiction })];
  if (origins.length === 0) return [say('embedNone', { jurisdiction })];
  return [say('embedOrigins', { jurisdiction, origins: origins.join(', ') })];
}

export function tellImported({ say, int }: Speech, { jurisdiction, rows, incidents }: ImportedFile): string[] {
  return [say('protectedImported', { jurisdiction, rows: int(rows), incidents: int(incidents) })];
}
