// The form of one part: its words, its days, and how it is shown.

import { useState } from 'preact/hooks';
import { type BriefingBlock, MOST_TABLE_ROWS } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { LongField, TextField } from '../problems/fields.tsx';

type Props = {
  readonly block: BriefingBlock;
  /** Told of every change, so that it outlasts the form. */
  readonly onWrite: (block: BriefingBlock) => void;
  readonly onSave: (block: BriefingBlock) => void;
  readonly onCancel: () => void;
};

export function BlockEditor({ block, onWrite, onSave, onCancel }: Props) {
  const { reference, t } = usePage();
  const [draft, setDraft] = useState(block);
  const set = (patch: Partial<BriefingBlock>) => {
    setDraft({ ...draft, ...patch });
    onWrite({ ...draft, ...patch });
  };
  const isPlaces = draft.kind === 'map' || draft.kind === 'table' || draft.kind === 'hotspots';
  const layers = [...reference.areaLayers.value, ...(reference.streetLayer.value ? [reference.streetLayer.value] : [])];
  return (
    <form
      class="problem-form briefing-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(draft);
      }}
    >
      <TextField label={t('briefing.title')} value={draft.title} onInput={(title) => set({ title })} />
      <LongField
        label={t(draft.kind === 'text' ? 'briefing.text' : 'briefing.comment')}
        value={draft.text}
        onInput={(text) => set({ text })}
      />
      <p class="small">{t('briefing.textHint')}</p>
      {isPlaces && (
        <label class="problem-field">
          {t('briefing.layer')}
          <select value={draft.layer ?? ''} onChange={(event) => set({ layer: event.currentTarget.value || null })}>
            {layers.map(({ layer, title }) => (
              <option key={layer} value={layer}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      {isPlaces && draft.kind !== 'hotspots' && (
        <label class="problem-field">
          {t('briefing.by')}
          <select
            value={draft.by}
            onChange={(event) => set({ by: event.currentTarget.value === 'rate' ? 'rate' : 'count' })}
          >
            <option value="count">{t('briefing.byCount')}</option>
            <option value="rate">{t('briefing.byRate')}</option>
          </select>
        </label>
      )}
      {draft.kind === 'table' && (
        <label class="problem-field">
          {t('briefing.limit')}
          <input
            type="number"
            min="1"
            max={MOST_TABLE_ROWS}
            value={draft.limit}
            onInput={(event) => {
              const limit = Math.round(Number(event.currentTarget.value));
              if (limit >= 1 && limit <= MOST_TABLE_ROWS) set({ limit });
            }}
          />
        </label>
      )}
      {draft.kind !== 'text' && draft.kind !== 'problems' && (
        <label class="briefing-check">
          <input
            type="checkbox"
            checked={draft.follows}
            onChange={(event) => set({ follows: event.currentTarget.checked })}
          />{' '}
          {t('briefing.follows')}
        </label>
      )}
      <label class="briefing-check">
        <input type="checkbox" checked={draft.half} onChange={(event) => set({ half: event.currentTarget.checked })} />{' '}
        {t('briefing.half')}
      </label>
      <div class="access-buttons">
        <button type="submit" class="button is-primary">
          {t('briefing.save')}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t('briefing.cancel')}
        </button>
      </div>
    </form>
  );
}
