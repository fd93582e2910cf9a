// What is typed between Ctrl K and the line being there: the first time its part of the page has to come, and hands that know
// the way do not wait for it.

export type Typed = { readonly text: string; readonly isEntered: boolean };
export type TypedEarly = {
  /** What was typed so far; from then on keys go where they go. */
  take(): Typed;
};

/** It may never come. */
const LONGEST_WAIT_MS = 10_000;

/** Keeps what is typed until it is taken; Escape takes back that anything was asked for. */
export function keepTyped(view: Window, cancel: () => void): TypedEarly {
  let text = '';
  let isEntered = false;
  const listen = (event: KeyboardEvent) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || key === 'Shift') return;
    event.preventDefault();
    event.stopPropagation();
    if (key === 'Escape') {
      stop();
      cancel();
    } else if (key === 'Enter') isEntered = true;
    else if (key === 'Backspace') text = text.slice(0, -1);
    else if (key.length === 1) text += key;
  };
  const stop = () => {
    clearTimeout(timer);
    view.removeEventListener('keydown', listen, true);
  };
  const timer = setTimeout(stop, LONGEST_WAIT_MS);
  view.addEventListener('keydown', listen, true);
  return {
    take() {
      stop();
      return { text, isEntered };
    },
  };
}
