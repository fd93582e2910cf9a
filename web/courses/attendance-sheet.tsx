// The list of a group to be signed on paper: who is in it, with a space under each session.

import type { CourseSession, GroupAnswer } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { TableScroll } from '../parts/table-scroll.tsx';

type Props = {
  readonly answer: GroupAnswer;
  readonly nameOf: (member: GroupAnswer['members'][number]) => string;
  readonly onClose: () => void;
};

/** As many columns as a signature has room in on a sheet of paper. */
const MOST_COLUMNS = 4;

export function AttendanceSheet({ answer: { group, members }, nameOf, onClose }: Props) {
  const { t, f } = usePage();
  const { title, municipality, state, sessions } = group.body;
  const sheets: (readonly CourseSession[])[] = [];
  for (let at = 0; at < Math.max(sessions.length, 1); at += MOST_COLUMNS)
    sheets.push(sessions.slice(at, at + MOST_COLUMNS));
  return (
    <>
      <p class="course-buttons not-printed">
        <button type="button" class="link" onClick={onClose}>
          ← {title}
        </button>
        <button type="button" class="button is-primary" onClick={() => print()}>
          {t('courses.printSheet')}
        </button>
      </p>
      {sheets.map((columns) => (
        <section key={columns[0]?.id} class="attendance-sheet">
          <h1>{title}</h1>
          <p>
            {[municipality, state].filter(Boolean).join(', ')}{' '}
            {t('courses.tutors', { names: group.tutors.join(', ') || t('courses.noTutors') })}
          </p>
          <TableScroll label={t('courses.attendance')}>
            <table class="plain-table">
              <thead>
                <tr>
                  <th scope="col">{t('courses.person')}</th>
                  {columns.map((session) => (
                    <th key={session.id} scope="col">
                      {session.title}, {f.day(session.day)}, {session.time}{' '}
                      <small>{[t('courses.hours', { n: f.rate(session.hours) }), session.place].join(' ')}</small>
                    </th>
                  ))}
                  {columns.length === 0 && <th scope="col">{t('courses.signature')}</th>}
                </tr>
              </thead>
              <tbody>
                {members.map((member, at) => (
                  <tr key={member.learner}>
                    <th scope="row">
                      {f.int(at + 1)}. {nameOf(member)}
                    </th>
                    {columns.map(({ id }) => (
                      <td key={id} />
                    ))}
                    {columns.length === 0 && <td />}
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        </section>
      ))}
    </>
  );
}
