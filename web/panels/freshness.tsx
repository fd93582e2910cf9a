// How far each kind of record reaches, and switching between the kinds: they are never added together.

import type { SourceRow } from '../../server/counts/contract.ts';
import { KINDS, type Kind } from '../../server/db/contract.ts';
import { usePage } from '../app.ts';
import { Popover } from '../parts/popover.tsx';
import { Sources } from './sources.tsx';

/** How far what is shown reaches; opens the sources and their totals. */
export function Freshness() {
  const { store, t } = usePage();
  const text = useFreshText()(store.filter.value.kind);
  if (text === null) return null;
  return (
    <Popover label={t('sources.title')} button={text} buttonClass="button is-quiet fresh">
      {() => <Sources />}
    </Popover>
  );
}

/** The kinds there are, each with how far it reaches. */
export function KindSwitch() {
  const { reference, store, t } = usePage();
  const fresh = useFreshText();
  const used = KINDS.filter((kind) => reference.sources.value.some((row) => row.kind === kind && row.incidents > 0));
  const shown = store.filter.value.kind;
  if (used.length < 2) return null;
  return (
    <fieldset class="switch kind-switch" aria-label={t('header.kinds')}>
      {used.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={kind === shown}
          onClick={() => store.changeFilter({ kind, source: null })}
        >
          {fresh(kind) ?? t(`kind.${kind}`)}
        </button>
      ))}
    </fieldset>
  );
}

/** «Denuncias hasta 30 jun 2026», «911/089 hasta hoy 08:14»; null without data of the kind. */
export function useFreshText(): (kind: Kind) => string | null {
  const { answers, reference, store, t, f } = usePage();
  const timezone = reference.jurisdiction.value?.timezone ?? 'UTC';
  const latest = (rows: readonly SourceRow[], of: (row: SourceRow) => string | null) =>
    rows
      .map((row) => of(row) ?? '')
      .sort()
      .at(-1) ?? '';
  return (kind) => {
    const rows = reference.sources.value.filter((row) => row.kind === kind);
    const received = latest(
      rows.filter(({ live }) => live),
      ({ delivered }) => delivered,
    );
    const source = t(`kind.${kind}`);
    if (received !== '') {
      const at = Date.parse(received);
      const [day, time] = [f.today(timezone, at), f.time(at, timezone)];
      return day === f.today(timezone)
        ? t('header.freshToday', { source, time })
        : t('header.freshAt', { source, date: f.day(day), time });
    }
    // Sources counted together may be complete up to an earlier day than one of them.
    const shown = kind === store.filter.value.kind ? answers.summary.answered.value?.value.through : null;
    const through = shown ?? latest(rows, (row) => row.through);
    return through === '' ? null : t('header.fresh', { source, date: f.day(through) });
  };
}
