// The table of an analysis: sorted by any column, a hundred rows at a time, a row leads to its place on the map.

import { useMemo, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { type RowTable, sortedRows } from './rows.ts';

const PAGE_ROWS = 50;

type Props = {
  readonly table: RowTable;
  readonly layer: string | null;
  readonly onSave: () => void;
};

export function AnalysisTable({ table, layer, onSave }: Props) {
  const { store, reference, map, t, f } = usePage();
  const [sort, setSort] = useState({ column: table.sortedBy, falling: true });
  const [page, setPage] = useState(0);
  const rows = useMemo(() => sortedRows(table.rows, sort.column, sort.falling), [table, sort]);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const shown = rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS);
  const chosen = store.place.value;
  const nameAt = Math.max(
    0,
    table.columns.findIndex(({ code }) => code === 'name'),
  );
  // The codes of streets are made up, and say nothing to a reader; the file has them.
  const isSeen = ({ code }: { readonly code: string }) =>
    code !== 'code' || layer !== reference.streetLayer.value?.layer;
  const codeOf = (id: string | null) => (layer && id && reference.rowsOf(layer).get(id)?.code) || null;
  const sortBy = (column: number) => {
    setSort({ column, falling: sort.column === column ? !sort.falling : table.columns[column]!.isNumber });
    setPage(0);
  };
  return (
    <div class="analysis-table">
      <div class="panel-head">
        <h2 id="analysis-table-title">{t('analysis.table')}</h2>
        <span class="small">{t('analysis.rows', { count: rows.length, n: f.int(rows.length) })}</span>
        <button type="button" class="button is-small" onClick={onSave}>
          <Icon name="download" /> {t('analysis.save')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="table-scroll" tabIndex={0} aria-labelledby="analysis-table-title">
        <table>
          <thead>
            <tr>
              {table.columns.map(
                ({ code, title, isNumber }, column) =>
                  isSeen({ code }) && (
                    <th
                      key={code}
                      scope="col"
                      class={isNumber ? 'number' : ''}
                      aria-sort={sort.column !== column ? 'none' : sort.falling ? 'descending' : 'ascending'}
                    >
                      <button type="button" class="link" onClick={() => sortBy(column)}>
                        {title} {sort.column === column && <Icon name={sort.falling ? 'arrowDown' : 'arrowUp'} />}
                      </button>
                    </th>
                  ),
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => {
              const code = codeOf(row.id);
              const isChosen = code !== null && chosen?.layer === layer && chosen.code === code;
              const point = (on: boolean) => {
                map.pointedAt.value = on && layer && row.id ? { layer, row: { id: row.id } } : null;
              };
              return (
                <tr
                  key={row.id ?? index}
                  class={isChosen ? 'is-chosen' : ''}
                  onMouseEnter={() => point(true)}
                  onMouseLeave={() => point(false)}
                >
                  {table.columns.map((column, at) => {
                    if (!isSeen(column)) return null;
                    const text = column.show(row.cells[at] ?? null);
                    if (at !== nameAt || !layer)
                      return (
                        <td key={column.code} class={column.isNumber ? 'number' : ''}>
                          {text}
                        </td>
                      );
                    return (
                      <th key={column.code} scope="row">
                        {code ? (
                          <button
                            type="button"
                            class="link"
                            aria-pressed={isChosen}
                            onFocus={() => point(true)}
                            onBlur={() => point(false)}
                            onClick={() => store.change({ place: isChosen ? null : { layer, code } })}
                          >
                            {text}
                          </button>
                        ) : (
                          text
                        )}
                      </th>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <p class="panel-foot">
          <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
            {t('analysis.before')}
          </button>
          <span>{t('analysis.page', { n: f.int(page + 1), of: f.int(pages) })}</span>
          <button type="button" class="button" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
            {t('analysis.next')}
          </button>
        </p>
      )}
    </div>
  );
}
