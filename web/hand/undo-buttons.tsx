// Take the last change back, and make it again.

import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';

export function UndoButtons() {
  const { store, t } = usePage();
  const [canUndo, canRedo] = [store.canUndo.value, store.canRedo.value];
  // Before anything was changed there is nothing to say.
  if (!canUndo && !canRedo) return null;
  return (
    <span class="undo-buttons">
      <button
        type="button"
        class="button is-icon is-quiet"
        aria-label={t('hand.undo')}
        title={t('hand.undoKeys')}
        aria-disabled={!canUndo}
        onClick={store.undo}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        class="button is-icon is-quiet"
        aria-label={t('hand.redo')}
        title={t('hand.redoKeys')}
        aria-disabled={!canRedo}
        onClick={store.redo}
      >
        <Icon name="redo" />
      </button>
    </span>
  );
}
