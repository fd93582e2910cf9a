// What a file leaves open and somebody must decide before it is stored, as a sentence and as what a page can ask.

import { BadInput } from '../errors.ts';
import type { Question } from './contract.ts';

/** What a caller answers with, as the API names it. */
const ANSWERED_BY = { ids: 'idRule', points: 'confirmPoints' } as const satisfies Record<Question['about'], string>;

/** The file is not stored before somebody answers. */
export class Doubt extends BadInput {
  readonly question: Question;
  constructor(question: Question) {
    super(ANSWERED_BY[question.about], sentence(question));
    this.question = question;
  }
}

function sentence(question: Question): string {
  if (question.about === 'points') {
    const kinds = question.kinds.map(({ code, count, example }) => `${code} ${count} (${example})`);
    return `${question.doubtful} of ${question.rows} rows have a doubtful point or none that can be used: ${kinds.join('; ')}; look at the columns, and say --confirm-points to store them so`;
  }
  const { rows, moved, example, proposal } = question;
  return `the ids are no key: of ${rows} records with the id of a stored one, ${moved} change their date (id ${example.id}: ${example.before} stored, ${example.after} in the file); say --id-rule ${proposal}, or --id-rule id if they are the same records`;
}
