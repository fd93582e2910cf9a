// The state of a form whose words outlast the form: they are kept in the tab until they are sent or called off.

import { useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { keepDraft, readDraft } from '../store/drafts.ts';

/** Of one person and one city. */
function useWholeName(name: string): string {
  const { access, reference } = usePage();
  return [access.me.peek()?.whose, reference.jurisdiction.peek()?.code, name].join('.');
}

type FormDraft<T> = {
  readonly value: T;
  readonly set: (value: T) => void;
  /** Once it is sent or called off, and its form is gone; `clear`: where the form stays, empty. */
  readonly forget: () => void;
  readonly clear: () => void;
  /** Whether it was written before this form was opened. */
  readonly isOld: boolean;
};

/** As useState; `name` tells what is written: of which problem, which form. */
export function useDraft<T>(name: string, empty: () => T): FormDraft<T> {
  const whole = useWholeName(name);
  const [old] = useState(() => readDraft<T>(sessionStorage, whole));
  const [value, setValue] = useState<T>(() => old ?? empty());
  const [isOld, setOld] = useState(old !== null);
  return {
    ...{ value, isOld },
    set: (next) => {
      setValue(next);
      keepDraft(sessionStorage, whole, next);
    },
    forget: () => keepDraft(sessionStorage, whole, null),
    clear: () => {
      setValue(empty());
      setOld(false);
      keepDraft(sessionStorage, whole, null);
    },
  };
}

/** Whether something was written under this name: its form opens again. */
export function useHasDraft(name: string): boolean {
  const whole = useWholeName(name);
  return useState(() => readDraft(sessionStorage, whole) !== null)[0];
}
