// The groups of a course with how far they are, and by state; and making one.

import { useState } from 'preact/hooks';
import type { GroupRow } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { TableScroll } from '../parts/table-scroll.tsx';
import { GroupEditor } from './group-editor.tsx';
import { coursePaths } from './paths.ts';

type Props = {
  readonly city: string;
  readonly course: number;
  readonly groups: readonly GroupRow[];
  readonly mayManage: boolean;
  readonly attempt: (change: () => Promise<unknown>) => Promise<boolean>;
};

export function GroupList({ city, course, groups, mayManage, attempt }: Props) {
  const { store, t, f } = usePage();
  const [isMaking, setMaking] = useState(false);
  const placeOf = ({ body }: GroupRow) => [body.municipality, body.state].filter(Boolean).join(', ');
  return (
    <section aria-labelledby="course-groups">
      <h2 id="course-groups">{t('courses.groups')}</h2>
      {groups.length > 0 && (
        <TableScroll label={t('courses.groups')}>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">{t('courses.group')}</th>
                <th scope="col">{t('courses.place')}</th>
                <th scope="col">{t('courses.learners')}</th>
                <th scope="col">{t('courses.mean')}</th>
                <th scope="col">{t('courses.completed')}</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <tr key={group.id}>
                  <th scope="row">
                    <button
                      type="button"
                      class="link"
                      onClick={() => store.change({ course: { id: course, group: group.id } })}
                    >
                      {group.body.title}
                    </button>
                  </th>
                  <td>{placeOf(group)}</td>
                  <td>{f.int(group.members)}</td>
                  <td>{f.int(group.meanPercent)} %</td>
                  <td>{f.int(group.completed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableScroll>
      )}
      {new Set(groups.map(({ body }) => body.state)).size > 1 && <ByState groups={groups} />}
      {groups.length > 0 && (
        <p class="course-buttons">
          <strong>{t('courses.takeAway')}:</strong>
          {(['csv', 'xlsx'] as const).map((ending) => (
            <a
              key={ending}
              class="button"
              href={coursePaths.progress(city, course, ending, store.language.value)}
              download
            >
              {ending.toUpperCase()}
            </a>
          ))}
        </p>
      )}
      {mayManage && !isMaking && (
        <p>
          <button type="button" class="button" onClick={() => setMaking(true)}>
            {t('courses.newGroup')}
          </button>
        </p>
      )}
      {isMaking && (
        <GroupEditor
          body={null}
          tutors={[]}
          mayName={mayManage}
          onCancel={() => setMaking(false)}
          onSave={async (body, tutors) => {
            const made = () => send('POST', coursePaths.groups(city, course), store.language.peek(), { body, tutors });
            if (await attempt(made)) setMaking(false);
          }}
        />
      )}
    </section>
  );
}

/** Groups of one state together; the mean is of people, not of groups. */
function ByState({ groups }: { readonly groups: readonly GroupRow[] }) {
  const { t, f } = usePage();
  const states = [...Map.groupBy(groups, ({ body }) => body.state)].sort(([a], [b]) => a.localeCompare(b, 'es'));
  const sum = (list: readonly GroupRow[], of: (group: GroupRow) => number) =>
    list.reduce((total, group) => total + of(group), 0);
  return (
    <TableScroll label={t('courses.byState')}>
      <table class="plain-table">
        <caption>{t('courses.byState')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('courses.state')}</th>
            <th scope="col">{t('courses.groups')}</th>
            <th scope="col">{t('courses.learners')}</th>
            <th scope="col">{t('courses.mean')}</th>
            <th scope="col">{t('courses.completed')}</th>
          </tr>
        </thead>
        <tbody>
          {states.map(([state, list]) => {
            const members = sum(list, (group) => group.members);
            return (
              <tr key={state}>
                <th scope="row">{state || t('courses.noState')}</th>
                <td>{f.int(list.length)}</td>
                <td>{f.int(members)}</td>
                <td>
                  {members
                    ? `${f.int(Math.round(sum(list, (group) => group.meanPercent * group.members) / members))} %`
                    : '–'}
                </td>
                <td>{f.int(sum(list, (group) => group.completed))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableScroll>
  );
}
