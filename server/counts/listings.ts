// What a filter can choose from: offences, themes and sources, with what there is of each.

import { textOf } from '../calendar/days.ts';
import { DATE_PRECISIONS } from '../db/contract.ts';
import type { Catalogue } from '../filter/catalogue.ts';
import type { Range } from '../filter/plan.ts';
import type { SourceInfo } from '../filter/source-profile.ts';
import type { Language } from '../i18n/contract.ts';
import type { Taxonomy } from '../taxonomy/taxonomy.ts';
import { gapsOf } from './before.ts';
import type { OffenceRow, SourceRow, ThemeRow } from './contract.ts';

/** Segments are given incidents within this distance; a source less accurate than that cannot colour streets. */
const PLACING_DISTANCE_M = 60;

/** The tree and the leaves in use; a node's incidents are those of everything under it. */
export function offenceRows(
  taxonomy: Taxonomy,
  offences: Catalogue['offences'],
  incidents: ReadonlyMap<number, number>,
  language: Language,
): OffenceRow[] {
  const sums = new Map<string, number>();
  for (const { offenceId, code } of offences) {
    const count = incidents.get(offenceId) ?? 0;
    for (const each of [code, ...taxonomy.ancestors(code)]) sums.set(each, (sums.get(each) ?? 0) + count);
  }
  const nodes = taxonomy.nodes.map(({ code, parent }) => ({ code, parent, labels: [] }));
  const leaves = offences.map(({ code, labels }) => ({ code, parent: taxonomy.parentOf(code), labels }));
  return [...nodes, ...leaves].map((row) => ({
    ...row,
    title: taxonomy.title(row.code, language, row.labels[0]),
    incidents: sums.get(row.code) ?? 0,
  }));
}

export function themeRows(taxonomy: Taxonomy, language: Language): ThemeRow[] {
  return taxonomy.themes.map((theme) => ({
    code: theme.code,
    title: theme[language],
    offences: theme.offences,
    default: theme.default,
  }));
}

/** What lies before a source tells of all there is are stray records, and no gaps between them. */
function gapsSince(source: SourceInfo): readonly Range[] {
  const { since, lastDay } = source;
  return since === null || lastDay === null ? gapsOf(source) : gapsOf(source, { from: since, until: lastDay + 1 });
}

/** `datePrecision` is that of most of its incidents. */
export function sourceRows(sources: readonly SourceInfo[], elsewhere: ReadonlySet<number>): SourceRow[] {
  return sources.map((source) => ({
    code: source.code,
    kind: source.kind,
    title: source.title,
    accuracyM: source.accuracyM,
    datePrecision: DATE_PRECISIONS[source.precisions.indexOf(Math.max(...source.precisions))]!,
    snapped: source.snapped,
    streetPrecise: source.snapped || source.accuracyM === null || source.accuracyM <= PLACING_DISTANCE_M,
    from: source.firstDay === null ? null : textOf(source.firstDay),
    until: source.lastDay === null ? null : textOf(source.lastDay + 1),
    through: source.through === null ? null : textOf(source.through),
    gaps: gapsSince(source).map(({ from, until }) => ({ from: textOf(from), until: textOf(until) })),
    delivered: source.delivered,
    live: source.live,
    incidents: source.incidents,
    elsewhere: elsewhere.has(source.sourceId),
  }));
}
