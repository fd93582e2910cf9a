// The doubt about the order of dates that a file does not settle, as a sentence and as what a page can ask.

import { BadInput } from '../errors.ts';
import type { DateQuestion } from './contract.ts';

const MONTHS_NAMED = 4;

/** The file is not read before somebody answers. */
export class DateDoubt extends BadInput {
  readonly question: DateQuestion;
  constructor(question: DateQuestion) {
    super('dateOrder', sentence(question));
    this.question = question;
  }
}

function sentence({ column, rows, readings }: DateQuestion): string {
  const options = readings.map(({ order, example, months, against }) => {
    const named = months.slice(0, MONTHS_NAMED).map(({ month, count }) => `${month}: ${count}`);
    const rest = months.length > MONTHS_NAMED ? [`… ${months.length} months`] : [];
    const told = [...named, ...rest].join(', ');
    const wrong = against ? `; does not fit line ${against.line}, ${against.text}, and ${against.count - 1} more` : '';
    return `${order} (${example.text} = ${example.date}; ${told}${wrong})`;
  });
  return `in which order do day and month stand in column ${column}? ${rows} rows depend on it: ${options.join(' or ')}; say --date-order ${readings.map(({ order }) => order).join('|')}`;
}
