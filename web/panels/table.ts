// The full table of places: what the list shows ten of, as rows to page through and as a file.

import type { FeatureRow } from '../../server/stats/contract.ts';
import { usePage } from '../app.ts';
import { toCsv } from '../csv.ts';
import { downloadText } from '../download.ts';
import { perYear } from '../map/picture.ts';
import { placeText } from '../words.ts';
import { filterInWords } from './filter-words.ts';

export type TableRow = {
  readonly feature: FeatureRow;
  readonly name: string;
  readonly count: number;
  /** Per year: per 100,000 residents, or per km. */
  readonly rate: number | null;
};

/** Every place of the listed layer, most first, those without incidents last; and saving it as CSV. */
export function useTable(): { rows: () => readonly TableRow[]; download: () => void } {
  const page = usePage();
  const { answers, reference, pictures, words, t } = page;

  const rows = (): readonly TableRow[] => {
    const layer = answers.listLayer.value;
    const isStreet = layer?.type === 'streets';
    const answer = (isStreet ? answers.streetCounts : answers.areaCounts).answered.value?.value;
    const features = isStreet ? reference.segments.value : reference.areas.value;
    const counted = new Map(answer?.ids.map((id, index) => [id, index]) ?? []);
    return [...features.values()]
      .map((feature): TableRow => {
        const index = counted.get(feature.id);
        const rate = index === undefined ? null : (answer?.rates?.[index] ?? null);
        return {
          feature,
          name: placeText(words.value, feature, isStreet),
          count: index === undefined ? 0 : (answer?.counts[index] ?? 0),
          rate: perYear(rate, pictures.years.value),
        };
      })
      .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
  };

  const download = () => {
    const layer = answers.listLayer.value;
    const isStreet = layer?.type === 'streets';
    const answer = (isStreet ? answers.streetCounts : answers.areaCounts).answered.value?.value;
    if (!layer || !answer) return;
    const { totals } = answer;
    const extent = isStreet ? t('where.lengthM') : t('where.residents');
    const rate = isStreet ? t('where.ratePerKm') : t('where.ratePer100k');
    const lines: (string | number | null)[][] = [
      [t('where.code'), t('where.name'), t('where.count'), rate, extent],
      ...rows().map((row) => [
        row.feature.code,
        row.name,
        row.count,
        row.rate === null ? null : Number(row.rate.toFixed(1)),
        (isStreet ? row.feature.lengthM : row.feature.population) ?? null,
      ]),
      [],
      ...(['mapped', 'unlocated', 'outside', 'withheld', 'matched'] as const).map((name) => [
        t(`table.${name}`),
        null,
        totals[name],
      ]),
      [],
      ...filterInWords(page).map((line) => [line]),
    ];
    const city = reference.jurisdiction.value?.code ?? '';
    downloadText(toCsv(lines), `${city}-${layer.layer}-${answer.from ?? ''}-${answer.until ?? ''}.csv`, 'text/csv');
  };
  return { rows, download };
}
