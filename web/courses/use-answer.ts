// One answer of the server about courses, asked again after every change; and what was refused, in words.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { Path, Problem } from '../store/api.ts';

export function useAnswer<T>(path: Path<T>) {
  const { ask, t } = usePage();
  const [answer, setAnswer] = useState<T | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const failed = ({ status, message }: Problem) =>
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  const load = (signal = new AbortController().signal) =>
    ask(path, signal).then(setAnswer, (problem: Problem) => !signal.aborted && failed(problem));
  useEffect(() => {
    const stop = new AbortController();
    void load(stop.signal);
    return () => stop.abort();
  }, [path]);
  /** Does it, then asks again; answers whether it was done. */
  const attempt = async (change: () => Promise<unknown>): Promise<boolean> => {
    setRefused(null);
    try {
      await change();
      await load();
      return true;
    } catch (error) {
      failed(error as Problem);
      return false;
    }
  };
  return { answer, refused, attempt };
}
