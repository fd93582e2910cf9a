// A wait that whoever waits can call off.

/** Sooner when it is called off. */
export const pause = (ms: number, signal: AbortSignal | null) =>
  new Promise<void>((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
