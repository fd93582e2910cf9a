// Changing a course: its modules with hours, and the lessons, readings and works they are made of.

import { useState } from 'preact/hooks';
import {
  type CourseAnswer,
  type CourseBody,
  type CourseItem,
  type CourseLesson,
  type CourseModule,
  hoursOf,
} from '../../server/courses/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Refused } from '../parts/refused.tsx';
import { newPartName } from './part-names.ts';

type Props = {
  readonly answer: CourseAnswer;
  readonly choice: readonly CourseLesson[];
  readonly refused: string | null;
  readonly onSave: (body: CourseBody) => Promise<void>;
  readonly onCancel: () => void;
};

const moved = <T,>(list: readonly T[], at: number): T[] => {
  const next = [...list];
  next.splice(at - 1, 2, list[at]!, list[at - 1]!);
  return next;
};

export function CourseEditor({ answer, choice, refused, onSave, onCancel }: Props) {
  const { t, f } = usePage();
  const [body, setBody] = useState<CourseBody>(answer.body);
  const set = (part: Partial<CourseBody>) => setBody({ ...body, ...part });
  const { modules } = body;
  const empty = modules.filter(({ hours, items }) => hours > 0 && items.length === 0);
  const setModule = (at: number, module: CourseModule | null) =>
    set({ modules: modules.flatMap((each, index) => (index === at ? (module ?? []) : each)) });
  const percent = (label: string, name: 'passPercent' | 'attendancePercent', min: number) => (
    <label>
      <span>{label}</span>
      <input
        type="number"
        min={min}
        max={100}
        step={1}
        required
        value={body[name]}
        onInput={(event) => set({ [name]: event.currentTarget.valueAsNumber || 0 })}
      />
    </label>
  );
  return (
    <form
      class="course-form"
      onSubmit={(event) => {
        event.preventDefault();
        void onSave(body);
      }}
    >
      <h1>{t('courses.editCourse')}</h1>
      <Refused why={refused} />
      <label>
        <span>{t('courses.title')}</span>
        <input
          required
          maxLength={160}
          value={body.title}
          onInput={(event) => set({ title: event.currentTarget.value })}
        />
      </label>
      <label>
        <span>{t('courses.about')}</span>
        <textarea
          rows={3}
          maxLength={2000}
          value={body.about}
          onInput={(event) => set({ about: event.currentTarget.value })}
        />
      </label>
      <div class="course-fields">
        {percent(t('courses.passPercent'), 'passPercent', 50)}
        {percent(t('courses.attendancePercent'), 'attendancePercent', 0)}
      </div>
      <label class="course-tick">
        <input
          type="checkbox"
          checked={body.state === 'archived'}
          onChange={(event) => set({ state: event.currentTarget.checked ? 'archived' : 'open' })}
        />{' '}
        {t('courses.archive')}
      </label>
      {modules.map((module, at) => (
        <ModuleEditor
          key={module.id}
          module={module}
          all={modules}
          choice={choice}
          onChange={(changed) => setModule(at, changed)}
          onUp={at > 0 ? () => set({ modules: moved(modules, at) }) : null}
        />
      ))}
      <p>
        <button
          type="button"
          class="button"
          onClick={() => set({ modules: [...modules, { id: newPartName(modules), title: '', hours: 1, items: [] }] })}
        >
          {t('courses.addModule')}
        </button>
      </p>
      <p>{t('courses.total', { hours: t('courses.hours', { n: f.rate(hoursOf(body)) }) })}</p>
      {empty.length > 0 && (
        <p class="refusal" role="status">
          {t('courses.emptyModules', { names: empty.map(({ title }) => title || t('courses.module')).join(', ') })}
        </p>
      )}
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

function ModuleEditor({
  module,
  all,
  choice,
  onChange,
  onUp,
}: {
  readonly module: CourseModule;
  readonly all: readonly CourseModule[];
  readonly choice: readonly CourseLesson[];
  readonly onChange: (module: CourseModule | null) => void;
  readonly onUp: (() => void) | null;
}) {
  const { t, f } = usePage();
  const { title, items } = module;
  const every = all.flatMap((each) => each.items);
  const chosen = new Set(every.flatMap((item) => (item.kind === 'lesson' ? [item.lesson] : [])));
  const setItem = (at: number, item: CourseItem | null) =>
    onChange({ ...module, items: items.flatMap((each, index) => (index === at ? (item ?? []) : each)) });
  const nameOf = (item: CourseItem) =>
    item.kind === 'resource' ? item.title : (choice.find(({ code }) => code === item.lesson)?.title ?? item.lesson);
  const buttons = (what: string, up: (() => void) | null, remove: () => void) => (
    <span class="course-buttons">
      <button
        type="button"
        class="button is-icon"
        disabled={up === null}
        aria-label={t('courses.up', { what })}
        onClick={() => up?.()}
      >
        <Icon name="arrowUp" />
      </button>
      <button type="button" class="button is-icon" aria-label={t('courses.removeOne', { what })} onClick={remove}>
        <Icon name="close" />
      </button>
    </span>
  );
  return (
    <fieldset class="card">
      <legend>{title || t('courses.module')}</legend>
      <div class="course-fields">
        <label>
          <span>{t('courses.module')}</span>
          <input
            required
            maxLength={160}
            value={title}
            onInput={(event) => onChange({ ...module, title: event.currentTarget.value })}
          />
        </label>
        <label>
          <span>{t('courses.moduleHours')}</span>
          <input
            type="number"
            min={0}
            max={500}
            step={0.5}
            required
            value={module.hours}
            onInput={(event) => onChange({ ...module, hours: event.currentTarget.valueAsNumber || 0 })}
          />
        </label>
        {buttons(title || t('courses.module'), onUp, () => onChange(null))}
      </div>
      <ol class="course-items">
        {items.map((item, at) => (
          <li key={item.id}>
            {item.kind === 'lesson' ? (
              <span>{nameOf(item)}</span>
            ) : (
              <div class="course-fields">
                <label>
                  <span>{t('courses.resource')}</span>
                  <input
                    required
                    maxLength={160}
                    value={item.title}
                    onInput={(event) => setItem(at, { ...item, title: event.currentTarget.value })}
                  />
                </label>
                <label>
                  <span>{t('courses.address')}</span>
                  <input
                    type="url"
                    pattern="https://.*"
                    value={item.address ?? ''}
                    onInput={(event) => setItem(at, { ...item, address: event.currentTarget.value || null })}
                  />
                </label>
              </div>
            )}
            {buttons(
              nameOf(item) || t('courses.resource'),
              at > 0 ? () => onChange({ ...module, items: moved(items, at) }) : null,
              () => setItem(at, null),
            )}
          </li>
        ))}
      </ol>
      <p class="course-buttons">
        <select
          aria-label={t('courses.addLesson')}
          value=""
          onChange={(event) => {
            const lesson = event.currentTarget.value;
            event.currentTarget.value = '';
            if (lesson) onChange({ ...module, items: [...items, { id: newPartName(every), kind: 'lesson', lesson }] });
          }}
        >
          <option value="">{t('courses.addLesson')}</option>
          {choice
            .filter(({ code }) => !chosen.has(code))
            .map(({ code, title: lesson, minutes }) => (
              <option key={code} value={code}>
                {lesson} ({t('lessons.minutes', { n: f.int(minutes) })})
              </option>
            ))}
        </select>
        <button
          type="button"
          class="button"
          onClick={() =>
            onChange({
              ...module,
              items: [...items, { id: newPartName(every), kind: 'resource', title: '', address: null }],
            })
          }
        >
          {t('courses.addResource')}
        </button>
      </p>
    </fieldset>
  );
}
