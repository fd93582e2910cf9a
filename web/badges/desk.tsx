// For those who issue certificates: who completed what and waits, and what was issued, to be revoked or issued again.

import { computed } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import type { CertificateDesk, CertificateRow } from '../../server/badges/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Modal } from '../parts/modal.tsx';
import { Refused } from '../parts/refused.tsx';
import { createQuestion } from '../store/question.ts';
import '../styles/badges.css';
import { CertificateCard } from './card.tsx';
import { useChange } from './changing.ts';
import { badgePaths } from './paths.ts';

type Change = ReturnType<typeof useChange>['change'];
type Ending = { readonly row: CertificateRow; readonly isReissue: boolean };

/** `city` = the code of the jurisdiction. `onChange` hears of every change: one's own may be among them. */
export function IssuingDesk({ city, onChange }: { city: string; onChange: () => void }) {
  const { ask, t, f } = usePage();
  const [ending, setEnding] = useState<Ending | null>(null);
  const question = useMemo(
    () =>
      createQuestion(
        computed(() => badgePaths.desk(city)),
        ask,
      ),
    [city],
  );
  const { isBusy, refused, change } = useChange(() => {
    question.ask();
    onChange();
  });
  const desk = question.answered.value?.value;
  if (!desk) return question.problem.value ? <p class="refusal">{question.problem.value.message}</p> : null;
  // Who asked waits before those who did not.
  const waiting = [...desk.waiting].sort((a, b) => Number(b.asked !== null) - Number(a.asked !== null));
  return (
    <section class="certificates" aria-labelledby="certificate-desk">
      <h2 id="certificate-desk">{t('badges.desk')}</h2>
      <p class="small">{t('badges.deskText')}</p>
      {!desk.hasAddress && <p class="certificate-warning">{t('badges.noAddress')}</p>}
      <h3>{t('badges.waiting', { n: f.int(waiting.length) })}</h3>
      {waiting.length === 0 && <p class="small">{t('badges.nobodyWaits')}</p>}
      <ul>
        {waiting.map((each) => (
          <Waiting key={`${each.learner} ${each.course}`} {...{ city, each, isBusy, change }} />
        ))}
      </ul>
      <Refused why={refused} />
      <h3>{t('badges.issued', { n: f.int(desk.inAll) })}</h3>
      {desk.inAll > desk.certificates.length && (
        <p class="small">{t('badges.newestOf', { n: f.int(desk.certificates.length) })}</p>
      )}
      <ul>
        {desk.certificates.map((row) => (
          <CertificateCard key={row.code} city={city} row={row}>
            {['valid', 'expired', 'unverifiable'].includes(row.state) && (
              <>
                <button type="button" class="link" onClick={() => setEnding({ row, isReissue: true })}>
                  {t('badges.reissue')}
                </button>
                <button type="button" class="link" onClick={() => setEnding({ row, isReissue: false })}>
                  {t('badges.revoke')}
                </button>
              </>
            )}
          </CertificateCard>
        ))}
      </ul>
      {ending && <EndDialog {...{ city, ending, change, refused }} onClose={() => setEnding(null)} />}
    </section>
  );
}

type WaitingProps = {
  readonly city: string;
  readonly each: CertificateDesk['waiting'][number];
  readonly isBusy: boolean;
  readonly change: Change;
};

function Waiting({ city, each, isBusy, change }: WaitingProps) {
  const { store, t, f } = usePage();
  const [holder, setHolder] = useState(each.asked ?? '');
  const [validUntil, setValidUntil] = useState('');
  const { course, learner } = each;
  const language = store.language.value;
  const id = `holder-${learner}-${course}`;
  return (
    <li class="certificate">
      <strong>{each.title[language]}</strong>
      <span class="lessons-about">
        {each.name || t('badges.ofTheMachine')} · {t('badges.hours', { n: f.rate(each.hours) })} ·{' '}
        {t(each.asked === null ? 'badges.notAsked' : 'badges.hasAsked')}
      </span>
      <form
        class="certificate-form"
        onSubmit={(event) => {
          event.preventDefault();
          const body = { course, learner, holder, validUntil: validUntil || null };
          void change(() => send('POST', badgePaths.issue(city, language), language, body));
        }}
      >
        <label for={id}>{t('badges.nameOn')}</label>
        <input
          id={id}
          value={holder}
          required
          minLength={2}
          maxLength={90}
          autocomplete="off"
          onInput={(event) => setHolder(event.currentTarget.value)}
        />
        <label for={`${id}-until`}>{t('badges.validUntil')}</label>
        <input
          id={`${id}-until`}
          type="date"
          value={validUntil}
          onInput={(event) => setValidUntil(event.currentTarget.value)}
        />
        <button type="submit" class="button" disabled={isBusy}>
          {t('badges.issue')}
        </button>
      </form>
    </li>
  );
}

type EndProps = {
  readonly city: string;
  readonly ending: Ending;
  readonly change: Change;
  readonly refused: string | null;
  readonly onClose: () => void;
};

function EndDialog({ city, ending: { row, isReissue }, change, refused, onClose }: EndProps) {
  const { store, t } = usePage();
  const [because, setBecause] = useState('');
  const [holder, setHolder] = useState(row.holder ?? '');
  const language = store.language.value;
  const end = () =>
    isReissue
      ? send('POST', badgePaths.reissue(city, row.code, language), language, { holder, because })
      : send('POST', badgePaths.revoke(city, row.code), language, { because });
  return (
    <Modal title={t(isReissue ? 'badges.reissue' : 'badges.revoke')} onClose={onClose}>
      <form
        class="certificate-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change(end).then((isDone) => isDone && onClose());
        }}
      >
        <p>{t(isReissue ? 'badges.reissueText' : 'badges.revokeText')}</p>
        {isReissue && (
          <label>
            {t('badges.nameOn')}
            <input
              value={holder}
              required
              minLength={2}
              maxLength={90}
              onInput={(event) => setHolder(event.currentTarget.value)}
            />
          </label>
        )}
        <label>
          {t('badges.because')}
          <input
            value={because}
            required
            minLength={3}
            maxLength={300}
            onInput={(event) => setBecause(event.currentTarget.value)}
          />
        </label>
        <Refused why={refused} />
        <button type="submit" class="button is-primary">
          {t(isReissue ? 'badges.reissue' : 'badges.revoke')}
        </button>
        <button type="button" class="button" onClick={onClose}>
          {t('badges.cancel')}
        </button>
      </form>
    </Modal>
  );
}
