// The marker back to the lesson, while its views and exercises are tried on the map or elsewhere in the portal.

import { computed } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { createQuestion } from '../store/question.ts';
import '../styles/lessons.css';
import { LessonExercise } from './exercise.tsx';
import { keepSending } from './given-answers.ts';
import { lessonPaths } from './paths.ts';

export function LessonBar() {
  const { access, ask, reference, store, t } = usePage();
  const whose = access.me.value?.whose ?? '';
  const question = useMemo(
    () =>
      createQuestion(
        computed(() => {
          const city = reference.jurisdiction.value?.code;
          const code = store.page.value.lesson?.code;
          return city && code ? lessonPaths.lesson(city, code, store.language.value) : null;
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
        () => question.ask(),
      ),
    [whose],
  );
  // On a telephone it lies over the list one counts in.
  const [isFolded, setFolded] = useState(false);
  const lesson = question.answered.value?.value;
  const wanted = store.page.value.lesson?.exercise;
  const part = lesson?.parts.find((each) => 'exercise' in each && each.exercise.id === wanted);
  const exercise = part && 'exercise' in part ? part.exercise : null;
  if (!lesson) return null;
  return (
    <aside class="lesson-bar" aria-label={t('lessons.bar')}>
      <div class="lesson-bar-head">
        <button type="button" class="link" onClick={() => store.change({ tab: 'learn' })}>
          ← {lesson.title}
        </button>
        {exercise && (
          <button
            type="button"
            class="button is-icon"
            aria-expanded={!isFolded}
            aria-label={t(isFolded ? 'lessons.unfold' : 'lessons.fold')}
            title={t(isFolded ? 'lessons.unfold' : 'lessons.fold')}
            onClick={() => setFolded(!isFolded)}
          >
            <Icon name={isFolded ? 'arrowUp' : 'arrowDown'} />
          </button>
        )}
        <button
          type="button"
          class="button is-icon"
          aria-label={t('lessons.leave')}
          title={t('lessons.leave')}
          onClick={() => store.change({ lesson: null })}
        >
          <Icon name="close" />
        </button>
      </div>
      {exercise && (
        <div hidden={isFolded}>
          <LessonExercise
            key={exercise.id}
            lesson={lesson.code}
            exercise={exercise}
            isDone={lesson.done.includes(exercise.id)}
            onMap
            onDone={() => question.ask()}
          />
        </div>
      )}
    </aside>
  );
}
