// Marks an answer to an exercise by asking the portal the same question, as whoever learns.

import { filterToQuery, parseFilter } from '../filter/contract.ts';
import { type Exercise, FILTER_PARTS, type FilterPart, type LessonAnswer, type Marked, type Rule } from './contract.ts';
import { type AskPortal, askOnce, type FoundValue, filledAddress, find, NotInData } from './rules.ts';

/** What is right, and why what was answered is not; `shown` is the right answer in words. */
export type Judged = Pick<Marked, 'right' | 'because' | 'differs'> & { readonly shown: string };

type Values = ReadonlyMap<string, FoundValue>;
type Answer = LessonAnswer['answer'];
type Of<K extends Exercise['kind']> = Extract<Exercise, { kind: K }>;

/** Throws NotInData where the data have no right answer. */
export async function mark(exercise: Exercise, answer: Answer, asked: AskPortal, values: Values): Promise<Judged> {
  const ask = askOnce(asked);
  switch (exercise.kind) {
    case 'number':
      return markNumber(exercise, answer, ask, values);
    case 'place':
    case 'month':
      return markWord(exercise, answer, ask, values);
    case 'filter':
      return markFilter(exercise, answer, ask, values);
    case 'order':
      return markOrder(exercise, answer, ask, values);
    case 'choice':
      return markChoice(exercise, answer, ask, values);
    case 'text':
      return { right: null, because: null, differs: [], shown: exercise.model };
    case 'study':
      return markStudy(exercise, ask, values);
  }
}

const judged = (right: boolean, shown: string, because: string | null = null): Judged => ({
  right,
  because: right ? null : because,
  differs: [],
  shown,
});

async function markNumber({ rule, tolerance, wrong }: Of<'number'>, answer: Answer, ask: AskPortal, values: Values) {
  const right = await numberOf(rule, ask, values);
  const isNear = (value: number) => {
    const allowed = typeof tolerance === 'number' ? tolerance : (Math.abs(value) * Number.parseFloat(tolerance)) / 100;
    // Beyond what is allowed lies only what rounding to the digits shown may add.
    return typeof answer === 'number' && Math.abs(answer - value) <= allowed + 1e-9 * Math.abs(value);
  };
  const shown = String(Number(right.toPrecision(6)));
  if (isNear(right)) return judged(true, shown);
  return judged(false, shown, await mistake(wrong, ask, values, (value) => typeof value === 'number' && isNear(value)));
}

/** Months as `2025-03`, places by their code. */
async function markWord(exercise: Of<'place'> | Of<'month'>, answer: Answer, ask: AskPortal, values: Values) {
  const cut = (value: FoundValue) => (exercise.kind === 'month' ? String(value).slice(0, 7) : String(value));
  const right = cut(await find(exercise.rule, ask, values));
  if (answer === right) return judged(true, right);
  return judged(false, right, await mistake(exercise.wrong, ask, values, (value) => cut(value) === answer));
}

async function markFilter({ wanted, wrong }: Of<'filter'>, answer: Answer, ask: AskPortal, values: Values) {
  const right = filledAddress(wanted, values);
  const finds = (filter: string) => found(filter, ask, values);
  const rightFound = await finds(right);
  const own = readFilter(String(answer ?? ''));
  if (own === null) return judged(false, right);
  const ownFound = await finds(own);
  if (ownFound === rightFound) return judged(true, right);
  for (const each of wrong)
    if ((await finds(filledAddress(each.filter, values))) === ownFound) return judged(false, right, each.because);
  return { ...judged(false, right), differs: await partsThatDiffer(own, right, ask, values) };
}

/** Two filters are one where they find the same incidents: by day, by hour, by place. */
async function found(filter: string, ask: AskPortal, values: Values): Promise<string> {
  const layers = ['areas', 'streets'].flatMap((name) => values.get(name) ?? []);
  const answers = await Promise.all([
    ask(`clock?${filter}`).then((answer) => pick(answer, 'counts', 'unknownHour', 'unknownDay')),
    ask(`series?step=day&${filter}`).then((answer) => daysWith(answer)),
    ...layers.map((layer) =>
      ask(`counts?layer=${layer}&${filter}`).then((answer) => pick(answer, 'ids', 'counts', 'totals')),
    ),
  ]);
  return JSON.stringify(answers);
}

const pick = (answer: unknown, ...names: string[]) => names.map((name) => (answer as Record<string, unknown>)[name]);
const daysWith = (answer: unknown) =>
  (answer as { buckets: { from: string; count: number }[] }).buckets.flatMap(({ from, count }) =>
    count ? [[from, count]] : [],
  );

/** What of a filter's parameters belongs to which of its parts. */
const PARAMETERS: Readonly<Record<FilterPart, readonly string[]>> = {
  period: ['from', 'until', 'period'],
  offence: ['offence', 'theme'],
  hours: ['hour', 'weekday', 'weekdayOf'],
  place: ['within'],
  kind: ['kind', 'source'],
};

/** A part is another where putting the wanted one in its place finds others than before. */
async function partsThatDiffer(own: string, right: string, ask: AskPortal, values: Values): Promise<FilterPart[]> {
  const before = await found(own, ask, values);
  const differing: FilterPart[] = [];
  for (const part of FILTER_PARTS) {
    const mixed = new URLSearchParams(own);
    const wanted = new URLSearchParams(right);
    for (const name of PARAMETERS[part]) {
      mixed.delete(name);
      if (wanted.has(name)) mixed.set(name, wanted.get(name)!);
    }
    if (
      mixed.toString() !== new URLSearchParams(own).toString() &&
      (await found(mixed.toString(), ask, values)) !== before
    )
      differing.push(part);
  }
  return differing;
}

/** The filter of an address, whatever else stands there; null where it is none. */
function readFilter(text: string): string | null {
  const query = new URLSearchParams(text);
  const own = Object.fromEntries([...query].filter(([name]) => Object.values(PARAMETERS).flat().includes(name)));
  try {
    return new URLSearchParams(filterToQuery(parseFilter(own))).toString();
  } catch {
    return null;
  }
}

async function markOrder({ items }: Of<'order'>, answer: Answer, ask: AskPortal, values: Values) {
  const sizes = await Promise.all(items.map(({ rule }) => numberOf(rule, ask, values)));
  const right = sizes.map((_, index) => index).sort((a, b) => sizes[b]! - sizes[a]!);
  const shown = right.map((index) => `${items[index]!.text} (${Number(sizes[index]!.toPrecision(6))})`).join(' > ');
  const given = Array.isArray(answer) && new Set(answer).size === items.length ? answer : [];
  // Those of the same size may stand in either order.
  const isRight = given.length > 0 && given.every((index, at) => sizes[index] === sizes[right[at]!]);
  return judged(isRight, shown);
}

async function markChoice({ options }: Of<'choice'>, answer: Answer, ask: AskPortal, values: Values) {
  const isRight = async ({ right }: (typeof options)[number]) => {
    if (typeof right === 'boolean') return right;
    const value = await numberOf(right.rule, ask, values);
    return value >= (right.atLeast ?? Number.NEGATIVE_INFINITY) && value < (right.below ?? Number.POSITIVE_INFINITY);
  };
  const rights = await Promise.all(options.map(isRight));
  if (!rights.includes(true)) throw new NotInData('no option is right of these data');
  const chosen = typeof answer === 'number' ? options[answer] : undefined;
  const shown = options.flatMap(({ text }, index) => (rights[index] ? [text] : [])).join(' / ');
  return { ...judged(typeof answer === 'number' && rights[answer] === true, shown), because: chosen?.because ?? null };
}

async function markStudy({ checks }: Of<'study'>, ask: AskPortal, values: Values) {
  for (const { rule, atLeast, because } of checks)
    if ((await numberOf(rule, ask, values)) < atLeast) return judged(false, '', because);
  return judged(true, '');
}

async function mistake(
  wrong: readonly { readonly rule: Rule; readonly because: string }[],
  ask: AskPortal,
  values: Values,
  isAnswer: (value: FoundValue) => boolean,
): Promise<string | null> {
  for (const { rule, because } of wrong) {
    // A mistake that cannot be made on these data is none that was made.
    const value = await find(rule, ask, values).catch(() => null);
    if (value !== null && isAnswer(value)) return because;
  }
  return null;
}

async function numberOf(rule: Rule, ask: AskPortal, values: Values): Promise<number> {
  const value = await find(rule, ask, values);
  if (typeof value !== 'number') throw new NotInData(`${value} is no number`);
  return value;
}
