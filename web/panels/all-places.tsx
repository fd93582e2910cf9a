// Every place in a table one can sort and page through: the same data as the map, for those who read rather than look.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { fold } from '../store/fold.ts';
import { repeatedIn } from '../store/namesakes.ts';
import { whyNoRate } from './no-rate.ts';
import { type Table as Loaded, type TableRow, useTable } from './table.ts';

const PAGE_ROWS = 100;
const COLUMNS = ['name', 'count', 'rate'] as const;
type Column = (typeof COLUMNS)[number];

export function AllPlaces() {
  const { answers, t } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const layer = answers.listLayer.value;
  const title = t('where.tableTitle', { layer: layer?.type === 'streets' ? t('where.streets') : (layer?.title ?? '') });
  return (
    <>
      <button
        type="button"
        class="link"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {t('where.all')}
      </button>
      <dialog ref={dialog} class="dialog" aria-label={title} onClose={() => setOpen(false)}>
        <div class="dialog-body">
          <div class="dialog-head">
            <h2>{title}</h2>
            <button
              type="button"
              class="button is-icon"
              aria-label={t('app.close')}
              onClick={() => dialog.current?.close()}
            >
              <Icon name="close" />
            </button>
          </div>
          {open && <Table onChoose={() => dialog.current?.close()} />}
        </div>
      </dialog>
    </>
  );
}

function Table({ onChoose }: { onChoose: () => void }) {
  const { access, store, answers, t, f } = usePage();
  const table = useTable();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [text, setText] = useState('');
  const [sort, setSort] = useState<Column>(access.me.peek()?.role === 'public' ? 'name' : answers.listMeasure.peek());
  const [page, setPage] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    table.load(stop.signal).then(setLoaded, () => undefined);
    return () => stop.abort();
  }, []);
  const isStreet = loaded?.layer.type === 'streets';
  const rows = useMemo(() => {
    const folded = fold(text);
    const found = loaded?.rows.filter((row) => fold(row.name).includes(folded)) ?? [];
    return sorted(found, sort);
  }, [loaded, text, sort]);
  const whyNone = ({ feature, count }: TableRow) => {
    if (isStreet || !count || loaded?.isCut) return '–';
    return loaded?.layer.hasPopulation ? (whyNoRate(t, feature, count) ?? '–') : t('place.noPopulation');
  };
  const repeated = useMemo(
    () => repeatedIn(isStreet ? [] : (loaded?.rows.map(({ feature }) => feature) ?? [])),
    [loaded, isStreet],
  );
  const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
  const titles = {
    name: t('where.name'),
    count: t('where.count'),
    rate: isStreet ? t('where.ratePerKm') : t('where.ratePer100k'),
  };
  return (
    <>
      <input
        type="search"
        aria-label={t('header.search')}
        placeholder={t('header.search')}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setPage(0);
        }}
      />
      {loaded?.isCut && <p class="small">{t('seen.cutLayer')}</p>}
      <div class="table-scroll">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th
                  key={column}
                  scope="col"
                  aria-sort={sort === column ? (column === 'name' ? 'ascending' : 'descending') : 'none'}
                >
                  <button type="button" class="link" onClick={() => setSort(column)}>
                    {titles[column]} {sort === column && <Icon name={column === 'name' ? 'arrowUp' : 'arrowDown'} />}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS).map((row) => (
              <tr key={row.feature.id}>
                <th scope="row">
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      onChoose();
                      if (loaded) store.change({ place: { layer: loaded.layer.layer, code: row.feature.code } });
                    }}
                  >
                    {row.name}
                  </button>
                  {repeated.has(row.name) && <small> {t('seen.code', { code: row.feature.code })}</small>}
                </th>
                <td>{f.int(row.count)}</td>
                <td>{row.rate === null ? whyNone(row) : f.rate(row.rate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="panel-foot">
        <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
          {t('where.previousPage')}
        </button>
        <span>{t('where.page', { page: f.int(page + 1), pages: f.int(pages) })}</span>
        <button type="button" class="button" disabled={page + 1 >= pages} onClick={() => setPage(page + 1)}>
          {t('where.nextPage')}
        </button>
        <button type="button" class="link" onClick={() => loaded && table.save(loaded)}>
          <Icon name="download" /> {t('where.download')}
        </button>
      </p>
    </>
  );
}

function sorted(rows: readonly TableRow[], column: Column): readonly TableRow[] {
  if (column === 'count') return rows;
  if (column === 'name') return [...rows].sort((a, b) => a.name.localeCompare(b.name));
  return [...rows].sort((a, b) => (b.rate ?? -1) - (a.rate ?? -1));
}
