// What a file leaves open, asked before anything of it is stored; each answer is a choice that can be changed later.

import { useId } from 'preact/hooks';
import type { ImportMapping } from '../../server/imports/contract.ts';
import {
  answerOfClock,
  type ClockQuestion,
  type FileQuestion,
  ID_RULES,
  type IdQuestion,
  type IdRule,
  type OverlapQuestion,
  type PointQuestion,
  type QuantityQuestion,
  type SheetsQuestion,
  type UnreadDatesQuestion,
  type ZoneQuestion,
} from '../../server/tables/contract.ts';
import { usePage } from '../app.ts';
import { Notes } from '../data/notes.tsx';
import { ID_WORDS } from './choices.tsx';

type AskedProps = {
  readonly question: FileQuestion;
  readonly mapping: ImportMapping;
  readonly onAnswer: (mapping: ImportMapping) => void;
};

export function Asked({ question, mapping, onAnswer }: AskedProps) {
  const map = (more: Readonly<Record<string, string>>) => onAnswer({ ...mapping, map: { ...mapping.map, ...more } });
  switch (question.about) {
    case 'ids':
      return <AskedIds question={question} onAnswer={(idRule) => onAnswer({ ...mapping, idRule })} />;
    case 'points':
      return <AskedPoints question={question} onAnswer={() => onAnswer({ ...mapping, confirmPoints: true })} />;
    case 'quantity':
      return <AskedQuantity question={question} onMap={map} />;
    case 'unread-dates':
      return <AskedDates question={question} onMap={map} />;
    case 'clock':
      return <AskedClock question={question} onMap={map} />;
    case 'zone':
      return <AskedZone question={question} onAnswer={(times) => onAnswer({ ...mapping, times })} />;
    case 'sheets':
      return <AskedSheets question={question} onAnswer={(sheet) => onAnswer({ ...mapping, sheet })} />;
    case 'overlap':
      return <AskedOverlap question={question} onAnswer={() => onAnswer({ ...mapping, idRule: 'id+file' })} />;
  }
}

function AskedPoints({ question, onAnswer }: { question: PointQuestion; onAnswer: () => void }) {
  const { t, f } = usePage();
  const { rows, doubtful, kinds } = question;
  return (
    <>
      <p>{t('importing.pointQuestion', { n: f.int(doubtful), rows: f.int(rows) })}</p>
      <Notes notes={kinds} />
      <button type="button" class="button" onClick={onAnswer}>
        {t('importing.confirmPoints')}
      </button>
    </>
  );
}

type OnMap = (map: Readonly<Record<string, string>>) => void;

function AskedQuantity({ question, onMap }: { question: QuantityQuestion; onMap: OnMap }) {
  const { t, f } = usePage();
  const { column, rows, cases } = question;
  return (
    <>
      <p>{t('importing.quantityQuestion', { column, rows: f.int(rows), cases: f.int(cases) })}</p>
      <div class="wizard-buttons">
        <button type="button" class="button" onClick={() => onMap({ [column]: 'quantity' })}>
          {t('importing.quantityCounts')}
        </button>
        <button type="button" class="button" onClick={() => onMap({ [column]: 'discard' })}>
          {t('importing.quantityIgnored')}
        </button>
      </div>
    </>
  );
}

function AskedDates({ question: { columns, read }, onMap }: { question: UnreadDatesQuestion; onMap: OnMap }) {
  const { t } = usePage();
  const others = read === undefined ? columns.map(({ name }) => [name, 'discard']) : [[read, 'date']];
  return (
    <>
      <p>
        {read === undefined ? t('importing.unreadDatesQuestion') : t('importing.otherDatesQuestion', { column: read })}
      </p>
      <div class="wizard-buttons">
        {columns.map(({ name, example }) => (
          <button key={name} type="button" class="button" onClick={() => onMap({ [name]: 'date' })}>
            {t('importing.unreadDate', { column: name, example })}
          </button>
        ))}
        <button type="button" class="button" onClick={() => onMap(Object.fromEntries(others))}>
          {read === undefined ? t('importing.unreadDateNone') : t('importing.otherDatesNone', { column: read })}
        </button>
      </div>
    </>
  );
}

function AskedClock({ question, onMap }: { question: ClockQuestion; onMap: OnMap }) {
  const { t, f } = usePage();
  const { column, rows, text, readings, noClocks } = question;
  const isTwelve = !noClocks && readings.some(({ form }) => form === 'discard');
  return (
    <>
      <p>
        {t('importing.clockQuestion', { text, column, n: f.int(rows) })} {isTwelve && t('importing.clockTwelve')}
        {noClocks && t('importing.clockNone', { n: f.int(noClocks.rows), text: noClocks.text })}
      </p>
      <div class="wizard-buttons">
        {readings.map(({ form, clock }) => (
          <button
            key={form}
            type="button"
            class="button"
            onClick={() => onMap({ [column]: answerOfClock(question, form) })}
          >
            {form !== 'discard'
              ? t(isTwelve ? 'importing.clockWhole' : 'importing.clockRead', { clock })
              : t(isTwelve ? 'importing.clockDiscard' : 'importing.clockNoHour')}
          </button>
        ))}
      </div>
    </>
  );
}

function AskedZone({ question, onAnswer }: { question: ZoneQuestion; onAnswer: (times: string) => void }) {
  const { t } = usePage();
  const { column, text } = question;
  return (
    <>
      <p>{t('importing.zoneQuestion', { column, text })}</p>
      <div class="wizard-buttons">
        <button type="button" class="button" onClick={() => onAnswer('utc')}>
          {t('importing.zoneUtc')}
        </button>
        <button type="button" class="button" onClick={() => onAnswer('local')}>
          {t('importing.zoneLocal')}
        </button>
      </div>
    </>
  );
}

function AskedSheets({ question, onAnswer }: { question: SheetsQuestion; onAnswer: (sheet: string) => void }) {
  const { t } = usePage();
  return (
    <>
      <p>{t('importing.sheetsQuestion')}</p>
      <div class="wizard-buttons">
        {question.sheets.map((sheet) => (
          <button key={sheet} type="button" class="button" onClick={() => onAnswer(sheet)}>
            {t('importing.sheetAlone', { sheet })}
          </button>
        ))}
      </div>
    </>
  );
}

function AskedOverlap({ question, onAnswer }: { question: OverlapQuestion; onAnswer: () => void }) {
  const { t, f } = usePage();
  const [one, other] = question.parts;
  return (
    <>
      <p>{t('importing.overlapQuestion', { one, other, n: f.int(question.rows) })}</p>
      <button type="button" class="button" onClick={onAnswer}>
        {t('importing.overlapApart')}
      </button>
    </>
  );
}

function AskedIds({ question, onAnswer }: { question: IdQuestion; onAnswer: (rule: IdRule) => void }) {
  const { t, f } = usePage();
  const name = useId();
  const { rows, moved, example, proposal } = question;
  const { id, before, after } = example;
  return (
    <fieldset class="options">
      <legend>
        {t(question.inFile ? 'importing.idQuestionInFile' : 'importing.idQuestion', {
          ...{ n: f.int(rows), moved: f.int(moved), id },
          ...{ before: f.day(before), after: f.day(after) },
        })}
      </legend>
      {ID_RULES.map((rule) => {
        const words = t(`importing.idRule_${ID_WORDS[rule]}`);
        return (
          <label key={rule} class="choice">
            <input type="radio" name={name} onChange={() => onAnswer(rule)} />
            {rule === proposal ? t('importing.idProposed', { rule: words }) : words}
            {rule === 'id' && !question.inFile && ` · ${t('importing.idCorrects', { n: f.int(moved) })}`}
          </label>
        );
      })}
    </fieldset>
  );
}
