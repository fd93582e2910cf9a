// Problems as an Excel workbook: the list, the measures, and the sheet of indicators that a municipality files with its
// measures, each with base line, goal and means of verification.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { dayOf, textOf } from '../calendar/days.ts';
import { sentenceOf } from '../evaluation/sentence.ts';
import type { Sheet } from '../exports/workbook.ts';
import type { Language } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import type { ItemRow, ProblemRow } from './contract.ts';

type Measure = ItemRow<'measure'> & { readonly problem: number };
type Agreement = ItemRow<'agreement'> & { readonly problem: number };
type Kept = ItemRow<'evaluation'> & { readonly problem: number };
type Rows = {
  readonly problems: readonly ProblemRow[];
  readonly measures: readonly Measure[];
  readonly agreements: readonly Agreement[];
  readonly kept: readonly Kept[];
};

export async function problemsWorkbook(rows: Rows, language: Language): Promise<Uint8Array> {
  const worker = new Worker(new URL('../exports/workbook-worker.ts', import.meta.url), {
    workerData: sheetsOf(rows, language),
  });
  try {
    const [bytes] = (await once(worker, 'message')) as [Uint8Array];
    return bytes;
  } finally {
    await worker.terminate();
  }
}

/** Exported for what reads them without a workbook. */
export function sheetsOf({ problems, measures, agreements, kept }: Rows, language: Language): Sheet[] {
  const t = createTranslator(language);
  const titleOf = new Map(problems.map(({ id, body }) => [id, body.title]));
  const lastOf = (measure: Measure) =>
    kept.filter(({ problem, body }) => problem === measure.problem && body?.measure === measure.id).at(-1)?.body;
  const told = (measure: Measure) => {
    const last = lastOf(measure);
    return last ? sentenceOf(last.answer, language) : '';
  };
  const heading = (...keys: readonly Parameters<typeof t>[0][]) => keys.map((key) => t(key));
  const theirs = measures.filter(({ problem }) => titleOf.has(problem));
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
          const body = measure.body!;
          return [
            ...[`${measure.problem}.${measure.id}`, titleOf.get(measure.problem) ?? '', body.title],
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
        const body = measure.body!;
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
        ...agreements
          .filter(({ problem }) => titleOf.has(problem))
          .map(({ problem, body }) => [
            ...[problem, titleOf.get(problem) ?? '', body!.what, body!.owner, body!.due ?? ''],
            t(`problems.agreement_${body!.state}`),
          ]),
      ],
    },
  ];
}
