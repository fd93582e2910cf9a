// How the command line speaks: the words of one language, its numbers and dates, and notes as sentences.

import type { Note } from '../text/contract.ts';
import { benchmarkEs } from '../words/es-benchmark.ts';
import { boundariesEs } from '../words/es-boundaries.ts';
import { dataEs } from '../words/es-data.ts';
import { formOf, type Language, LOCALES, type Translate } from './contract.ts';
import { terminalEn } from './en-terminal.ts';
import { terminalEs } from './es-terminal.ts';
import { createTranslator } from './translator.ts';

type Words = keyof typeof terminalEs;

export type Speech = {
  readonly language: Language;
  /** Words of the command line; numbers are passed formatted, as text. */
  readonly say: (words: Words, values?: Readonly<Record<string, string>>) => string;
  /** Words of the page. */
  readonly t: Translate;
  readonly int: (value: number) => string;
  readonly decimal: (value: number) => string;
  /** YYYY-MM-DD → 30 jun 2026 */
  readonly day: (day: string) => string;
  /** ISO 8601 → day and time of this machine. */
  readonly moment: (iso: string) => string;
  /** ISO 8601 → time of this machine. */
  readonly time: (iso: string) => string;
  /** A code of a note, check or rejection in words; a code without words as it is. */
  readonly code: (code: string) => string;
  readonly note: (note: Note) => string;
};

/** Not findings but choices: the example is what was chosen. */
const CHOICES = /^(crs|column-.*|encoding-guessed|population-year-assumed|file-in-archive|json-list|same-file)$/;
/** Their examples are points or places, which are not written on a screen for anybody who passes. */
const OF_PLACES = /^(coordinates-|points-|axes-|placed-by-|place-unknown|neighbourhood-unknown)/;

export function openSpeech(language: Language): Speech {
  const words = { es: terminalEs, en: terminalEn }[language];
  const locale = LOCALES[language];
  const int = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', hourCycle: 'h23' });
  const t = createTranslator(language);
  const code = (of: string): string => {
    if (of in dataEs.notes) return t(`notes.${of as keyof typeof dataEs.notes}`);
    if (of in benchmarkEs.benchmarkNotes) return t(`benchmarkNotes.${of as keyof typeof benchmarkEs.benchmarkNotes}`);
    return of in boundariesEs.checks ? t(`checks.${of as keyof typeof boundariesEs.checks}`) : of;
  };
  return {
    language,
    say: (key, values = {}) =>
      words[key].replaceAll(/\{\{(\w+)(?:, ([^}]+))?\}\}/g, (_, name: string, forms?: string) => {
        const value = values[name] ?? '';
        return forms === undefined ? value : formOf(language, value, forms);
      }),
    t,
    int: (value) => int.format(value),
    decimal: (value) => decimal.format(value),
    day: (text) => day.format(new Date(`${text}T00:00:00Z`)),
    moment: (iso) => moment.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    code,
    note({ code: of, count, example }) {
      const whole = `${of}-${example}`;
      if (whole in boundariesEs.checks) return code(whole);
      if (CHOICES.test(of)) return `${code(of)}: ${example ?? int.format(count)}`;
      const shown = example === null || isOfPlaces(of) ? '' : ` (${t('data.example', { example })})`;
      return `${code(of)}: ${int.format(count)}${shown}`;
    },
  };
}

/** Text as a terminal may show it: what a file holds must not move its cursor, colour or answer for its reader. */
export const printable = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, '\u{fffd}');

/** Whether the example of a note is a point or names a place. */
export const isOfPlaces = (code: string): boolean => OF_PLACES.test(code);

/** What whoever stopped a command is told. A restore that was stopped may have put the backup in place before. */
export function stoppedWords({ say }: Pick<Speech, 'say'>, argv: readonly string[]): string {
  return argv[0] === 'restore' ? say('stoppedRestore') : say('stopped');
}

/** As `--language es|en` says, else as the environment of the terminal does, else Spanish. */
export function terminalLanguage(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = argv.findIndex((word) => word === '--language' || word.startsWith('--language='));
  const asked = at < 0 ? undefined : (argv[at]!.split('=')[1] ?? argv[at + 1]);
  if (asked === 'es' || asked === 'en') return asked;
  const set = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '');
  return /^en(?![a-z])/i.test(set ?? '') ? 'en' : 'es';
}
