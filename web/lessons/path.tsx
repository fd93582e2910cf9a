// Whom the lessons are shown for: all of them, or the path of one kind of work, remembered in this browser.

import { signal } from '@preact/signals';
import { LEARNERS, type Learner, type LessonRow } from '../../server/lessons/contract.ts';
import { usePage } from '../app.ts';

const KEY = 'cuadra.lessons.path';

function remembered(): Learner | null {
  try {
    const text = localStorage.getItem(KEY);
    return LEARNERS.find((each) => each === text) ?? null;
  } catch {
    return null;
  }
}

/** Null = every lesson. */
const path = signal<Learner | null>(remembered());

export const onPath = (rows: readonly LessonRow[]): readonly LessonRow[] => {
  const chosen = path.value;
  return chosen === null ? rows : rows.filter(({ roles }) => roles.includes(chosen));
};

function choose(chosen: Learner | null): void {
  path.value = chosen;
  try {
    if (chosen === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, chosen);
  } catch {
    // Without room it is chosen until the page is left.
  }
}

export function PathChoice() {
  const { t } = usePage();
  return (
    <fieldset class="lesson-path">
      <legend>{t('lessons.path')}</legend>
      {[null, ...LEARNERS].map((each) => (
        <button key={each} type="button" class="button" aria-pressed={path.value === each} onClick={() => choose(each)}>
          {t(each === null ? 'lessons.pathAll' : `lessons.role_${each}`)}
        </button>
      ))}
    </fieldset>
  );
}
