// Nothing matched: which filter limits most, found by asking without each, and a button that takes it off.

import { useEffect, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { paths } from '../store/api.ts';
import { withinText } from '../store/chosen.ts';
import { CLEAR, changedParts, effectiveFilter, type FilterPart, withoutPart } from '../store/state.ts';
import { offenceText, periodText, sourceText, timeText, whatText } from '../store/words.ts';

export function NoRows() {
  const page = usePage();
  const { store, reference, answers, ask, words, t } = page;
  const [asked, setAsked] = useState(false);
  const [tightest, setTightest] = useState<FilterPart | null>(null);
  const filter = answers.filter.value;
  const inside = answers.counted.value?.inside ?? null;
  const placed = inside ? reference.sources.value.flatMap(({ code, elsewhere }) => (elsewhere ? [code] : [])) : [];
  const city = reference.jurisdiction.value?.code;
  const layer = reference.areaLayer.value?.layer ?? reference.streetLayer.value?.layer ?? null;
  const themes = reference.themes.value;

  // Read again with every change of the data, filter and themes mostly say the same.
  const question = JSON.stringify([filter, inside, placed, themes]);

  useEffect(() => {
    setTightest(null);
    setAsked(false);
    if (!city) return;
    const stop = new AbortController();
    const chosen = store.filter.peek();
    const without = [...changedParts(chosen, themes)].map(async (part) => {
      const eased = { ...effectiveFilter({ ...chosen, ...withoutPart(part) }, themes), inside, placed };
      const { totals } = await ask(paths.summary(city, layer, eased), stop.signal);
      return { part, matched: totals.matched };
    });
    Promise.all(without).then(
      (found) => {
        const best = found.sort((a, b) => b.matched - a.matched)[0];
        setAsked(true);
        if (best && best.matched > 0) setTightest(best.part);
      },
      () => undefined,
    );
    return () => stop.abort();
  }, [question, city, layer, ask, store]);

  if (!filter) return null;
  const inWords: Record<FilterPart, () => string> = {
    source: () => sourceText(words.value, filter, reference.sources.value),
    theme: () => whatText(words.value, filter, reference.offences.value, themes),
    offences: () => offenceText(words.value, filter, reference.offences.value),
    period: () => periodText(words.value, filter),
    time: () => timeText(words.value, filter),
    where: () => withinText(page, filter.within),
  };
  return (
    <p class="no-rows">
      {t('empty.noRows')}
      {!tightest && asked && (
        <>
          {' '}
          <button type="button" class="link" onClick={() => store.change(CLEAR)}>
            {t('empty.clearAll')}
          </button>
        </>
      )}
      {tightest && (
        <>
          {' '}
          {t('empty.tightest', { what: inWords[tightest]() })}{' '}
          <button type="button" class="link" onClick={() => store.changeFilter(withoutPart(tightest))}>
            {t('empty.dropTightest')}
          </button>
        </>
      )}
    </p>
  );
}
