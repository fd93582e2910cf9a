// The answer whether a measure helped: one sentence, the figures it stands on, fake measures beside it, and what it does
// not say.

import { useEffect, useState } from 'preact/hooks';
import type { NotPlaced } from '../../server/analysis/contract.ts';
import type { EvaluationAnswer, HarmWeights, ScatteredEstimate } from '../../server/evaluation/contract.ts';
import type { ItemRow, MeasureBody, ProblemAnswer, ProblemEvaluation } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Info } from '../parts/info.tsx';
import type { Problem } from '../store/api.ts';
import type { Formats } from '../store/formats.ts';
import { BeforeAfterHead } from './before-after.tsx';
import { useChanges } from './conflict.tsx';
import { Controls, controlsAfter, useTurned } from './controls.tsx';
import { MonthlyFigure, PlaceboDates, PlaceboPlaces } from './figures.tsx';
import { Harm } from './harm.tsx';
import { Kept } from './kept.tsx';
import { problemPaths } from './paths.ts';
import { ProblemMap } from './problem-map.tsx';

type Props = {
  readonly city: string;
  readonly problem: number;
  readonly measure: ItemRow<'measure'>;
  readonly onSaved: (problem: ProblemAnswer) => void;
};

export function EvaluationView({ city, problem, measure, onSaved }: Props) {
  const { ask, store, t, f } = usePage();
  const [answer, setAnswer] = useState<ProblemEvaluation | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const language = store.language.value;
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  const read = (signal: AbortSignal) =>
    ask(problemPaths.evaluation(city, problem, measure.id), signal).then(setAnswer, (error: Problem) => {
      if (!signal.aborted) failed(error);
    });
  useEffect(() => {
    const stop = new AbortController();
    setRefused(null);
    void read(stop.signal);
    return () => stop.abort();
  }, [city, problem, measure.id, language]);
  const changing = useChanges({
    labels: { controls: t('evaluation.controls'), harm: t('evaluation.harmWeights') },
    textOf: (field, value) => {
      if (field === 'controls') return value === null ? t('evaluation.controlsProposed') : undefined;
      return value === null ? t('evaluation.harmOwnScale') : weightsText(value as HarmWeights, f);
    },
    ...{ onSaved, onRefused: failed },
  });
  if (refused)
    return (
      <p class="refusal" role="alert">
        {refused}
      </p>
    );
  if (!answer) return <p role="status">{t('evaluation.working')}</p>;
  const keep = () =>
    send('POST', problemPaths.keep(city, problem), language, { measure: measure.id }).then(
      () => read(new AbortController().signal),
      failed,
    );
  const change = (changes: Partial<Pick<MeasureBody, 'controls' | 'harm'>>) =>
    changing.change(problemPaths.item(city, problem, measure.id), measure.version, changes);
  const { verdict, sentence } = answer;
  return (
    <section class="evaluation" aria-label={t(verdict === 'not-begun' ? 'evaluation.plan' : 'evaluation.title')}>
      <h4 class="evaluation-title">
        {t(verdict === 'not-begun' ? 'evaluation.plan' : 'evaluation.title')}{' '}
        <Info topic="did-it-help" title={t('evaluation.help')} />
      </h4>
      <p class={`evaluation-sentence is-${verdict}`} role="status">
        {sentence}
      </p>
      <Cautions answer={answer} selection={measure.body!.selection} />
      {answer.months.length > 0 && (
        <MonthlyFigure answer={answer} from={measure.body!.from} until={measure.body!.until} />
      )}
      <Numbers answer={answer} />
      {answer.placebo && answer.placebo.places > 0 && <PlaceboPlaces placebo={answer.placebo} />}
      {answer.placebo && <PlaceboDates placebo={answer.placebo} own={answer.local} from={measure.body!.from} />}
      {answer.harm && <Harm harm={answer.harm} onChange={(harm) => change({ harm })} />}
      <Compared answer={answer} onChange={(controls) => change({ controls: controls && [...controls] })} />
      {changing.asked}
      <h4>{t('evaluation.notSaid')}</h4>
      <p class="small">{t('evaluation.notSaidText')}</p>
      <p class="small">
        {t('evaluation.dataVersion', { version: answer.dataVersion })} ·{' '}
        {t('evaluation.method', { reference: answer.parameters.reference })}
      </p>
      <div class="access-buttons">
        <button type="button" class="button" onClick={keep}>
          {t('evaluation.keep')}
        </button>
      </div>
      <Kept kept={answer.kept} />
    </section>
  );
}

type ComparedProps = {
  readonly answer: EvaluationAnswer;
  readonly onChange: (controls: readonly string[] | null) => void;
};

/** The places compared, as a list and on a map; a click on either leaves one out or adds it. */
function Compared({ answer, onChange }: ComparedProps) {
  const { access, t } = usePage();
  const { design, layer } = answer;
  const { turned, turn, turnById, isNone } = useTurned(design);
  const chosen = new Set(controlsAfter(design, turned));
  const isListed = ({ code }: { readonly code: string }) => chosen.has(code);
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  const mayChange = access.may('handle-problems') && design.controls.length + design.alike.length > 0;
  return (
    <>
      <Controls answer={answer} turned={turned} onTurn={turn} onChange={onChange} />
      <ProblemMap
        label={`${t('evaluation.treated')} · ${t('evaluation.controls')} · ${t('evaluation.ring')}`}
        shapes={null}
        marked={{
          layer,
          treated: ids(design.treated),
          controls: ids([...design.controls, ...design.alike].filter(isListed)),
          ring: ids(design.displacement),
        }}
        {...(mayChange && { onPlace: turnById })}
      />
      {mayChange && (
        <p class="small" role="status">
          {turned.size > 0 && t('evaluation.controlsTurned')} {isNone && t('evaluation.controlsNotAlike')}
        </p>
      )}
      {turned.size > 0 && chosen.size > 0 && (
        <div class="access-buttons">
          <button type="button" class="button" onClick={() => onChange([...chosen])}>
            {t('evaluation.controlsChange')}
          </button>
        </div>
      )}
    </>
  );
}

const weightsText = ({ source, weights }: HarmWeights, f: Formats): string =>
  `${source}: ${f.list(Object.entries(weights).map(([code, weight]) => `${code} ${f.rate(weight)}`))}`;

type CautionsProps = { readonly answer: EvaluationAnswer; readonly selection: MeasureBody['selection'] };

function Cautions({ answer, selection }: CautionsProps) {
  const { t, f } = usePage();
  const { periods, design, layerChanges, leavesOutSensitive, leftOut, behind = [] } = answer;
  const { before, after, matching, matchedOn, isSeasonal, daysLeftOut } = periods;
  const pairs = (of: (part: NotPlaced) => number) => {
    if (!leftOut?.after) return null;
    const [earlier, later] = [of(leftOut.before), of(leftOut.after)];
    return earlier + later > 0 ? { before: f.int(earlier), after: f.int(later) } : null;
  };
  const placeless = pairs(({ unlocated, outside, withheld }) => unlocated + outside + withheld);
  const uncounted = pairs(({ excluded }) => excluded);
  const said = [
    before &&
      after &&
      t('evaluation.periods', {
        before: f.months(before.from, before.until),
        after: f.months(after.from, after.until),
      }),
    before && !after && t('evaluation.planBefore', { before: f.months(before.from, before.until) }),
    matching && matchedOn !== 'before' && t('evaluation.matching', { period: f.months(matching.from, matching.until) }),
    before && matchedOn === 'before' && t('evaluation.matchedOnBefore'),
    before && after && !isSeasonal && t('evaluation.notSeasonal'),
    after && selection && selection.until > after.from && t('evaluation.selectionInAfter'),
    design.levelsDiffer && design.controls.length > 0 && t('evaluation.levelsDiffer'),
    design.otherMeasures > 0 && t('evaluation.otherMeasures', { n: f.int(design.otherMeasures) }),
    design.measuresHere > 0 && t('evaluation.measuresHere', { n: f.int(design.measuresHere) }),
    design.controlsNear > 0 && t('evaluation.controlsNear', { n: f.int(design.controlsNear) }),
    design.measuresNotFound > 0 && t('evaluation.measuresNotFound', { n: f.int(design.measuresNotFound) }),
    placeless && t('evaluation.withoutPlace', placeless),
    uncounted && t('evaluation.notCounted', uncounted),
    daysLeftOut > 0 && after && t('evaluation.daysLeftOut', { n: f.int(daysLeftOut) }),
    leavesOutSensitive && t('evaluation.sensitive'),
    behind.length > 0 &&
      t('evaluation.behind', {
        what: f.list(behind.map(({ title, source, through }) => `${title || source} (${f.day(through)})`)),
      }),
    layerChanges?.reshaped.length &&
      t('evaluation.layerReshaped', { codes: f.list(layerChanges.reshaped.slice(0, 20)) }),
    layerChanges?.gone.length && t('evaluation.layerGone', { codes: f.list(layerChanges.gone.slice(0, 20)) }),
  ].filter((each): each is string => typeof each === 'string');
  return <p class="small">{said.join(' ')}</p>;
}

function Numbers({ answer }: { readonly answer: EvaluationAnswer }) {
  const { t, f } = usePage();
  const { counts, local, ring, total, scatter, smallestDetectable, quotients } = answer;
  const signOf = (shown: number) => (shown > 0 ? '+' : shown < 0 ? '−' : '');
  const signed = (value: number) => `${signOf(Math.round(value))}${f.int(Math.abs(Math.round(value)))}`;
  const fine = (value: number) => `${signOf(value)}${f.rate(Math.abs(value))}`;
  const smallest = smallestDetectable && smallestDetectable.share !== null && smallestDetectable.share < 1 && (
    <p class="small">
      {t('evaluation.smallest', {
        n: f.int(Math.ceil(smallestDetectable.drop)),
        share: f.share(smallestDetectable.share),
      })}
    </p>
  );
  if (!counts || !local) return smallest || null;
  const expected = counts.treated[1] - local.estimate;
  const rows = [
    ['treated', counts.treated, 1],
    ['controls', counts.control, 1],
    ['controlsSized', counts.control, counts.controlSize],
    ...(counts.displacement ? ([['ring', counts.displacement, 1]] as const) : []),
    ...(counts.displacementControl ? ([['ringControl', counts.displacementControl, 1]] as const) : []),
  ] as const;
  const effects: readonly (readonly [string, ScatteredEstimate | null])[] = [
    [t('evaluation.effectLocal'), local],
    [t('evaluation.effectRing'), ring],
    [t('evaluation.effectTotal'), total],
  ];
  return (
    <>
      <h4>{t('evaluation.numbers')}</h4>
      {expected > 0 && (
        <p>
          {t('evaluation.expectedText', {
            ...{ expected: f.int(Math.round(expected)), had: f.int(counts.treated[1]) },
            share: f.share(Math.abs(local.estimate) / expected),
            way: t(local.estimate < 0 ? 'evaluation.shareFewer' : 'evaluation.shareMore'),
          })}{' '}
          {answer.verdict === 'unclear' && t('evaluation.expectedUnclear')}
        </p>
      )}
      <table class="evaluation-counts">
        <BeforeAfterHead />
        <tbody>
          {rows.map(([name, [before, after], size]) => (
            <tr key={name}>
              <th scope="row">{t(`evaluation.${name}`)}</th>
              <td class="number">{f.int(before / size)}</td>
              <td class="number">{f.int(after / size)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table class="evaluation-counts">
        <thead>
          <tr>
            <th scope="col" colSpan={2}>
              {t('evaluation.effect')}
            </th>
          </tr>
        </thead>
        <tbody>
          {effects.map(
            ([name, effect]) =>
              effect && (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="number">
                    {t('evaluation.interval', {
                      ...{ n: signed(effect.estimate), low: signed(effect.low), high: signed(effect.high) },
                    })}
                  </td>
                </tr>
              ),
          )}
        </tbody>
      </table>
      {scatter !== null && <p class="small">{t('evaluation.scatter', { share: f.share(scatter) })}</p>}
      {smallest}
      <details>
        <summary>{t('evaluation.forReview')}</summary>
        <p class="small">
          {t('evaluation.published', {
            ...{ n: signed((total ?? local).estimate), se: f.rate((total ?? local).poisson.se) },
            ...{ z: fine(Math.round(((total ?? local).poisson.z ?? 0) * 100) / 100) },
            ...{ low: signed((total ?? local).poisson.low), high: signed((total ?? local).poisson.high) },
          })}
        </p>
        {quotients && (
          <dl class="problem-facts">
            {(Object.keys(quotients) as (keyof typeof quotients)[]).map((name) => (
              <div key={name}>
                <dt>{t(`evaluation.quotient_${name}`)}</dt>
                <dd>{quotients[name] === null ? '—' : f.rate(quotients[name]!)}</dd>
              </div>
            ))}
          </dl>
        )}
      </details>
    </>
  );
}
