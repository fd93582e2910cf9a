// What a link enrols in, and enrolling by it.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { coursePaths } from './paths.ts';
import { useAnswer } from './use-answer.ts';

export function JoinPage({ city, link }: { readonly city: string; readonly link: string }) {
  const { store, t, f } = usePage();
  const { answer, refused, attempt } = useAnswer(coursePaths.link(city, link));
  const [email, setEmail] = useState('');
  const join = () =>
    attempt(async () => {
      const body = { email: email.trim() || null };
      const { course } = await send('POST', coursePaths.join(city, link), store.language.peek(), body);
      store.change({ joins: null, course: { id: course, group: null } });
    });
  const toCourse = (id: number | null) =>
    store.change({ joins: null, course: id === null ? null : { id, group: null } });
  return (
    <>
      <p>
        <button type="button" class="link" onClick={() => toCourse(null)}>
          ← {t('courses.toList')}
        </button>
      </p>
      <h1>{t('courses.joinTitle')}</h1>
      <Refused why={refused} />
      {answer && (
        <>
          <p>
            {t('courses.joinText', {
              course: answer.course.title,
              hours: t('courses.hours', { n: f.rate(answer.course.hours) }),
              group: [answer.group.title, answer.group.municipality, answer.group.state].filter(Boolean).join(', '),
            })}
          </p>
          <p>{t('courses.tutors', { names: answer.tutors.join(', ') || t('courses.noTutors') })}</p>
          {answer.isMember ? (
            <p>
              {t('courses.isMember')}{' '}
              <button type="button" class="button" onClick={() => toCourse(answer.course.id)}>
                {t('courses.open')}
              </button>
            </p>
          ) : !answer.isOpen ? (
            <p>{t('courses.closed')}</p>
          ) : (
            <form
              class="course-form"
              onSubmit={(event) => {
                event.preventDefault();
                void join();
              }}
            >
              <p class="small">{t('courses.seenBy')}</p>
              <label>
                <span>{t('courses.email')}</span>
                <input
                  type="email"
                  autocomplete="email"
                  value={email}
                  onInput={(event) => setEmail(event.currentTarget.value)}
                />
              </label>
              <button type="submit" class="button is-primary">
                {t('courses.join')}
              </button>
            </form>
          )}
        </>
      )}
    </>
  );
}
