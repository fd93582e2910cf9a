// One job followed from its start to its end, for a step that waits for it.

import { useEffect, useState } from 'preact/hooks';
import type { JobState } from '../../server/jobs/contract.ts';
import { usePage } from '../app.ts';
import { isUnderWay, useDesk } from './data-store.ts';
import { dataPaths } from './paths.ts';

const EVERY_MS = 400;

/** The job as it stands, asked again until it has ended; null while `started` is. */
export function useJob(started: JobState | null): JobState | null {
  const { ask } = usePage();
  const { city } = useDesk();
  const [job, setJob] = useState(started);
  useEffect(() => {
    setJob(started);
    if (!started) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const look = () =>
      ask(dataPaths.job(city.code, started.id), stop.signal).then(
        (now) => {
          setJob(now);
          if (isUnderWay(now)) timer = setTimeout(look, EVERY_MS);
        },
        () => {
          if (!stop.signal.aborted) timer = setTimeout(look, EVERY_MS);
        },
      );
    look();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [started?.id]);
  return job?.id === started?.id ? job : started;
}
