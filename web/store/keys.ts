// Keys that work anywhere on the page: / search, F filters, L list, ? help, Esc clears the chosen place.

import type { Store } from './state.ts';

/** Answers a function that stops listening. */
export function listenKeys(view: Window, store: Store): () => void {
  const { document } = view;
  const focus = (selector: string) => document.querySelector<HTMLElement>(selector)?.focus();
  const act: Record<string, () => void> = {
    '/': () => focus('#search'),
    f: () => focus('.filter-bar button'),
    l: () => focus('#where .row'),
    '?': () => document.querySelector<HTMLDialogElement>('#help')?.showModal(),
    Escape: () => store.place.peek() && store.change({ place: null }),
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
