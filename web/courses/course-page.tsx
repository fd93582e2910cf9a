// One course: its modules with what one has done of them, and its groups for whoever teaches it.

import { useState } from 'preact/hooks';
import { type CourseAnswer, type CourseItem, type CourseLesson, hoursOf } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { CertificateLink } from '../badges/certificate-link.tsx';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { writeUrl } from '../store/url.ts';
import { CourseEditor } from './course-editor.tsx';
import { GroupList } from './group-list.tsx';
import { coursePaths } from './paths.ts';
import { useAnswer } from './use-answer.ts';

export function CoursePage({ city, id }: { readonly city: string; readonly id: number }) {
  const { store, t, f } = usePage();
  const language = store.language.value;
  const { answer, refused, attempt } = useAnswer(coursePaths.one(city, id, language));
  const [isEditing, setEditing] = useState(false);
  const own = answer?.own ?? null;
  const change = (body: object) => attempt(() => send('PATCH', coursePaths.me(city, id), language, body));
  const leave = () => {
    if (!confirm(t('courses.leaveSure'))) return;
    void attempt(() => send('DELETE', coursePaths.me(city, id), language));
  };
  const remove = () => {
    if (!confirm(t('courses.removeCourseSure'))) return;
    void attempt(async () => {
      await send('DELETE', coursePaths.change(city, id), language);
      store.change({ course: null });
    });
  };
  if (answer && isEditing && answer.choice)
    return (
      <CourseEditor
        answer={answer}
        choice={answer.choice}
        refused={refused}
        onCancel={() => setEditing(false)}
        onSave={async (body) => {
          const changed = { version: answer.version, body };
          if (await attempt(() => send('PUT', coursePaths.change(city, id), language, changed))) setEditing(false);
        }}
      />
    );
  return (
    <>
      <p>
        <button type="button" class="link" onClick={() => store.change({ course: null })}>
          ← {t('courses.toList')}
        </button>
      </p>
      <Refused why={refused} />
      {!answer && !refused && <p role="status">{t('app.loading')}</p>}
      {answer && (
        <>
          <h1>{answer.body.title}</h1>
          <p class="lessons-about">
            {t('courses.hours', { n: f.rate(hoursOf(answer.body)) })}
            {answer.body.state === 'archived' && ` · ${t('courses.isArchived')}`}
          </p>
          {answer.body.about && <p>{answer.body.about}</p>}
          {answer.groups && (
            <p>
              <button type="button" class="button" onClick={() => setEditing(true)}>
                {t('courses.editCourse')}
              </button>
            </p>
          )}
          {own ? <Own own={own} answer={answer} onChange={change} /> : <p class="small">{t('courses.notEnrolled')}</p>}
          {answer.groups && (
            <GroupList city={city} course={id} groups={answer.groups} mayManage={answer.mayManage} attempt={attempt} />
          )}
          <p class="small">
            {t('courses.rule', { n: f.int(answer.body.passPercent) })}{' '}
            {answer.body.attendancePercent > 0 &&
              t('courses.ruleAttendance', { n: f.int(answer.body.attendancePercent) })}
          </p>
          {answer.body.modules.map((module) => (
            <section key={module.id} class="lessons-module">
              <h2>
                {module.title} <span class="lessons-about">{t('courses.hours', { n: f.rate(module.hours) })}</span>
              </h2>
              <ul>
                {module.items.map((item) => (
                  <Item
                    key={item.id}
                    item={item}
                    lesson={answer.lessons.find(({ code }) => item.kind === 'lesson' && code === item.lesson) ?? null}
                    isDone={own ? own.progress.done.includes(item.id) : null}
                    onTick={(isDone) => change({ done: { [item.id]: isDone } })}
                  />
                ))}
              </ul>
            </section>
          ))}
          {own && (
            <p>
              <button type="button" class="link" onClick={leave}>
                {t('courses.leave')}
              </button>
            </p>
          )}
          {answer.mayManage && answer.groups?.every(({ members }) => members === 0) && (
            <p>
              <button type="button" class="link" onClick={remove}>
                {t('courses.removeCourse')}
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

function Own({
  own,
  answer,
  onChange,
}: {
  readonly own: NonNullable<CourseAnswer['own']>;
  readonly answer: CourseAnswer;
  readonly onChange: (body: object) => Promise<boolean>;
}) {
  const { reference, t, f } = usePage();
  const zone = reference.jurisdiction.value?.timezone ?? 'UTC';
  const { progress, group } = own;
  const [email, setEmail] = useState(own.email ?? '');
  const [isSaved, setSaved] = useState(false);
  const place = [group.body.title, group.body.municipality, group.body.state].filter(Boolean).join(', ');
  const titleOf = (code: string) => answer.lessons.find((lesson) => lesson.code === code)?.title ?? code;
  return (
    <section class="card">
      <p class="lessons-progress">
        <progress max={100} value={progress.percent} aria-label={t('courses.progress')} />{' '}
        {progress.completedAt ? (
          <>
            <strong>{t('courses.completedOn', { day: f.day(f.today(zone, Date.parse(progress.completedAt))) })}</strong>{' '}
            <CertificateLink />
          </>
        ) : (
          t('courses.youHave', { n: f.int(progress.percent) })
        )}
      </p>
      <p>
        {t('courses.yourGroup', { group: place })}.{' '}
        {t('courses.tutors', { names: group.tutors.join(', ') || t('courses.noTutors') })}.
      </p>
      {own.way === 'list' && <p class="small">{t('courses.byList')}</p>}
      {progress.attendanceAfter && <p>{t('courses.attendanceAfter', { day: f.day(progress.attendanceAfter) })}</p>}
      {progress.waiting > 0 && <p>{t('courses.waiting', { n: f.int(progress.waiting) })}</p>}
      {own.marks.map(({ lesson, exercise, right, comment }) => (
        <p key={`${lesson} ${exercise}`}>
          <strong>{titleOf(lesson)}:</strong> {t(right ? 'courses.markRight' : 'courses.markWrong')} {comment}
        </p>
      ))}
      {group.body.sessions.length > 0 && (
        <>
          <h3>{t('courses.sessions')}</h3>
          <ul class="course-sessions">
            {group.body.sessions.map((session) => (
              <li key={session.id}>
                {f.day(session.day)}, {session.time} · {session.title} ·{' '}
                {t('courses.hours', { n: f.rate(session.hours) })} {session.place && `· ${session.place}`}{' '}
                {own.attended.includes(session.id) && <em>✓ {t('courses.attended')}</em>}
              </li>
            ))}
          </ul>
        </>
      )}
      <form
        class="course-form is-line"
        onSubmit={(event) => {
          event.preventDefault();
          void onChange({ email: email.trim() || null }).then(setSaved);
        }}
      >
        <label>
          <span>{t('courses.email')}</span>
          <input
            type="email"
            autocomplete="email"
            value={email}
            onInput={(event) => {
              setSaved(false);
              setEmail(event.currentTarget.value);
            }}
          />
        </label>
        <button type="submit" class="button">
          {t('courses.save')}
        </button>
        <span role="status">{isSaved && t('courses.emailSaved')}</span>
      </form>
      <p class="small">
        {t('courses.remindersText')} {t('courses.seenBy')}
      </p>
    </section>
  );
}

function Item({
  item,
  lesson,
  isDone,
  onTick,
}: {
  readonly item: CourseItem;
  readonly lesson: CourseLesson | null;
  /** Null for who is not enrolled. */
  readonly isDone: boolean | null;
  readonly onTick: (isDone: boolean) => void;
}) {
  const { store, t, f } = usePage();
  if (item.kind === 'lesson') {
    if (!lesson)
      return (
        <li>
          <span>{item.lesson}</span> <span class="refusal">{t('courses.gone')}</span>
        </li>
      );
    const view = { tab: 'learn', lesson: { code: lesson.code, exercise: null } } as const;
    return (
      <li>
        <a
          href={writeUrl({ ...store.page.value, ...view })}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            store.change(view);
          }}
        >
          {lesson.title}
        </a>
        <span class="lessons-about">
          {[
            t('courses.lessonOf', { n: f.int(lesson.minutes) }),
            ...(isDone === null ? [] : [isDone ? `✓ ${t('courses.done')}` : t('courses.notDone')]),
          ].join(' · ')}
        </span>
        {isDone !== null && lesson.exercises.length === 0 && <Tick isDone={isDone} onTick={onTick} />}
      </li>
    );
  }
  return (
    <li>
      {item.address ? (
        <a href={item.address} target="_blank" rel="noreferrer">
          {item.title}
        </a>
      ) : (
        <span>{item.title}</span>
      )}
      {isDone !== null && <Tick isDone={isDone} onTick={onTick} />}
    </li>
  );
}

function Tick({ isDone, onTick }: { readonly isDone: boolean; readonly onTick: (isDone: boolean) => void }) {
  const { t } = usePage();
  return (
    <label class="course-tick">
      <input type="checkbox" checked={isDone} onChange={(event) => onTick(event.currentTarget.checked)} />{' '}
      {t('courses.markDone')}
    </label>
  );
}
