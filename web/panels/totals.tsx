// How the total is made up: on the map, without location, outside, protected; and what the filter could not place.

import type { Totals } from '../../server/counts/contract.ts';
import type { Excluded } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';

export function TotalsLine({ totals, excluded }: { totals: Totals; excluded: Excluded }) {
  const { t, f } = usePage();
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
      {totals.outside > 0 && (
        <>
          <br />
          {t('answer.outside', { count: totals.outside, n: f.int(totals.outside) })}
          {totals.outside > totals.mapped && totals.unlocated > 0 && (
            <>
              <br />
              {t('answer.largerFile', { count: totals.unlocated, n: f.int(totals.unlocated) })}
            </>
          )}
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
