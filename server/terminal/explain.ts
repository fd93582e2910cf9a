// What went wrong, or what is asked, in the language of the terminal; a question comes with a line to copy as its answer.

import { basename } from 'node:path';
import type { Logger } from 'pino';
import { CannotStart, statusOf } from '../errors.ts';
import { reasonIn } from '../i18n/reasons.ts';
import { type Speech, stoppedWords } from '../i18n/speech.ts';
import { terminalReasonIn } from '../i18n/terminal-reasons.ts';
import { DATE_ORDERS, type DateQuestion } from '../reading/contract.ts';
import { DateDoubt } from '../reading/date-doubt.ts';
import {
  answerOfClock,
  type ClockForm,
  type ClockOfDate,
  type FileQuestion,
  type IdRule,
  type PointQuestion,
} from '../tables/contract.ts';
import { Doubt } from '../tables/doubt.ts';
import { answersTo } from './answers.ts';
import { explainHeader, UnknownHeader } from './header.ts';
import { commandLine, withOptions } from './shell.ts';

const MONTHS_NAMED = 4;

/** The command again with these options. */
type Again = (...options: [name: string, value?: string][]) => string;

export function explain(speech: Speech, error: unknown, argv: readonly string[], log: Logger): string {
  return explained(speech, error, argv, log).join('\n');
}

function explained(speech: Speech, error: unknown, argv: readonly string[], log: Logger): string[] {
  const { say, language } = speech;
  const { message, code, path = '' } = error as Error & { code?: string; path?: string };
  const answers = (lines: readonly string[]) => [say('run'), ...lines.map((line) => `  ${line}`)];
  const again: Again = (...options) => commandLine(withOptions(argv, options));
  const words = reasonIn(language, terminalReasonIn(language, message));

  if (error instanceof UnknownHeader) return explainHeader(speech, error, argv);
  if (error instanceof DateDoubt) {
    const orders = error.question.readings.map(({ order }) => order);
    return [...askDates(speech, error.question), ...answers(orders.map((order) => again(['--date-order', order])))];
  }
  if (error instanceof Doubt) {
    const { question } = error;
    const asked = [...(askDoubt(speech, question) ?? [words]), ...answers(doubtAnswers(error, again))];
    return question.about === 'points' ? [...asked, ...pointsInstead(speech, question, again)] : asked;
  }
  if (error instanceof CannotStart) return [words];
  if (statusOf(error).status !== 500) {
    const options = answersTo(message);
    return options.length ? [words, ...answers(options.map((option) => again([...option])))] : [words];
  }
  if (code?.startsWith('ERR_PARSE_ARGS')) return [wrongOption(speech, message), say('seeUsage')];
  if (code === 'ENOENT') return [say('noSuchFile', { path: asTyped(path, argv) })];
  if (code === 'EISDIR') return [say('isFolder', { path: asTyped(path, argv) })];
  if (code === 'EACCES') return [say('mayNotRead', { path: asTyped(path, argv) })];
  if ((error as Error).name === 'AbortError' || message === 'the caller went away') return [stoppedWords(speech, argv)];
  log.error({ err: error }, 'command failed');
  return [say('failed', { reason: message })];
}

/** With the folder somebody gave, which may be what is wrong. */
function asTyped(path: string, argv: readonly string[]): string {
  return argv.find((word) => basename(word) === basename(path)) ?? basename(path);
}

function wrongOption({ say }: Speech, message: string): string {
  const option = /'(--?[^' ]+)[^']*'/.exec(message)?.[1];
  if (option === undefined) return message;
  return /argument missing|ambiguous/.test(message)
    ? say('optionWithoutValue', { option })
    : say('unknownOption', { option });
}

function askDates({ say, int, day, t }: Speech, { column, rows, readings }: DateQuestion): string[] {
  return [
    say('dateQuestion', { column, n: int(rows) }),
    ...readings.flatMap(({ order, example, months, against }) => {
      const named = months.slice(0, MONTHS_NAMED).map(({ month, count }) => say('dateMonth', { month, n: int(count) }));
      const more = months.length > MONTHS_NAMED ? [say('dateMonthsMore', { n: int(months.length) })] : [];
      const told = {
        order: DATE_ORDERS.includes(order) ? t(`importing.order_${order}`) : order,
        text: example.text,
        date: day(example.date),
        months: [...named, ...more].join(', '),
      };
      return [
        `  ${say('dateReading', told)}`,
        ...(against ? [`    ${say('dateAgainst', { n: int(against.count), line: int(against.line) })}`] : []),
      ];
    }),
  ];
}

/** Null where the reason of the refusal asks well enough. */
function askDoubt(speech: Speech, question: FileQuestion): string[] | null {
  const { say, int, day } = speech;
  if (question.about === 'points') {
    const { rows, doubtful, kinds } = question;
    return [
      say('pointQuestion', { n: int(doubtful), rows: int(rows) }),
      ...kinds.map((kind) => `  - ${speech.note(kind)}`),
    ];
  }
  if (question.about === 'clock') {
    const { column, rows, text, readings, noClocks } = question;
    const isTwelve = !noClocks && readings.some(({ form }) => form === 'discard');
    const formOf = (form: ClockForm | ClockOfDate) =>
      say(noClocks && form === 'discard' ? 'clock_other' : `clock_${form}`);
    return [
      say('clockQuestion', { column, text, n: int(rows) }),
      ...(isTwelve ? [say('clockTwelve')] : []),
      ...(noClocks ? [say('clockNone', { n: int(noClocks.rows), text: noClocks.text })] : []),
      ...readings.map(({ form, clock }) => `  ${say('clockReading', { text, clock, form: formOf(form) })}`),
    ];
  }
  if (question.about !== 'ids') return null;
  const { rows, moved, example, inFile } = question;
  const { id, before, after } = example;
  return [
    say(inFile ? 'idQuestionInFile' : 'idQuestion', {
      n: int(rows),
      moved: int(moved),
      id,
      before: day(before),
      after: day(after),
    }),
  ];
}

/** What to do where the points are wrong: the axes, other columns, another reference system, or no points at all. */
function pointsInstead({ say }: Speech, { columns, kinds }: PointQuestion, again: Again): string[] {
  const mapped = (...pairs: [column: string, field: string][]) =>
    again(...pairs.map(([column, field]): [string, string] => ['--map', `${column}=${field}`]));
  const other = say('headerColumnWord');
  const [first, second] = columns;
  const lines = [
    ...(first && second ? [say('pointAxes'), `  ${mapped([first, 'lat'], [second, 'lon'])}`] : []),
    say('pointColumns'),
    `  ${mapped([other, 'lon'], [other, 'lat'])}`,
    `  ${mapped([other, 'point'])}`,
    ...(second && kinds.some(({ code }) => code === 'coordinates-unreadable')
      ? [say('pointNumbers'), `  ${again(['--numbers', 'comma'])}`]
      : []),
    ...(first ? [say('pointNone'), `  ${mapped(...columns.map((name): [string, string] => [name, 'discard']))}`] : []),
    say('pointDegrees'),
  ];
  return [say('pointInstead'), ...lines.map((line) => `  ${line}`)];
}

function doubtAnswers({ question }: Doubt, again: Again): string[] {
  if (question.about === 'points') return [again(['--confirm-points'])];
  if (question.about === 'zone') return ['utc', 'local'].map((times) => again(['--times', times]));
  if (question.about === 'sheets') return question.sheets.map((sheet) => again(['--sheet', sheet]));
  if (question.about === 'overlap') return [again(['--id-rule', 'id+file'])];
  if (question.about === 'clock') {
    return question.readings.map(({ form }) => again(['--map', `${question.column}=${answerOfClock(question, form)}`]));
  }
  if (question.about === 'quantity') {
    return ['quantity', 'discard'].map((field) => again(['--map', `${question.column}=${field}`]));
  }
  if (question.about === 'unread-dates') {
    const { columns, read } = question;
    const none = columns.map(({ name }): [string, string] => ['--map', `${name}=discard`]);
    const others = read === undefined ? none : [['--map', `${read}=date`] satisfies [string, string]];
    return [...columns.map(({ name }) => again(['--map', `${name}=date`])), again(...others)];
  }
  // What is proposed, or what was done so far.
  const rules = new Set<IdRule>([question.proposal, 'id']);
  return [...rules].map((rule) => again(['--id-rule', rule]));
}
