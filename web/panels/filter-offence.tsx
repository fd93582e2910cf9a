// Offences as a tree with counts: search, tick, and a ticked parent means all under it.

import { useMemo, useState } from 'preact/hooks';
import type { OffenceRow } from '../../server/stats/contract.ts';
import { usePage } from '../app.ts';
import { fold } from '../fold.ts';
import { Icon } from '../icon.tsx';
import { childrenOf, chosenUnder, matching, toggleOffence } from '../offence-tree.ts';

export function OffenceFilter() {
  const { store, reference, t, f } = usePage();
  const rows = reference.offences.value;
  const [text, setText] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const children = useMemo(() => childrenOf(rows), [rows]);
  const found = useMemo(() => (text.trim() ? matching(rows, fold(text)) : null), [rows, text]);
  const chosen = new Set(store.filter.value.offences);

  const toggle = (row: OffenceRow) =>
    store.changeFilter({ offences: toggleOffence(rows, store.filter.peek().offences, row.code), theme: null });
  const unfold = (code: string) =>
    setOpen((before) => new Set(before.has(code) ? [...before].filter((x) => x !== code) : [...before, code]));

  const branch = (parent: string | null, inChosen: boolean) => {
    const shown = (children.get(parent) ?? []).filter(
      (row) => (!found || found.has(row.code)) && (row.incidents > 0 || chosen.has(row.code)),
    );
    if (!shown.length) return null;
    return (
      <ul class="tree">
        {shown.map((row) => {
          const isChosen = inChosen || chosen.has(row.code);
          const partly = !isChosen && chosenUnder(children, row.code, chosen);
          const hasChildren = (children.get(row.code) ?? []).some((child) => child.incidents > 0);
          const isOpen = found ? true : open.has(row.code);
          return (
            <li key={row.code}>
              <div class="tree-row">
                {hasChildren && !found ? (
                  <button
                    type="button"
                    class={`tree-toggle ${isOpen ? 'is-open' : ''}`}
                    aria-expanded={isOpen}
                    aria-label={t('filter.offenceExpand', { name: row.title })}
                    onClick={() => unfold(row.code)}
                  >
                    <Icon name="chevronDown" />
                  </button>
                ) : (
                  <span class="tree-toggle" />
                )}
                <label class="choice">
                  <input
                    type="checkbox"
                    checked={isChosen}
                    ref={(box: HTMLInputElement | null) => {
                      if (box) box.indeterminate = partly;
                    }}
                    onChange={() => toggle(row)}
                  />
                  <span class="choice-text">{row.title}</span>
                  <span class="choice-detail">{f.int(row.incidents)}</span>
                </label>
              </div>
              {hasChildren && isOpen && branch(row.code, isChosen)}
            </li>
          );
        })}
      </ul>
    );
  };

  return (
    <>
      <div class="popover-search">
        <input
          type="search"
          placeholder={t('filter.offenceSearch')}
          aria-label={t('filter.offenceSearch')}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {chosen.size > 0 && (
          <button type="button" class="link" onClick={() => store.changeFilter({ offences: [] })}>
            {t('filter.offenceClear')}
          </button>
        )}
      </div>
      <div class="popover-scroll">{branch(null, false) ?? <p class="small">{t('filter.offenceNone')}</p>}</div>
    </>
  );
}
