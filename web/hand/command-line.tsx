// Ctrl K: one line that finds places, offences, themes, periods, views and actions by name, and does the one chosen.

import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { findPlaces, type Hit } from '../store/find-places.ts';
import { placeText } from '../store/words.ts';
import { type Command, commandsOf, matchingCommands } from './commands.ts';
import type { Typed } from './typed-early.ts';

const WAIT_MS = 150;
const MOST = 12;

type Props = {
  /** What was typed before the line was there. */
  readonly typed: () => Typed | undefined;
  readonly onClose: () => void;
};

export function CommandLine({ typed, onClose }: Props) {
  const page = usePage();
  const { reference, store, words, t, f } = page;
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [active, setActive] = useState(0);
  const list = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const commands = useMemo(() => commandsOf(page, window), []);
  const city = reference.jurisdiction.value?.code;

  useEffect(() => {
    dialog.current?.showModal();
    const early = typed();
    if (early) setText(early.text);
    if (early?.isEntered) run(matchingCommands(commands, early.text)[0]);
  }, []);
  useEffect(() => {
    setActive(0);
    const wanted = text.trim();
    if (!city || !wanted) return setHits([]);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const found = await findPlaces(page, city, wanted, stop.signal).catch(() => []);
      if (!stop.signal.aborted) setHits(found);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, city]);

  const toPlace = ({ layer, row }: Hit): Command => ({
    group: layer.type === 'streets' ? t('where.streets') : layer.title,
    title: placeText(words.value, row, layer.type === 'streets'),
    run: () =>
      store.change({
        tab: 'map',
        place: { layer: layer.layer, code: row.code },
        ...(layer.type === 'areas' ? { layer: layer.layer } : {}),
      }),
  });
  const named = matchingCommands(commands, text);
  // Places are many: what else was named stands before them, and leaves them room.
  const shown = [...named.slice(0, hits.length ? MOST / 2 : MOST), ...hits.map(toPlace)].slice(0, MOST);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (shown.length) setActive((active + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(shown[active]);
    }
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a dialog without help; this is the click beside it
    <dialog
      ref={dialog}
      class="dialog command-line"
      aria-label={t('hand.commands')}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <input
        type="text"
        role="combobox"
        autocomplete="off"
        placeholder={t('hand.commandsAsk')}
        aria-label={t('hand.commandsAsk')}
        aria-expanded={shown.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={shown.length ? `${list}-${active}` : undefined}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={t('hand.commands')}>
        {shown.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the input's
          <div
            key={`${command.group}/${command.title}`}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            class="option"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            <small>{command.group}</small>
          </div>
        ))}
      </div>
      {shown.length === 0 && <p class="search-none">{t('hand.commandsNone')}</p>}
      <p class="unseen" role="status">
        {t('hand.commandsFound', { count: shown.length, n: f.int(shown.length) })}
      </p>
    </dialog>
  );
}
