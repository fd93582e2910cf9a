// Evaluations that were kept as they were answered, each with what differs today.

import type { SinceKept } from '../../server/problems/contract.ts';
import { usePage } from '../app.ts';
import { whoText } from '../store/words.ts';

const NAMES = {
  treated: 'evaluation.treated',
  control: 'evaluation.controls',
  displacement: 'evaluation.ring',
} as const;

export function Kept({ kept }: { readonly kept: readonly SinceKept[] }) {
  const { t, f } = usePage();
  if (kept.length === 0) return null;
  const numbers = (counts: readonly number[]) => counts.map((count) => f.int(count)).join(' → ') || '—';
  return (
    <>
      <h4>{t('evaluation.kept')}</h4>
      <ul class="problem-agreed">
        {kept.map((each) => {
          const differs = [
            ...each.counts.map(({ what, was, is }) =>
              t('evaluation.keptCounts', { what: t(NAMES[what]), was: numbers(was), is: numbers(is) }),
            ),
            each.periodsMoved && t('evaluation.keptPeriods'),
            each.layerVersion && t('evaluation.keptLayer', { was: each.layerVersion.was, is: each.layerVersion.is }),
            each.filterChanged && t('evaluation.keptFilter'),
            each.placeChanged && t('evaluation.keptPlace'),
            each.designChanged && t('evaluation.keptDesign'),
          ].filter((said): said is string => Boolean(said));
          return (
            <li key={each.item} class="evaluation-kept">
              <p>{each.sentence}</p>
              <p class="small">
                {t('evaluation.keptRow', {
                  ...{
                    when: f.moment(Date.parse(each.keptAt)),
                    who: whoText(t, each.keptBy),
                    version: each.dataVersion,
                  },
                })}
              </p>
              <p class="small">{differs.length ? differs.join(' ') : t('evaluation.keptSame')}</p>
            </li>
          );
        })}
      </ul>
    </>
  );
}
