// The full table of places: what the list shows ten of, as rows to page through and as a file.

import type { CountsAnswer } from '../../server/counts/contract.ts';
import type { FeatureRow, LayerRow } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { perYear } from '../map/picture.ts';
import { cutsAreasOf } from '../store/answers.ts';
import { paths } from '../store/api.ts';
import { chosenPlace } from '../store/chosen.ts';
import { toCsv } from '../store/csv.ts';
import { downloadText } from '../store/download.ts';
import { placeText } from '../store/words.ts';
import { filterInWords } from './filter-words.ts';

const TOTALS = ['mapped', 'unlocated', 'withheld', 'matched'] as const;

export type TableRow = {
  readonly feature: FeatureRow;
  readonly name: string;
  readonly count: number;
  /** Per year: per 100,000 residents, or per km. */
  readonly rate: number | null;
};

export type Table = {
  readonly layer: LayerRow;
  readonly answer: CountsAnswer;
  readonly rows: readonly TableRow[];
  /** Whether what is looked at may run through areas of the layer: of a part there is no rate. */
  readonly isCut: boolean;
};

/**
 * Asks for every place of the listed layer under the filter, within the chosen place if there is one; and saves it as
 * CSV. Most first; places without incidents come last, and only when nothing is chosen.
 */
export function useTable(): { load: (signal: AbortSignal) => Promise<Table | null>; save: (table: Table) => void } {
  const page = usePage();
  const { answers, reference, pictures, catchments, ask, store, words, t } = page;

  const load = async (signal: AbortSignal): Promise<Table | null> => {
    const layer = answers.listLayer.peek();
    const filter = answers.scoped.peek();
    const city = reference.jurisdiction.peek()?.code;
    if (!layer || !filter || !city) return null;
    const answer = await ask(paths.counts(city, reference.address(layer.layer), filter), signal);
    const isStreet = layer.type === 'streets';
    const known = reference.rowsOf(layer.layer);
    const features = known.size
      ? [...known.values()]
      : (await ask(paths.features(city, layer.layer, layer.version), signal)).features;
    // To the public streets that are told together are one line, as long as all of them.
    const { lengths, middleOf, with: toldWith } = catchments.peek();
    const listed = isStreet
      ? [...lengths(new Map(features.map((row) => [row.id, row]))).values()].filter(({ id }) => middleOf(id) === id)
      : features;
    const counted = new Map(answer.ids.map((id, index) => [id, index]));
    const isCut = !isStreet && cutsAreasOf(filter, layer.layer);
    const rows = listed
      .map((feature): TableRow => {
        const index = counted.get(feature.id);
        const count = index === undefined ? 0 : (answer.counts[index] ?? 0);
        const asAnswered = index === undefined || isCut ? null : (answer.rates?.[index] ?? null);
        const isGroup = isStreet && toldWith(feature.id).length > 1;
        const rate = isGroup && feature.lengthM && count ? (1000 * count) / feature.lengthM : asAnswered;
        return {
          feature,
          name: placeText(words.peek(), feature, isStreet),
          count,
          rate: perYear(rate, pictures.years.peek()),
        };
      })
      .filter((row) => row.count > 0 || !store.place.peek())
      .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
    return { layer, answer, rows, isCut };
  };

  const save = ({ layer, answer, rows }: Table): void => {
    const isStreet = layer.type === 'streets';
    const extent = isStreet ? t('where.lengthM') : t('where.residents');
    const rate = isStreet ? t('where.ratePerKm') : t('where.ratePer100k');
    const place = chosenPlace(page, store.place.peek());
    const lines: (string | number | null)[][] = [
      [t('where.code'), t('where.name'), t('where.count'), rate, extent],
      ...rows.map((row) => [
        row.feature.code,
        row.name,
        row.count,
        row.rate === null ? null : Number(row.rate.toFixed(1)),
        (isStreet ? row.feature.lengthM : row.feature.population) ?? null,
      ]),
      [],
      ...(answer.totals.outside ? [[t('table.noPlace'), null, answer.totals.outside]] : []),
      ...TOTALS.map((name) => [t(`table.${name}`), null, answer.totals[name]]),
      [
        t(answers.scoped.peek()?.placed.length ? 'table.elsewhere' : 'table.outside'),
        null,
        answer.inside?.leftOut ?? 0,
      ],
      [],
      ...filterInWords(page).map((line) => [line]),
      ...(place ? [[t('where.scoped', { name: place.name })]] : []),
    ];
    const city = reference.jurisdiction.peek()?.code ?? '';
    downloadText(
      toCsv(lines),
      `${[city, layer.layer, answer.from, answer.until].filter(Boolean).join('-')}.csv`,
      'text/csv',
    );
  };
  return { load, save };
}
