// A part of the page that comes in its own chunk, and is nothing until it is there or where it cannot be had.

import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** `load` is called once, when the part is first wanted. */
export function lazily<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let coming: Promise<FunctionComponent<P>> | null = null;
  return (props) => {
    const [held, setHeld] = useState<{ readonly Part: FunctionComponent<P> } | null>(null);
    useEffect(() => {
      let isWanted = true;
      coming ??= load();
      coming.then(
        (Part) => isWanted && setHeld({ Part }),
        () => {
          // Asked for again the next time it is wanted.
          coming = null;
        },
      );
      return () => {
        isWanted = false;
      };
    }, []);
    return held && <held.Part {...props} />;
  };
}
