// What closes under the keyboard gives it back to where it was opened from, and not to the top of the page.

import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** `part` = what will be gone. Whoever is elsewhere by then stays there. */
export function useFocusBack(part: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const opener = document.activeElement;
    const element = part.current;
    return () => {
      const now = document.activeElement;
      const isLost = now === null || now === document.body || element?.contains(now);
      if (isLost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
}
