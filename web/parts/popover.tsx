// A button and the native popover it opens: light dismissal and Esc from the browser, placed under the button.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

const GAP_PX = 4;
const EDGE_PX = 8;
/** At this width and below the style sheet gives popovers the whole screen. */
const PHONE_PX = 767;

type Props = {
  /** Name of the popover for those who cannot see it. */
  readonly label: string;
  readonly button: ComponentChildren;
  readonly buttonLabel?: string;
  readonly buttonClass?: string;
  readonly class?: string;
  readonly children: (close: () => void) => ComponentChildren;
  /** Whether the first control takes the focus on opening. */
  readonly focusFirst?: boolean;
};

export function Popover(props: Props) {
  const { label, button, buttonLabel, buttonClass, children, focusFirst = true } = props;
  const id = `popover${useId()}`;
  const trigger = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    const [box, by] = [panel.current, trigger.current];
    if (!open || !box || !by) return;
    place(box, by);
    const first = box.querySelector<HTMLElement>('input, button, select, [tabindex="0"]');
    const now = first?.matches('[type=radio]') ? box.querySelector<HTMLElement>('[type=radio]:checked') : null;
    if (focusFirst) (now ?? first)?.focus({ preventScroll: true });
    // What is still on its way makes it grow.
    const grown = new ResizeObserver(() => requestAnimationFrame(() => place(box, by)));
    grown.observe(box);
    return () => grown.disconnect();
  }, [open, focusFirst]);

  const close = () => panel.current?.hidePopover();
  return (
    <>
      <button
        ref={trigger}
        type="button"
        class={buttonClass ?? 'button'}
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={buttonLabel}
        title={buttonLabel}
      >
        {button}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        class={`popover ${props.class ?? ''}`}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={(event) => panel.current && walk(event, panel.current)}
      >
        {open && children(close)}
      </div>
    </>
  );
}

const STOPS = 'input[type=search], input[type=radio], input[type=checkbox], summary';

/**
 * Arrows go from choice to choice, and from the search to what it found; Enter and the space bar choose. Left to the
 * browser an arrow would choose the next radio, which closes the menu before anybody is at the one they want.
 */
function walk(event: KeyboardEvent, panel: HTMLElement): void {
  const at = event.target as HTMLElement;
  const isChoice = at.matches('[type=radio], [type=checkbox]');
  if (event.altKey || event.ctrlKey || event.metaKey || !at.matches(STOPS)) return;
  if (event.key === 'Enter' && isChoice) {
    event.preventDefault();
    at.click();
  }
  const aside = at.matches('[type=radio]') && ['ArrowLeft', 'ArrowRight'].includes(event.key);
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp' && !aside) return;
  event.preventDefault();
  const stops = [...panel.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => stop.checkVisibility());
  const step = event.key === 'ArrowDown' || event.key === 'ArrowRight' ? 1 : -1;
  stops[stops.indexOf(at) + step]?.focus();
}

function place(panel: HTMLElement, trigger: HTMLElement): void {
  panel.style.left = '';
  panel.style.top = '';
  panel.style.maxHeight = '';
  if (innerWidth <= PHONE_PX) return;
  const by = trigger.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const left = Math.max(EDGE_PX, Math.min(by.left, innerWidth - width - EDGE_PX));
  const below = by.bottom + GAP_PX;
  const above = by.top - GAP_PX - height;
  const fitsBelow = below + height <= innerHeight - EDGE_PX || above < EDGE_PX;
  panel.style.left = `${left}px`;
  panel.style.top = `${fitsBelow ? below : above}px`;
  panel.style.maxHeight = `${innerHeight - (fitsBelow ? below : EDGE_PX) - EDGE_PX}px`;
}
