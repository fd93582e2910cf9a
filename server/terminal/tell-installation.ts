// Reports about an installation as sentences: its jurisdictions, feeds and backups, and whether it holds together.

import type { Jurisdiction } from '../access/contract.ts';
import type { RestoreReport } from '../backup/restore.ts';
import type { BackupReport } from '../backup/write.ts';
import type { CheckReport } from '../check/installation.ts';
import type { Spread } from '../db/distribute.ts';
import type { FeedRow } from '../feeds/contract.ts';
import type { Speech } from '../i18n/speech.ts';

export const tellJurisdiction = ({ say }: Speech, { name, code, timezone, bounds }: Jurisdiction): string[] => [
  say('jurisdiction', { name, code, timezone }),
  ...(bounds ? [say('limitKnown')] : []),
];

export const tellRemoved = ({ say }: Speech, { removed }: { readonly removed: string }): string[] => [
  say('removed', { what: removed }),
];

export const tellFeedKey = ({ say }: Speech, name: string, { key }: { readonly key: string }): string[] => [
  say('feedKey', { name }),
  key,
];

export function tellFeeds({ say, t, moment }: Speech, { feeds }: { readonly feeds: readonly FeedRow[] }): string[] {
  if (feeds.length === 0) return [say('feedsNone')];
  return feeds.map(({ name, preset, source, kind, dateOrder, times, idRule, createdAt }) =>
    [
      say('feed', { name, preset, source, kind: t(`kind.${kind as 'incident'}`), when: moment(createdAt) }),
      say('feedIdRule', { rule: t(idRule === 'id+month' ? 'importing.idRule_idmonth' : 'importing.idRule_id') }),
      ...(dateOrder ? [say('feedDateOrder', { order: dateOrder })] : []),
      ...(times ? [say('feedTimes', { times })] : []),
    ].join('; '),
  );
}

const sumOf = (rows: Readonly<Record<string, number>>) => Object.values(rows).reduce((sum, n) => sum + n, 0);

export const tellBackup = ({ say, int, decimal }: Speech, report: BackupReport): string[] => [
  say('backup', {
    file: report.file,
    megabytes: decimal(report.bytes / 1e6),
    rows: int(sumOf(report.rows)),
    jurisdictions: int(report.jurisdictions),
  }),
];

export const tellRestored = (speech: Speech, report: RestoreReport & { readonly check: CheckReport }): string[] => [
  speech.say('restored', {
    file: report.restored,
    when: speech.moment(report.madeAt),
    rows: speech.int(sumOf(report.rows)),
    jurisdictions: report.jurisdictions.join(', '),
  }),
  ...(report.rows.account_passkey
    ? [speech.say('restoredPasskeys', { n: speech.int(report.rows.account_passkey) })]
    : []),
  ...tellCheck(speech, report.check),
];

export function tellCheck({ say, int }: Speech, report: CheckReport): string[] {
  const { ok, schema, differences } = report;
  if (!ok) return [say('checkBad', { n: int(differences.length), schema }), ...differences.map((each) => `  ${each}`)];
  const [comparisons, jurisdictions] = [int(report.comparisons), int(report.jurisdictions)];
  return [say('checkOk', { schema, comparisons, jurisdictions })];
}

/** How the tables lie. */
export function tellSpread({ say, int }: Speech, { citus, machines, spread, waiting }: Spread): string[] {
  if (citus === null) return [say('spreadOne')];
  if (spread.length === 0) return [say('spreadOne'), say('spreadReady', { citus })];
  const counted = { citus, machines: int(machines), n: int(spread.length), all: int(spread.length + waiting.length) };
  if (waiting.length === 0) return [say('spreadAll', counted)];
  return [say('spreadPart', { ...counted, tables: waiting.join(', ') })];
}

/** The same after spreading what waited; where that cannot be, what is missing. */
export function tellSpreadNow(speech: Speech, report: Spread & { readonly moved: readonly string[] }): string[] {
  if (report.citus === null) return [speech.say('spreadOne'), speech.say('spreadNoCitus')];
  const moved = report.moved.length ? speech.say('spreadMoved', { n: speech.int(report.moved.length) }) : null;
  return [moved ?? speech.say('spreadNothing'), ...tellSpread(speech, report)];
}
