// That an answer is on its way, or did not come: a thin bar, a word after three seconds, a way to try again.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';

const PATIENCE_MS = 3000;
const TICK_MS = 500;
const MINUTE_MS = 60_000;

export function Progress() {
  const { answers, pictures, reference, store, map, t, f } = usePage();
  // Elsewhere nobody waits for the map, and a word over the page would cover what there is to press, once there is any.
  const isSaid = store.page.value.tab === 'map' || !reference.jurisdictions.answered.value;
  const [now, setNow] = useState(() => Date.now());
  const questions = [...reference.questions, ...answers.all, pictures.heat, pictures.heatDetail];
  const waiting = [...questions, map].flatMap(({ waitingSince }) => waitingSince.value ?? []);
  const failed = questions.find((question) => question.problem.value);
  const busy = waiting.length > 0;
  const watch = busy || failed !== undefined;

  useEffect(() => {
    if (!watch) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [watch]);

  const retry = () => {
    for (const question of questions) if (question.problem.peek()) question.ask();
  };
  const problem = failed?.problem.value;
  const at = failed?.answered.value?.at;
  const minutes = at ? Math.round((now - at) / MINUTE_MS) : 0;
  const ago = minutes < 1 ? t('time.justNow') : t('time.minutesAgo', { count: minutes, n: f.int(minutes) });
  const isOfBefore = questions.some(({ isOld }) => isOld.value);
  const refused = problem && problem.status >= 400 && problem.status < 500;
  return (
    <>
      <div class={`progress ${busy ? 'is-busy' : ''}`} aria-hidden="true" />
      {isSaid && busy && now - Math.min(...waiting) > PATIENCE_MS && (
        <p class="notice" role="status">
          {t('app.stillWorking')}
        </p>
      )}
      {problem && !busy && (
        <p class="notice is-error" role="alert">
          {refused
            ? t('app.refused', { reason: problem.message })
            : at
              ? t(isOfBefore ? 'app.failedBefore' : 'app.failed', { ago })
              : t('app.failedFirst')}{' '}
          <button type="button" class="link" onClick={retry}>
            {t('app.retry')}
          </button>
        </p>
      )}
    </>
  );
}
