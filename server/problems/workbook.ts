// Problems as an Excel workbook: the list, the measures, and the sheet of indicators that a municipality files with its
// measures, each with base line, goal and means of verification.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Viewer } from '../access/contract.ts';
import { dayOf, textOf } from '../calendar/days.ts';
import { sentenceOf } from '../evaluation/sentence.ts';
import type { Sheet } from '../exports/workbook.ts';
import { atMost } from '../http/at-most.ts';
import type { Language } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import type { ProblemRow } from './contract.ts';
import type { LastKept, TextsOf } from './store.ts';
import { seesKept } from './visible.ts';

type Rows = {
  /** Newest first. */
  readonly problems: readonly Pick<ProblemRow, 'id' | 'body' | 'createdAt' | 'changedAt'>[];
  readonly measures: readonly TextsOf<'measure'>[];
  readonly agreements: readonly TextsOf<'agreement'>[];
  readonly kept: readonly LastKept[];
};

/** Letters of all texts together: it is made in memory. */
const MOST_LETTERS = 10_000_000;
const MAX_WAITING = 20;
const inTurn = atMost(1, MAX_WAITING);

/** One at a time. Throws Unavailable where too many wait. */
export function problemsWorkbook(rows: Rows, viewer: Viewer, language: Language): Promise<Uint8Array> {
  return inTurn(async () => {
    const worker = new Worker(new URL('../exports/workbook-worker.ts', import.meta.url), {
      workerData: sheetsOf(rows, viewer, language),
    });
    try {
      const [bytes] = (await once(worker, 'message')) as [Uint8Array];
      return bytes;
    } finally {
      await worker.terminate();
    }
  });
}

const lettersOf = (value: unknown): number =>
  typeof value === 'string'
    ? value.length
    : value !== null && typeof value === 'object'
      ? Object.values(value).reduce((sum: number, each) => sum + lettersOf(each), 0)
      : 0;

/** The newest problems whose texts, with those of their measures and agreements, are not too many letters. */
function newestOf({ problems, measures, agreements }: Rows, mostLetters: number): Rows['problems'] {
  const letters = new Map<number, number>();
  for (const { problem, body } of [...measures, ...agreements])
    letters.set(problem, (letters.get(problem) ?? 0) + lettersOf(body));
  let all = 0;
  const end = problems.findIndex(({ id, body }) => {
    const { place: _, figures: __, filter: ___, ...texts } = body;
    all += lettersOf(texts) + (letters.get(id) ?? 0);
    return all > mostLetters;
  });
  return end < 0 ? problems : problems.slice(0, end);
}

/** What is left out is said at the end of the first sheet. */
export function sheetsOf(rows: Rows, viewer: Viewer, language: Language, mostLetters = MOST_LETTERS): Sheet[] {
  const t = createTranslator(language);
  const problems = newestOf(rows, mostLetters);
  const leftOut = rows.problems.length - problems.length;
  const titleOf = new Map(problems.map(({ id, body }) => [id, body.title]));
  const nameOf = ({ problem, id }: { readonly problem: number; readonly id: number }) => `${problem}.${id}`;
  const lastOf = new Map(
    rows.kept
      .filter((each) => seesKept(viewer, each))
      .map(({ problem, measure, answer }) => [nameOf({ problem, id: measure }), sentenceOf(answer, language)]),
  );
  const told = (measure: TextsOf<'measure'>) => lastOf.get(nameOf(measure)) ?? '';
  const heading = (...keys: readonly Parameters<typeof t>[0][]) => keys.map((key) => t(key));
  const theirs = rows.measures.filter(({ problem }) => titleOf.has(problem));
  return [
    {
      sheet: t('problems.tab'),
      data: [
        heading(
          ...(['problems.number', 'problems.title', 'problems.state', 'problems.owner', 'problems.place'] as const),
          ...(['problems.target', 'problems.who', 'problems.where', 'problems.when', 'problems.how'] as const),
          ...(['problems.opened', 'problems.changed'] as const),
        ),
        ...problems.map(({ id, body, createdAt, changedAt }) => [
          ...[id, body.title, t(`problems.state_${body.state}`), body.owner, body.placeName],
          ...[body.target, body.who, body.where, body.when, body.how, createdAt.slice(0, 10), changedAt.slice(0, 10)],
        ]),
        ...(leftOut > 0 ? [[], [t('problems.leftOut', { n: leftOut })]] : []),
      ],
    },
    {
      sheet: t('problems.measures'),
      data: [
        heading(
          ...(['problems.number', 'problems.title', 'problems.measure', 'problems.type', 'problems.place'] as const),
          ...(['problems.from', 'problems.until', 'problems.responsible', 'problems.cost', 'problems.fund'] as const),
          ...(['problems.objective', 'problems.description', 'problems.result'] as const),
        ),
        ...theirs.map((measure) => {
          const { body } = measure;
          return [
            ...[nameOf(measure), titleOf.get(measure.problem) ?? '', body.title],
            ...[
              t(`measureTypes.${body.type}`),
              body.placeName,
              body.from,
              body.until === null ? '' : textOf(dayOf(body.until) - 1),
              body.responsible,
            ],
            ...[body.costMxn, t(`funds.${body.fund}`), body.objective ? t(`objectives.o${body.objective}`) : ''],
            ...[body.description, told(measure)],
          ];
        }),
      ],
    },
    {
      sheet: t('problems.indicators'),
      data: theirs.flatMap((measure) => {
        const { body } = measure;
        return [
          [t('problems.indicator'), body.indicator],
          [t('problems.definition'), t('problems.definitionText', { measure: body.title, place: body.placeName })],
          [t('problems.method'), t('problems.methodText')],
          [t('problems.frequency'), t('problems.frequencyText')],
          [t('problems.baseline'), body.baseline],
          [t('problems.goal'), body.goal],
          [t('problems.verification'), body.verification],
          [t('problems.responsible'), body.responsible],
          [t('problems.result'), told(measure)],
          [],
        ];
      }),
    },
    {
      sheet: t('problems.agreements'),
      data: [
        heading(
          'problems.number',
          'problems.title',
          'problems.agreement',
          'problems.owner',
          'problems.due',
          'problems.state',
        ),
        ...rows.agreements
          .filter(({ problem }) => titleOf.has(problem))
          .map(({ problem, body }) => [
            ...[problem, titleOf.get(problem) ?? '', body.what, body.owner, body.due ?? ''],
            t(`problems.agreement_${body.state}`),
          ]),
      ],
    },
  ];
}
