// Asks before something is taken away, and says what stops with it.

import type { ComponentChildren } from 'preact';
import { usePage } from '../app.ts';
import { Modal } from '../parts/modal.tsx';

type Props = {
  readonly title: string;
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
};

export function QuestionDialog({ title, confirm, onConfirm, onClose, children }: Props) {
  const { t } = usePage();
  return (
    <Modal title={title} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onConfirm();
        }}
      >
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
    </Modal>
  );
}
