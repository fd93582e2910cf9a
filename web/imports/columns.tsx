// How a file is read: its layout, and for each column what it is read as, with what it holds and what came of it.

import { signal } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { Kind } from '../../server/db/contract.ts';
import { KINDS } from '../../server/db/contract.ts';
import type { ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import { createQuestion } from '../store/question.ts';
import { IdChoice, NumberChoice, OffenceChoice, PointChoice } from './choices.tsx';
import { ColumnTable } from './column-table.tsx';
import { DateChoices } from './date-choices.tsx';
import { Parsed } from './parsed.tsx';

type Props = {
  readonly file: WaitingImport;
  readonly onMapping: (mapping: ImportMapping) => Promise<boolean>;
  readonly onNext: () => void;
};

export function Columns({ file, onMapping, onNext }: Props) {
  const { ask, store, t } = usePage();
  const { city, run } = useDesk();
  const presets = useMemo(() => createQuestion(signal(dataPaths.presets(city.code)), ask), [city.code, ask]);
  const known = presets.answered.value?.value;
  const { mapping, detection } = file;
  const readable = detection.examples.some(({ incident }) => incident !== null);
  const fields = detection.columns.flatMap(({ field }) => field ?? []);
  // Without a day or an offence no row can be read; with both, rows further down may be where the first ones are not.
  const isAsked =
    (fields.includes('date') || fields.includes('month')) && (fields.includes('offence') || mapping.offence !== null);
  return (
    <>
      <section class="card" aria-labelledby="understood-title">
        <h2 id="understood-title">{t('importing.understood', { name: file.name })}</h2>
        <Found file={file} />
        {known && <Layout file={file} known={known.presets} onMapping={onMapping} />}
      </section>
      <section class="card" aria-labelledby="columns-title">
        <h2 id="columns-title">{t('importing.columns')}</h2>
        {known && (
          <ColumnTable
            columns={detection.columns}
            map={mapping.map}
            fields={known.fields}
            onChange={(map) => onMapping({ ...mapping, map })}
          />
        )}
      </section>
      <OffenceChoice file={file} onMapping={onMapping} />
      <DateChoices file={file} onMapping={onMapping} />
      <NumberChoice file={file} onMapping={onMapping} />
      <PointChoice file={file} onMapping={onMapping} />
      <IdChoice file={file} onMapping={onMapping} />
      <Parsed examples={detection.examples} />
      {!readable && isAsked && detection.examples.length > 0 && (
        <p class="card is-warning" role="status">
          {t('importing.noneReadable')}
        </p>
      )}
      {readable && isChosen(mapping) && <SaveReading mapping={{ ...mapping, map: mapOf(file) }} />}
      <div class="wizard-buttons">
        <button
          type="button"
          class="button"
          onClick={() => {
            store.change({ upload: null });
            run('DELETE', dataPaths.waiting(city.code, file.id));
          }}
        >
          {t('importing.again')}
        </button>
        <button
          type="button"
          class="button is-primary"
          disabled={!readable && !(isAsked && detection.examples.length > 0)}
          onClick={onNext}
        >
          {t('importing.toCheck')}
        </button>
      </div>
    </>
  );
}

const isChosen = ({ map, confirmPoints, ...others }: ImportMapping): boolean =>
  Object.keys(map).length > 0 ||
  confirmPoints ||
  (['dateOrder', 'times', 'numbers', 'offence', 'idRule', 'sheet', 'source', 'kind'] as const).some(
    (choice) => others[choice] !== null,
  );

/** A reading is known again by the columns it names: where none were chosen, by those it reads. */
function mapOf({ mapping, detection }: WaitingImport): ImportMapping['map'] {
  if (Object.keys(mapping.map).length > 0) return mapping.map;
  return Object.fromEntries(detection.columns.flatMap(({ name, field }) => (field ? [[name, field]] : [])));
}

function Found({ file: { detection, savedPreset } }: { file: WaitingImport }) {
  const { t, f } = usePage();
  const { encoding, delimiter, headerLine, sheet } = detection;
  const parts = [
    detection.file && t('importing.inArchive', { file: detection.file }),
    t('importing.encoding', { encoding }),
    delimiter && t('importing.delimiter', { delimiter: delimiter === '\t' ? t('importing.delimiterTab') : delimiter }),
    (delimiter || sheet) && t('importing.headerLine', { n: f.int(headerLine) }),
  ];
  return (
    <p>
      {parts.filter(Boolean).join(' · ')}
      {savedPreset && (
        <>
          <br />
          {t('importing.savedUsed', { name: savedPreset })}
        </>
      )}
    </p>
  );
}

type LayoutProps = Pick<Props, 'file' | 'onMapping'> & {
  readonly known: readonly {
    readonly code: string;
    readonly title: string;
    readonly kind: Kind;
    readonly source: string;
  }[];
};

function Layout({ file: { mapping, detection }, known, onMapping }: LayoutProps) {
  const { t, f } = usePage();
  const sure = new Map(
    detection.candidates.flatMap(({ preset, confidence }) => (confidence > 0 ? [[preset, confidence] as const] : [])),
  );
  const ranked = [...known].sort((a, b) => (sure.get(b.code) ?? -1) - (sure.get(a.code) ?? -1));
  const preset = known.find(({ code }) => code === mapping.preset);
  return (
    <div class="fields">
      <label>
        {t('importing.layout')}
        <select
          value={mapping.preset}
          onChange={(event) => onMapping({ ...mapping, preset: event.currentTarget.value, map: {} })}
        >
          {ranked.map(({ code, title }) => {
            const confidence = sure.get(code);
            const known =
              confidence === undefined
                ? title
                : t('importing.layoutSure', { title, percent: f.percent(confidence * 100) });
            return (
              <option key={code} value={code}>
                {code === 'generic' ? t('importing.layoutByNames', { title }) : known}
              </option>
            );
          })}
        </select>
      </label>
      {detection.sheets.length > 1 && (
        <label>
          {t('importing.sheet')}
          <select
            value={mapping.sheet ?? ''}
            onChange={(event) => onMapping({ ...mapping, sheet: event.currentTarget.value || null, map: {} })}
          >
            <option value="">{t('importing.sheetsAll')}</option>
            {detection.sheets.map((sheet) => (
              <option key={sheet} value={sheet}>
                {sheet}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t('importing.kind')}
        <select
          value={mapping.kind ?? ''}
          onChange={(event) => onMapping({ ...mapping, kind: (event.currentTarget.value || null) as Kind | null })}
        >
          <option value="">{t('importing.kindOfLayout', { kind: t(`kind.${preset?.kind ?? 'incident'}`) })}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kind.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('importing.source')}
        <input
          type="text"
          value={mapping.source ?? ''}
          placeholder={preset?.source ?? ''}
          onChange={(event) => onMapping({ ...mapping, source: event.currentTarget.value.trim() || null })}
        />
      </label>
    </div>
  );
}

function SaveReading({ mapping }: { mapping: ImportMapping }) {
  const { t } = usePage();
  const { city, run, problem } = useDesk();
  const [name, setName] = useState('');
  const [saved, setSaved] = useState<string | null>(null);
  const save = async (event: Event) => {
    event.preventDefault();
    await run('PUT', dataPaths.preset(city.code, name.trim()), mapping);
    if (!problem.peek()) setSaved(name.trim());
  };
  return (
    <form class="card" onSubmit={save}>
      <label>
        {t('importing.save')}
        <span class="row-form">
          <input
            type="text"
            required
            maxLength={80}
            placeholder={t('importing.saveName')}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <button type="submit" class="button">
            {t('importing.saveButton')}
          </button>
        </span>
      </label>
      <p class="small" role="status">
        {saved && t('importing.saved', { name: saved })}
      </p>
    </form>
  );
}
