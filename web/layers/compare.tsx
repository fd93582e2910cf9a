// How two versions of a layer differ: totals first, then the map of the changes, then the changes one by one.

import { signal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { CHANGES, type LayerHistory, type VersionsCompared } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { dataPaths } from '../data/paths.ts';
import type { ChangesMap } from '../map/changes.ts';
import { createQuestion } from '../store/question.ts';
import { ChangesFigure } from './changes-figure.tsx';
import { CompareTable } from './compare-table.tsx';

type Props = { readonly history: LayerHistory; readonly onRestore: (version: number) => void };

export function CompareVersions({ history, onRestore }: Props) {
  const { store, t, f } = usePage();
  const { layer, title, versions } = history;
  const compared = store.page.value.history?.compared;
  if (!compared) return null;
  const { from, until } = compared;
  const choose = (patch: Partial<typeof compared>) =>
    store.change({ history: { layer, compared: { ...compared, ...patch } } });
  const missing = [from, until].find((n) => !versions.some(({ version }) => version === n));
  const removed = [from, until].find((n) => versions.some((row) => row.version === n && row.removed));
  const name = (n: number, validFrom: string | null) =>
    [t('versions.row', { n: f.int(n) }), validFrom && t('versions.from', { date: f.day(validFrom) })]
      .filter(Boolean)
      .join(', ');
  return (
    <section class="card" aria-labelledby="compare-title">
      <h2 id="compare-title">{t('compare.title')}</h2>
      <div class="fields">
        {(['from', 'until'] as const).map((side) => (
          <label key={side}>
            {t(side === 'from' ? 'compare.before' : 'compare.after')}
            <select
              value={String(compared[side])}
              onChange={(event) => choose({ [side]: Number(event.currentTarget.value) })}
            >
              {versions
                .filter((row) => !row.removed || row.version === compared[side])
                .map((row) => (
                  <option key={row.version} value={String(row.version)}>
                    {name(row.version, row.validFrom)}
                  </option>
                ))}
            </select>
          </label>
        ))}
      </div>
      {missing !== undefined ? (
        <p class="refusal" role="alert">
          {t('versions.noVersion', { n: f.int(missing), layer: title })}
        </p>
      ) : removed !== undefined ? (
        <div class="refusal" role="alert">
          <p>{t('versions.versionRemoved', { n: f.int(removed) })}</p>
          <button type="button" class="button" onClick={() => onRestore(removed)}>
            {t('versions.restoreLabel', { n: f.int(removed) })}
          </button>
        </div>
      ) : from === until ? (
        <p role="status">{t('compare.same')}</p>
      ) : (
        <Difference history={history} from={from} until={until} />
      )}
    </section>
  );
}

function Difference({ history, from, until }: { history: LayerHistory; from: number; until: number }) {
  const { ask, t } = usePage();
  const { city } = useDesk();
  const asked = useMemo(
    () => createQuestion(signal(dataPaths.compareVersions(city.code, history.layer, from, until)), ask),
    [city.code, history.layer, from, until, ask],
  );
  const map = useRef<ChangesMap | null>(null);
  const answer = asked.answered.value?.value;
  const problem = asked.problem.value;
  if (problem) {
    return (
      <p class="refusal" role="alert">
        {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
      </p>
    );
  }
  if (!answer) return <p role="status">{t('compare.loading')}</p>;
  if (answer.changes.length === 0) return <p role="status">{t('compare.nothing')}</p>;
  return (
    <>
      <Totals history={history} answer={answer} />
      <ChangesFigure map={map} label={t('compare.map')} type={history.type} answer={answer} />
      <CompareTable history={history} answer={answer} onGo={(code) => map.current?.goTo(code)} />
    </>
  );
}

const COUNTED = {
  removed: 'compare.removedCount',
  moved: 'compare.movedCount',
  renamed: 'compare.renamedCount',
} as const;

function Totals({ history, answer }: { history: LayerHistory; answer: VersionsCompared }) {
  const { t, f } = usePage();
  const isFeminine = history.type === 'areas' || history.type === 'context';
  const word = { ...COUNTED, added: isFeminine ? 'compare.addedAreas' : 'compare.addedOthers' } as const;
  const told = CHANGES.flatMap((change) => {
    const count = answer.changes.filter((row) => row.change === change).length;
    return count === 0 ? [] : [t(word[change], { count, n: f.int(count) })];
  });
  const same = t('compare.sameCount', { count: answer.same, n: f.int(answer.same) });
  const { incidents } = answer;
  return (
    <>
      <p class="compare-totals" role="status">
        <strong>{told.join(', ')}</strong>
        {answer.same > 0 && ` · ${same}`}
      </p>
      {incidents && (
        <p>
          {t('compare.incidents', {
            from: f.int(incidents.from),
            until: f.int(incidents.until),
            difference: signed(f, incidents.until - incidents.from),
          })}
        </p>
      )}
    </>
  );
}

/** +12, −3, 0 */
export function signed(f: { readonly int: (value: number) => string }, difference: number): string {
  if (difference === 0) return '0';
  return `${difference > 0 ? '+' : '−'}${f.int(Math.abs(difference))}`;
}
