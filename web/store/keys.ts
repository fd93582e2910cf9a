// Keys that work anywhere on the page: / search, F filters, L list, ? help, Esc clears the chosen place.

import type { Store } from './state.ts';

const AFTER_DRAWING_MS = 400;

/** Answers a function that stops listening. */
export function listenKeys(view: Window, store: Store): () => void {
  const { document } = view;
  const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();
  const act: Record<string, () => void> = {
    '/': () => focus('#search'),
    f: () => focus('.filter-bar button'),
    l: () => focus('#where .row'),
    '?': () => document.querySelector<HTMLDialogElement>('#help')?.showModal(),
    Escape: () => {
      if (!store.place.peek()) return;
      store.change({ place: null });
      // What was focused may have gone with the place: whoever has no pointer would begin again at the top.
      setTimeout(() => document.activeElement === document.body && focus('#where'), AFTER_DRAWING_MS);
    },
  };
  const listen = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const typing = target.matches('input:not([type=checkbox], [type=radio]), select, textarea');
    const inOverlay = document.querySelector('dialog[open], :popover-open') !== null;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || inOverlay || typing) return;
    const action = act[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  view.addEventListener('keydown', listen);
  return () => view.removeEventListener('keydown', listen);
}
