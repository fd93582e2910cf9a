// Every change of a problem and its items: who, what and when.

import { useEffect, useState } from 'preact/hooks';
import type { ChangeRow, ProblemAnswer } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { whoText } from '../store/words.ts';
import { problemPaths } from './paths.ts';

type Props = { readonly city: string; readonly problem: number; readonly latest: ProblemAnswer };

export function History({ city, problem, latest }: Props) {
  const { ask, t, f } = usePage();
  const [isOpen, setOpen] = useState(false);
  const [changes, setChanges] = useState<readonly ChangeRow[]>([]);
  useEffect(() => {
    if (!isOpen) return;
    const stop = new AbortController();
    ask(problemPaths.history(city, problem), stop.signal).then(
      (answer) => setChanges(answer.changes),
      () => undefined,
    );
    return () => stop.abort();
  }, [isOpen, latest]);
  const kindOf = (item: number) =>
    item === 0 ? 'problem' : (latest.items.find(({ id }) => id === item)?.kind ?? 'note');
  return (
    <details class="card" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('problems.history')}</summary>
      <ul>
        {changes.map(({ item, version, what, who, at }) => (
          <li key={`${item}.${version}`} class="small">
            {t('problems.historyRow', {
              ...{ who: whoText(t, who), what: t(`problems.change_${what}`), of: t(`problems.of_${kindOf(item)}`) },
              when: f.moment(Date.parse(at)),
            })}
          </li>
        ))}
      </ul>
    </details>
  );
}
