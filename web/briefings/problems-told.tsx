// The register of problems in a briefing: each with its state, what is done about it, and what was found of that.

import type { FigureData } from '../../server/briefings/contract.ts';
import { MEASURE_TYPES, PROBLEM_STATES } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { isOneOf } from '../store/is-one-of.ts';

export function ProblemsTold({ data }: { readonly data: Extract<FigureData, { kind: 'problems' }> }) {
  const { store, t, f } = usePage();
  const language = store.language.value;
  if (data.rows.length === 0) return <p>{t('briefing.problemsNone')}</p>;
  const stateText = (state: string) => (isOneOf(PROBLEM_STATES, state) ? t(`problems.state_${state}`) : state);
  const typeText = (type: string) => (isOneOf(MEASURE_TYPES, type) ? t(`measureTypes.${type}`) : type);
  return (
    <>
      <div class="briefing-scroll">
        <table class="briefing-table is-problems">
          <thead>
            <tr>
              <th scope="col">{t('problems.title')}</th>
              <th scope="col">{t('problems.state')}</th>
              <th scope="col">{t('problems.measures')}</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  {row.title}
                  <small>{[row.placeName, row.owner].filter(Boolean).join(' · ')}</small>
                </th>
                <td>
                  {stateText(row.state)}
                  {row.openAgreements > 0 && (
                    <small>{t('briefing.openAgreements', { n: f.int(row.openAgreements) })}</small>
                  )}
                </td>
                <td>
                  {row.measures.length === 0 && t('briefing.noMeasure')}
                  {row.measures.map((measure) => (
                    <p key={`${measure.title} ${measure.from}`}>
                      {t('briefing.measureTold', {
                        ...{ title: measure.title, type: typeText(measure.type), from: f.day(measure.from) },
                      })}
                      <small>{measure.sentences ? measure.sentences[language] : t('briefing.notEvaluated')}</small>
                    </p>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.all > data.rows.length && (
        <p class="small">{t('briefing.problemsMore', { n: f.int(data.rows.length), all: f.int(data.all) })}</p>
      )}
    </>
  );
}
