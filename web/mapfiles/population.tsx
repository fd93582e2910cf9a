// Residents from a table: of which layer, by which columns, what matched, and what did not.

import { useEffect, useState } from 'preact/hooks';
import type { PopulationPreview, UploadChoices } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { Notes } from '../data/notes.tsx';
import { dataPaths } from '../data/paths.ts';
import { Icon } from '../parts/icon.tsx';
import { toCsv } from '../store/csv.ts';
import { downloadText } from '../store/download.ts';
import { ColumnSelect, DecimalSelect } from './layer-columns.tsx';
import { reasonOnPage } from './reason.ts';

const UNMATCHED_SHOWN = 20;
const FIGURES = ['stored', 'byCode', 'byName', 'unmatched', 'unreadable', 'repeated'] as const;
const THIS_YEAR = new Date().getFullYear();

type Props = {
  readonly upload: string;
  readonly choices: UploadChoices;
  /** Null while it is being read, or no layer is chosen. */
  readonly preview: PopulationPreview | null;
  readonly busy: boolean;
  readonly onChoose: (patch: Partial<UploadChoices>) => void;
};

export function Population({ upload, choices, preview, busy, onChoose }: Props) {
  const { reference, store, t, f } = usePage();
  const { city, run } = useDesk();
  const layers = reference.areaLayers.value;
  const first = reference.areaLayer.value?.layer ?? null;
  useEffect(() => {
    if (choices.layer === null && first !== null) onChoose({ layer: first });
  }, [choices.layer, first]);
  if (reference.ready.value && layers.length === 0) return <p class="refusal">{t('population.noLayers')}</p>;
  const save = async () => {
    const begun = await run('POST', dataPaths.publish(city.code, upload), { layer: choices.layer });
    if (begun) store.change({ tab: 'data', upload: null });
  };
  return (
    <>
      <section class="card">
        <div class="fields">
          <label>
            {t('population.layer')}
            <select value={choices.layer ?? ''} onChange={(event) => onChoose({ layer: event.currentTarget.value })}>
              {layers.map((row) => (
                <option key={row.layer} value={row.layer}>
                  {row.title}
                </option>
              ))}
            </select>
          </label>
        </div>
      </section>
      {preview && (
        <>
          {preview.problem && (
            <p class="refusal" role="alert">
              {t('data.refused', { reason: reasonOnPage(preview.problem.detail) })}
            </p>
          )}
          <Columns choices={choices} preview={preview} onChoose={onChoose} />
          {!preview.problem && (
            <section class="card" aria-labelledby="matches-title">
              <h2 id="matches-title">{t('population.result')}</h2>
              <dl class="figures">
                {FIGURES.map((figure) => (
                  <div key={figure}>
                    <dt>{t(figure === 'stored' ? 'population.matched' : `population.${figure}`)}</dt>
                    <dd>{f.int(preview[figure])}</dd>
                  </div>
                ))}
              </dl>
              {preview.keys.map(({ column, of, how, matched }) => (
                <p key={`${of} ${column}`}>
                  {t(of === 'code' ? 'population.keyCode' : 'population.keyName', {
                    ...{ column, n: f.int(matched), all: f.int(preview.read), how: t(`population.how_${how}`) },
                  })}
                </p>
              ))}
              <p>{t('population.years', { years: preview.years.join(', ') || '—', areas: f.int(preview.areas) })}</p>
              {preview.notes.length > 0 && <Notes notes={preview.notes} />}
              <DecimalSelect value={choices.numbers} onChange={(numbers) => onChoose({ numbers })} />
              <Unmatched rows={preview.unmatchedRows} count={preview.unmatched} />
              <button type="button" class="button is-primary" disabled={busy || preview.stored === 0} onClick={save}>
                {t('population.save')}
              </button>
              <p class="small">{preview.stored === 0 ? t('population.none') : t('population.note')}</p>
            </section>
          )}
        </>
      )}
    </>
  );
}

function Columns({ choices, preview, onChoose }: Pick<Props, 'choices' | 'onChoose'> & { preview: PopulationPreview }) {
  const { t } = usePage();
  const { columns, use, years } = preview;
  const [, residents = use.residents, written = ''] = /^(.+):(\d{4})$/.exec(choices.population ?? '') ?? [];
  const year = written || (use.year === null && years.length === 1 ? String(years[0]) : '');
  const choose = (column: string, of: string) =>
    onChoose({ population: of === '' ? column || null : `${column}:${of}` });
  return (
    <section class="card" aria-labelledby="population-columns">
      <h2 id="population-columns">{t('population.columns')}</h2>
      <div class="fields">
        <ColumnSelect
          title={t('boundaries.code')}
          columns={columns}
          value={use.code ?? ''}
          onChange={(code) => onChoose({ code: code || null })}
        />
        <ColumnSelect
          title={t('boundaries.name')}
          columns={columns}
          value={use.name ?? ''}
          onChange={(name) => onChoose({ name: name || null })}
        />
        <ColumnSelect
          title={t('population.residents')}
          columns={columns}
          value={residents}
          onChange={(column) => choose(column, written)}
        />
        {use.year === null && (
          <label>
            {t('population.year')}
            <input
              type="number"
              min={1900}
              max={THIS_YEAR}
              value={year}
              onChange={(event) => choose(residents, event.currentTarget.value)}
            />
          </label>
        )}
      </div>
      {use.year !== null && <p class="small">{t('population.yearColumn', { column: use.year })}</p>}
    </section>
  );
}

function Unmatched({ rows, count }: { rows: readonly string[]; count: number }) {
  const { t, f } = usePage();
  const [shown, setShown] = useState(UNMATCHED_SHOWN);
  if (count === 0) return null;
  return (
    <>
      <h3>{t('population.unmatchedTitle')}</h3>
      <ul class="unmatched small">
        {rows.slice(0, shown).map((row, index) => (
          <li key={index}>{row}</li>
        ))}
      </ul>
      <div class="wizard-doors">
        {rows.length > shown && (
          <button type="button" class="button" onClick={() => setShown(rows.length)}>
            {t('checks.more', { n: f.int(rows.length - shown) })}
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() => downloadText(toCsv(rows.map((row) => [row])), 'sin-area.csv', 'text/csv')}
        >
          <Icon name="download" /> {t('population.unmatchedDownload')}
        </button>
      </div>
    </>
  );
}
