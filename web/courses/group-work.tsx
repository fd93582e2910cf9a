// What a group answered, for its tutors: the texts that wait to be read, and the exercises at which it fails.

import { useState } from 'preact/hooks';
import type { ExerciseRow, MarkedText, WaitingText } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { TableScroll } from '../parts/table-scroll.tsx';

type Mark = {
  readonly answer: string;
  readonly right: boolean;
  readonly comment: string;
  readonly seen: string | null;
};

export function TextsToRead({
  texts,
  inAll,
  marked,
  markedInAll,
  onMark,
}: {
  readonly texts: readonly WaitingText[];
  readonly inAll: number;
  readonly marked: readonly MarkedText[];
  readonly markedInAll: number;
  readonly onMark: (mark: Mark) => Promise<boolean>;
}) {
  const { t, f } = usePage();
  return (
    <section aria-labelledby="course-texts">
      <h2 id="course-texts">{t('courses.toMark')}</h2>
      {texts.length === 0 && <p>{t('courses.toMarkNone')}</p>}
      {texts.map((text) => (
        <TextToRead key={text.answer} text={text} onMark={onMark} />
      ))}
      {inAll > texts.length && <p>{t('courses.toMarkMore', { n: f.int(texts.length), all: f.int(inAll) })}</p>}
      {marked.length > 0 && (
        <details>
          <summary>{t('courses.markedTexts')}</summary>
          {markedInAll > marked.length && (
            <p>{t('courses.markedMore', { n: f.int(marked.length), all: f.int(markedInAll) })}</p>
          )}
          {marked.map(({ answer, name, learner, ask, text, right, comment, markedBy, markedAt }) => (
            <article key={answer} class="card">
              <p class="lessons-about">
                {name ?? t('courses.unnamed', { n: String(learner) })} · {markedBy}:{' '}
                {t(right ? 'courses.isRight' : 'courses.isWrong')} {comment}
              </p>
              <p>{ask}</p>
              <blockquote class="course-text">{text}</blockquote>
              <button
                type="button"
                class="link"
                onClick={() => onMark({ answer, right: !right, comment: '', seen: markedAt })}
              >
                {t(right ? 'courses.turnWrong' : 'courses.turnRight')}
              </button>
            </article>
          ))}
        </details>
      )}
    </section>
  );
}

function TextToRead({
  text,
  onMark,
}: {
  readonly text: WaitingText;
  readonly onMark: (mark: Mark) => Promise<boolean>;
}) {
  const { reference, t, f } = usePage();
  const zone = reference.jurisdiction.value?.timezone ?? 'UTC';
  const [comment, setComment] = useState('');
  const mark = (right: boolean) => onMark({ answer: text.answer, right, comment, seen: null });
  return (
    <article class="card course-form">
      <p class="lessons-about">
        {text.name ?? t('courses.unnamed', { n: String(text.learner) })} ·{' '}
        {f.day(f.today(zone, Date.parse(text.givenAt)))}
      </p>
      <p>
        <strong>{text.ask}</strong>
      </p>
      <blockquote class="course-text">{text.text}</blockquote>
      <details>
        <summary>{t('courses.model')}</summary>
        <p class="course-text">{text.model}</p>
      </details>
      <label>
        <span>{t('courses.comment')}</span>
        <textarea
          rows={2}
          maxLength={1000}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </label>
      <p class="course-buttons">
        <button type="button" class="button is-primary" onClick={() => mark(true)}>
          {t('courses.isRight')}
        </button>
        <button type="button" class="button" onClick={() => mark(false)}>
          {t('courses.isWrong')}
        </button>
      </p>
    </article>
  );
}

/** Those with the smallest share of learners who have it right first. */
export function Failures({ rows }: { readonly rows: readonly ExerciseRow[] }) {
  const { t, f } = usePage();
  const hardest = [...rows].sort((a, b) => a.right / a.tried - b.right / b.tried || b.wrong - a.wrong);
  return (
    <section aria-labelledby="course-fails">
      <h2 id="course-fails">{t('courses.fails')}</h2>
      {rows.length === 0 ? (
        <p>{t('courses.failsNone')}</p>
      ) : (
        <TableScroll label={t('courses.fails')}>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('courses.exercise')}</th>
                <th scope="col">{t('courses.rightOf')}</th>
                <th scope="col" title={t('courses.firstWhy')}>
                  {t('courses.first')}
                </th>
                <th scope="col">{t('courses.wrongs')}</th>
                <th scope="col">{t('courses.mistakes')}</th>
              </tr>
            </thead>
            <tbody>
              {hardest.map((row) => (
                <tr key={`${row.lesson} ${row.exercise}`}>
                  <th scope="row">{row.ask}</th>
                  <td>
                    {f.int(row.right)}/{f.int(row.tried)}
                  </td>
                  <td>{row.first === null ? '–' : `${f.int(row.first)}/${f.int(row.tried)}`}</td>
                  <td>{f.int(row.wrong)}</td>
                  <td>
                    {row.mistakes.map(({ answer, because, learners }) => (
                      <p key={answer}>
                        {t('courses.mistake', { answer, n: f.int(learners) })}{' '}
                        {because && <span class="small">{because}</span>}
                      </p>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
    </section>
  );
}
