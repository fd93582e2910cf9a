// The bar below the map while time plays: run, step, how long a window, how fast, and the window large on the map.

import { effect, untracked } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { usePoster } from '../panels/poster.ts';
import { useFocusBack } from '../parts/focus-back.ts';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { addDays } from '../store/days.ts';
import { downloadBlob } from '../store/download.ts';
import type { Formats } from '../store/formats.ts';
import { toldOf } from '../store/gaps.ts';
import { MOST_PICTURES, takeMoving, takeSeries } from './picture-series.ts';
import { createPlayer, type Player, SPEEDS } from './player.ts';
import { type TimeWindow, WINDOW_KINDS, type WindowName } from './windows.ts';

const NAMES = {
  day: 'play.day',
  week: 'play.week',
  fourWeeks: 'play.fourWeeks',
  month: 'play.month',
  quarter: 'play.quarter',
  year: 'play.year',
} as const satisfies Record<WindowName, string>;

/** So long the columns may take; then each step is asked of the server. */
const COLUMNS_WITHIN_MS = 8000;

export function PlayBar({ onClose }: { onClose: () => void }) {
  const page = usePage();
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = createPlayer(page);
    setPlayer(made);
    // Whoever wants nothing to move is shown the first window, and begins by hand.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return made.close;
    // With the columns it runs smoothly: they are given a while to come.
    const begin = () => made.run(true);
    const stopWaiting = effect(() => {
      if (page.columns.isHeld.value) untracked(begin);
    });
    const timer = setTimeout(() => !page.columns.isHeld.peek() && begin(), COLUMNS_WITHIN_MS);
    return () => {
      stopWaiting();
      clearTimeout(timer);
      made.close();
    };
  }, []);
  return player && <Bar player={player} onClose={onClose} />;
}

function Bar({ player, onClose }: { player: Player; onClose: () => void }) {
  const { store, reference, answers, columns, t, f } = usePage();
  const windows = player.windows.value;
  const now = player.window.value;
  const isRunning = player.isRunning.value;
  const index = player.at.value;
  const saidOf = (window: TimeWindow) => {
    const told = toldOf(window, reference.sourcesInUse.value);
    const days = windowText(window, player.kind.value, f);
    return told === 'whole' ? days : `${days} · ${t(`play.told_${told}`)}`;
  };
  const said = now ? saidOf(now) : '';
  // Over the map stand the days of what is drawn, while the next is on its way.
  const drawn = answers.summary.answered.value?.value;
  const isWindow = (each: TimeWindow) => each.from === drawn?.from && each.until === drawn.until;
  const shown = windows.find(isWindow) ?? now;
  const monthOnly = reference.monthOnly.value;
  const kinds = (Object.keys(WINDOW_KINDS) as WindowName[]).filter(
    (name) => !monthOnly || WINDOW_KINDS[name].unit === 'months',
  );
  const runs = useRef<HTMLButtonElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  useFocusBack(bar);
  useEffect(() => runs.current?.focus(), []);
  // Who draws a period on the trend, or chooses one, wants to see that one.
  const { period, from, until } = store.page.value.filter;
  const chosen = JSON.stringify([period, from, until]);
  const before = useRef(chosen);
  useEffect(() => {
    if (chosen !== before.current) onClose();
  }, [chosen]);
  const step = (by: number) => player.goTo(Math.max(0, Math.min(windows.length - 1, index + by)));
  const onKeyDown = (event: KeyboardEvent) => {
    // The keys are those of what is open above.
    if (bar.current?.querySelector(':popover-open')) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
    const { key } = event;
    const target = event.target as HTMLElement;
    const isField = target.matches('button, select, input[type=checkbox]');
    // The slider and the lists have arrows of their own.
    const by = target.matches('select, input') ? 0 : { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (by) step(by);
    else if (key === ' ' && !isField) player.run(!isRunning);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <p class="play-date" aria-hidden="true">
        {shown ? saidOf(shown) : ''}
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of controls, which no element is */}
      <div class="play-bar" ref={bar} role="group" aria-label={t('play.title')} onKeyDown={onKeyDown}>
        <button type="button" class="button is-icon" aria-label={t('play.back')} onClick={() => step(-1)}>
          <Icon name="chevronLeft" />
        </button>
        <button
          type="button"
          class="button is-icon"
          aria-label={t(isRunning ? 'play.pause' : 'play.run')}
          title={t(isRunning ? 'play.pause' : 'play.run')}
          disabled={windows.length < 2}
          ref={runs}
          onClick={() => player.run(!isRunning)}
        >
          <Icon name={isRunning ? 'pause' : 'play'} />
        </button>
        <button type="button" class="button is-icon" aria-label={t('play.forward')} onClick={() => step(1)}>
          <Icon name="chevronRight" />
        </button>
        <input
          type="range"
          min={0}
          max={Math.max(0, windows.length - 1)}
          value={index}
          aria-label={t('play.moment')}
          aria-valuetext={said}
          onInput={(event) => player.goTo(Number(event.currentTarget.value))}
        />
        <label>
          <span class="unseen">{t('play.window')}</span>
          <select
            value={player.kind.value}
            onChange={(event) => player.choose(event.currentTarget.value as WindowName)}
          >
            {kinds.map((name) => (
              <option key={name} value={name}>
                {t(NAMES[name])}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="unseen">{t('play.speed')}</span>
          <select
            value={player.speed.value}
            onChange={(event) => player.setSpeed(SPEEDS.find((speed) => String(speed) === event.currentTarget.value)!)}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {t('play.perSecond', { n: f.int(speed) })}
              </option>
            ))}
          </select>
        </label>
        <label class="play-loop">
          <input
            type="checkbox"
            checked={player.isLooping.value}
            onChange={(event) => player.loop(event.currentTarget.checked)}
          />{' '}
          {t('play.loop')}
        </label>
        <button
          type="button"
          class="button"
          onClick={() => {
            player.keep();
            onClose();
          }}
        >
          {t('play.keep')}
        </button>
        <SaveSeries player={player} saidOf={saidOf} />
        <button type="button" class="button is-icon" aria-label={t('play.close')} onClick={onClose}>
          <Icon name="close" />
        </button>
        <p class="unseen" role="status">
          {isRunning ? t('play.running') : windows.length === 0 ? t('play.tooShort') : said}
        </p>
        {windows.length === 0 && <p class="small">{t('play.tooShort')}</p>}
        {!columns.isHeld.value && <p class="small play-slow">{t('play.bySteps')}</p>}
      </div>
    </>
  );
}

const KINDS_OF_FILE = {
  gif: { take: takeMoving, title: 'play.saveMoving' },
  zip: { take: takeSeries, title: 'play.saveEach' },
} as const;

/** All windows as pictures with legend and dates, in one file; while they are made it can be called off. */
function SaveSeries({ player, saidOf }: { player: Player; saidOf: (window: TimeWindow) => string }) {
  const page = usePage();
  const { map, store, t, f } = page;
  const poster = usePoster();
  // The poster of the moment it is taken, not of when the button was pressed.
  const latest = useRef(poster);
  latest.current = poster;
  const [making, setMaking] = useState<{ readonly done: number; readonly all: number } | null>(null);
  const [isFailed, setFailed] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const all = player.windows.value.length;
  const save = async (kind: keyof typeof KINDS_OF_FILE) => {
    const mine = new AbortController();
    running.current = mine;
    setFailed(false);
    setMaking({ done: 0, all: Math.min(all, MOST_PICTURES) });
    try {
      const file = await KINDS_OF_FILE[kind].take(page, {
        player,
        poster: () => latest.current(),
        said: saidOf,
        onPicture: (done, of) => setMaking({ done, all: of }),
        signal: mine.signal,
      });
      downloadBlob(file, `cuadra-${store.page.peek().city ?? 'mapa'}.${kind}`);
    } catch {
      setFailed(!mine.signal.aborted);
    }
    setMaking(null);
  };
  return (
    <>
      {making ? (
        <button type="button" class="button" ref={(button) => button?.focus()} onClick={() => running.current?.abort()}>
          {t('play.saveStop', { n: f.int(making.done), all: f.int(making.all) })}
        </button>
      ) : (
        <Popover label={t('play.save')} button={t('play.save')} buttonClass="button">
          {(close) => (
            <>
              <p class="small">{t('play.saveHow', { n: f.int(Math.min(all, MOST_PICTURES)), all: f.int(all) })}</p>
              {(Object.keys(KINDS_OF_FILE) as (keyof typeof KINDS_OF_FILE)[]).map((kind) => (
                <button
                  key={kind}
                  type="button"
                  class="button"
                  disabled={map.state.value !== 'ready' || all === 0}
                  onClick={() => {
                    close();
                    void save(kind);
                  }}
                >
                  {t(KINDS_OF_FILE[kind].title)}
                </button>
              ))}
            </>
          )}
        </Popover>
      )}
      {isFailed && <span role="alert">{t('play.saveFailed')}</span>}
    </>
  );
}

/** «mar 2024», «12 mar – 8 abr 2024» with both days within. */
function windowText({ from, until }: TimeWindow, kind: WindowName, f: Formats): string {
  const last = addDays(until, -1);
  if (kind === 'day') return f.day(from);
  if (WINDOW_KINDS[kind].unit === 'days') return `${f.day(from)} – ${f.day(last)}`;
  const [first, end] = [f.month(from), f.month(last)];
  return first === end ? first : `${first} – ${end}`;
}
