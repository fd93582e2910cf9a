// The parts of a briefing that are an analysis: the heat of what a filter matches, its hot spots, and the table of a week.

import { answerHotspots } from '../analysis/answer-places.ts';
import { ANALYSES } from '../analysis/contract.ts';
import type { AnalysisDeps } from '../analysis/values.ts';
import { textOf } from '../calendar/days.ts';
import type { Asking } from '../counts/asking.ts';
import { createExtents } from '../counts/extent.ts';
import { gridFor, heatOf } from '../counts/heat.ts';
import { tellsMonths } from '../counts/summary.ts';
import type { Snapshot } from '../cube/store.ts';
import { BadInput } from '../errors.ts';
import { cellLatitude } from '../filter/cells.ts';
import type { Filter } from '../filter/contract.ts';
import type { AskedLayer } from '../filter/places.ts';
import { OPEN_DAY, type Plan, throughOf } from '../filter/plan.ts';
import type { Bounds } from '../geometry/contract.ts';
import { parseWith } from '../http/contract.ts';
import { ARROW_LEVEL, tableOf } from '../meetings/table.ts';
import { mondayOf, weekOf } from '../meetings/weeks.ts';
import type { FigureData } from './contract.ts';

type Of<K extends FigureData['kind']> = Extract<FigureData, { kind: K }>;

const extentOf = createExtents();

/** Squares across the longer side of what is drawn: as fine as a page shows. */
const CELLS_ACROSS = 60;
const MOST_CELLS = 2500;
/** The smallest square a page is drawn with: no finer than places are known. */
const FINEST_ZOOM = 0;

export async function heatFigure(snapshot: Snapshot, plan: Plan, known: Bounds | null) {
  const bounds = known ?? (await extentOf(snapshot));
  if (!bounds) throw new BadInput('heat', 'there are no points yet');
  const latitude = cellLatitude(bounds);
  const { grid, cellM } = gridFor(bounds, FINEST_ZOOM, latitude);
  const found = await snapshot.answers.byCell(plan, grid);
  // So many of the finest squares together as a page can show.
  const side = Math.max(1, Math.ceil(Math.max(grid.columns, grid.rows) / CELLS_ACROSS));
  const together = new Map<number, number>();
  const columns = Math.ceil(grid.columns / side);
  found.cells.forEach((cell, i) => {
    const [column, row] = [cell % grid.columns, Math.floor(cell / grid.columns)];
    const into = Math.floor(row / side) * columns + Math.floor(column / side);
    together.set(into, (together.get(into) ?? 0) + found.counts[i]!);
  });
  const ranked = [...together].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const shown = ranked.slice(0, MOST_CELLS);
  const coarse = {
    ...{ west: grid.west, south: grid.south, columns, rows: Math.ceil(grid.rows / side) },
    ...{ cellWidth: grid.cellWidth * side, cellHeight: grid.cellHeight * side },
  };
  const cells = Uint32Array.from(shown, ([cell]) => cell);
  const { points } = heatOf({ ...found, cells, counts: Uint32Array.from(shown, ([, n]) => n) }, coarse, cellM * side);
  const leftOut = ranked.slice(MOST_CELLS).reduce((sum, [, n]) => sum + n, 0);
  const degrees = { width: coarse.cellWidth / 1e7, height: coarse.cellHeight / 1e7 };
  return { found, cellM: cellM * side, cell: degrees, points, leftOut };
}

/** Gi* with the neighbours usual for the layer, false discoveries held, as «Análisis» has it unless asked otherwise. */
export async function hotspotsFigure(
  deps: AnalysisDeps,
  asking: Pick<Asking<unknown>, 'jurisdiction' | 'snapshot' | 'plan' | 'withheld'>,
  layer: AskedLayer,
) {
  const own = parseWith(ANALYSES.hotspots, { layer: layer.code });
  const answer = await answerHotspots(deps, { ...asking, own });
  const { method, weights, correction, reference } = answer.parameters;
  const classes = answer.ids.flatMap((id, i) => {
    const at = answer.class[i] ?? 0;
    return at === 0 ? [] : [[Number(id), at, Math.round((answer.z[i] ?? 0) * 100) / 100] as const];
  });
  return { reason: answer.reason, classes, parameters: { method, weights, correction, reference } };
}

/** The last whole week of the days asked for, and of what the sources tell. */
export async function meetingFigure(
  { taxonomy }: Pick<AnalysisDeps, 'taxonomy'>,
  snapshot: Snapshot,
  plan: Plan,
  filter: Filter,
): Promise<Pick<Of<'meeting'>, 'week' | 'level' | 'rows'> & { readonly range: Plan['range'] }> {
  const through = throughOf(filter, snapshot.sources);
  if (through === null) throw new BadInput('meeting', 'there are no data yet');
  const sources = snapshot.sources.filter(
    ({ sourceId, incidents }) => plan.sourceIds.includes(sourceId) && incidents > 0,
  );
  if (tellsMonths(sources)) throw new BadInput('meeting', 'these sources tell the month alone: they have no weeks');
  const end = plan.range.until >= OPEN_DAY ? through + 1 : Math.min(plan.range.until, through + 1);
  const last = mondayOf(weekOf(end - 1))!;
  const monday = end >= last + 7 ? last : last - 7;
  const tree = taxonomy.withChoices(snapshot.choices);
  const titleOf = (code: string, language: 'es' | 'en') =>
    tree.title(code, language, snapshot.offences.find((row) => row.code === code)?.labels[0]);
  const rows = await tableOf({
    ...{ taxonomy, snapshot, plan, monday, missingDays: 0, titleOf: (code) => code },
    words: { total: '', other: '' },
  });
  return {
    ...{ week: weekOf(monday), level: ARROW_LEVEL, range: { from: monday, until: monday + 7 } },
    rows: rows.map(({ title, ...row }) => ({
      ...row,
      titles: title === '' ? null : { es: titleOf(title, 'es'), en: titleOf(title, 'en') },
    })),
  };
}

export const daysOfWeek = ({ from, until }: Plan['range']) => ({ from: textOf(from), until: textOf(until) });
