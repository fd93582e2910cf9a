// A change of certificates that is under way, and why it was refused.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import type { Problem } from '../store/api.ts';

/** `change` runs one change at a time; `done` hears that it was made. */
export function useChange(done: () => void) {
  const { t } = usePage();
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const change = async (run: () => Promise<unknown>): Promise<boolean> => {
    if (isBusy) return false;
    setBusy(true);
    setRefused(null);
    try {
      await run();
      done();
      return true;
    } catch (error) {
      const { status, message } = error as Problem;
      setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, refused, change };
}
