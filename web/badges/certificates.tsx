// «Mis constancias»: what was completed and may be asked for, and the certificates one has; below, for those who issue some,
// their desk.

import { computed } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { OwnCertificates } from '../../server/badges/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { createQuestion } from '../store/question.ts';
import '../styles/badges.css';
import { CertificateCard } from './card.tsx';
import { useChange } from './changing.ts';
import { IssuingDesk } from './desk.tsx';
import { badgePaths } from './paths.ts';

/** `city` = the code of the jurisdiction. */
export function Certificates({ city }: { city: string }) {
  const { ask, store, t } = usePage();
  const question = useMemo(
    () =>
      createQuestion(
        computed(() => badgePaths.own(city)),
        ask,
      ),
    [city],
  );
  const { isBusy, refused, change } = useChange(() => question.ask());
  const own = question.answered.value?.value;
  const isThere = own !== undefined;
  // The browser looked for it before it stood here.
  useEffect(() => {
    if (isThere && location.hash === '#own-certificates') document.getElementById('own-certificates')?.scrollIntoView();
  }, [isThere]);
  if (!own) return question.problem.value ? <p class="refusal">{question.problem.value.message}</p> : null;
  const { kept, completed, certificates, mayIssue } = own;
  const withdraw = (code: string) => {
    if (confirm(t('badges.withdrawSure')))
      void change(() => send('DELETE', badgePaths.one(city, code), store.language.peek()));
  };
  return (
    <>
      <section class="certificates" aria-labelledby="own-certificates">
        <h2 id="own-certificates">{t('badges.own')}</h2>
        {!kept && <p class="small">{t('badges.noAccount')}</p>}
        {kept && completed.length === 0 && certificates.length === 0 && <p class="small">{t('badges.none')}</p>}
        {completed.length > 0 && (
          <ul>
            {completed.map((each) => (
              <Completed key={each.course} city={city} completed={each} isBusy={isBusy} change={change} />
            ))}
          </ul>
        )}
        {certificates.length > 0 && (
          <ul>
            {certificates.map((row) => (
              <CertificateCard key={row.code} city={city} row={row}>
                <button type="button" class="link" disabled={isBusy} onClick={() => withdraw(row.code)}>
                  {t('badges.withdraw')}
                </button>
              </CertificateCard>
            ))}
          </ul>
        )}
        <Refused why={refused} />
        {kept && certificates.length > 0 && <p class="small">{t('badges.removal')}</p>}
      </section>
      {mayIssue && <IssuingDesk city={city} onChange={() => question.ask()} />}
    </>
  );
}

type CompletedProps = {
  readonly city: string;
  readonly completed: OwnCertificates['completed'][number];
  readonly isBusy: boolean;
  readonly change: ReturnType<typeof useChange>['change'];
};

function Completed({ city, completed, isBusy, change }: CompletedProps) {
  const { store, t, f } = usePage();
  const [holder, setHolder] = useState(completed.asked ?? '');
  const { course, title, hours, asked } = completed;
  const language = store.language.value;
  const id = `certificate-name-${course}`;
  return (
    <li class="certificate">
      <strong>{title[language]}</strong>
      <span class="lessons-about">
        {t('badges.hours', { n: f.rate(hours) })} · {t('badges.completed')}
      </span>
      <form
        class="certificate-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change(() => send('POST', badgePaths.requests(city), language, { course, holder }));
        }}
      >
        <label for={id}>{t('badges.name')}</label>
        <input
          id={id}
          value={holder}
          required
          minLength={2}
          maxLength={90}
          autocomplete="name"
          onInput={(event) => setHolder(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={isBusy}>
          {t(asked === null ? 'badges.ask' : 'badges.askAgain')}
        </button>
        {asked !== null && (
          <button
            type="button"
            class="link"
            disabled={isBusy}
            onClick={() => change(() => send('DELETE', badgePaths.request(city, course), language))}
          >
            {t('badges.askNoMore')}
          </button>
        )}
      </form>
      {asked !== null && <span role="status">{t('badges.asked', { name: asked })}</span>}
    </li>
  );
}
