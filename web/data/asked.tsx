// What a file leaves open, asked before anything of it is stored; and the choices that answer it beforehand.

import { useId } from 'preact/hooks';
import type { ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import {
  ID_RULES,
  type IdQuestion,
  type IdRule,
  type PointQuestion,
  type Question,
} from '../../server/incidents/contract.ts';
import { usePage } from '../app.ts';
import { Notes } from './notes.tsx';

type OnMapping = (mapping: ImportMapping) => Promise<boolean>;
type AskedProps = {
  readonly question: Question;
  readonly mapping: ImportMapping;
  readonly onAnswer: (mapping: ImportMapping) => void;
};

const WORDS = { id: 'id', 'id+month': 'idmonth', 'id+file': 'idfile', none: 'none' } as const;

export function Asked({ question, mapping, onAnswer }: AskedProps) {
  return question.about === 'ids' ? (
    <AskedIds question={question} onAnswer={(idRule) => onAnswer({ ...mapping, idRule })} />
  ) : (
    <AskedPoints question={question} onAnswer={() => onAnswer({ ...mapping, confirmPoints: true })} />
  );
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

function AskedIds({ question, onAnswer }: { question: IdQuestion; onAnswer: (rule: IdRule) => void }) {
  const { t, f } = usePage();
  const name = useId();
  const { rows, moved, example, proposal } = question;
  const { id, before, after } = example;
  return (
    <fieldset class="options">
      <legend>
        {t('importing.idQuestion', {
          ...{ n: f.int(rows), moved: f.int(moved), id },
          ...{ before: f.day(before), after: f.day(after) },
        })}
      </legend>
      {ID_RULES.map((rule) => {
        const words = t(`importing.idRule_${WORDS[rule]}`);
        return (
          <label key={rule} class="choice">
            <input type="radio" name={name} onChange={() => onAnswer(rule)} />
            {rule === proposal ? t('importing.idProposed', { rule: words }) : words}
          </label>
        );
      })}
    </fieldset>
  );
}

type Props = { readonly file: WaitingImport; readonly onMapping: OnMapping };

export function IdChoice({ file: { mapping }, onMapping }: Props) {
  const { t } = usePage();
  return (
    <section class="card" aria-labelledby="ids-title">
      <h2 id="ids-title">{t('importing.ids')}</h2>
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
                {t(`importing.idRule_${WORDS[rule]}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  );
}
