// Lessons of one's own, for tutors: those there are, and a zip sent and told what is wrong with it.

import { useState } from 'preact/hooks';
import type { SentReport } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { send, sendFiles } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { coursePaths } from './paths.ts';
import { useAnswer } from './use-answer.ts';

export function OwnLessons({ city }: { readonly city: string }) {
  const { reference, store, t, f } = usePage();
  const language = store.language.value;
  const { answer, refused, attempt } = useAnswer(coursePaths.ownLessons(city));
  const [report, setReport] = useState<SentReport | null>(null);
  const give = (file: File | undefined) => {
    if (!file) return;
    setReport(null);
    const { signal } = new AbortController();
    return attempt(async () =>
      setReport(await sendFiles(coursePaths.sendLessons(city), [file], language, () => {}, signal)),
    );
  };
  const remove = (code: string) => {
    if (!confirm(t('courses.ownRemoveSure', { code }))) return;
    void attempt(() => send('DELETE', coursePaths.ownLesson(city, code), language));
  };
  return (
    <section class="card" aria-labelledby="course-own">
      <h2 id="course-own">{t('courses.ownLessons')}</h2>
      <p class="small">{t('courses.ownLead')}</p>
      <Refused why={refused} />
      <ul class="course-sessions">
        {answer?.lessons.map(({ code, languages, sentAt, sentBy, fault }) => (
          <li key={code}>
            {t('courses.ownRow', {
              code,
              languages: languages.join(', '),
              day: f.day(f.today(reference.jurisdiction.value?.timezone ?? 'UTC', Date.parse(sentAt))),
              who: sentBy,
            })}{' '}
            {fault && <strong class="refusal">{t('courses.ownFaulty', { reason: fault })}</strong>}{' '}
            <button
              type="button"
              class="link"
              aria-label={t('courses.removeOne', { what: code })}
              onClick={() => remove(code)}
            >
              {t('courses.remove')}
            </button>
          </li>
        ))}
      </ul>
      <label class="course-form">
        <span>{t('courses.ownSend')}</span>
        <input
          type="file"
          accept=".zip,application/zip"
          onChange={(event) => {
            const input = event.currentTarget;
            void give(input.files?.[0])?.then(() => {
              input.value = '';
            });
          }}
        />
      </label>
      <div role="status">
        {report && (
          <>
            <p>
              {report.isKept
                ? t('courses.ownKept', { n: f.int(report.lessons.length), names: report.lessons.join(', ') })
                : t('courses.ownRefused', { n: f.int(report.faultsInAll) })}
            </p>
            <ul class="course-sessions">
              {report.faults.map(({ file, line, reason }) => (
                <li key={`${file} ${line} ${reason}`}>{t('courses.ownFault', { file, line: f.int(line), reason })}</li>
              ))}
            </ul>
            {report.ignored.length > 0 && <p>{t('courses.ownIgnored', { names: report.ignored.join(', ') })}</p>}
          </>
        )}
      </div>
    </section>
  );
}
