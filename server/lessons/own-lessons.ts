// Lessons of a jurisdiction's own: read from a zip of Markdown, checked before anything is kept, kept all or none.

import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sql } from 'kysely';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput, NotFound } from '../errors.ts';
import { makeScratch } from '../files/scratch.ts';
import { withArchive } from '../files/unzip.ts';
import type { Language } from '../i18n/contract.ts';
import { lessonCatalogue, modulesFile } from './catalogue.ts';
import { checkLessons, type FaultTold, type LessonFile } from './check-lessons.ts';
import { yaml } from './parsers.ts';
import { MOST_LESSON_BYTES, readLesson } from './read-lesson.ts';

const LIMITS = { entries: 400, bytes: 10_000_000, ratio: 100 };
const MOST_OWN_LESSONS = 200;
/** Of a jurisdiction in all: they are read in one go. */
const MOST_BYTES_IN_ALL = 5_000_000;
/** A letter takes up to four. */
const MOST_BYTES = 4 * MOST_LESSON_BYTES;
const NAMED = /^([a-z][a-z0-9-]{1,39})\.(es|en)\.md$/;
/** What programs put beside files, and nobody sent. */
const LITTER = /(^|\/)(__MACOSX|\.DS_Store|Thumbs\.db|desktop\.ini)/;
type Titles = Readonly<Record<string, Readonly<Record<Language, string>>>>;

type SentLessons = {
  readonly files: readonly LessonFile[];
  readonly titles: Titles;
  /** What is no lesson, by its path. */
  readonly ignored: readonly string[];
  readonly faults: readonly FaultTold[];
};

/** `CODE.es.md`, `CODE.en.md` and `modules.yaml`, in whatever folder. Throws BadInput or TooLarge for what is no such archive. */
export async function readSent(path: string): Promise<SentLessons> {
  const scratch = await makeScratch('lessons');
  try {
    await mkdir(scratch, { recursive: true });
    return await withArchive(
      path,
      async ({ paths, extract }) => {
        const wanted = paths.filter((each) => !LITTER.test(each));
        const read = wanted.filter((each) => NAMED.test(basename(each)) || basename(each) === 'modules.yaml');
        await extract(
          read.map((each, at) => ({ path: each, as: String(at) })),
          scratch,
        );
        const texts = new Map<string, string>();
        const faults: FaultTold[] = [];
        for (const [at, file] of read.entries()) {
          const bytes = await readFile(join(scratch, String(at)));
          if (bytes.length > MOST_BYTES) {
            faults.push({ file, line: 1, reason: `longer than ${MOST_LESSON_BYTES} characters` });
            continue;
          }
          try {
            texts.set(file, new TextDecoder('utf-8', { fatal: true }).decode(bytes));
          } catch {
            faults.push({ file, line: 1, reason: 'not a text in UTF-8' });
          }
        }
        const files = [...texts].flatMap(([file, text]): LessonFile[] => {
          const [, code, language] = NAMED.exec(basename(file)) ?? [];
          return code ? [{ code, language: language as Language, file, text }] : [];
        });
        const twice = files.filter((each, at) =>
          files.slice(0, at).some(({ code, language }) => code === each.code && language === each.language),
        );
        faults.push(
          ...twice.map(({ file }) => ({ file, line: 1, reason: 'another file of the archive has this name' })),
        );
        const named = [...texts].find(([file]) => basename(file) === 'modules.yaml');
        const { titles, fault } = named ? readTitles(...named) : { titles: {}, fault: null };
        if (fault) faults.push(fault);
        return { files, titles, ignored: wanted.filter((each) => !read.includes(each)), faults };
      },
      LIMITS,
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function readTitles(file: string, text: string): { readonly titles: Titles; readonly fault: FaultTold | null } {
  try {
    return { titles: modulesFile.parse(yaml().parse(text, { maxAliasCount: 0 })), fault: null };
  } catch {
    return { titles: {}, fault: { file, line: 1, reason: 'not a list of modules with a title in es and in en' } };
  }
}

/** Checked against those there are: a lesson of the program keeps its name. */
export function faultsOfSent({ files, titles, faults }: SentLessons): readonly FaultTold[] {
  const { modules, lessons } = lessonCatalogue();
  const taken = new Set(lessons.es.map(({ code }) => code));
  const known = new Set([...modules.map(({ code }) => code), ...Object.keys(titles)]);
  const named = files
    .filter(({ code }) => taken.has(code))
    .map(({ file, code }) => ({ file, line: 1, reason: `${code} is a lesson of the program: give it another name` }));
  return [...faults, ...named, ...checkLessons(files, known).faults];
}

type OwnLesson = {
  readonly code: string;
  readonly languages: readonly Language[];
  readonly sentAt: string;
  readonly sentBy: string;
};

export async function listOwn({ db }: Database, id: number): Promise<OwnLesson[]> {
  const { rows } = await sql<{ code: string; languages: Language[]; sent: Date; by: string }>`
    select lesson as code, array_agg(language order by language) as languages, max(sent_at) as sent, max(sent_by) as by
    from own_lesson where jurisdiction_id = ${id} group by lesson order by lesson`.execute(db);
  return rows.map(({ code, languages, sent, by }) => ({ code, languages, sentAt: sent.toISOString(), sentBy: by }));
}

/**
 * All of them or none; a lesson that is there already is replaced in all its languages, by who sent it or, with `replaces`
 * `all`, by anybody's. Throws BadInput.
 */
export async function keepOwn(
  { db }: Database,
  { id }: Pick<Jurisdiction, 'id'>,
  { files, titles }: SentLessons,
  { name: who, replaces }: { readonly name: string; readonly replaces: 'own' | 'all' },
  now: Date,
): Promise<void> {
  const codes = [...new Set(files.map(({ code }) => code))];
  await db.transaction().execute(async (trx) => {
    await sql`select from data_state where jurisdiction_id = ${id} for update`.execute(trx);
    const { rows: others } = await sql<{ lesson: string }>`
      select lesson from own_lesson
      where jurisdiction_id = ${id} and lesson = any(${codes}::text[]) and sent_by <> ${who} limit 1`.execute(trx);
    if (others[0] && replaces === 'own')
      throw new BadInput('file', `${others[0].lesson} was sent by somebody else: give yours another name`);
    await sql`delete from own_lesson where jurisdiction_id = ${id} and lesson = any(${codes}::text[])`.execute(trx);
    const { rows } = await sql<{ n: number; bytes: number }>`
      select count(distinct lesson)::int as n, coalesce(sum(octet_length(source)), 0)::int as bytes from own_lesson where jurisdiction_id = ${id}`.execute(
      trx,
    );
    if (rows[0]!.n + codes.length > MOST_OWN_LESSONS)
      throw new BadInput('file', `at most ${MOST_OWN_LESSONS} lessons of one’s own`);
    const bytes = files.reduce((sum, { text }) => sum + Buffer.byteLength(text), rows[0]!.bytes);
    if (bytes > MOST_BYTES_IN_ALL)
      throw new BadInput('file', `at most ${MOST_BYTES_IN_ALL} bytes of lessons of one’s own`);
    for (const { code, language, file, text } of files) {
      const { module } = readLesson(code, file, text).front;
      const title = titles[module];
      await sql`
        insert into own_lesson (jurisdiction_id, lesson, language, source, module_titles, sent_at, sent_by)
        values (${id}, ${code}, ${language}, ${text}, ${JSON.stringify(title ? { [module]: title } : {})}::jsonb,
          ${now.toISOString()}::timestamptz, ${who})`.execute(trx);
    }
  });
}

/** Throws NotFound. What was answered to it stays. */
export async function removeOwn({ db }: Database, id: number, code: string): Promise<void> {
  const { numAffectedRows } = await sql`
    delete from own_lesson where jurisdiction_id = ${id} and lesson = ${code}`.execute(db);
  if (!numAffectedRows) throw new NotFound('no such lesson');
}
