// A rule to the value it finds: the portal is asked what the learner could ask, and one thing is taken from its answer.

import type { Rule } from './contract.ts';

/** One question, without the jurisdiction, answered as the learner would be; throws where it is refused. */
export type AskPortal = (question: string) => Promise<unknown>;
export type FoundValue = number | string;

/** The data do not have what a rule looks for, or it is refused to this learner. */
export class NotInData extends Error {
  override readonly name = 'NotInData';
}

/** Each question is asked once for all rules of one marking. */
export function askOnce(ask: AskPortal): AskPortal {
  const asked = new Map<string, Promise<unknown>>();
  return (question) => {
    const before = asked.get(question);
    if (before) return before;
    const answer = ask(question);
    asked.set(question, answer);
    return answer;
  };
}

/** `values` stand for `{name}` in questions and ways. Throws NotInData. */
export async function find(rule: Rule, ask: AskPortal, values: ReadonlyMap<string, FoundValue>): Promise<FoundValue> {
  if ('constant' in rule) return typeof rule.constant === 'string' ? filled(rule.constant, values) : rule.constant;
  if ('ask' in rule) return taken(await ask(filledAddress(rule.ask, values)), filled(rule.take, values));
  const numbers = async (rules: readonly Rule[]) => {
    const found = await Promise.all(rules.map((each) => find(each, ask, values)));
    return found.map((value) => {
      if (typeof value !== 'number') throw new NotInData(`${value} is no number`);
      return value;
    });
  };
  if ('sum' in rule) return (await numbers(rule.sum)).reduce((sum, value) => sum + value, 0);
  const [of, by] = (await numbers(
    'difference' in rule ? rule.difference : 'ratio' in rule ? rule.ratio : rule.percent,
  )) as [number, number];
  if ('difference' in rule) return of - by;
  if (by === 0) throw new NotInData('a share of nothing');
  return 'ratio' in rule ? of / by : (100 * of) / by;
}

/** `{name}` in words. A name nobody knows stays as it is, which the lint of lessons refuses. */
export function filled(
  text: string,
  values: ReadonlyMap<string, FoundValue>,
  write: (value: FoundValue) => string = String,
): string {
  return text.replaceAll(/\{([a-z][A-Za-z0-9]*)\}/g, (all, name: string) => {
    const value = values.get(name);
    return value === undefined ? all : write(value);
  });
}

export const filledAddress = (text: string, values: ReadonlyMap<string, FoundValue>) =>
  filled(text, values, encodeURIComponent);

/**
 * `counts.sum`, `rows[code=A].count`, `buckets[max count].from`, `rows[0].name`, `rows.length`,
 * `first.indexOfMax`, `direction.times up`, `class.atLeast 1`.
 */
function taken(answer: unknown, way: string): FoundValue {
  let at: unknown = answer;
  for (const step of way.split(/\.(?![^[]*\])/)) {
    const [, name = '', pick] = /^([^[]*)(?:\[([^\]]+)\])?$/.exec(step) ?? [];
    if (name === '') at = Array.isArray(at) ? at : undefined;
    else if (Array.isArray(at) && name === 'sum') at = at.flat().reduce((sum, value) => sum + Number(value), 0);
    else if (Array.isArray(at) && name === 'length') at = at.length;
    else if (Array.isArray(at) && /^(times|atLeast) /.test(name)) at = countOf(at, name);
    else if (Array.isArray(at) && name === 'indexOfMax') at = at.indexOf(Math.max(...at.map(Number)));
    else at = (at as Record<string, unknown> | null | undefined)?.[name];
    if (pick !== undefined) at = picked(at, pick);
    if (at === undefined || at === null) throw new NotInData(`nothing at ${way}`);
  }
  if (typeof at === 'number' && Number.isFinite(at)) return at;
  if (typeof at === 'string') return at;
  throw new NotInData(`neither number nor word at ${way}`);
}

/** `times up`: how many entries are that word; `atLeast 1`: how many are numbers not below. */
function countOf(list: readonly unknown[], way: string): number {
  const [, kind, wanted = ''] = /^(times|atLeast) (.+)$/.exec(way) ?? [];
  return list.filter((value) =>
    kind === 'times' ? value === wanted : typeof value === 'number' && value >= Number(wanted),
  ).length;
}

function picked(list: unknown, pick: string): unknown {
  if (!Array.isArray(list)) return undefined;
  if (/^\d+$/.test(pick)) return list[Number(pick)];
  const [, which, by] = /^(max|min) (.+)$/.exec(pick) ?? [];
  if (by === undefined) {
    const [key = '', wanted = ''] = pick.split('=');
    return list.find((row) => String((row as Record<string, unknown>)[key]) === wanted);
  }
  const known = list.filter((row) => typeof row[by] === 'number');
  const sorted = known.sort((a, b) => (which === 'max' ? b[by] - a[by] : a[by] - b[by]));
  return sorted[0];
}
