// Beside the trend, for whoever switches it on: what an authority publishes of the same offences for the whole area.

import { useState } from 'preact/hooks';
import type { BenchmarkArea } from '../../server/official-totals/contract.ts';
import { usePage } from '../app.ts';
import { fold } from '../store/fold.ts';

const ALL = 'all';
const NAMED = 4;
/** The first month told by the register that replaced the older classification (CNSP/38/15). */
const RNID_FROM = '2026-01';

export type Benchmark = {
  readonly on: boolean;
  /** Of a month YYYY-MM; null = not published, undefined = not told of. */
  readonly countOf: (month: string) => number | null | undefined;
  readonly source: string;
  readonly areaName: string;
};
type Switch = Benchmark & {
  readonly areas: readonly BenchmarkArea[];
  readonly chosen: string;
  readonly choose: (area: string) => void;
  readonly turn: (on: boolean) => void;
};

/** Null where there is nothing of the kind. */
export function useBenchmark(): Switch | null {
  const { answers, reference, t, f } = usePage();
  const [on, turn] = useState(false);
  const [picked, choose] = useState<string | null>(null);
  const answer = answers.benchmark.answered.value?.value;
  if (!answer?.source) return null;
  const { areas } = answer;
  const own = fold(reference.jurisdiction.value?.name ?? '');
  const municipal = areas.filter(({ code }) => code.length === 5);
  const first =
    municipal.find(({ name }) => fold(name) === own) ?? (municipal.length > 1 ? null : (municipal[0] ?? areas[0]));
  const known = picked !== null && (areas.some(({ code }) => code === picked) || picked === ALL);
  const chosen = known ? picked : first === null ? ALL : (first?.code ?? ALL);
  const counted = chosen === ALL ? municipal : areas.filter(({ code }) => code === chosen);
  const counts = new Map<string, number | null>();
  for (const { months } of counted) {
    for (const { month, count } of months) {
      const before = counts.get(month);
      counts.set(month, count === null ? (before ?? null) : (before ?? 0) + count);
    }
  }
  return {
    on,
    turn,
    areas,
    chosen,
    choose,
    countOf: (month) => counts.get(month),
    source: answer.source.title,
    areaName: chosen === ALL ? t('benchmark.all', { n: f.int(municipal.length) }) : (counted[0]?.name ?? ''),
  };
}

export function BenchmarkSwitch({ benchmark }: { benchmark: Switch }) {
  const { answers, reference, t, f } = usePage();
  const { on, turn, areas, chosen, choose, source, areaName } = benchmark;
  const answer = answers.benchmark.answered.value?.value;
  const titleOf = (code: string) => reference.offences.value.find((row) => row.code === code)?.title ?? code;
  const left = answer?.notCounted ?? [];
  const named = f.list(left.slice(0, NAMED).map(titleOf));
  const offences =
    left.length > NAMED
      ? t('benchmark.notCountedMore', {
          offences: left.slice(0, NAMED).map(titleOf).join(', '),
          n: f.int(left.length - NAMED),
        })
      : named;
  return (
    <div class="benchmark">
      <label class="choice">
        <input type="checkbox" checked={on} onChange={(event) => turn(event.currentTarget.checked)} />
        {t('benchmark.show', { source })}
      </label>
      {on && areas.length > 1 && (
        <select
          aria-label={t('benchmark.which')}
          value={chosen}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {areas.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
          {chosen === ALL && <option value={ALL}>{areaName}</option>}
        </select>
      )}
      {on && (
        <p class="small" role="status">
          {areas.length === 0
            ? t('benchmark.nothing', { source })
            : t(chosen.length === 2 ? 'benchmark.noteState' : 'benchmark.note', {
                source,
                area: areaName,
                date: answer?.through ? f.day(answer.through) : '–',
              })}
          {spansRnid(areas) && <> {t('benchmark.rnid')}</>}
          {areas.length > 0 && left.length > 0 && <> {t('benchmark.notCounted', { source, offences })}</>}
        </p>
      )}
    </div>
  );
}

function spansRnid(areas: readonly BenchmarkArea[]): boolean {
  const told = areas.flatMap(({ months }) => months.filter(({ count }) => count !== null));
  return told.some(({ month }) => month < RNID_FROM) && told.some(({ month }) => month >= RNID_FROM);
}

/** The line through months that are published, broken where one is not. */
export function benchmarkPath(points: readonly (readonly [x: number, y: number] | null)[]): string {
  return points
    .map((point, i) => point && `${points[i - 1] ? 'L' : 'M'}${point[0].toFixed(1)} ${point[1].toFixed(1)}`)
    .filter(Boolean)
    .join('');
}
