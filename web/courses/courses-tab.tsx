// The tab of courses: the catalogue, one course, a group of it, or the link by which one enrols.

import { useState } from 'preact/hooks';
import type { CourseRow, TEMPLATES } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Icon } from '../parts/icon.tsx';
import { HelpText } from '../parts/info.tsx';
import { Popover } from '../parts/popover.tsx';
import { Refused } from '../parts/refused.tsx';
import '../styles/lessons.css';
import '../styles/courses.css';
import { CoursePage } from './course-page.tsx';
import { GroupPage } from './group-page.tsx';
import { JoinPage } from './join-page.tsx';
import { OwnLessons } from './own-lessons.tsx';
import { coursePaths } from './paths.ts';
import { useAnswer } from './use-answer.ts';

export function CoursesTab() {
  const { access, reference, store, t } = usePage();
  const city = reference.jurisdiction.value?.code;
  const { course, joins } = store.page.value;
  if (!city) return <main class="lessons" />;
  return (
    <main class="lessons courses">
      <div class="lessons-inner">
        {!access.may('learn') ? (
          <>
            <h1>{t('courses.tab')}</h1>
            <p>{t('courses.signIn')}</p>
          </>
        ) : joins !== null ? (
          <JoinPage key={joins} city={city} link={joins} />
        ) : course === null ? (
          <CourseList city={city} />
        ) : course.group === null ? (
          <CoursePage key={course.id} city={city} id={course.id} />
        ) : (
          <GroupPage key={`${course.id} ${course.group}`} city={city} course={course.id} id={course.group} />
        )}
      </div>
    </main>
  );
}

function CourseList({ city }: { readonly city: string }) {
  const { reference, store, t, f } = usePage();
  const language = store.language.value;
  const { answer, refused, attempt } = useAnswer(coursePaths.list(city, language));
  const [isMaking, setMaking] = useState(false);
  const make = (template: (typeof TEMPLATES)[number]) => {
    setMaking(true);
    void attempt(async () => {
      const { id, leftOut } = await send('POST', coursePaths.add(city, language), language, { template });
      if (leftOut.length > 0) alert(t('courses.leftOut', { names: leftOut.join(', ') }));
      store.change({ course: { id, group: null } });
    }).then(() => setMaking(false));
  };
  return (
    <>
      <p>
        <button type="button" class="link" onClick={() => store.change({ tab: 'learn', lesson: null })}>
          ← {t('courses.toLessons')}
        </button>
      </p>
      <h1>
        {t('courses.tab')}{' '}
        <Popover label={t('courses.tab')} button={<Icon name="info" />} buttonLabel={t('courses.tab')} class="info">
          {() => <HelpText topic="courses" />}
        </Popover>
      </h1>
      <p>{t('courses.lead')}</p>
      <Refused why={refused} />
      {answer && !answer.mayEnrol && <p class="small">{t('courses.noPerson')}</p>}
      {answer?.courses.length === 0 && <p>{t('courses.none')}</p>}
      <ul class="course-list">
        {answer?.courses.map((course) => (
          <li key={course.id}>
            <button type="button" class="link" onClick={() => store.change({ course: { id: course.id, group: null } })}>
              {course.title}
            </button>
            <span class="lessons-about">
              {[
                t('courses.hours', { n: f.rate(course.hours) }),
                t('courses.modules', { n: f.int(course.modules) }),
                ...saidOf(course),
              ].join(' · ')}
            </span>
            {course.own && (
              <progress max={100} value={course.own.percent} aria-label={t('courses.progress')}>
                {course.own.percent} %
              </progress>
            )}
          </li>
        ))}
      </ul>
      {(answer?.mayManage || answer?.courses.some(({ teaches }) => teaches)) && <OwnLessons city={city} />}
      {answer?.mayManage && (
        <section class="card" aria-labelledby="course-make">
          <h2 id="course-make">{t('courses.make')}</h2>
          <p class="course-buttons">
            <button type="button" class="button is-primary" disabled={isMaking} onClick={() => make('diploma')}>
              {t('courses.newDiploma')}
            </button>
            <button type="button" class="button" disabled={isMaking} onClick={() => make('empty')}>
              {t('courses.newEmpty')}
            </button>
          </p>
        </section>
      )}
    </>
  );

  function saidOf({ own, teaches, state }: CourseRow): string[] {
    return [
      ...(own
        ? [own.completedAt ? completedText(own.completedAt) : t('courses.youHave', { n: f.int(own.percent) })]
        : []),
      ...(teaches ? [t('courses.youTeach')] : []),
      ...(state === 'archived' ? [t('courses.isArchived')] : []),
    ];
  }
  function completedText(moment: string): string {
    return t('courses.completedOn', {
      day: f.day(f.today(reference.jurisdiction.value?.timezone ?? 'UTC', Date.parse(moment))),
    });
  }
}
