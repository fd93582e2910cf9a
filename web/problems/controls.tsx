// The places a measure is compared with: those proposed can be left out, and others that are alike added, by name or on
// the map.

import { useState } from 'preact/hooks';
import type { EvaluationAnswer, PlaceSum } from '../../server/evaluation/contract.ts';
import { usePage } from '../app.ts';
import { fold } from '../store/fold.ts';
import { TextField } from './fields.tsx';

type Design = Pick<EvaluationAnswer['design'], 'controls' | 'alike'>;
const MOST_FOUND = 12;

/** The codes compared with once some were left out and some added, those that were there first. */
export function controlsAfter({ controls, alike }: Design, turned: ReadonlySet<string>): readonly string[] {
  return [...controls.filter(({ code }) => !turned.has(code)), ...alike.filter(({ code }) => turned.has(code))].map(
    ({ code }) => code,
  );
}

/** Places alike by a part of their name or code, the most alike first. */
export function alikeFound(alike: readonly PlaceSum[], text: string): readonly PlaceSum[] {
  const wanted = fold(text);
  return alike.filter(({ code, name }) => fold(name).includes(wanted) || fold(code).includes(wanted));
}

/** Codes turned from what they are: controls left out, and places alike added. `turnById`: of a place clicked on the map. */
export function useTurned({ controls, alike }: Design) {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const turn = (code: string) =>
    setTurned((now) => new Set(now.has(code) ? [...now].filter((each) => each !== code) : [...now, code]));
  const [isNone, setNone] = useState(false);
  const turnById = (id: string) => {
    const found = [...controls, ...alike].find((each) => each.id === id);
    setNone(!found);
    if (found) turn(found.code);
  };
  return { turned, turn, turnById, isNone };
}

type Props = {
  readonly answer: Pick<EvaluationAnswer, 'design' | 'periods'>;
  readonly turned: ReadonlySet<string>;
  readonly onTurn: (code: string) => void;
  readonly onChange: (controls: readonly string[] | null) => void;
};

export function Controls({ answer: { design, periods }, turned, onTurn, onChange }: Props) {
  const { access, t, f } = usePage();
  const [text, setText] = useState('');
  const { controls, alike, controlsBy } = design;
  if (controls.length === 0 && alike.length === 0) return null;
  const mayChange = access.may('handle-problems');
  const found = alikeFound(alike, text);
  // What was added stays in sight, whatever is looked for next.
  const listed = [...alike.filter(({ code }) => turned.has(code)), ...found.filter(({ code }) => !turned.has(code))];
  const shown = listed.slice(0, Math.max(MOST_FOUND, turned.size));
  const row = ({ code, name, before, after }: PlaceSum, isControl: boolean) => (
    <li key={code}>
      <label>
        <input
          type="checkbox"
          checked={isControl !== turned.has(code)}
          disabled={!mayChange}
          onChange={() => onTurn(code)}
        />{' '}
        {name || code} <small>{periods.after ? `${f.int(before)} → ${f.int(after)}` : f.int(before)}</small>
      </label>
    </li>
  );
  return (
    <details>
      <summary>
        {t('evaluation.controls')} ({f.int(controls.length)})
      </summary>
      <p class="small">{t(controlsBy === 'hand' ? 'evaluation.controlsHand' : 'evaluation.controlsProposed')}</p>
      <ul class="evaluation-controls">{controls.map((each) => row(each, true))}</ul>
      {mayChange && alike.length > 0 && (
        <>
          <h4>{t('evaluation.controlsAdd')}</h4>
          <p class="small">{t('evaluation.controlsAddHint')}</p>
          <TextField label={t('evaluation.controlsSearch')} value={text} onInput={setText} />
          <ul class="evaluation-controls">{shown.map((each) => row(each, false))}</ul>
          <p class="small" role="status">
            {t('evaluation.controlsFound', { n: f.int(shown.length), all: f.int(listed.length) })}
          </p>
        </>
      )}
      {controlsBy === 'hand' && (
        <div class="access-buttons">
          <button type="button" class="button" onClick={() => onChange(null)}>
            {t('evaluation.controlsAgain')}
          </button>
        </div>
      )}
    </details>
  );
}
