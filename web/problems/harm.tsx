// The evaluation counted by harm: its sentence, what each offence weighs and by which source, and weights of one's own.

import { useState } from 'preact/hooks';
import type { HarmAnswer, HarmWeights } from '../../server/evaluation/contract.ts';
import { usePage } from '../app.ts';
import { BeforeAfterHead } from './before-after.tsx';
import { TextField } from './fields.tsx';

type Props = { readonly harm: HarmAnswer; readonly onChange: (harm: HarmWeights | null) => void };

export function Harm({ harm, onChange }: Props) {
  const { access, reference, t, f } = usePage();
  const { source, weights, unused, sentence, treated, control, effective, withoutWeight, total, ring, local } = harm;
  const offences = new Map(reference.offences.value.map(({ code, title }) => [code, title]));
  const titleOf = (code: string) => offences.get(code) ?? code;
  const signed = (value: number) => `${value < 0 ? '−' : value > 0 ? '+' : ''}${f.int(Math.abs(Math.round(value)))}`;
  const effects = [
    ['effectLocal', local],
    ['effectRing', ring],
    ['effectTotal', total],
  ] as const;
  return (
    <>
      <h4>{t('evaluation.harm')}</h4>
      <p class="evaluation-harm">{sentence}</p>
      <table class="evaluation-counts">
        <BeforeAfterHead />
        <tbody>
          {(
            [
              ['treated', treated],
              ['controlsSized', control],
            ] as const
          ).map(
            ([name, pair]) =>
              pair && (
                <tr key={name}>
                  <th scope="row">{t(`evaluation.${name}`)}</th>
                  <td class="number">{f.int(Math.round(pair[0]))}</td>
                  <td class="number">{f.int(Math.round(pair[1]))}</td>
                </tr>
              ),
          )}
          {effects.map(
            ([name, effect]) =>
              effect && (
                <tr key={name}>
                  <th scope="row">{`${t('evaluation.effect')}: ${t(`evaluation.${name}`)}`}</th>
                  <td class="number" colSpan={2}>
                    {t('evaluation.interval', {
                      ...{ n: signed(effect.estimate), low: signed(effect.low), high: signed(effect.high) },
                    })}
                  </td>
                </tr>
              ),
          )}
        </tbody>
      </table>
      <p class="small">
        {[
          source ? t('evaluation.harmSource', { source }) : t('evaluation.harmScaleText'),
          t('evaluation.harmEffective', { n: f.int(effective) }),
          withoutWeight[0] + withoutWeight[1] > 0 &&
            t('evaluation.harmWithout', { before: f.int(withoutWeight[0]), after: f.int(withoutWeight[1]) }),
          unused.length > 0 && t('evaluation.harmUnused', { codes: f.list(unused.slice(0, 20).map(titleOf)) }),
        ]
          .filter(Boolean)
          .join(' ')}
      </p>
      <details>
        <summary>
          {t('evaluation.harmWeights')} ({f.int(weights.length)})
        </summary>
        {access.may('handle-problems') ? (
          <WeightsForm key={JSON.stringify([source, weights])} harm={harm} titleOf={titleOf} onChange={onChange} />
        ) : (
          <dl class="problem-facts">
            {weights.map(({ code, weight }) => (
              <div key={code}>
                <dt>{titleOf(code)}</dt>
                <dd>{f.rate(weight)}</dd>
              </div>
            ))}
          </dl>
        )}
      </details>
    </>
  );
}

function WeightsForm({ harm, titleOf, onChange }: Props & { readonly titleOf: (code: string) => string }) {
  const { t } = usePage();
  const [source, setSource] = useState(harm.source ?? '');
  const [weights, setWeights] = useState<Readonly<Record<string, number>>>(() =>
    Object.fromEntries([
      ...harm.weights.map(({ code, weight }) => [code, weight]),
      ...harm.unused.map((code) => [code, 0]),
    ]),
  );
  return (
    <form
      class="problem-form"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ source, weights });
      }}
    >
      <TextField label={t('evaluation.harmSourceOf')} value={source} onInput={setSource} />
      <ul class="evaluation-controls">
        {Object.entries(weights).map(([code, weight]) => (
          <li key={code}>
            <label>
              <input
                type="number"
                min="0"
                max="1000000"
                step="any"
                class="harm-weight"
                value={weight}
                onInput={(event) => {
                  const next = Number(event.currentTarget.value);
                  if (Number.isFinite(next) && next >= 0) setWeights({ ...weights, [code]: next });
                }}
              />{' '}
              {titleOf(code)}
            </label>
          </li>
        ))}
      </ul>
      <div class="access-buttons">
        <button type="submit" class="button" disabled={!source.trim()}>
          {t('evaluation.harmOwn')}
        </button>
        {harm.source !== null && (
          <button type="button" class="button" onClick={() => onChange(null)}>
            {t('evaluation.harmAgain')}
          </button>
        )}
      </div>
    </form>
  );
}
