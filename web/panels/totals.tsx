// How the total is made up: on the map, without location, outside, protected; and what the filter could not place.

import type { Totals } from '../../server/counts/contract.ts';
import type { Excluded } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import type { Apart } from '../store/answers.ts';
import { largerFileText } from '../store/words.ts';

type Props = { readonly totals: Totals; readonly apart: Apart; readonly excluded: Excluded };

export function TotalsLine({ totals, apart, excluded }: Props) {
  const { words, t, f } = usePage();
  const left = (
    [
      ['answer.excludedPartly', excluded.partlyInRange],
      ['answer.excludedHour', excluded.unknownHour],
      ['answer.excludedDay', excluded.unknownDay],
    ] as const
  ).filter(([, count]) => count > 0);
  return (
    <p class="totals">
      {[
        t('answer.mapped', { n: f.int(totals.mapped) }),
        t('answer.unlocated', { n: f.int(totals.unlocated) }),
        t('answer.withheld', { count: totals.withheld, n: f.int(totals.withheld) }),
      ].join(' · ')}
      {apart.outside > 0 && (
        <>
          <br />
          {t('answer.outside', { count: apart.outside, n: f.int(apart.outside) })}
        </>
      )}
      {apart.unlocated > 0 && (
        <>
          <br />
          {largerFileText(words.value, apart)}
        </>
      )}
      {left.map(([key, count]) => (
        <span key={key}>
          <br />
          {t(key, { count, n: f.int(count) })}
        </span>
      ))}
    </p>
  );
}
