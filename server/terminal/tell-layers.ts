// Reports about layers and residents as sentences.

import type { AliasRow, PlaceNamesAnswer } from '../geocoding/contract.ts';
import type { Speech } from '../i18n/speech.ts';
import type { PopulationReport } from '../layers/contract.ts';
import type { LayerReport } from '../layers/versions.ts';

const UNMATCHED_SHOWN = 20;

export function tellLayer(speech: Speech, report: LayerReport): string[] {
  const { say, t, int, decimal } = speech;
  const { layer, version, read, stored, repaired, rejected } = report;
  const counts = { read: int(read), stored: int(stored), repaired: int(repaired), rejected: int(rejected) };
  return [
    ...(report.unchanged > 0
      ? [`${layer}: ${t('boundaries.sameFile')}`]
      : [`${t('boundaries.published', { layer, version: int(version) })}.`, t('boundaries.publishedCounts', counts)]),
    ...report.notes.map((note) => `  - ${speech.note(note)}`),
    say('seconds', { seconds: decimal(report.seconds) }),
  ];
}

export function tellPopulation(speech: Speech, report: PopulationReport): string[] {
  const { say, t, int } = speech;
  const { stored, byCode, byName, unmatched, unreadable, years, areas, keys, unmatchedRows } = report;
  return [
    t('population.stored', {
      stored: int(stored),
      byCode: int(byCode),
      byName: int(byName),
      unmatched: int(unmatched),
      unreadable: int(unreadable),
    }),
    t('population.years', { years: years.join(', ') || '—', areas: int(areas) }),
    ...keys.map(({ column, of, how, matched }) =>
      t(of === 'code' ? 'population.keyCode' : 'population.keyName', {
        ...{ column, n: int(matched), all: int(report.read), how: t(`population.how_${how}`) },
      }),
    ),
    ...report.notes.map((note) => `  - ${speech.note(note)}`),
    ...(unmatchedRows.length ? [say('unmatchedRows')] : []),
    ...unmatchedRows.slice(0, UNMATCHED_SHOWN).map((row) => `  ${row}`),
    ...(unmatched > UNMATCHED_SHOWN ? [`  ${say('andMore', { n: int(unmatched - UNMATCHED_SHOWN) })}`] : []),
  ];
}

export function tellUnmatched({ say, int }: Speech, answer: Omit<PlaceNamesAnswer, 'aliases'>): string[] {
  const { layer, withoutPoint, matched, unmatched, names } = answer;
  const all = int(withoutPoint);
  return [
    layer === null
      ? say('unmatchedNoLayer', { all })
      : say('unmatched', { all, layer, matched: int(matched), unmatched: int(unmatched) }),
    ...names.map(({ words, withinWords, incidents }) => {
      const told = { n: int(incidents).padStart(9), words };
      return withinWords === null
        ? say('unmatchedName', told)
        : say('unmatchedWithin', { ...told, within: withinWords });
    }),
  ];
}

export function tellAliases({ say }: Speech, { aliases }: { readonly aliases: readonly AliasRow[] }): string[] {
  if (aliases.length === 0) return [say('aliasesNone')];
  return aliases.map(({ words, within, layer, code, place }) =>
    say('alias', {
      words: within === '' ? words : `${words}, ${within}`,
      place: code === null ? say('aliasNoPlace') : `${place ?? code} (${layer}:${code})`,
    }),
  );
}

export const tellTexts = ({ say, int }: Speech, { texts }: { readonly texts: number }): string[] => [
  say('texts', { n: int(texts) }),
];
