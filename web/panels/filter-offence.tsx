// Offences in everyday words, then by legal heading, with counts: search, tick, and a ticked parent means all under it.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { OffenceRow } from '../../server/counts/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { paths } from '../store/api.ts';
import { fold } from '../store/fold.ts';
import {
  below,
  childrenOf,
  chosenUnder,
  everyday,
  fitOf,
  matching,
  soughtEveryday,
  toggleOffence,
} from '../store/offence-tree.ts';

/** The offences with what there is of each under the other filters; until that is known, over all the data. */
function useOffences(): readonly OffenceRow[] {
  const { store, reference, answers, ask } = usePage();
  const [rows, setRows] = useState<readonly OffenceRow[] | null>(null);
  const city = reference.jurisdiction.value?.code;
  const filter = answers.counted.value;
  const path = city && filter && paths.offencesUnder(city, filter, store.language.value);
  useEffect(() => {
    if (!path) return;
    const stop = new AbortController();
    ask(path, stop.signal).then(setRows, () => undefined);
    return () => stop.abort();
  }, [path, ask]);
  return rows ?? reference.offences.value;
}

export function OffenceFilter() {
  const { store, t, f } = usePage();
  const rows = useOffences();
  const [text, setText] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const children = useMemo(() => childrenOf(rows), [rows]);
  const sought = fold(text);
  const found = useMemo(() => (sought ? matching(rows, sought) : null), [rows, sought]);
  const chosen = new Set(store.filter.value.offences);

  const toggle = (row: OffenceRow) =>
    store.changeFilter({ offences: toggleOffence(rows, store.filter.peek().offences, row.code), theme: null });
  const unfold = (code: string) =>
    setOpen((before) => new Set(before.has(code) ? [...before].filter((x) => x !== code) : [...before, code]));

  const foldByKey = (event: KeyboardEvent, code: string, isOpen: boolean) => {
    if (event.key !== (isOpen ? 'ArrowLeft' : 'ArrowRight')) return;
    event.preventDefault();
    unfold(code);
  };

  const branch = (listed: readonly OffenceRow[], inChosen: boolean) => {
    const shown = listed.filter(
      (row) => (!found || found.has(row.code)) && (row.incidents > 0 || chosen.has(row.code)),
    );
    if (!shown.length) return null;
    return (
      <ul class="tree">
        {shown.map((row) => {
          const isChosen = inChosen || chosen.has(row.code);
          const partly = !isChosen && chosenUnder(children, row.code, chosen);
          const finer = below(children, row);
          const hasChildren = finer.length > 0;
          // What is found below something else is shown there; below what was itself sought, as anywhere.
          const isShown = found !== null && fitOf(row, sought) === null;
          const isOpen = isShown || open.has(row.code);
          return (
            <li key={row.code}>
              <div class="tree-row">
                {hasChildren && !isShown ? (
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
                    onKeyDown={(event) => hasChildren && !isShown && foldByKey(event, row.code, isOpen)}
                  />
                  <span class="choice-text">{row.title}</span>
                  <span class="choice-detail">{f.int(row.incidents)}</span>
                </label>
              </div>
              {hasChildren && isOpen && branch(finer, isChosen)}
            </li>
          );
        })}
      </ul>
    );
  };

  const words = branch(found ? soughtEveryday(children, rows, sought) : everyday(children), false);
  const headings = branch(children.get(null) ?? [], false);
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
      <div class="popover-scroll">
        {words}
        {headings ? (
          <details class="legal" open={found !== null && words === null}>
            <summary>{t('filter.offenceLegal')}</summary>
            {headings}
          </details>
        ) : (
          found && <p class="small">{t('filter.offenceNone')}</p>
        )}
      </div>
    </>
  );
}
