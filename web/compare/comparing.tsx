// A | B on the map: two questions under one curtain or side by side in the same classes, or where they differ by more than
// chance explains. Everything is reached by keys, and told in words and a table.

import '../styles/compare.css';
import { effect, untracked } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Filter } from '../../server/filter/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import { askedText } from '../panels/filter-words.ts';
import { useFocusBack } from '../parts/focus-back.ts';
import { Icon } from '../parts/icon.tsx';
import { placeName } from '../store/chosen.ts';
import type { Days } from '../store/covered.ts';
import { BESIDE_MODES, type BesideMode } from '../store/url.ts';
import { clearest } from './difference.ts';
import type { BesideMap } from './draw-beside.ts';
import { exchange, leaveComparing, makeAlike, showAs } from './open.ts';
import { createOther, DIFFERENCE_COLORS, type Other } from './other.ts';

const MIDDLE = 50;
const STEP = 5;
const LISTED = 10;
const MODE_WORDS = {
  swipe: 'beside.swipe',
  side: 'beside.side',
  difference: 'beside.difference',
} as const satisfies Record<BesideMode, string>;

export function Comparing() {
  const page = usePage();
  const [other, setOther] = useState<Other | null>(null);
  useEffect(() => {
    const { words } = page;
    let made: Other | null = null;
    const tell = (id: string) => {
      const place = made?.difference.peek()?.places.find((each) => each.id === id);
      const { t, f } = words.peek();
      if (!place) return null;
      const of = { a: f.int(place.a), b: f.int(place.b) };
      return `${t('beside.counts', of)}: ${t(`beside.direction_${place.direction}`)}`;
    };
    made = createOther(page, tell);
    setOther(made);
    return made.stop;
  }, []);
  return other && <Compared other={other} />;
}

function Compared({ other }: { other: Other }) {
  const page = usePage();
  const mode = page.store.page.value.beside?.mode;
  const [at, setAt] = useState(MIDDLE);
  if (!mode) return null;
  return (
    <>
      {mode !== 'difference' && <OtherMap other={other} mode={mode} at={at} />}
      {mode !== 'difference' &&
        ['a', 'b'].map((side) => (
          <span key={side} class={`side-name is-${side}`} aria-hidden="true">
            {side.toUpperCase()}
          </span>
        ))}
      {mode === 'swipe' && <Curtain at={at} onMove={setAt} />}
      <Bar other={other} mode={mode} />
    </>
  );
}

/** The map of B over that of A, or beside it; the camera is one. */
function OtherMap({ other, mode, at }: { other: Other; mode: 'swipe' | 'side'; at: number }) {
  const { reference, map, t } = usePage();
  const container = useRef<HTMLDivElement>(null);
  const handle = map.handle.value;
  const area = reference.areaLayer.value;
  const tiles = reference.layers.value.map((layer) => layer.tiles).join();
  useEffect(() => {
    const element = container.current;
    if (!element || !handle || !area) return;
    let isGone = false;
    let stop = () => {};
    import('./draw-beside.ts').then(
      ({ drawBeside }) => {
        if (isGone) return;
        const ground = {
          ...{ layers: reference.layers.peek(), area, larger: reference.largerLayer.peek(), limit: map.limit.peek() },
        };
        let beside: BesideMap | null = null;
        let isMine = false;
        const made = drawBeside(
          element,
          ground,
          (camera) => {
            isMine = true;
            handle.jumpTo(camera);
            isMine = false;
          },
          { 'Map.Title': t('beside.mapB') },
        );
        beside = made;
        const stops = [
          handle.follow((camera) => !isMine && beside?.jumpTo(camera)),
          effect(() => made.show(other.drawn.value, other.classes.value, other.colors.value)),
        ];
        stop = () => {
          for (const each of stops) each();
          made.remove();
        };
      },
      () => {
        map.state.value = 'failed';
      },
    );
    return () => {
      isGone = true;
      stop();
    };
  }, [handle, tiles, area?.layer, other]);
  return (
    <div
      class={`beside-map is-${mode}`}
      style={mode === 'swipe' ? { clipPath: `inset(0 0 0 ${at}%)` } : {}}
      aria-hidden="true"
    >
      <div ref={container} class="beside-canvas" />
    </div>
  );
}

function Curtain({ at, onMove }: { at: number; onMove: (at: number) => void }) {
  const { t } = usePage();
  const line = useRef<HTMLDivElement>(null);
  const to = (next: number) => onMove(Math.max(0, Math.min(100, next)));
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP }[event.key];
    const end = { Home: 0, End: 100 }[event.key];
    if (by === undefined && end === undefined) return;
    event.preventDefault();
    to(end ?? at + by!);
  };
  return (
    <div
      ref={line}
      class="curtain"
      role="slider"
      tabIndex={0}
      aria-label={t('beside.curtain')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at)}
      aria-valuetext={t('beside.curtainAt', { n: Math.round(at) })}
      style={{ left: `${at}%` }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const box = line.current!.parentElement!.getBoundingClientRect();
        to(((event.clientX - box.left) / box.width) * 100);
      }}
    >
      <span class="curtain-grip">
        <Icon name="chevronLeft" />
        <Icon name="chevronRight" />
      </span>
    </div>
  );
}

function Bar({ other, mode }: { other: Other; mode: BesideMode }) {
  const page = usePage();
  const { answers, t, f } = page;
  const filterA = answers.filter.value;
  const filterB = other.filter.value;
  const drawn = other.drawn.value;
  const answerA = (drawn === 'streets' ? answers.streetCounts : answers.areaCounts).answered.value?.value;
  const answerB = other.counts.answered.value?.value;
  const difference = other.difference.value;
  const kind = filterA?.kind ?? 'incident';
  const problem = other.counts.problem.value;
  const total = (count: number | undefined) => (count === undefined ? '…' : f.int(count));
  const bar = useRef<HTMLElement>(null);
  useFocusBack(bar);
  return (
    <section
      class="compare-bar"
      ref={bar}
      aria-label={t('beside.title')}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        leaveComparing(page);
      }}
    >
      <div class="compare-head">
        <fieldset class="switch is-small" aria-label={t('beside.as')}>
          {BESIDE_MODES.map((each) => (
            <button key={each} type="button" aria-pressed={mode === each} onClick={() => showAs(page, each)}>
              {t(MODE_WORDS[each])}
            </button>
          ))}
        </fieldset>
        <button type="button" class="button" title={t('beside.exchangeHow')} onClick={() => exchange(page)}>
          {t('beside.exchange')}
        </button>
        <button type="button" class="button" title={t('beside.alikeHow')} onClick={() => makeAlike(page)}>
          {t('beside.alike')}
        </button>
        <button
          type="button"
          class="button is-icon"
          aria-label={t('beside.leave')}
          onClick={() => leaveComparing(page)}
        >
          <Icon name="close" />
        </button>
      </div>
      <dl class="compare-sides">
        {filterA && (
          <div>
            <dt>A</dt>
            <dd>
              <strong>{total(answerA?.totals.mapped)}</strong>{' '}
              <Asked filter={filterA} covered={answers.covered.value} />
            </dd>
          </div>
        )}
        {filterB && (
          <div>
            <dt>B</dt>
            <dd>
              <strong>{total(answerB?.totals.mapped)}</strong> <Asked filter={filterB} covered={other.covered.value} />
            </dd>
          </div>
        )}
      </dl>
      {problem && <p role="alert">{problem.message || t('data.failed')}</p>}
      {!other.isAlike.value && mode !== 'difference' && <p class="small">{t('beside.notAlike')}</p>}
      <p class="small" role="status">
        {difference?.unjudged
          ? t(`beside.${difference.unjudged}`)
          : difference
            ? `${t(`beside.whole_${difference.whole}`)} ${t('beside.places', {
                more: f.int(difference.more),
                fewer: f.int(difference.fewer),
                all: f.int(difference.places.length),
              })}`
            : t('app.loading')}
      </p>
      {mode === 'difference' && difference?.unjudged === null && (
        <>
          <ul class="compare-legend" aria-label={t('legend.title')}>
            {(['up', 'down', 'none'] as const).map((direction, index) => (
              <li key={direction}>
                <span class="compare-swatch" style={{ background: DIFFERENCE_COLORS[index] }} />
                {t(`beside.direction_${direction}`)}
              </li>
            ))}
          </ul>
          <p class="small">{t('beside.rule')}</p>
          <Clearest other={other} noun={kindNoun(t, kind, 2)} />
        </>
      )}
      <p class="small">{t('beside.columnIsA')}</p>
    </section>
  );
}

function Asked({ filter, covered }: { filter: Filter; covered: Days | null }) {
  return <>{askedText(usePage(), filter, covered)}</>;
}

function Clearest({ other, noun }: { other: Other; noun: string }) {
  const page = usePage();
  const { reference, t, f } = page;
  const difference = other.difference.value!;
  const layer = other.drawn.value === 'streets' ? reference.streetLayer.value : reference.areaLayer.value;
  const rows = useMemo(() => clearest(difference, LISTED), [difference]);
  if (rows.length === 0 || !layer) return null;
  return (
    <details>
      <summary>{t('beside.table', { n: f.int(rows.length) })}</summary>
      <table class="compare-table">
        <caption class="unseen">{t('beside.tableOf', { noun, layer: layer.title })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('beside.place')}</th>
            <th scope="col">A</th>
            <th scope="col">B</th>
            <th scope="col">{t('beside.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, a, b, direction }) => {
            const row = untracked(() => reference.rowsOf(layer.layer)).get(id);
            return (
              <tr key={id}>
                <th scope="row">{row ? placeName(page, layer.layer, row) : id}</th>
                <td>{f.int(a)}</td>
                <td>{f.int(b)}</td>
                <td>{t(`beside.direction_${direction}`)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </details>
  );
}
