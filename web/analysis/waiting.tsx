// What is said while an analysis is computed: which, over how much, for how long already and how long at most; and the way
// to stop it.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { Session } from './session.ts';

/** An answer that comes at once needs no word about waiting, which would move what is read. */
const SOON_MS = 700;
const SECOND_MS = 1000;

/** Seconds that the question under way has been waited for; null where none is, or not for long. */
export function useWaited({ question }: Session): number | null {
  const since = question.waitingSince.value;
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (since === null) return;
    const look = () => setNow(Date.now());
    const first = setTimeout(look, SOON_MS);
    const timer = setInterval(look, SECOND_MS);
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [since]);
  return since === null || now - since < SOON_MS ? null : Math.floor((now - since) / SECOND_MS);
}

export function Waiting({ session, seconds }: { session: Session; seconds: number }) {
  const { answers, t, f } = usePage();
  const { summary } = answers;
  const matched = summary.isOld.value ? undefined : summary.answered.value?.value.totals.matched;
  const what = t(`analysis.task_${session.asked.value.task}`);
  return (
    <div class="analysis-waiting">
      {/* The seconds are not read aloud: what goes on is said once. */}
      <p role="status">
        {matched === undefined
          ? t('analysis.computingWhat', { what })
          : t('analysis.computingOver', { what, n: f.int(matched) })}
      </p>
      <p class="small" aria-hidden="true">
        {t('analysis.computingFor', { n: f.int(seconds) })}
      </p>
      <button type="button" class="button" onClick={session.stop}>
        {t('analysis.stop')}
      </button>
    </div>
  );
}
