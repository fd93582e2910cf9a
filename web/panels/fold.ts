// A row that gives up, step by step, what it can spare, until all that is left in it fits, however wide the page is and
// however much there is to show.

import { useLayoutEffect, useState } from 'preact/hooks';

/**
 * How many steps the row had to give up, 0 … `steps`. The style sheet and what is rendered know them by the attribute
 * `data-fold`, the numbers of all steps taken: `[data-fold~='2']`.
 */
export function useFold(row: { readonly current: HTMLElement | null }, steps: number): number {
  const [taken, setTaken] = useState(0);
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return;
    const fit = () => setTaken(foldToFit(element, steps));
    fit();
    const sized = new ResizeObserver(fit);
    const observeAll = () => {
      sized.disconnect();
      for (const each of [element, ...element.children]) sized.observe(each);
    };
    observeAll();
    const changed = new MutationObserver(() => {
      observeAll();
      fit();
    });
    changed.observe(element, { childList: true });
    return () => {
      sized.disconnect();
      changed.disconnect();
    };
  }, [row, steps]);
  return taken;
}

function foldToFit(element: HTMLElement, steps: number): number {
  for (let taken = 0; ; taken++) {
    element.dataset.fold = Array.from({ length: taken }, (_, step) => step + 1).join(' ');
    if (taken === steps || fits(element)) return taken;
  }
}

/** What runs into the space kept free at the end of the row does not yet make it scroll, and touches the edge of the page. */
function fits(row: HTMLElement): boolean {
  if (row.scrollWidth > row.clientWidth) return false;
  const end = row.getBoundingClientRect().right - Number.parseFloat(getComputedStyle(row).paddingRight);
  return [...row.children].every((each) => {
    // An open menu is a child of the row, and lies over the page.
    const isInRow = each.checkVisibility() && !['absolute', 'fixed'].includes(getComputedStyle(each).position);
    return !isInRow || each.getBoundingClientRect().right <= end + 0.5;
  });
}
