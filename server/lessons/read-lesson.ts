// The Markdown of a lesson to its parts: front matter, text, exercises. Text is made HTML that holds nothing but text: tags
// written into it are shown as they stand, and links lead into the portal or to other pages by https alone.

import type { Document } from 'yaml';
import type * as z from 'zod';
import { type Exercise, exercise, type FrontMatter, frontMatter } from './contract.ts';
import { markdown, markdownTables, yaml } from './parsers.ts';

export type LessonText = { readonly markdown: string } | { readonly exercise: Exercise };
export type Lesson = {
  readonly code: string;
  readonly front: FrontMatter;
  readonly parts: readonly LessonText[];
  readonly exercises: readonly Exercise[];
};

/** A lesson that cannot be read: where, and why. */
export class LessonFault extends Error {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  constructor(file: string, line: number, reason: string) {
    super(`${file}:${line}: ${reason}`);
    this.name = 'LessonFault';
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

export const MOST_LESSON_BYTES = 200_000;
const MOST_EXERCISES = 40;
const FRONT = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/;
const FENCE = /^```exercise[ \t]*\r?\n([\s\S]*?)\r?\n```[ \t]*$/gm;

/** `code` names the lesson in addresses, `file` in what is said of faults. Throws LessonFault. */
export function readLesson(code: string, file: string, text: string): Lesson {
  if (text.length > MOST_LESSON_BYTES) throw new LessonFault(file, 1, `longer than ${MOST_LESSON_BYTES} characters`);
  const opening = FRONT.exec(text);
  if (!opening) throw new LessonFault(file, 1, 'no front matter between two lines of ---');
  const front = readYaml(frontMatter, opening[1]!, file, 2);
  const parts: LessonText[] = [];
  let at = opening[0].length;
  const words = (until: number) => {
    const markdown = text.slice(at, until).trim();
    if (markdown) parts.push({ markdown });
  };
  for (const found of text.matchAll(FENCE)) {
    words(found.index);
    parts.push({ exercise: readYaml(exercise, found[1]!, file, lineAt(text, found.index) + 1) });
    at = found.index + found[0].length;
  }
  words(text.length);
  const left = /^```exercise/m.exec(text.replaceAll(FENCE, ''));
  if (left) throw new LessonFault(file, lineAt(text, text.lastIndexOf('```exercise')), 'an exercise that does not end');
  const exercises = parts.flatMap((part) => ('exercise' in part ? [part.exercise] : []));
  const twice = exercises.find(({ id }, index) => exercises.findIndex((other) => other.id === id) !== index);
  if (twice)
    throw new LessonFault(file, lineAt(text, text.lastIndexOf(`id: ${twice.id}`)), `two exercises ${twice.id}`);
  if (exercises.length > MOST_EXERCISES) throw new LessonFault(file, 1, `more than ${MOST_EXERCISES} exercises`);
  return { code, front, parts, exercises };
}

/** HTML of text; `map:?view=areas` is a link to that view of the portal. */
export function htmlOf(markdown: string): string {
  return rendered(markdown)
    .replaceAll(IMAGE, '$1')
    .replaceAll(LINK, (_all, href: string, words: string) => {
      if (href.startsWith('/?')) return `<a class="lesson-map" href="${href.slice(1)}">${words}</a>`;
      return href.startsWith('https:') ? `<a href="${href}" target="_blank" rel="noreferrer">${words}</a>` : words;
    })
    .replaceAll(/<table>/g, '<table class="plain-table">');
}

/** The addresses in a text that htmlOf makes no links of, and its images, which it leaves out. */
export function refusedIn(markdown: string): readonly string[] {
  const html = rendered(markdown);
  const links = [...html.matchAll(LINK)].map(([, href = '']) => href);
  const images = [...html.matchAll(IMAGE)].map(([all]) => /src="([^"]*)"/.exec(all)?.[1] ?? '');
  return [...links.filter((href) => !href.startsWith('/?') && !href.startsWith('https:')), ...images];
}

// Tags that are written into a text are shown as they stand, so these are of its Markdown.
const LINK = /<a href="([^"]*)"(?: title="[^"]*")?>([\s\S]*?)<\/a>/g;
const IMAGE = /<img src="[^"]*" alt="([^"]*)"[^>]*>/g;

function rendered(words: string): string {
  // Of links, the words «map:» are no protocol a page knows; as an address of this page they are kept.
  const inPage = words.replaceAll(/\]\(map:(\?[^)\s]*)\)/g, (_all, query: string) => `](/${query})`);
  const { gfmTable, gfmTableHtml } = markdownTables();
  return markdown().micromark(inPage, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] });
}

function readYaml<T extends z.ZodType>(schema: T, written: string, file: string, firstLine: number): z.output<T> {
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  // No aliases: a few lines of them can stand for gigabytes.
  const document = parseDocument(written, { lineCounter: lines, uniqueKeys: true });
  const fault = document.errors[0];
  if (fault)
    throw new LessonFault(
      file,
      firstLine + lines.linePos(fault.pos[0]).line - 1,
      `not YAML: ${firstSentence(fault.message)}`,
    );
  const result = schema.safeParse(plainValue(document, (reason) => new LessonFault(file, firstLine, reason)));
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const node = document.getIn(issue.path as (string | number)[], true) as { range?: [number] } | undefined;
  const line = node?.range ? lines.linePos(node.range[0]).line : 1;
  throw new LessonFault(file, firstLine + line - 1, `${issue.path.join('.')}: ${issue.message}`);
}

function plainValue(document: Pick<Document, 'toJS'>, fault: (reason: string) => LessonFault): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw fault(`not YAML: ${(error as Error).message}`);
  }
}

const firstSentence = (message: string) => message.split('\n')[0]!.replace(/ at line \d+.*$/, '');
const lineAt = (text: string, index: number) => text.slice(0, Math.max(0, index)).split('\n').length;
