// A dialog that is open while it stands in the page: the rest cannot be used until it is closed.

import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

type Props = {
  readonly title: string;
  readonly onClose: () => void;
  /** Not closed by a key that is pressed by mistake. */
  readonly stays?: boolean;
  readonly children: ComponentChildren;
};

export function Modal({ title, onClose, stays = false, children }: Props) {
  const id = `modal${useId()}`;
  const opened = useRef(false);
  return (
    <dialog
      class="dialog is-question"
      aria-labelledby={id}
      ref={(dialog) => {
        if (dialog && !opened.current) dialog.showModal();
        opened.current = true;
      }}
      onClose={onClose}
      onCancel={(event) => stays && event.preventDefault()}
    >
      <div class="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
