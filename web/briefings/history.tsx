// The versions of a briefing, and the way back to each.

import { useEffect, useState } from 'preact/hooks';
import type { BriefingAnswer, BriefingChanges } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { sendChange } from '../problems/edit.ts';
import { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import { briefingPaths } from './paths.ts';

type Props = {
  readonly city: string;
  readonly shown: BriefingAnswer;
  readonly onRestored: (briefing: BriefingAnswer) => void;
  readonly onRefused: (problem: Problem) => void;
};

export function BriefingHistory({ city, shown, onRestored, onRefused }: Props) {
  const { ask, store, t, f } = usePage();
  const [isOpen, setOpen] = useState(false);
  const [changes, setChanges] = useState<BriefingChanges['changes']>([]);
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    ask(briefingPaths.history(city, shown.id), stop.signal).then(
      (answer) => setChanges(answer.changes),
      () => undefined,
    );
    return () => stop.abort();
  }, [isOpen, shown.version]);
  const restore = (to: number) =>
    sendChange<BriefingAnswer>('POST', briefingPaths.restore(city, shown.id), store.language.peek(), {
      ...{ version: shown.version, to },
    }).then((outcome) => {
      if ('done' in outcome) onRestored(outcome.done);
      else onRefused(new Problem(409, 'conflict', whoText(t, outcome.conflict.changedBy)));
    }, onRefused);
  return (
    <details class="card no-print" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('briefing.history')}</summary>
      <ul>
        {changes.map(({ version, at, who, title, parts }) => (
          <li key={version} class="small">
            {t('briefing.historyRow', {
              n: f.int(version),
              title,
              parts,
              who: whoText(t, who),
              when: f.moment(Date.parse(at)),
            })}{' '}
            {version !== shown.version && (
              <button type="button" class="link" onClick={() => restore(version)}>
                {t('briefing.restore')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
