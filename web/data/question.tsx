// Asks before something is taken away, and says what stops with it.

import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { usePage } from '../app.ts';

type Props = {
  readonly title: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

export function QuestionDialog({ title, confirm, onConfirm, onClose, children }: Props) {
  const { t } = usePage();
  const id = `question${useId()}`;
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
    >
      <form
        class="dialog-body"
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onConfirm();
        }}
      >
        <h2 id={id}>{title}</h2>
        <p>{children}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('data.cancel')}
          </button>
          <button type="submit" class="button is-primary">
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
