// The columns of a file: name, what they hold, and what each is read as.

import type { DetectedColumn, ImportMapping } from '../../server/imports/contract.ts';
import { CLOCK_FORMS, type ClockForm, clockOfDate } from '../../server/tables/contract.ts';
import type { importEs } from '../../server/words/es-import.ts';
import { usePage } from '../app.ts';

const DISCARD = 'discard';
type Field = keyof typeof importEs.field;

type Props = {
  readonly columns: readonly DetectedColumn[];
  readonly map: ImportMapping['map'];
  readonly fields: readonly string[];
  readonly onChange: (map: ImportMapping['map']) => void;
};

/** How a column of times is written; it is read as a time all the same. */
const formOf = (target = ''): ClockForm | 'discard' | null =>
  clockOfDate(target)?.form ?? CLOCK_FORMS.find((form) => form === target) ?? null;

export function ColumnTable({ columns, map, fields, onChange }: Props) {
  const { t, catalogue } = usePage();
  const fieldOf = ({ name, field }: DetectedColumn) => (formOf(map[name]) ? field : map[name]) ?? field ?? DISCARD;
  const choose = (column: DetectedColumn, field: string) => {
    // One column per field: the one that held it before is no longer read.
    const before = columns.filter((other) => other !== column && field !== DISCARD && fieldOf(other) === field);
    onChange({ ...map, ...Object.fromEntries(before.map(({ name }) => [name, DISCARD])), [column.name]: field });
  };
  return (
    <table class="stacked columns">
      <thead>
        <tr>
          <th scope="col">{t('importing.column')}</th>
          <th scope="col">{t('importing.readAs')}</th>
          <th scope="col">{t('importing.samples')}</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.name} class={column.personal || fieldOf(column) === DISCARD ? 'is-left-out' : ''}>
            <th scope="row">{column.name}</th>
            <td>
              {column.personal ? (
                <span class="mark">{t('importing.personal')}</span>
              ) : (
                <select
                  aria-label={t('importing.readAsOf', { column: column.name })}
                  value={fieldOf(column)}
                  onChange={(event) => choose(column, event.currentTarget.value)}
                >
                  <option value={DISCARD}>{t('importing.discard')}</option>
                  {fields.map((field) => (
                    <option key={field} value={field}>
                      {field in catalogue.field ? t(`field.${field as Field}`) : field}
                    </option>
                  ))}
                </select>
              )}
              {formOf(map[column.name]) && (
                <small class="looks-like">
                  {t('importing.clockAnswered', { form: t(`importing.clockForm_${formOf(map[column.name])!}`) })}{' '}
                  <button
                    type="button"
                    class="link"
                    onClick={() => onChange({ ...map, [column.name]: fieldOf(column) })}
                  >
                    {t('importing.clockAskAgain')}
                  </button>
                </small>
              )}
              {column.looksLike && fieldOf(column) === DISCARD && map[column.name] === undefined && (
                <small class="looks-like">
                  {t('importing.looksLike', { field: t(`field.${column.looksLike as Field}`) })}
                </small>
              )}
            </td>
            <td class="samples">{column.samples.join(' · ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
