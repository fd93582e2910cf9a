// The choices of how a file is read beside its columns and dates, each with a line of the file read that way: numbers,
// what tells a record, the offence of a file of one, and points somebody has looked at.

import type { ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import { ID_RULES, type IdRule } from '../../server/tables/contract.ts';
import { DECIMAL_MARKS } from '../../server/text/contract.ts';
import { usePage } from '../app.ts';

type Props = {
  readonly file: WaitingImport;
  readonly onMapping: (mapping: ImportMapping) => Promise<boolean>;
};

export const ID_WORDS = { id: 'id', 'id+month': 'idmonth', 'id+file': 'idfile', none: 'none' } as const;

export function IdChoice({ file, onMapping }: Props) {
  const { t } = usePage();
  const { mapping } = file;
  return (
    <section class="card" aria-labelledby="ids-title">
      <h2 id="ids-title">{t('importing.ids')}</h2>
      <IdExample file={file} />
      <div class="fields">
        <label>
          {t('importing.idRule')}
          <select
            value={mapping.idRule ?? ''}
            onChange={({ currentTarget: { value } }) =>
              onMapping({ ...mapping, idRule: (value || null) as IdRule | null })
            }
          >
            <option value="">{t('importing.idRuleOfFile')}</option>
            {ID_RULES.map((rule) => (
              <option key={rule} value={rule}>
                {t(`importing.idRule_${ID_WORDS[rule]}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}

/** What the first record would be known again by. */
function IdExample({ file: { name, mapping, detection } }: { file: WaitingImport }) {
  const { t, f } = usePage();
  const incident = detection.examples.find((each) => each.incident)?.incident;
  if (!incident) return null;
  const { key: id, occurredOn } = incident;
  const rule = mapping.idRule ?? 'id';
  const file = detection.file ?? name;
  const words = id === null || rule === 'none' ? 'none' : ID_WORDS[rule];
  return <p>{t(`importing.idExample_${words}`, { id: id ?? '', month: f.month(occurredOn), file })}</p>;
}

export function NumberChoice({ file: { mapping, detection }, onMapping }: Props) {
  const { t } = usePage();
  const { numberExamples } = detection;
  if (numberExamples.length === 0) return null;
  return (
    <section class="card" aria-labelledby="numbers-title">
      <h2 id="numbers-title">{t('importing.numbers')}</h2>
      <ul class="notes">
        {numberExamples.map(({ field, text, value }) => (
          <li key={field}>
            {value === null
              ? t('importing.numberUnread', { field: t(`field.${field}`), text })
              : t('importing.numberReading', { field: t(`field.${field}`), text, value: String(value) })}
          </li>
        ))}
      </ul>
      <div class="fields">
        <label>
          {t('importing.decimals')}
          <select
            value={mapping.numbers ?? ''}
            onChange={({ currentTarget: { value } }) =>
              onMapping({ ...mapping, numbers: (value || null) as ImportMapping['numbers'] })
            }
          >
            <option value="">{t('importing.decimalsOfFile')}</option>
            {DECIMAL_MARKS.map((mark) => (
              <option key={mark} value={mark}>
                {t(`importing.decimals_${mark}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}

/** That somebody has looked at doubtful points, to be taken back: shown once it is said. */
export function PointChoice({ file: { mapping }, onMapping }: Props) {
  const { t } = usePage();
  if (!mapping.confirmPoints) return null;
  return (
    <section class="card">
      <label class="choice">
        <input
          type="checkbox"
          checked
          onChange={({ currentTarget }) => onMapping({ ...mapping, confirmPoints: currentTarget.checked })}
        />
        {t('importing.pointsConfirmed')}
      </label>
    </section>
  );
}

/** For a file all of one offence; shown where no column says it. */
export function OffenceChoice({ file: { name, mapping, detection }, onMapping }: Props) {
  const { t } = usePage();
  const mapped = Object.values(mapping.map).includes('offence');
  const said = mapped || detection.columns.some(({ field }) => field === 'offence');
  const dated = detection.columns.some(({ field }) => field === 'date' || field === 'month');
  if (mapping.offence === null && (said || !dated)) return null;
  return (
    <section class={mapping.offence === null ? 'card is-warning' : 'card'} aria-labelledby="offence-title">
      <h2 id="offence-title">{t('importing.oneOffence')}</h2>
      <p>
        {t(mapping.offence === null ? 'importing.offenceNone' : 'importing.offenceAll', {
          offence: mapping.offence ?? '',
        })}
      </p>
      {mapping.offence === null && (
        <div class="wizard-buttons">
          {detection.columns
            .filter(({ looksLike }) => looksLike === 'offence')
            .map(({ name, samples: [example = ''] }) => (
              <button
                key={name}
                type="button"
                class="button"
                onClick={() => onMapping({ ...mapping, map: { ...mapping.map, [name]: 'offence' } })}
              >
                {t('importing.offenceColumn', { column: name, example })}
              </button>
            ))}
        </div>
      )}
      <div class="fields">
        <label>
          {t('importing.offenceLabel')}
          <input
            type="text"
            maxLength={200}
            value={mapping.offence ?? ''}
            placeholder={(detection.file ?? name).replace(/\.\w+$/, '')}
            onChange={({ currentTarget: { value } }) => onMapping({ ...mapping, offence: value.trim() || null })}
          />
        </label>
      </div>
    </section>
  );
}
