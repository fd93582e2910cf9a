// The table of a meeting: each number with what was to be expected, and a link to its map.

import type { Filter } from '../../server/filter/contract.ts';
import type { CellVerdict, MeetingAnswer, MeetingCell, MeetingRow } from '../../server/meetings/contract.ts';
import { usePage } from '../app.ts';
import { addDays } from '../store/days.ts';
import { onMap, withinOf } from './paths.ts';

export const PERIODS_SHOWN = ['week', 'days28', 'year'] as const;
export type PeriodShown = (typeof PERIODS_SHOWN)[number];
export const PERIOD_TITLES = {
  week: 'meeting.columnWeek',
  days28: 'meeting.columnDays28',
  year: 'meeting.columnYear',
} as const;

const ARROWS: Readonly<Record<CellVerdict, string>> = { up: '▲', down: '▼', usual: '', unknown: '' };

/** Outside its band, but no further than chance goes somewhere in a table of so many numbers. */
const isAtEdge = ({ count, band, verdict }: MeetingCell) =>
  verdict === 'usual' && band !== null && (count < band.low || count > band.high);

/** The sources tell of no day of it: that nothing is counted does not mean that there was nothing. */
const isUntold = ({ from, until, missingDays }: MeetingCell) => addDays(from, missingDays) >= until;

/** What the bands of a table know of: the same weeks of the years before, or not. Tables kept for longer do not say. */
export const bandMadeOf = ({ rows }: Pick<MeetingAnswer, 'rows'>) =>
  rows.some(({ week, days28 }) => (week.band?.season ?? days28.band?.season ?? null) !== null)
    ? 'meeting.bandOfYears'
    : 'meeting.bandOfWeeks';

type TableProps = { readonly answer: Pick<MeetingAnswer, 'scope' | 'rows'>; readonly filter: Filter };

export function MeetingTable({ answer, filter }: TableProps) {
  const { store, t, f } = usePage();
  const scope = answer.scope ? `${answer.scope.layer}:${answer.scope.code}` : null;
  const hasMean = (period: PeriodShown) => answer.rows.some((row) => row[period].meanOfThree !== null);
  const hasBand = (period: PeriodShown) => period !== 'year';
  const columns = (period: PeriodShown) => 2 + Number(hasBand(period)) + Number(hasMean(period));
  const verdictText = (period: PeriodShown, cell: MeetingCell) => {
    if (cell.missingDays > 0) return t('meeting.missingDays', { n: f.int(cell.missingDays) });
    if (isAtEdge(cell)) return t('meeting.edge');
    if (period !== 'year' || cell.verdict === 'unknown') return t(`meeting.${cell.verdict}`);
    return t(`meeting.${cell.verdict}Year`);
  };
  const number = (row: MeetingRow, days: { from: string; until: string }, count: number) => (
    <a
      href={onMap(
        store.page.value,
        filter,
        { from: days.from, until: days.until, within: withinOf(scope) },
        row.offences,
      )}
      title={t('meeting.openMap', { what: `${row.title}, ${f.range(days.from, days.until)}` })}
    >
      {f.int(count)}
    </a>
  );
  const cells = (row: MeetingRow, period: PeriodShown) => {
    const cell = row[period];
    const mark = ARROWS[cell.verdict] || (isAtEdge(cell) ? '·' : '');
    return [
      <td key={`${period} count`} class={`number is-count is-${cell.verdict}`} title={verdictText(period, cell)}>
        {isUntold(cell) ? t('meeting.noData') : number(row, cell, cell.count)}
        <span class="meeting-mark" aria-hidden="true">
          {mark}
        </span>
        <span class="sr-only">{verdictText(period, cell)}</span>
      </td>,
      hasBand(period) && (
        <td key={`${period} band`} class="number">
          {cell.band ? t('meeting.band', { low: f.int(cell.band.low), high: f.int(cell.band.high) }) : '–'}
        </td>
      ),
      <td key={`${period} year`} class="number">
        {cell.lastYear ? number(row, cell.lastYear, cell.lastYear.count) : t('meeting.noData')}
      </td>,
      hasMean(period) && (
        <td key={`${period} mean`} class="number">
          {cell.meanOfThree === null ? t('meeting.noData') : f.rate(Math.round(cell.meanOfThree * 10) / 10)}
        </td>
      ),
    ];
  };
  const missing = ({ missingDays: days }: MeetingCell) =>
    days > 0 && ` · ${t('meeting.missingDays', { n: f.int(days) })}`;
  const first = answer.rows[0];
  return (
    <div class="meeting-scroll">
      <table class={`meeting-table ${PERIODS_SHOWN.some(hasMean) ? 'has-mean' : ''}`}>
        <thead>
          <tr>
            <th rowSpan={2} scope="col">
              {t('meeting.offence')}
            </th>
            {PERIODS_SHOWN.map((period) => (
              <th key={period} colSpan={columns(period)} scope="colgroup" class="is-group">
                {t(PERIOD_TITLES[period])}
                {first && (
                  <small>
                    {f.range(first[period].from, first[period].until)}
                    {missing(first[period])}
                  </small>
                )}
              </th>
            ))}
          </tr>
          <tr>
            {PERIODS_SHOWN.flatMap((period) => [
              <th key={`${period} count`} scope="col" class="number is-count">
                {t('meeting.count')}
              </th>,
              hasBand(period) && (
                <th key={`${period} band`} scope="col" class="number">
                  {t('meeting.expected')}
                </th>
              ),
              <th key={`${period} year`} scope="col" class="number">
                {t('meeting.lastYear')}
              </th>,
              hasMean(period) && (
                <th key={`${period} mean`} scope="col" class="number">
                  {t('meeting.mean')}
                </th>
              ),
            ])}
          </tr>
        </thead>
        <tbody>
          {answer.rows.map((row) => (
            <tr key={row.offences.join() || 'total'} class={`is-${row.of}`}>
              <th scope="row">{row.title}</th>
              {PERIODS_SHOWN.flatMap((period) => cells(row, period))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What stands out, in a sentence; the whole first. */
/** The arrows of the table tell the others; the first rows are those of most crimes. */
const MOST_SAID = 5;

export function useStanding(answer: MeetingAnswer): string {
  const { t, f } = usePage();
  if (answer.missingDays > 0)
    return t('meeting.missing', {
      ...{ count: answer.missingDays, n: f.int(answer.missingDays) },
      through: answer.through ? f.day(answer.through) : '–',
    });
  const out = answer.rows.flatMap((row) =>
    PERIODS_SHOWN.flatMap((period) => {
      const { verdict, count } = row[period];
      if (verdict !== 'up' && verdict !== 'down') return [];
      const values = { title: row.title, period: t(PERIOD_TITLES[period]).toLowerCase(), n: f.int(count) };
      return [t(verdict === 'up' ? 'meeting.standsUp' : 'meeting.standsDown', values)];
    }),
  );
  if (out.length === 0) return t('meeting.nothingStands');
  const said = t('meeting.stands', { n: f.int(out.length), what: f.list(out.slice(0, MOST_SAID)) });
  const rest = out.length - MOST_SAID;
  return rest > 0 ? `${said} ${t('meeting.standsMore', { n: f.int(rest) })}` : said;
}
