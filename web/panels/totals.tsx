// How the total is made up: on the map, without location, outside, protected; and what the filter could not place.

import type { Totals } from '../../server/counts/contract.ts';
import type { Excluded } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import type { Apart } from '../store/answers.ts';
import { largerFileText, type Words } from '../store/words.ts';

type Props = {
  /** Of the layer that is drawn. */ readonly totals: Totals;
  readonly apart: Apart;
  readonly excluded: Excluded;
};

export function TotalsLine({ totals, apart, excluded }: Props) {
  const { words, t, f } = usePage();
  return (
    <p class="totals">
      {[
        t('answer.mapped', { n: f.int(totals.mapped) }),
        ...(totals.outside ? [t('seen.noSegment', { n: f.int(totals.outside) })] : []),
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
      {excludedTexts(words.value, excluded).map((text) => (
        <span key={text}>
          <br />
          {text}
        </span>
      ))}
    </p>
  );
}

/** What the filter could not decide of, and so does not count. */
export function excludedTexts({ t, f }: Words, excluded: Excluded): string[] {
  const counts = [
    ['answer.excludedPartly', excluded.partlyInRange],
    ['answer.excludedHour', excluded.unknownHour],
    ['answer.excludedDay', excluded.unknownDay],
  ] as const;
  return counts.filter(([, count]) => count > 0).map(([key, count]) => t(key, { count, n: f.int(count) }));
}
