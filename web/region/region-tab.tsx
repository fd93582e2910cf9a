// The map above the municipality: every city the viewer may see, coloured by rate or by growth, ranked, and one click from
// its own map.

import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RegionAnswer, RegionLimits, RegionRow } from '../../server/counts/contract.ts';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { classBounds, classOf, rampColors } from '../map/classify.ts';
import { RAMP } from '../map/colors.ts';
import { SharedBadge } from '../parts/shared-badge.tsx';
import type { Path } from '../store/api.ts';
import { createQuestion } from '../store/question.ts';
import { type Drawing, drawLimits } from './draw-limits.ts';
import { measured, type RegionMeasure, ranked } from './rank.ts';

const CLASSES = 5;
const YEARS_BACK = 12;

export function RegionTab() {
  const { ask, reference, t } = usePage();
  const asked = useSignal<{
    readonly theme: string | null;
    readonly year: number | null;
    readonly base: number | null;
  }>({
    theme: null,
    year: null,
    base: null,
  });
  const isOpen = useSignal(true);
  const path = useComputed(() => (isOpen.value ? regionPath(asked.value) : null));
  const limitsPath = useComputed(() => (isOpen.value ? LIMITS : null));
  const [question, limits] = useMemo(() => [createQuestion(path, ask), createQuestion(limitsPath, ask)], []);
  useEffect(
    () => () => {
      isOpen.value = false;
    },
    [],
  );
  const [by, setBy] = useState<RegionMeasure>('rate');
  const [pointed, setPointed] = useState<string | null>(null);
  const answer = question.answered.value?.value ?? null;
  const found = limits.answered.value?.value;
  const drawing = useMemo(() => found && drawLimits(found), [found]);
  const rows = answer ? ranked(answer.rows, by) : [];
  const bounds = classBounds(
    rows.map((row) => measured(row, by)).filter((value) => value !== null),
    'quantile',
    CLASSES,
  );
  const problem = question.problem.value ?? limits.problem.value;
  return (
    <main class="data region">
      <div class="data-inner">
        <h1>{t('region.title')}</h1>
        <p class="small">{t('region.lead')}</p>
        <div class="invite">
          <label>
            {t('region.theme')}
            <select
              value={asked.value.theme ?? ''}
              onChange={(event) => {
                asked.value = { ...asked.value, theme: event.currentTarget.value || null };
              }}
            >
              <option value="">{t('region.everything')}</option>
              {reference.themes.value.map((theme) => (
                <option key={theme.code} value={theme.code}>
                  {theme.title}
                </option>
              ))}
            </select>
          </label>
          {answer && (
            <>
              <YearChoice
                label={t('region.year')}
                year={answer.year}
                onPick={(year) => {
                  asked.value = { ...asked.value, year, base: null };
                }}
              />
              <YearChoice
                label={t('region.base')}
                year={answer.base}
                onPick={(base) => {
                  asked.value = { ...asked.value, year: answer.year, base };
                }}
              />
            </>
          )}
          <fieldset class="switch is-small" aria-label={t('region.by')}>
            {(['rate', 'count', 'growth'] as const).map((each) => (
              <button key={each} type="button" aria-pressed={by === each} onClick={() => setBy(each)}>
                {t(`region.by_${each}`)}
              </button>
            ))}
          </fieldset>
        </div>
        {problem && (
          <p class="refusal" role="alert">
            {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
          </p>
        )}
        {!answer && !problem && <p role="status">{t('app.loading')}</p>}
        {answer && (
          <div class="region-parts">
            {drawing && <RegionMap drawing={drawing} rows={rows} by={by} bounds={bounds} onPoint={setPointed} />}
            <RegionTable answer={answer} rows={rows} by={by} pointed={pointed} />
          </div>
        )}
        {answer && found && <NotDrawn rows={rows} limits={found} />}
      </div>
    </main>
  );
}

const LIMITS: Path<RegionLimits> = '/api/v1/region/limits';

function regionPath(values: { theme: string | null; year: number | null; base: number | null }): Path<RegionAnswer> {
  const given = Object.entries(values).filter(([, value]) => value !== null);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return `/api/v1/region${given.length ? `?${query}` : ''}`;
}

function YearChoice({ label, year, onPick }: { label: string; year: number; onPick: (year: number) => void }) {
  const now = new Date().getFullYear();
  const years = Array.from({ length: YEARS_BACK }, (_, back) => now - back);
  const listed = years.includes(year) ? years : [year, ...years].sort((a, b) => b - a);
  return (
    <label>
      {label}
      <select value={String(year)} onChange={(event) => onPick(Number(event.currentTarget.value))}>
        {listed.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

/** Opens the map of a city with nothing filtered. */
function useGoTo() {
  const { store } = usePage();
  return (code: string) =>
    store.change({ city: code, tab: 'map', filter: EVERYTHING, place: null, layer: null, position: null });
}

/** Above nought the ramp; no value, and nought, in grey and in white. */
function colorOf(value: number | null, bounds: readonly number[]): string {
  if (value === null) return 'var(--line)';
  const number = classOf(value, bounds);
  return number === 0 ? 'var(--paper)' : (rampColors(RAMP, bounds.length)[number - 1] ?? 'var(--paper)');
}

type MapProps = {
  readonly drawing: Drawing;
  readonly rows: readonly RegionRow[];
  readonly by: RegionMeasure;
  readonly bounds: readonly number[];
  readonly onPoint: (code: string | null) => void;
};

function RegionMap({ drawing, rows, by, bounds, onPoint }: MapProps) {
  const { t } = usePage();
  const say = useSay();
  const goTo = useGoTo();
  const colors = rampColors(RAMP, bounds.length);
  return (
    <figure class="region-map">
      <svg viewBox={`0 0 ${drawing.width} ${drawing.height}`} role="img" aria-label={t('region.map')}>
        {drawing.outlines.map(({ code, path }) => {
          const row = rows.find((each) => each.code === code);
          if (!row) return null;
          return (
            // The table beside it does the same by keyboard, in order.
            // biome-ignore lint/a11y/noStaticElementInteractions: see above
            <path
              key={code}
              d={path}
              fill={colorOf(measured(row, by), bounds)}
              fill-rule="evenodd"
              onClick={() => goTo(code)}
              onMouseEnter={() => onPoint(code)}
              onMouseLeave={() => onPoint(null)}
            >
              <title>{`${row.name}: ${say.value(row, by)}`}</title>
            </path>
          );
        })}
      </svg>
      <figcaption>
        {bounds.map((bound, index) => (
          <span key={bound} class="region-class">
            <span class="region-swatch" style={{ background: colors[index] }} />
            {t('region.upTo', { n: say.number(bound, by) })}
          </span>
        ))}
        <span class="region-class">
          <span class="region-swatch is-unknown" />
          {t('region.unknown')}
        </span>
      </figcaption>
    </figure>
  );
}

/** Numbers of a measure in words. */
function useSay() {
  const { t, f } = usePage();
  const number = (value: number, by: RegionMeasure) =>
    by === 'growth' ? `${value > 0 ? '+' : value < 0 ? '−' : ''}${f.percent(value * 100)}` : f.rate(value);
  const value = (row: RegionRow, by: RegionMeasure): string => {
    const found = measured(row, by);
    if (found !== null) return number(found, by);
    if (row.reason) return t(`region.why_${row.reason}`);
    if (by === 'growth') return t(row.beforeReason === null ? 'region.noGrowth' : 'region.noBase');
    return row.residents === null ? t('region.noResidents') : t('region.tooFew');
  };
  return { number, value };
}

type TableProps = {
  readonly answer: RegionAnswer;
  readonly rows: readonly RegionRow[];
  readonly by: RegionMeasure;
  readonly pointed: string | null;
};

function RegionTable({ answer, rows, by, pointed }: TableProps) {
  const { t, f } = usePage();
  const say = useSay();
  const goTo = useGoTo();
  return (
    <table class="access-table">
      <caption>{t('region.caption', { year: String(answer.year), base: String(answer.base) })}</caption>
      <thead>
        <tr>
          <th scope="col">{t('region.city')}</th>
          {(['rate', 'count', 'growth'] as const).map((each) => (
            <th key={each} scope="col" class="number" aria-sort={each === by ? 'descending' : 'none'}>
              {t(`region.by_${each}`)}
            </th>
          ))}
          <th scope="col">{t('region.months')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.code} class={row.code === pointed ? 'is-pointed' : ''}>
            <th scope="row">
              <button type="button" class="link" onClick={() => goTo(row.code)}>
                {row.name}
              </button>
              {row.synthetic && <small>{t('app.synthetic')}</small>}
              {row.shared && <SharedBadge name={row.name} level={row.shared} />}
            </th>
            {(['rate', 'count', 'growth'] as const).map((each) => (
              <td key={each} class={measured(row, each) === null ? 'number is-missing' : 'number'}>
                {say.value(row, each)}
              </td>
            ))}
            <td>{row.from && row.until && f.months(row.from, row.until)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The rest is told by how many they are. */
const MOST_NAMED = 5;

function NotDrawn({ rows, limits }: { rows: readonly RegionRow[]; limits: RegionLimits }) {
  const { t, f } = usePage();
  const drawn = new Set(limits.limits.map(({ code }) => code));
  const left = rows.filter(({ code }) => !drawn.has(code));
  if (left.length === 0) return null;
  const names = left.slice(0, MOST_NAMED).map(({ name }) => name);
  if (left.length > MOST_NAMED) names.push(t('region.notDrawnMore', { n: f.int(left.length - MOST_NAMED) }));
  return (
    <p class="small">
      {t('region.notDrawn', {
        count: left.length,
        n: f.int(left.length),
        names: f.list(names),
      })}
    </p>
  );
}
