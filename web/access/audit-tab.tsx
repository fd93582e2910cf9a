// What was done here, newest first: by whom, when, about what, and how many rows they were given.

import { useEffect, useState } from 'preact/hooks';
import { ROLES } from '../../server/access/contract.ts';
import { AUDIT_EVENTS, type AuditPage, type AuditRow } from '../../server/audit/contract.ts';
import { usePage } from '../app.ts';
import { Refused } from '../parts/refused.tsx';
import { TableScroll } from '../parts/table-scroll.tsx';
import type { Problem } from '../store/api.ts';
import { isOneOf } from '../store/is-one-of.ts';
import { type AuditQuestion, accessPaths } from './answers.ts';

const EVERYTHING_DONE: AuditQuestion = { from: '', until: '', who: '', what: '' };

export function AuditTab() {
  const { ask, f, t } = usePage();
  const [question, setQuestion] = useState(EVERYTHING_DONE);
  const [shown, setShown] = useState<AuditPage | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const failed = ({ status, message }: Problem) =>
    setProblem(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));

  useEffect(() => {
    const stop = new AbortController();
    setProblem(null);
    ask(accessPaths.audit(question, null), stop.signal).then(setShown, (error: Problem) => {
      if (!stop.signal.aborted) failed(error);
    });
    return () => stop.abort();
  }, [question]);
  const more = async () => {
    if (!shown?.next) return;
    try {
      const page = await ask(accessPaths.audit(question, shown.next), new AbortController().signal);
      setShown({ rows: [...shown.rows, ...page.rows], next: page.next });
    } catch (error) {
      failed(error as Problem);
    }
  };

  return (
    <main class="data">
      <div class="data-inner">
        <h1>{t('access.audit')}</h1>
        <p class="small">{t('access.auditText')}</p>
        <Search onSearch={setQuestion} />
        <p>
          <a class="button" href={accessPaths.auditFile(question)} download>
            {t('access.auditFile')}
          </a>
        </p>
        <Refused why={problem} />
        {shown?.rows.length === 0 && <p role="status">{t('access.auditNone')}</p>}
        {shown && shown.rows.length > 0 && (
          <TableScroll label={t('access.audit')}>
            <table class="access-table stacked">
              <thead>
                <tr>
                  <th scope="col">{t('access.when')}</th>
                  <th scope="col">{t('access.who')}</th>
                  <th scope="col">{t('access.what')}</th>
                  <th scope="col">{t('access.about')}</th>
                  <th scope="col">{t('access.rows')}</th>
                  <th scope="col">{t('access.whereFrom')}</th>
                </tr>
              </thead>
              <tbody>
                {shown.rows.map((entry) => (
                  <Entry key={entry.entry} entry={entry} when={f.moment(Date.parse(entry.at))} />
                ))}
              </tbody>
            </table>
          </TableScroll>
        )}
        {shown?.next && (
          <button type="button" class="button" onClick={() => void more()}>
            {t('access.auditMore')}
          </button>
        )}
      </div>
    </main>
  );
}

function Entry({ entry, when }: { entry: AuditRow; when: string }) {
  const { f, t } = usePage();
  const { role } = entry;
  return (
    <tr>
      <td data-label={t('access.when')}>{when}</td>
      <td data-label={t('access.who')}>
        {entry.who || t('access.nobody')}
        {isOneOf(ROLES, role) && <small>{t(`roles.${role}`)}</small>}
      </td>
      <td data-label={t('access.what')}>{t(`auditEvents.${entry.what}`)}</td>
      <td class="access-filter" data-label={t('access.about')}>
        {entry.jurisdiction}
        {entry.detail && <small>{entry.detail}</small>}
      </td>
      <td class="number" data-label={t('access.rows')}>
        {entry.rows === null ? null : f.int(entry.rows)}
      </td>
      <td data-label={t('access.whereFrom')}>{entry.address || null}</td>
    </tr>
  );
}

function Search({ onSearch }: { onSearch: (question: AuditQuestion) => void }) {
  const { t } = usePage();
  const [draft, setDraft] = useState(EVERYTHING_DONE);
  const set = (name: keyof AuditQuestion) => (event: { readonly currentTarget: HTMLInputElement }) =>
    setDraft({ ...draft, [name]: event.currentTarget.value });
  const day = (name: 'from' | 'until', label: string) => (
    <label>
      {label}
      <input type="date" value={draft[name]} onInput={set(name)} />
    </label>
  );
  const words = (name: 'who', label: string) => (
    <label>
      {label}
      <input type="text" maxlength={100} value={draft[name]} onInput={set(name)} />
    </label>
  );
  return (
    <search>
      <form
        class="invite"
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(draft);
        }}
      >
        {day('from', t('access.fromDay'))}
        {day('until', t('access.untilDay'))}
        {words('who', t('access.who'))}
        <label>
          {t('access.what')}
          <select value={draft.what} onChange={(event) => setDraft({ ...draft, what: event.currentTarget.value })}>
            <option value="">{t('access.anything')}</option>
            {AUDIT_EVENTS.map((event) => (
              <option key={event} value={event}>
                {t(`auditEvents.${event}`)}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="button is-primary">
          {t('access.search')}
        </button>
      </form>
    </search>
  );
}
