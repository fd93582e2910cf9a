// One group for its tutors: the link and the list by which people enrol, how far everybody is, and attendance.

import { useState } from 'preact/hooks';
import type { GroupAnswer, ListReport, MemberRow } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Refused } from '../parts/refused.tsx';
import { TableScroll } from '../parts/table-scroll.tsx';
import { AttendanceSheet } from './attendance-sheet.tsx';
import { GroupEditor } from './group-editor.tsx';
import { Failures, TextsToRead } from './group-work.tsx';
import { coursePaths } from './paths.ts';
import { useAnswer } from './use-answer.ts';

type Attempt = (change: () => Promise<unknown>) => Promise<boolean>;

export function GroupPage({
  city,
  course,
  id,
}: {
  readonly city: string;
  readonly course: number;
  readonly id: number;
}) {
  const { access, store, t } = usePage();
  const language = store.language.value;
  const { answer, refused, attempt } = useAnswer(coursePaths.group(city, course, id, language));
  const [isEditing, setEditing] = useState(false);
  const [isSheet, setSheet] = useState(false);
  const mayManage = access.may('manage-courses');
  const nameOf = ({ name, learner }: MemberRow) =>
    name ?? (learner === 0 ? t('courses.operator') : t('courses.unnamed', { n: String(learner) }));
  if (answer && isSheet) return <AttendanceSheet answer={answer} nameOf={nameOf} onClose={() => setSheet(false)} />;
  const remove = () => {
    if (!confirm(t('courses.removeGroupSure'))) return;
    void attempt(async () => {
      await send('DELETE', coursePaths.changeGroup(city, course, id), language);
      store.change({ course: { id: course, group: null } });
    });
  };
  return (
    <>
      <p>
        <button type="button" class="link" onClick={() => store.change({ course: { id: course, group: null } })}>
          ← {t('courses.toCourse')}
        </button>
      </p>
      <Refused why={refused} />
      {!answer && !refused && <p role="status">{t('app.loading')}</p>}
      {answer && (
        <>
          <h1>{answer.group.body.title}</h1>
          <p class="lessons-about">
            {[answer.group.body.municipality, answer.group.body.state].filter(Boolean).join(', ')}
          </p>
          <p>{t('courses.tutors', { names: answer.group.tutors.join(', ') || t('courses.noTutors') })}</p>
          {isEditing ? (
            <GroupEditor
              body={answer.group.body}
              tutors={answer.group.tutors}
              mayName={mayManage}
              onCancel={() => setEditing(false)}
              onSave={async (body, tutors) => {
                const changed = { version: answer.group.version, body, ...(mayManage ? { tutors } : {}) };
                const put = () => send('PUT', coursePaths.changeGroup(city, course, id), language, changed);
                if (await attempt(put)) setEditing(false);
              }}
            />
          ) : (
            <p>
              <button type="button" class="button" onClick={() => setEditing(true)}>
                {t('courses.edit')}
              </button>
            </p>
          )}
          <Enrolling city={city} course={course} answer={answer} attempt={attempt} />
          <Members {...{ city, course, answer, attempt, mayManage, nameOf }} />
          <p>
            <button type="button" class="button" onClick={() => setSheet(true)}>
              {t('courses.attendanceSheet')}
            </button>
          </p>
          <TextsToRead
            texts={answer.waiting}
            inAll={answer.waitingInAll}
            marked={answer.marked}
            markedInAll={answer.markedInAll}
            onMark={(mark) => attempt(() => send('PUT', coursePaths.marks(city, course, id), language, mark))}
          />
          <Failures rows={answer.exercises} />
          <p class="course-buttons">
            <strong>{t('courses.takeAway')}:</strong>
            {(['csv', 'xlsx'] as const).map((ending) => (
              <a key={ending} class="button" href={coursePaths.progress(city, course, ending, language, id)} download>
                {ending.toUpperCase()}
              </a>
            ))}
            <a class="button" href={coursePaths.statements(city, course, id, language)} download>
              {t('courses.statements')}
            </a>
          </p>
          {mayManage && answer.members.length === 0 && (
            <p>
              <button type="button" class="link" onClick={remove}>
                {t('courses.removeGroup')}
              </button>
            </p>
          )}
        </>
      )}
    </>
  );
}

type Props = {
  readonly city: string;
  readonly course: number;
  readonly answer: GroupAnswer;
  readonly attempt: Attempt;
};

function Enrolling({ city, course, answer, attempt }: Props) {
  const { store, t, f } = usePage();
  const { id, key } = answer.group;
  const [isCopied, setCopied] = useState(false);
  const [report, setReport] = useState<ListReport | null>(null);
  const address = `${location.origin}/?city=${encodeURIComponent(city)}&tab=courses&join=${key}`;
  const language = store.language.value;
  const enrol = async (file: File | undefined) => {
    if (!file) return;
    const csv = textOf(new Uint8Array(await file.arrayBuffer()));
    await attempt(async () =>
      setReport(await send('POST', coursePaths.members(city, course, id, language), language, { csv })),
    );
  };
  return (
    <section class="card" aria-labelledby="course-link">
      <h2 id="course-link">{t('courses.link')}</h2>
      <p class="course-buttons">
        <input readOnly class="course-address" aria-label={t('courses.link')} value={address} />
        <button
          type="button"
          class="button"
          onClick={() => navigator.clipboard.writeText(address).then(() => setCopied(true))}
        >
          {t(isCopied ? 'courses.copied' : 'courses.copy')}
        </button>
        <button
          type="button"
          class="link"
          onClick={() => {
            setCopied(false);
            if (confirm(t('courses.renewSure')))
              void attempt(() => send('POST', coursePaths.key(city, course, id), language, {}));
          }}
        >
          {t('courses.renewKey')}
        </button>
      </p>
      <label class="course-form">
        <span>{t('courses.list')}</span>
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={(event) => {
            const input = event.currentTarget;
            void enrol(input.files?.[0]).then(() => {
              input.value = '';
            });
          }}
        />
      </label>
      <div role="status">
        {report && (
          <>
            <p>
              {t('courses.listRead', {
                ...{ n: f.int(report.read), enrolled: f.int(report.enrolled), already: f.int(report.already) },
              })}
            </p>
            <ul>
              {report.refused.map(({ line, name, reason }) => (
                <li key={line}>{t('courses.listRefused', { line: f.int(line), name, reason })}</li>
              ))}
            </ul>
            {report.ignoredColumns.length > 0 && (
              <p>{t('courses.listIgnored', { names: report.ignoredColumns.join(', ') })}</p>
            )}
          </>
        )}
      </div>
    </section>
  );
}

/** As UTF-8, or as the spreadsheets of Windows write it. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

type MembersProps = Props & { readonly mayManage: boolean; readonly nameOf: (member: MemberRow) => string };

function Members({ city, course, answer, attempt, mayManage, nameOf }: MembersProps) {
  const { reference, store, t, f } = usePage();
  const zone = reference.jurisdiction.value?.timezone ?? 'UTC';
  const { group, members } = answer;
  const language = store.language.value;
  const attend = (learner: number, session: string, attended: boolean) =>
    attempt(() =>
      send('PUT', coursePaths.attendance(city, course, group.id), language, { session, learner, attended }),
    );
  const takeBack = (member: MemberRow) => {
    if (!confirm(t('courses.notCompletedSure', { name: nameOf(member) }))) return;
    void attempt(() => send('DELETE', coursePaths.completion(city, course, group.id, member.learner), language));
  };
  const remove = (member: MemberRow) => {
    if (!confirm(t('courses.removeSure', { name: nameOf(member) }))) return;
    const answers = mayManage && confirm(t('courses.removeAnswers'));
    void attempt(() => send('DELETE', coursePaths.member(city, course, group.id, member.learner, answers), language));
  };
  return (
    <section aria-labelledby="course-members">
      <h2 id="course-members">{t('courses.learners')}</h2>
      <TableScroll label={t('courses.learners')}>
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('courses.person')}</th>
              <th scope="col">{t('courses.progress')}</th>
              <th scope="col" title={t('courses.firstWhy')}>
                {t('courses.first')}
              </th>
              <th scope="col">{t('courses.lastAnswer')}</th>
              {group.body.sessions.map((session) => (
                <th key={session.id} scope="col" title={session.title}>
                  {f.day(session.day)}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <tr key={member.learner}>
                <th scope="row">
                  {nameOf(member)} {member.hasEnded && <em class="small">{t('courses.ended')}</em>}
                </th>
                <td>
                  {member.progress.completedAt
                    ? t('courses.completedOn', { day: f.day(f.today(zone, Date.parse(member.progress.completedAt))) })
                    : `${f.int(member.progress.percent)} %`}
                </td>
                <td>{member.first.of === 0 ? '–' : `${f.int(member.first.right)}/${f.int(member.first.of)}`}</td>
                <td>
                  {member.progress.lastAnswerAt
                    ? f.day(f.today(zone, Date.parse(member.progress.lastAnswerAt)))
                    : t('courses.never')}
                </td>
                {group.body.sessions.map((session) => (
                  <td key={session.id}>
                    <input
                      type="checkbox"
                      aria-label={t('courses.attendanceOf', { name: nameOf(member), session: session.title })}
                      checked={member.attended.includes(session.id)}
                      onChange={(event) => attend(member.learner, session.id, event.currentTarget.checked)}
                    />
                  </td>
                ))}
                <td>
                  {member.progress.completedAt && (
                    <button type="button" class="link" onClick={() => takeBack(member)}>
                      {t('courses.notCompleted')}
                    </button>
                  )}{' '}
                  <button type="button" class="link" onClick={() => remove(member)}>
                    {t('courses.remove')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableScroll>
    </section>
  );
}
