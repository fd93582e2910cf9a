// The groups of a course with how far they are, and by state; and making one.

import type { ComponentChildren } from 'preact';
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
  const { store, t } = usePage();
  const [isMaking, setMaking] = useState(false);
  const placeOf = ({ body }: GroupRow) => [body.municipality, body.state].filter(Boolean).join(', ');
  return (
    <section aria-labelledby="course-groups">
      <h2 id="course-groups">{t('courses.groups')}</h2>
      {groups.length > 0 && (
        <HowFar
          label={t('courses.groups')}
          first={[t('courses.group'), t('courses.place')]}
          rows={groups.map((group) => ({
            key: String(group.id),
            name: (
              <button
                type="button"
                class="link"
                onClick={() => store.change({ course: { id: course, group: group.id } })}
              >
                {group.body.title}
              </button>
            ),
            about: placeOf(group),
            groups: [group],
          }))}
        />
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

/** Groups of one state together. */
function ByState({ groups }: { readonly groups: readonly GroupRow[] }) {
  const { t, f } = usePage();
  const states = [...Map.groupBy(groups, ({ body }) => body.state)].sort(([a], [b]) => a.localeCompare(b, 'es'));
  return (
    <HowFar
      label={t('courses.byState')}
      caption={t('courses.byState')}
      first={[t('courses.state'), t('courses.groups')]}
      rows={states.map(([state, list]) => ({
        ...{ key: state, name: state || t('courses.noState'), about: f.int(list.length), groups: list },
      }))}
    />
  );
}

type HowFarProps = {
  readonly label: string;
  readonly caption?: string;
  readonly first: readonly [name: string, about: string];
  readonly rows: readonly {
    readonly key: string;
    readonly name: ComponentChildren;
    readonly about: string;
    readonly groups: readonly GroupRow[];
  }[];
};

/** How far the people of some groups are together; the mean is of people, not of groups. */
function HowFar({ label, caption, first, rows }: HowFarProps) {
  const { t, f } = usePage();
  const sum = (list: readonly GroupRow[], of: (group: GroupRow) => number) =>
    list.reduce((total, group) => total + of(group), 0);
  return (
    <TableScroll label={label}>
      <table class="plain-table">
        {caption && <caption>{caption}</caption>}
        <thead>
          <tr>
            {[...first, t('courses.learners'), t('courses.mean'), t('courses.completed')].map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, about, groups }) => {
            const members = sum(groups, (group) => group.members);
            const percents = sum(groups, (group) => group.meanPercent * group.members);
            return (
              <tr key={key}>
                <th scope="row">{name}</th>
                <td>{about}</td>
                <td>{f.int(members)}</td>
                <td>{members ? `${f.int(Math.round(percents / members))} %` : '–'}</td>
                <td>{f.int(sum(groups, (group) => group.completed))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableScroll>
  );
}
