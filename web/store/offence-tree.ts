// The offence tree as the filter uses it: finding in it, and ticking nodes so that a parent stands for all under it.

import type { OffenceRow } from '../../server/counts/contract.ts';
import { fold } from './fold.ts';

/** Kinds of offence under one name from which on it is too broad to be of use. */
const BROAD = 4;

export type Children = ReadonlyMap<string | null, readonly OffenceRow[]>;

/** Children by parent code; the roots under null. Most incidents first. */
export function childrenOf(rows: readonly OffenceRow[]): Children {
  const children = new Map<string | null, OffenceRow[]>();
  for (const row of rows) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  for (const siblings of children.values()) siblings.sort((a, b) => b.incidents - a.incidents);
  return children;
}

/** What to show below a node: a lone child that is all of it says nothing new, so what is below that. */
export function below(children: Children, row: OffenceRow): readonly OffenceRow[] {
  const found = (children.get(row.code) ?? []).filter(({ incidents }) => incidents > 0);
  const [only] = found;
  return only && found.length === 1 && only.incidents === row.incidents ? below(children, only) : found;
}

/**
 * The offences as people speak of them, most first: what stands under the legal headings, and what stands under that
 * where it is as broad as «robo».
 */
export function everyday(children: Children, headings = children.get(null) ?? []): readonly OffenceRow[] {
  const found = headings
    .flatMap((heading) => (children.get(heading.code) ?? []).filter(({ incidents }) => incidents > 0))
    .flatMap((row) => {
      const finer = below(children, row);
      return finer.length >= BROAD ? finer : [row];
    });
  return found.sort((a, b) => b.incidents - a.incidents);
}

/** One part of what a question asks for: how it is called, and what it is asked by. */
export type OffencePart = { readonly code: string; readonly codes: readonly string[]; readonly incidents: number };

/**
 * The offences a question asks for, most first, each once: those named, what is below the only one named, what of the everyday
 * ones is in the theme, or all of these.
 */
export function partsAsked(
  rows: readonly OffenceRow[],
  named: readonly string[],
  theme: readonly string[] | null,
): readonly OffencePart[] {
  const children = childrenOf(rows);
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const incidents = (code: string) => byCode.get(code)?.incidents ?? 0;
  const whole = (code: string): OffencePart => ({ code, codes: [code], incidents: incidents(code) });
  if (named.length > 1) return named.map(whole);
  const only = byCode.get(named[0] ?? '');
  if (only) {
    const finer = below(children, only);
    return (finer.length ? finer : [only]).map(({ code }) => whole(code));
  }
  const all = everyday(children);
  if (!theme) return all.map(({ code }) => whole(code));
  const wanted = new Set(theme);
  const isAsked = (row: OffenceRow) => above(byCode, row).some((code) => wanted.has(code));
  const told = new Set<string>();
  const parts = all.flatMap((row): OffencePart[] => {
    const within = under(children, row.code).filter((code) => wanted.has(code));
    for (const code of within) told.add(code);
    if (isAsked(row)) return [whole(row.code)];
    const sum = within.reduce((total, code) => total + incidents(code), 0);
    return within.length ? [{ code: row.code, codes: within, incidents: sum }] : [];
  });
  // What stands above the everyday words is told by them.
  const isTold = (code: string) => told.has(code) || all.some((row) => above(byCode, row).includes(code));
  return [...parts, ...theme.filter((code) => !isTold(code)).map(whole)]
    .filter((part) => part.incidents > 0)
    .sort((a, b) => b.incidents - a.incidents);
}

/** How well a name fits what is sought: 0 it begins so, 1 a word in it does, 2 it is in it; null = it is not. */
export function fitOf({ title }: Pick<OffenceRow, 'title'>, folded: string): number | null {
  const at = ` ${fold(title)}`.indexOf(` ${folded}`);
  return at === 0 ? 0 : at > 0 ? 1 : fold(title).includes(folded) ? 2 : null;
}

/** The everyday words that fit what is sought, or have something below them that does: those named so first. */
export function soughtEveryday(children: Children, rows: readonly OffenceRow[], folded: string): readonly OffenceRow[] {
  const found = matching(rows, folded);
  const rank = (row: OffenceRow) => fitOf(row, folded) ?? Number.POSITIVE_INFINITY;
  const order = (a: OffenceRow, b: OffenceRow) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0);
  return everyday(children)
    .filter(({ code }) => found.has(code))
    .sort(order);
}

/** Codes whose title or source label contains the folded text, with all above and below them. */
export function matching(rows: readonly OffenceRow[], folded: string): Set<string> {
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const children = childrenOf(rows);
  const found = new Set<string>();
  for (const row of rows) {
    if (![row.title, ...row.labels].some((text) => fold(text).includes(folded))) continue;
    for (const code of under(children, row.code)) found.add(code);
    for (const code of above(byCode, row)) found.add(code);
  }
  return found;
}

/** Whether something below a node is chosen, though the node is not. */
export function chosenUnder(children: Children, code: string, chosen: ReadonlySet<string>): boolean {
  return (children.get(code) ?? []).some(
    (child) => chosen.has(child.code) || chosenUnder(children, child.code, chosen),
  );
}

/**
 * The chosen codes after ticking or unticking one. Ticking a parent replaces what was ticked below it; unticking a node
 * below a ticked parent leaves the parent's other children ticked.
 */
export function toggleOffence(rows: readonly OffenceRow[], chosen: readonly string[], code: string): string[] {
  const byCode = new Map(rows.map((row) => [row.code, row]));
  const row = byCode.get(code);
  if (!row) return [...chosen];
  const children = childrenOf(rows);
  const path = above(byCode, row);
  const ticked = path.find((each) => chosen.includes(each));
  const next = new Set(chosen);
  if (ticked === undefined) {
    for (const each of under(children, code)) next.delete(each);
    next.add(code);
    return [...next];
  }
  next.delete(ticked);
  const down = path.slice(0, path.indexOf(ticked) + 1);
  for (const parent of down) {
    if (parent === code) continue;
    for (const child of children.get(parent) ?? []) if (!down.includes(child.code)) next.add(child.code);
  }
  return [...next];
}

function under(children: Children, code: string): string[] {
  return [code, ...(children.get(code) ?? []).flatMap((child) => under(children, child.code))];
}

/** A node and its ancestors, itself first. */
function above(byCode: ReadonlyMap<string, OffenceRow>, row: OffenceRow): string[] {
  const codes: string[] = [];
  for (let at: OffenceRow | undefined = row; at; at = at.parent === null ? undefined : byCode.get(at.parent))
    codes.push(at.code);
  return codes;
}
