// The places two versions do not share alike, sorted as wished, to go to on the map and to keep as a file.

import { useState } from 'preact/hooks';
import type { LayerHistory, VersionsCompared } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { Icon } from '../parts/icon.tsx';
import { toCsv } from '../store/csv.ts';
import { downloadText } from '../store/download.ts';
import { signed } from './compare.tsx';

type Row = VersionsCompared['changes'][number];
type Column = 'name' | 'change' | 'area' | 'incidentsFrom' | 'incidentsUntil' | 'difference';

const SHOWN_AT_FIRST = 50;
/** From here on square metres are hard to read. */
const HECTARES_FROM_M2 = 100_000;
const M2_PER_HECTARE = 10_000;

type Props = {
  readonly history: LayerHistory;
  readonly answer: VersionsCompared;
  readonly onGo: (code: string) => void;
};

export function CompareTable({ history, answer, onGo }: Props) {
  const { t, f } = usePage();
  const { city } = useDesk();
  const hasArea = history.type === 'areas' || history.type === 'context';
  const columns = COLUMNS.filter((column) => (column === 'area' ? hasArea : answer.incidents || !COUNTS.has(column)));
  const [by, setBy] = useState<Column>(hasArea ? 'area' : answer.incidents ? 'difference' : 'name');
  const [upward, setUpward] = useState(false);
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const rows = sorted(answer.changes, by, upward);
  const area = (m2: number | null) => {
    if (m2 === null) return t('compare.notMeasured');
    if (m2 < HECTARES_FROM_M2) return t('compare.squareM', { n: f.int(m2) });
    return t('compare.hectares', { n: f.rate(m2 / M2_PER_HECTARE) });
  };
  const count = (n: number | null) => (n === null ? '—' : f.int(n));
  const text: Record<Column, (row: Row) => string> = {
    name: ({ name, code }) => name || code,
    change: ({ change }) => t(`compare.${change}`),
    area: ({ areaM2 }) => area(areaM2),
    incidentsFrom: (row) => count(row.incidentsFrom),
    incidentsUntil: (row) => count(row.incidentsUntil),
    difference: (row) => signed(f, differenceOf(row)),
  };
  const sortBy = (column: Column) => {
    setUpward(column === by ? !upward : column === 'name');
    setBy(column);
  };
  const save = () =>
    downloadText(
      toCsv([
        [t('compare.withRow', { layer: history.title, from: answer.from, until: answer.until })],
        [
          t('compare.code'),
          t('compare.name'),
          t('compare.change'),
          t('compare.areaM2'),
          t('compare.incidentsFrom'),
          t('compare.incidentsUntil'),
          t('compare.difference'),
        ],
        ...rows.map((row) => [
          row.code,
          row.name,
          t(`compare.${row.change}`),
          row.areaM2 ?? (hasArea ? t('compare.notMeasured') : null),
          row.incidentsFrom,
          row.incidentsUntil,
          answer.incidents ? differenceOf(row) : null,
        ]),
      ]),
      `${city.code}-${answer.layer}-${answer.from}-${answer.until}.csv`,
      'text/csv',
    );
  return (
    <>
      <div class="fields compare-tools">
        <label class="phone-sort">
          {t('compare.sort')}
          <select value={by} onChange={(event) => sortBy(event.currentTarget.value as Column)}>
            {columns.map((column) => (
              <option key={column} value={column}>
                {t(`compare.${column}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="button" onClick={save}>
          <Icon name="download" /> {t('compare.download')}
        </button>
      </div>
      <table class="stacked compare">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                class={NUMBERS.has(column) ? 'number' : ''}
                aria-sort={column === by ? (upward ? 'ascending' : 'descending') : undefined}
              >
                <button
                  type="button"
                  class="link"
                  aria-label={t('compare.sortBy', { column: t(`compare.${column}`) })}
                  onClick={() => sortBy(column)}
                >
                  {t(`compare.${column}`)} {column === by && (upward ? '▲' : '▼')}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map((row) => (
            <tr key={`${row.change} ${row.code}`}>
              <th scope="row" class="file">
                <button
                  type="button"
                  class="link"
                  aria-label={t('compare.zoomTo', { name: text.name(row) })}
                  onClick={() => onGo(row.code)}
                >
                  {text.name(row)}
                </button>
                {row.name && row.name !== row.code && (
                  <>
                    {' '}
                    <small>{row.code}</small>
                  </>
                )}
              </th>
              {columns
                .filter((column) => column !== 'name')
                .map((column) => (
                  <td key={column} class={NUMBERS.has(column) ? 'number' : ''} data-label={t(`compare.${column}`)}>
                    {column === 'change' ? (
                      <span class="change-word">
                        <span class={`change-key is-${row.change}`} />
                        {text[column](row)}
                      </span>
                    ) : (
                      text[column](row)
                    )}
                  </td>
                ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown * 4)}>
          {t('compare.more', { n: f.int(Math.min(rows.length - shown, shown * 3)) })}
        </button>
      )}
    </>
  );
}

const COLUMNS: readonly Column[] = ['name', 'change', 'area', 'incidentsFrom', 'incidentsUntil', 'difference'];
const COUNTS: ReadonlySet<Column> = new Set(['incidentsFrom', 'incidentsUntil', 'difference']);
const NUMBERS: ReadonlySet<Column> = new Set(['area', ...COUNTS]);

const differenceOf = ({ incidentsFrom, incidentsUntil }: Row) => (incidentsUntil ?? 0) - (incidentsFrom ?? 0);

/** Largest first unless `upward`; a difference counts by its size. */
function sorted(rows: readonly Row[], by: Column, upward: boolean): Row[] {
  const number = (row: Row): number => {
    if (by === 'area') return row.areaM2 ?? -1;
    if (by === 'difference') return Math.abs(differenceOf(row));
    return by === 'incidentsFrom' ? (row.incidentsFrom ?? -1) : (row.incidentsUntil ?? -1);
  };
  const ascending = (a: Row, b: Row): number => {
    if (by === 'name') return a.name.localeCompare(b.name) || (a.code < b.code ? -1 : 1);
    return by === 'change' ? a.change.localeCompare(b.change) : number(a) - number(b);
  };
  return rows.toSorted((a, b) => (upward ? ascending(a, b) : ascending(b, a)));
}
