// Two people changed the same: both texts side by side, and which of them stays.

import type { BriefingConflict } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { whoText } from '../store/words.ts';

type Props = {
  readonly conflict: BriefingConflict;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
};

export function ConflictNote({ conflict, onMine, onTheirs }: Props) {
  const { t, f } = usePage();
  const told = (value: unknown): string => {
    if (value === null || value === undefined) return t('briefing.partGone');
    if (typeof value !== 'object') return String(value);
    const { title, text, from, until, kind } = value as Record<string, unknown>;
    if (typeof from === 'string' && typeof until === 'string') return f.range(from, until);
    return [title, text, !title && !text && kind].filter(Boolean).join('\n');
  };
  return (
    <div class="refusal briefing-conflict no-print" role="alert">
      <p>
        {t('briefing.conflict', {
          who: whoText(t, conflict.changedBy),
          when: f.moment(Date.parse(conflict.changedAt)),
        })}
      </p>
      {Object.keys(conflict.theirs).map((name) => (
        <dl key={name}>
          <div>
            <dt>{t('briefing.theirs')}</dt>
            <dd>{told(conflict.theirs[name])}</dd>
          </div>
          <div>
            <dt>{t('briefing.yours')}</dt>
            <dd>{told(conflict.yours[name])}</dd>
          </div>
        </dl>
      ))}
      <div class="access-buttons">
        <button type="button" class="button is-primary" onClick={onMine}>
          {t('briefing.keepYours')}
        </button>
        <button type="button" class="button" onClick={onTheirs}>
          {t('briefing.takeTheirs')}
        </button>
      </div>
    </div>
  );
}
