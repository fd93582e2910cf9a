// Keys that work anywhere on the page: / search, F filters, L list, ? help, Esc clears the chosen place, Ctrl Z and Ctrl Y
// take a change back and make it again, Ctrl K opens the command line.

import type { Store } from './state.ts';

const AFTER_DRAWING_MS = 400;

/** Answers a function that stops listening. */
export function listenKeys(view: Window, store: Store, openCommands: () => void): () => void {
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
  /** With Ctrl, or the command key of a Mac. */
  const actWith: Record<string, () => void> = { z: store.undo, y: store.redo, Z: store.redo, k: openCommands };
  const listen = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const typing = target.matches('input:not([type=checkbox], [type=radio]), select, textarea');
    const inOverlay = document.querySelector('dialog[open], :popover-open') !== null;
    const isWith = event.ctrlKey || event.metaKey;
    // What is typed has an undo of its own.
    const isKept = typing && !(isWith && event.key.toLowerCase() === 'k');
    if (event.altKey || event.defaultPrevented || inOverlay || isKept || target.matches('select')) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = isWith ? actWith[event.shiftKey ? name.toUpperCase() : name] : act[name];
    if (!action) return;
    event.preventDefault();
    action();
  };
  view.addEventListener('keydown', listen);
  return () => view.removeEventListener('keydown', listen);
}
