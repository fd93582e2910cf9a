// What a briefing says of its figures beside those of today, and the days that it proposes.

import { expect, test } from 'vitest';
import { judge } from '../../server/briefings/beside.ts';
import type { FigureData } from '../../server/briefings/contract.ts';
import { areasTold, briefingBody, newBriefing, partsInOrder } from '../../server/briefings/contract.ts';
import { askedByPart } from '../../server/briefings/figures.ts';
import { keyOfAsked } from '../../server/briefings/store.ts';
import { draftAfter, draftOf, partsWith, patchOf } from '../../web/briefings/draft.ts';
import { todayOf } from '../../web/briefings/today.ts';
import { lastMonth, lastWeek } from '../../web/briefings/views.ts';

const DAYS = { from: '2025-12-01', until: '2026-01-01', through: '2025-12-31', missingDays: 0 };
const totals = (matched: number) => ({ matched, mapped: matched, unlocated: 0, outside: 0, withheld: 0 });
const clock = (matched: number, first: number): FigureData => ({
  ...{ kind: 'clock', ...DAYS, totals: totals(matched), counts: [[first, matched - first]], unknownHour: 0 },
  unknownDay: 0,
});

test('a figure is the same as today however the database orders its names and however far the data reach now', () => {
  const { kind, ...rest } = clock(9, 4);
  expect(todayOf(clock(9, 4), { ...rest, through: '2026-02-28', kind } as FigureData)).toEqual({ is: 'same' });
  expect(todayOf(clock(9, 4), clock(9, 5))).toEqual({ is: 'parts' });
  expect(todayOf(clock(9, 4), clock(11, 4))).toEqual({ is: 'total', total: 11 });
});

test('the last complete month and week end no later than the data', () => {
  expect(lastMonth('2025-12-31')).toEqual({ from: '2025-12-01', until: '2026-01-01' });
  expect(lastMonth('2026-01-30')).toEqual({ from: '2025-12-01', until: '2026-01-01' });
  expect(lastMonth('2024-02-29')).toEqual({ from: '2024-02-01', until: '2024-03-01' });
  // 28 December 2025 is a Sunday.
  expect(lastWeek('2025-12-28')).toEqual({ from: '2025-12-22', until: '2025-12-29' });
  expect(lastWeek('2025-12-27')).toEqual({ from: '2025-12-15', until: '2025-12-22' });
  expect(lastWeek('2026-01-01')).toEqual({ from: '2025-12-22', until: '2025-12-29' });
});

const blocks = newBriefing.parse({
  title: 'x',
  blocks: {
    b: { kind: 'headline', at: 2, filter: { offence: 'patrimonio', period: '12m' } },
    a: { kind: 'trend', at: 2, filter: { from: '2020-01-01', until: '2020-02-01' } },
    c: { kind: 'text', at: 1 },
  },
}).blocks;

test('parts follow the days of the briefing, a trend those that lead to them, and text asks nothing', () => {
  const period = { from: '2025-12-01', until: '2026-01-01' };
  expect(partsInOrder(blocks).map(([name]) => name)).toEqual(['c', 'a', 'b']);
  expect(askedByPart(blocks.b!, period)!.filter).toEqual({ offence: 'patrimonio', ...period });
  expect(askedByPart(blocks.b!, null)!.filter).toEqual({ offence: 'patrimonio', period: '12m' });
  expect(askedByPart(blocks.a!, period)!.filter).toEqual({ from: '2023-12-01', until: '2026-01-01' });
  expect(askedByPart({ ...blocks.a!, follows: false }, period)!.filter).toEqual({
    from: '2020-01-01',
    until: '2020-02-01',
  });
  expect(askedByPart(blocks.c!, period)).toBeNull();
  // A title is no part of the question: its answer stays.
  const [asked, titled] = [blocks.b!, { ...blocks.b!, title: 'y', at: 9, half: true }].map((each) =>
    keyOfAsked(askedByPart(each, period)!),
  );
  expect(titled).toBe(asked);
  expect(
    briefingBody.safeParse({ title: 'x', state: 'open', period: { from: 'a', until: 'b' }, blocks: {} }).success,
  ).toBe(false);
});

test('arrows of a table are held together: one that stands out alone does not among many', () => {
  const row = (count: number, before: number | null, dispersion = 1) => ({
    ...{ count, dispersion },
    before: before === null ? null : { from: '2024-12-01', until: '2025-01-01', count: before },
  });
  // z = 32 ÷ √232 = 2.10, p = 0.036: alone below 0.05, of twelve such rows not.
  expect(judge([row(132, 100)]).map(({ verdict }) => verdict)).toEqual(['up']);
  const many = [row(132, 100), ...Array.from({ length: 11 }, () => row(100, 100))];
  expect(new Set(judge(many).map(({ verdict }) => verdict))).toEqual(new Set(['unclear']));
  // Weeks that vary four times as much as chance: half as far out.
  expect(judge([row(132, 100, 4)])[0]!.verdict).toBe('unclear');
  expect(judge([row(40, 100), row(5, null), row(0, 0)]).map(({ verdict }) => verdict)).toEqual([
    ...['down', 'unknown', 'unknown'],
  ]);
});

test('a part being written is sent as a change of the version it was taken of, whatever the page shows by then', () => {
  const body = briefingBody.parse({ title: 'x', state: 'open', period: null, blocks });
  const draft = draftOf({ body, version: 3 }, 'a')!;
  // One's own change of another part brings version 5 to the page, with what somebody else wrote in this part.
  expect(draftAfter(draft, { title: 'y', blocks: { b: null } })).toBe(draft);
  const written = { ...draft.block, text: 'mine' };
  expect(patchOf(draft, written)).toEqual({ version: 3, changes: { blocks: { a: written } } });
  expect(draftAfter(draft, { blocks: { a: written } })).toBeNull();
  // Taken out by others, it stands there until the writing ends.
  const { a: _, ...without } = blocks;
  expect(partsWith(without, draft).map(([name]) => name)).toEqual(['c', 'a', 'b']);
  expect(partsWith(without, null).map(([name]) => name)).toEqual(['c', 'b']);
});

test('areas are the same in whichever order they are named', () => {
  const areas = (...codes: string[]) => areasTold({ areas: { layer: 'sectores', codes } });
  expect([areas('02', '01'), areas('01'), areasTold({ areas: null })]).toEqual(['sectores:01,02', 'sectores:01', null]);
});
