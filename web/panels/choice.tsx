// One of several answers, 36 px high: a radio with its text and a figure at the end.

import type { ComponentChildren } from 'preact';

type Props = {
  readonly group: string;
  readonly checked: boolean;
  readonly onPick: () => void;
  readonly detail?: string;
  readonly children: ComponentChildren;
};

export function Choice({ group, checked, onPick, detail, children }: Props) {
  return (
    <label class="choice">
      <input type="radio" name={group} checked={checked} onChange={onPick} onClick={() => checked && onPick()} />
      <span class="choice-text">{children}</span>
      {detail && <span class="choice-detail">{detail}</span>}
    </label>
  );
}
