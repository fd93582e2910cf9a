// The filters in one line: each says what it is set to, turns to the accent when changed, and can be taken off.

import type { ComponentChildren } from 'preact';
import { kindNoun, usePage } from '../app.ts';
import { UndoButtons } from '../hand/undo-buttons.tsx';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { withinText } from '../store/chosen.ts';
import { insideOf } from '../store/inside-of.ts';
import { CLEAR, changedParts, type FilterPart, withoutPart } from '../store/state.ts';
import { daysText, offenceText, periodToText, sourceText, timeText } from '../store/words.ts';
import { OffenceFilter } from './filter-offence.tsx';
import { PeriodFilter } from './filter-period.tsx';
import { SourceFilter } from './filter-source.tsx';
import { ThemeFilter } from './filter-theme.tsx';
import { TimeFilter } from './filter-time.tsx';
import { WhereFilter } from './filter-where.tsx';
import { KindSwitch } from './freshness.tsx';

export function FilterBar() {
  const page = usePage();
  const { store, reference, answers, words, t } = page;
  const themes = reference.themes.value;
  const filter = answers.filter.value;
  const changed = changedParts(store.filter.value, themes);
  if (!filter) return <nav class="filter-bar" aria-label={t('filter.bar')} />;
  const theme = filter.theme && themes.find((row) => row.code === filter.theme)?.title;
  const offence = offenceText(words.value, filter, reference.offences.value);
  const rows = reference.sources.value;
  // The switch of kinds says it all where each has one source; a phone has the chip alone.
  const severalSources = rows.length > 1;
  const severalOfAKind = new Set(rows.map(({ kind }) => kind)).size < rows.length;
  const time = timeText(words.value, filter);
  const summary = answers.summary.answered.value?.value;
  const today = words.value.f.today(reference.jurisdiction.value?.timezone ?? 'UTC');
  // Of «12 meses» that the data cover five of, the five are said.
  const covered = answers.covered.value;
  const beginsLater = filter.period !== null && covered && summary?.from && covered.from > summary.from;
  const period = beginsLater
    ? daysText(words.value, filter, covered, reference.monthOnly.value)
    : periodToText(words.value, filter, summary?.through ?? null, today);
  const clear = () => {
    if (!store.embedded) return store.change(CLEAR);
    const free = [...changed].filter((part) => !store.embedded?.fixed.has(part));
    store.changeFilter(Object.assign({}, ...free.map(withoutPart)));
  };
  return (
    <nav class="filter-bar" aria-label={t('filter.bar')}>
      {!store.embedded?.fixed.has('source') && <KindSwitch />}
      {(severalSources || store.embedded?.fixed.has('source')) && (
        <Chip
          onPhoneOnly={!severalOfAKind && !store.embedded?.fixed.has('source')}
          part="source"
          name={t('filter.source')}
          value={sourceText(words.value, filter, reference.sources.value)}
          changed={changed}
        >
          {(close) => <SourceFilter close={close} />}
        </Chip>
      )}
      <Chip part="theme" name={t('filter.theme')} value={theme || t('filter.themeNone')} changed={changed}>
        {(close) => <ThemeFilter close={close} />}
      </Chip>
      <Chip part="offences" name={t('filter.offence')} value={changed.has('offences') ? offence : ''} changed={changed}>
        {() => <OffenceFilter />}
      </Chip>
      <Chip part="period" name={t('filter.period')} value={period} changed={changed}>
        {(close) => <PeriodFilter close={close} />}
      </Chip>
      <Chip part="time" name={t('filter.time')} value={changed.has('time') ? time : ''} changed={changed}>
        {() => <TimeFilter />}
      </Chip>
      <Chip
        part="where"
        name={t('filter.where')}
        value={changed.has('where') ? withinText(page, filter.within) : ''}
        changed={changed}
      >
        {(close) => <WhereFilter close={close} />}
      </Chip>
      {[...changed].some((part) => !store.embedded?.fixed.has(part)) && (
        <button type="button" class="button is-quiet" onClick={clear}>
          {t('filter.clear')}
        </button>
      )}
      {!store.embedded && <UndoButtons />}
    </nav>
  );
}

type ChipProps = {
  readonly part: FilterPart;
  readonly name: string;
  /** What it is set to; empty shows the name instead. */
  readonly value: string;
  readonly changed: ReadonlySet<FilterPart>;
  readonly onPhoneOnly?: boolean;
  readonly children: (close: () => void) => ComponentChildren;
};

function Chip({ part, name, value, changed, onPhoneOnly = false, children }: ChipProps) {
  const { store, t } = usePage();
  const isChanged = changed.has(part);
  if (store.embedded?.fixed.has(part)) {
    return (
      <span class="chip is-fixed">
        {name}: <strong>{value || name}</strong>
      </span>
    );
  }
  return (
    <span class={`chip ${isChanged ? 'is-changed' : ''} ${onPhoneOnly ? 'phone-only' : ''}`}>
      <Popover
        label={name}
        button={
          <>
            <span class="chip-text">{value || name}</span>
            <Icon name="chevronDown" />
          </>
        }
        buttonLabel={value ? `${name}: ${value}` : name}
        buttonClass="chip-button"
        class="filter-popover"
      >
        {(close) => (
          <>
            <h2>{name}</h2>
            {children(close)}
            <SeeResults close={close} />
          </>
        )}
      </Popover>
      {isChanged && (
        <button
          type="button"
          class="chip-remove"
          aria-label={t('filter.remove', { what: value || name })}
          onClick={() => store.changeFilter(withoutPart(part))}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}

/** On a phone the popover fills the screen; this leads back, and says to what. */
function SeeResults({ close }: { close: () => void }) {
  const { answers, t, f } = usePage();
  const summary = answers.summary.answered.value?.value;
  const n = summary && insideOf(summary);
  const kind = answers.filter.value?.kind ?? 'incident';
  if (n === undefined) return null;
  return (
    <button type="button" class="button is-primary see-results" onClick={close}>
      {t('filter.seeResults', { count: n, n: f.int(n), what: kindNoun(t, kind, n) })}
    </button>
  );
}
