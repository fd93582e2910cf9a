// Which columns of a map file hold the code, the name and the residents of each feature.

import type { Preview, UploadChoices } from '../../server/layers/contract.ts';
import type { ColumnInfo } from '../../server/mapfiles/contract.ts';
import { usePage } from '../app.ts';
import { Notes } from '../data/notes.tsx';

type Props = {
  readonly preview: Preview;
  readonly numbers: UploadChoices['numbers'];
  readonly onChoose: (patch: Partial<UploadChoices>) => void;
};

const THIS_YEAR = new Date().getFullYear();

export function LayerColumns({ preview, numbers, onChoose }: Props) {
  const { t } = usePage();
  const { columns, use, type } = preview;
  // Where no column alone tells the features apart, two together may.
  const composed = columns.some(({ name }) => name === use.code) ? null : /^([^+]+)\+([^+]+)$/.exec(use.code ?? '');
  const first = composed?.[1] ?? use.code ?? '';
  const second = composed?.[2] ?? '';
  const isRepeated =
    preview.problem?.parameter === 'code' || preview.checks.some(({ code }) => code === 'code-repeated');
  if (columns.length === 0) return null;
  const [population = '', year = ''] = (use.population?.split(',')[0] ?? '').split(':');
  const setPopulation = (column: string, of: string) =>
    onChoose({ population: column === '' ? null : of === '' ? column : `${column}:${of}` });
  return (
    <section class="card" aria-labelledby="layer-columns-title">
      <h2 id="layer-columns-title">{t('boundaries.columns')}</h2>
      <div class="fields">
        <ColumnSelect
          title={t('boundaries.code')}
          columns={columns}
          value={first}
          onChange={(code) => onChoose({ code: code || null })}
        />
        {first !== '' && (second !== '' || isRepeated) && (
          <ColumnSelect
            title={t('boundaries.codeSecond')}
            columns={columns}
            value={second}
            onChange={(code) => onChoose({ code: code === '' ? first : `${first}+${code}` })}
          />
        )}
        <ColumnSelect
          title={t('boundaries.name')}
          columns={columns}
          value={use.name ?? ''}
          onChange={(name) => onChoose({ name: name || null })}
        />
        {type === 'areas' && (
          <>
            <ColumnSelect
              title={t('boundaries.population')}
              columns={columns}
              value={population}
              onChange={(column) => setPopulation(column, year)}
            />
            {preview.residents.some(({ code }) => code.startsWith('numbers-')) && (
              <DecimalSelect value={numbers} onChange={(mark) => onChoose({ numbers: mark })} />
            )}
            {population && (
              <label>
                {t('boundaries.populationYear')}
                <input
                  type="number"
                  min={1900}
                  max={THIS_YEAR}
                  value={year}
                  onChange={(event) => setPopulation(population, event.currentTarget.value)}
                />
              </label>
            )}
          </>
        )}
      </div>
      {type === 'areas' && <Notes notes={preview.residents} />}
    </section>
  );
}

type DecimalProps = {
  readonly value: UploadChoices['numbers'];
  readonly onChange: (mark: UploadChoices['numbers']) => void;
};

/** Which mark stands before the decimals of figures, where their column does not say it well. */
export function DecimalSelect({ value, onChange }: DecimalProps) {
  const { t } = usePage();
  return (
    <label>
      {t('population.numbers')}
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) => onChange((currentTarget.value || undefined) as UploadChoices['numbers'])}
      >
        <option value="">{t('population.numbersOfFile')}</option>
        <option value="comma">{t('population.numbersComma')}</option>
        <option value="point">{t('population.numbersPoint')}</option>
      </select>
    </label>
  );
}

type SelectProps = {
  readonly title: string;
  readonly columns: readonly ColumnInfo[];
  readonly value: string;
  readonly onChange: (column: string) => void;
};

export function ColumnSelect({ title, columns, value, onChange }: SelectProps) {
  const { t } = usePage();
  // A code may be made of several columns; then it is none of the list.
  const composed = value !== '' && !columns.some(({ name }) => name === value);
  return (
    <label>
      {title}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t('boundaries.none')}</option>
        {composed && <option value={value}>{value}</option>}
        {columns.map(({ name, examples: [example] }) => (
          <option key={name} value={name}>
            {example === undefined ? name : t('boundaries.columnOption', { name, example: example.slice(0, 40) })}
          </option>
        ))}
      </select>
    </label>
  );
}
