// The tab of lessons: the course by modules with what was done of it, and the lesson that is read.

import { computed } from '@preact/signals';
import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { LEARNERS, type LessonRow, type LessonShown } from '../../server/lessons/contract.ts';
import { usePage } from '../app.ts';
import { Certificates } from '../badges/certificates.tsx';
import { send } from '../data/send.ts';
import { createQuestion } from '../store/question.ts';
import { readUrl, writeUrl } from '../store/url.ts';
import '../styles/lessons.css';
import { LessonExercise } from './exercise.tsx';
import { doneHere, forgetHere, keepSending, waitingAnswers } from './given-answers.ts';
import { onPath, PathChoice } from './path.tsx';
import { lessonPaths } from './paths.ts';

export function LessonsTab() {
  const { access, ask, reference, store, t, f } = usePage();
  const whose = access.me.value?.whose ?? '';
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [refused, setRefused] = useState<string | null>(null);
  const list = useMemo(
    () =>
      createQuestion(
        computed(() => {
          const code = reference.jurisdiction.value?.code;
          return code ? lessonPaths.lessons(code, store.language.value) : null;
        }),
        ask,
      ),
    [],
  );
  useEffect(
    () =>
      keepSending(
        whose,
        () => store.language.peek(),
        () => {
          list.ask();
          redraw(0);
        },
      ),
    [whose],
  );
  const city = reference.jurisdiction.value;
  const answer = list.answered.value?.value;
  const code = store.page.value.lesson?.code ?? null;
  if (!city) return <main class="lessons" />;
  if (code) {
    const rows = onPath(answer?.lessons ?? []);
    const at = rows.findIndex((row) => row.code === code);
    // What comes next in a course is for the course to say.
    const next = at < 0 || store.page.value.course ? null : (rows[at + 1] ?? null);
    return (
      <main class="lessons">
        <Lesson key={`${code} ${store.language.value}`} code={code} next={next} onDone={() => list.ask()} />
      </main>
    );
  }
  if (!answer)
    return (
      <main class="lessons">
        <p role="status">{list.problem.value?.message ?? t('app.loading')}</p>
      </main>
    );
  const doneOf = ({ code: lesson, exercises, done }: LessonRow) => {
    const all = new Set([...done, ...(answer.kept ? [] : doneHere(whose, city.code, lesson))]);
    return exercises.filter((id) => all.has(id)).length;
  };
  const lessons = onPath(answer.lessons);
  const total = lessons.reduce((sum, { exercises }) => sum + exercises.length, 0);
  const done = lessons.reduce((sum, row) => sum + doneOf(row), 0);
  const minutes = lessons.reduce((sum, row) => sum + row.minutes, 0);
  return (
    <main class="lessons">
      <div class="lessons-inner">
        <h1>{t('lessons.title')}</h1>
        <p>{t('lessons.lead', { n: f.int(lessons.length), hours: f.int(Math.round(minutes / 60)) })}</p>
        {access.may('learn') && (
          <p class="lesson-ways">
            <button type="button" class="button" onClick={() => store.change({ tab: 'courses', course: null })}>
              {t('courses.tab')}
            </button>{' '}
            <a class="link" href="#own-certificates">
              {t('badges.own')} ↓
            </a>
          </p>
        )}
        <PathChoice />
        <p class="lessons-progress">
          <progress max={total} value={done} aria-label={t('lessons.progress')} />{' '}
          {t('lessons.doneOf', { n: f.int(done), all: f.int(total) })}
        </p>
        {!answer.kept && <p class="small">{t('lessons.keptHere')}</p>}
        {waitingAnswers.value > 0 && (
          <p class="small" role="status">
            {t('lessons.stillWaiting', { n: f.int(waitingAnswers.value) })}
          </p>
        )}
        {answer.modules.map((module) => {
          const rows = lessons.filter((row) => row.module === module.code);
          if (!rows.length) return null;
          return (
            <section key={module.code} class="lessons-module">
              <h2>{module.title}</h2>
              <ul>
                {rows.map((row) => (
                  <li key={row.code}>
                    <a
                      href={writeUrl({ ...store.page.value, tab: 'learn', lesson: { code: row.code, exercise: null } })}
                      onClick={(event) => {
                        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                        event.preventDefault();
                        store.change({ lesson: { code: row.code, exercise: null } });
                      }}
                    >
                      {row.title}
                    </a>
                    <span class="lessons-about">
                      {t('lessons.minutes', { n: f.int(row.minutes) })} · {rolesText(row, t)} ·{' '}
                      {t('lessons.doneOf', { n: f.int(doneOf(row)), all: f.int(row.exercises.length) })}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        {access.may('learn') && <Certificates city={city.code} />}
        {(done > 0 || answer.kept) && (
          <p>
            <button
              type="button"
              class="link"
              onClick={() =>
                forget(whose, city.code, store.language.peek(), t('lessons.forgetSure'), (problem) => {
                  setRefused(problem);
                  list.ask();
                  redraw(0);
                })
              }
            >
              {t('lessons.forget')}
            </button>
            {refused !== null && <span class="refusal"> {refused}</span>}
          </p>
        )}
      </div>
    </main>
  );
}

async function forget(
  whose: string,
  city: string,
  language: string,
  question: string,
  onDone: (refused: string | null) => void,
): Promise<void> {
  if (!confirm(question)) return;
  try {
    await send('DELETE', lessonPaths.all(city), language);
    forgetHere(whose);
    onDone(null);
  } catch (error) {
    onDone((error as Error).message);
  }
}

const rolesText = ({ roles }: LessonRow, t: ReturnType<typeof usePage>['t']) =>
  roles.length === LEARNERS.length ? t('lessons.forAll') : roles.map((role) => t(`lessons.role_${role}`)).join(', ');

function Lesson({ code, next, onDone }: { code: string; next: LessonRow | null; onDone: () => void }) {
  const { ask, reference, store, t, f } = usePage();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const question = useMemo(
    () =>
      createQuestion(
        computed(() => {
          const city = reference.jurisdiction.value?.code;
          return city ? lessonPaths.lesson(city, code, store.language.value) : null;
        }),
        ask,
      ),
    [],
  );
  const article = useRef<HTMLElement>(null);
  const city = reference.jurisdiction.value!;
  const lesson = question.answered.value?.value;
  const back = () => store.change({ lesson: null });
  const goTo = (row: LessonRow) => {
    store.change({ lesson: { code: row.code, exercise: null } });
    scrollTo(0, 0);
  };
  /** A view in the text opens with a marker back to the lesson. */
  const follow = (event: MouseEvent) => {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a.lesson-map');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { city: asked, language, ...view } = readUrl(new URL(link.href).search);
    store.change({ ...view, position: null, lesson: { code, exercise: null } });
  };
  return (
    <article class="lessons-inner lesson" ref={article}>
      <p>
        {store.page.value.course && (
          <>
            <button type="button" class="link" onClick={() => store.change({ tab: 'courses', lesson: null })}>
              ← {t('courses.toCourse')}
            </button>{' '}
            ·{' '}
          </>
        )}
        <button type="button" class="link" onClick={back}>
          ← {t('lessons.toList')}
        </button>
      </p>
      {!lesson ? (
        <p role="status">{question.problem.value?.message ?? t('app.loading')}</p>
      ) : (
        <>
          <h1>{lesson.title}</h1>
          <p class="lessons-about">
            {t('lessons.minutes', { n: f.int(lesson.minutes) })} · {rolesText({ ...lesson }, t)}{' '}
            <button type="button" class="link" onClick={() => print()}>
              {t('lessons.print')}
            </button>
          </p>
          <ul class="lesson-goals" aria-label={t('lessons.goals')}>
            {lesson.goals.map((goal) => (
              <li key={goal}>{goal}</li>
            ))}
          </ul>
          {lesson.lacks !== null ? (
            <p class="refusal">{t(lesson.lacks === 'demo' ? 'lessons.onDemo' : 'lessons.lacks')}</p>
          ) : (
            <Parts
              lesson={lesson}
              city={city.code}
              onFollow={follow}
              onDone={() => {
                onDone();
                redraw(0);
              }}
            />
          )}
          {next && (
            <p class="lesson-next">
              <button type="button" class="button is-primary" onClick={() => goTo(next)}>
                {t('lessons.next', { title: next.title })} →
              </button>
            </p>
          )}
        </>
      )}
    </article>
  );
}

function Parts({
  lesson,
  city,
  onFollow,
  onDone,
}: {
  lesson: LessonShown;
  city: string;
  onFollow: (event: MouseEvent) => void;
  onDone: () => void;
}) {
  const whose = usePage().access.me.value?.whose ?? '';
  const done = new Set([...lesson.done, ...doneHere(whose, city, lesson.code)]);
  return (
    <>
      {lesson.parts.map((part, index) =>
        'html' in part ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the click comes from links, which keys follow too
          // biome-ignore lint/a11y/noStaticElementInteractions: likewise
          <div key={index} class="lesson-text" onClick={onFollow} dangerouslySetInnerHTML={{ __html: part.html }} />
        ) : (
          <LessonExercise
            key={part.exercise.id}
            lesson={lesson.code}
            exercise={part.exercise}
            isDone={done.has(part.exercise.id)}
            onMap={false}
            onDone={onDone}
          />
        ),
      )}
    </>
  );
}
