// What a group is called, where it is, who teaches it, and its sessions.

import { useState } from 'preact/hooks';
import type { CourseSession, GroupBody } from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { newPartName } from './part-names.ts';

type Props = {
  readonly body: GroupBody | null;
  readonly tutors: readonly string[];
  /** Whether they may say who teaches it. */
  readonly mayName: boolean;
  readonly onSave: (body: GroupBody, tutors: readonly string[]) => Promise<void>;
  readonly onCancel: () => void;
};
const EMPTY: GroupBody = {
  ...{ title: '', municipality: '', state: '', from: null, until: null, sessions: [], isOpen: true },
};

export function GroupEditor({ body: given, tutors: named, mayName, onSave, onCancel }: Props) {
  const { t } = usePage();
  const [body, setBody] = useState<GroupBody>(given ?? EMPTY);
  const [tutors, setTutors] = useState(named.join(', '));
  const set = (part: Partial<GroupBody>) => setBody({ ...body, ...part });
  const setSession = (at: number, part: Partial<CourseSession>) =>
    set({ sessions: body.sessions.map((each, index) => (index === at ? { ...each, ...part } : each)) });
  const text = (label: string, name: 'title' | 'municipality' | 'state', isNeeded = false) => (
    <label>
      <span>{label}</span>
      <input
        required={isNeeded}
        maxLength={name === 'title' ? 160 : 100}
        value={body[name]}
        onInput={(event) => set({ [name]: event.currentTarget.value })}
      />
    </label>
  );
  const date = (label: string, name: 'from' | 'until') => (
    <label>
      <span>{label}</span>
      <input
        type="date"
        value={body[name] ?? ''}
        onInput={(event) => set({ [name]: event.currentTarget.value || null })}
      />
    </label>
  );
  return (
    <form
      class="card course-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave(
          body,
          tutors
            .split(',')
            .map((name) => name.trim())
            .filter(Boolean),
        );
      }}
    >
      {text(t('courses.title'), 'title', true)}
      <div class="course-fields">
        {text(t('courses.municipality'), 'municipality')}
        {text(t('courses.state'), 'state')}
        {date(t('courses.from'), 'from')}
        {date(t('courses.until'), 'until')}
      </div>
      {mayName && (
        <label>
          <span>{t('courses.tutorNames')}</span>
          <input value={tutors} onInput={(event) => setTutors(event.currentTarget.value)} />
        </label>
      )}
      <label class="course-tick">
        <input
          type="checkbox"
          checked={body.isOpen}
          onChange={(event) => set({ isOpen: event.currentTarget.checked })}
        />{' '}
        {t('courses.isOpen')}
      </label>
      <h3>{t('courses.sessions')}</h3>
      {body.sessions.map((session, at) => (
        <fieldset key={session.id} class="course-fields">
          <legend class="unseen">{session.title}</legend>
          <label>
            <span>{t('courses.title')}</span>
            <input
              required
              value={session.title}
              onInput={(event) => setSession(at, { title: event.currentTarget.value })}
            />
          </label>
          <label>
            <span>{t('courses.sessionDay')}</span>
            <input
              type="date"
              required
              value={session.day}
              onInput={(event) => setSession(at, { day: event.currentTarget.value })}
            />
          </label>
          <label>
            <span>{t('courses.sessionTime')}</span>
            <input
              type="time"
              required
              value={session.time}
              onInput={(event) => setSession(at, { time: event.currentTarget.value.slice(0, 5) })}
            />
          </label>
          <label>
            <span>{t('courses.sessionHours')}</span>
            <input
              type="number"
              min={0}
              max={500}
              step={0.5}
              required
              value={session.hours}
              onInput={(event) => setSession(at, { hours: event.currentTarget.valueAsNumber || 0 })}
            />
          </label>
          <label>
            <span>{t('courses.sessionPlace')}</span>
            <input value={session.place} onInput={(event) => setSession(at, { place: event.currentTarget.value })} />
          </label>
          <button
            type="button"
            class="button is-icon"
            aria-label={t('courses.removeOne', { what: session.title })}
            onClick={() => set({ sessions: body.sessions.filter((_, index) => index !== at) })}
          >
            <Icon name="close" />
          </button>
        </fieldset>
      ))}
      <p class="course-buttons">
        <button
          type="button"
          class="button"
          onClick={() =>
            set({
              sessions: [
                ...body.sessions,
                { id: newPartName(body.sessions), title: '', day: '', time: '10:00', hours: 2, place: '' },
              ],
            })
          }
        >
          {t('courses.addSession')}
        </button>
      </p>
      <p class="course-buttons">
        <button type="submit" class="button is-primary">
          {t('courses.save')}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t('courses.cancel')}
        </button>
      </p>
    </form>
  );
}
