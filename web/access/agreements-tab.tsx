// What the municipality lets others see and is let see itself: agreements proposed, answered and ended, each with its history.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Agreement } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { TableScroll } from '../parts/table-scroll.tsx';
import type { Path, Problem } from '../store/api.ts';
import { createQuestion } from '../store/question.ts';
import { accessPaths } from './answers.ts';
import { ProposeAgreement } from './propose-agreement.tsx';

export function AgreementsTab() {
  const { ask, reference, store, t } = usePage();
  const asked = useSignal(true);
  const path = useComputed(() => {
    const city = reference.jurisdiction.value;
    return asked.value && city && !city.shared ? accessPaths.agreements(city.code) : null;
  });
  const question = useMemo(() => createQuestion(path, ask), []);
  useEffect(
    () => () => {
      asked.value = false;
    },
    [],
  );
  const [refused, setRefused] = useState<string | null>(null);
  const city = reference.jurisdiction.value;
  const rows = question.answered.value?.value.agreements ?? null;
  const attempt = async <T,>(method: 'POST', to: Path<T>, body?: unknown): Promise<boolean> => {
    setRefused(null);
    try {
      await send(method, to, store.language.peek(), body);
      question.ask();
      return true;
    } catch (error) {
      const { status, message } = error as Problem;
      setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
      return false;
    }
  };
  if (!city) return null;
  return (
    <main class="data">
      <div class="data-inner">
        <h1>
          {t('sharing.title')}: {city.name}
        </h1>
        <p class="small">{t('sharing.text')}</p>
        <Refused why={refused} />
        {question.problem.value && (
          <p class="refusal" role="alert">
            {question.problem.value.message || t('data.failed')}
          </p>
        )}
        <ProposeAgreement
          city={city}
          onPropose={(body) => attempt('POST', accessPaths.proposed(city.code), body)}
          onMistake={setRefused}
        />
        {rows && rows.length === 0 && <p>{t('sharing.none')}</p>}
        {rows && rows.length > 0 && (
          <TableScroll label={t('sharing.title')}>
            <table class="access-table stacked">
              <thead>
                <tr>
                  <th scope="col">{t('sharing.what')}</th>
                  <th scope="col">{t('sharing.level')}</th>
                  <th scope="col">{t('sharing.until')}</th>
                  <th scope="col">{t('sharing.state')}</th>
                  <th scope="col">{t('sharing.history')}</th>
                  <th scope="col">
                    <span class="unseen">{t('access.changes')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row
                    key={row.id}
                    row={row}
                    own={city.code}
                    onAnswer={(answer) => attempt('POST', accessPaths.answered(city.code, row.id, answer))}
                  />
                ))}
              </tbody>
            </table>
          </TableScroll>
        )}
      </div>
    </main>
  );
}

type Answer = 'accept' | 'refuse' | 'end';

function Row({ row, own, onAnswer }: { row: Agreement; own: string; onAnswer: (answer: Answer) => void }) {
  const { f, t } = usePage();
  const { giver, receiver, offences, areas } = row;
  return (
    <tr class={row.state === 'proposed' || row.state === 'accepted' ? '' : 'is-disabled'}>
      <th scope="row">
        {t('sharing.gives', { giver, receiver })}
        {offences && <small> {t('sharing.onlyOffences', { codes: offences.join(', ') })}</small>}
        {areas && <small> {t('sharing.onlyAreas', { layer: areas.layer, codes: areas.codes.join(', ') })}</small>}
      </th>
      <td data-label={t('sharing.level')}>{t(`sharing.level_${row.level}`)}</td>
      <td data-label={t('sharing.until')}>{f.day(row.until)}</td>
      <td data-label={t('sharing.state')}>{t(`sharing.state_${row.state}`)}</td>
      <td data-label={t('sharing.history')}>
        <ol class="agreement-steps">
          {row.steps.map(({ what, side, who, at }) => (
            <li key={at}>
              {t('sharing.step', {
                when: f.moment(Date.parse(at)),
                what: t(`sharing.state_${what}`),
                ...{ side, who: who || t('access.nobody') },
              })}
            </li>
          ))}
        </ol>
      </td>
      <td>
        <div class="access-buttons">
          <Answers row={row} own={own} onAnswer={onAnswer} />
        </div>
      </td>
    </tr>
  );
}

function Answers({ row, own, onAnswer }: { row: Agreement; own: string; onAnswer: (answer: Answer) => void }) {
  const { t } = usePage();
  const [isEnding, setEnding] = useState(false);
  const { giver, receiver } = row;
  const button = (answer: Answer, text: string) => (
    <button type="button" class="button" onClick={() => onAnswer(answer)}>
      {text}
    </button>
  );
  if (row.state === 'proposed' && row.proposedBy !== own)
    return (
      <>
        {button('accept', t('sharing.accept'))} {button('refuse', t('sharing.refuse'))}
      </>
    );
  if (row.state === 'proposed')
    return (
      <>
        <small>{t('sharing.waits', { other: own === giver ? receiver : giver })}</small>{' '}
        {button('end', t('sharing.withdraw'))}
      </>
    );
  if (row.state !== 'accepted') return null;
  if (!isEnding)
    return (
      <button type="button" class="button" onClick={() => setEnding(true)}>
        {t('sharing.end')}
      </button>
    );
  return (
    <div role="alert">
      <p class="small">{t('sharing.reallyEnd', { giver, receiver })}</p>
      {button('end', t('sharing.end'))}{' '}
      <button type="button" class="button" onClick={() => setEnding(false)}>
        {t('sharing.keep')}
      </button>
    </div>
  );
}
