// What a file leaves open and somebody must decide before it is stored, as a sentence and as what a page can ask.

import { BadInput } from '../errors.ts';
import { listed } from '../text/choices.ts';
import { answerOfClock, type FileQuestion } from './contract.ts';

/** What a caller answers with, as the API names it. */
const ANSWERED_BY = {
  ids: 'idRule',
  points: 'confirmPoints',
  quantity: 'map',
  'unread-dates': 'map',
  sheets: 'sheet',
  overlap: 'idRule',
  zone: 'times',
  clock: 'map',
} as const satisfies Record<FileQuestion['about'], string>;

/** The file is not stored before somebody answers. */
export class Doubt extends BadInput {
  readonly question: FileQuestion;
  constructor(question: FileQuestion) {
    super(ANSWERED_BY[question.about], sentence(question));
    this.question = question;
  }
}

function sentence(question: FileQuestion): string {
  if (question.about === 'points') {
    const kinds = question.kinds.map(({ code, count, example }) => `${code} ${count} (${example})`);
    return `${question.doubtful} of ${question.rows} rows have a doubtful point or none that can be used: ${kinds.join('; ')}; look at the columns, and say --confirm-points to store them so`;
  }
  if (question.about === 'quantity') {
    const { column, rows, cases } = question;
    return `does a row stand for several cases? column ${column} counts ${cases} in the first ${rows} rows; say --map "${column}=quantity" to count them so, or --map "${column}=discard" to count each row once`;
  }
  if (question.about === 'unread-dates') {
    const named = question.columns.map(({ name, example }) => `${name} (${example})`).join(', ');
    const first = question.columns[0]!.name;
    if (question.read !== undefined)
      return `which date says when it happened? ${question.read} would be read, but these columns hold other days: ${named}; say --map "${first}=date", or --map "${question.read}=date"`;
    return `only the month would be read, but these columns hold dates: ${named}; say which is the date with --map "${first}=date", or --map "${first}=discard"`;
  }
  if (question.about === 'zone')
    return `are the times of UTC? column ${question.column} says so (${question.text}); say --times utc to convert them, or --times local if they are local`;
  if (question.about === 'sheets')
    return `several sheets hold data in different columns: ${listed(question.sheets)}; say which one with --sheet`;
  if (question.about === 'overlap') {
    const [one, other] = question.parts;
    return `${one} and ${other} hold at least ${question.rows} equal rows, which would count twice: load them one after the other, or say --id-rule id+file if they are different records`;
  }
  if (question.about === 'clock') {
    const { column, rows, text, readings } = question;
    const options = readings.map(({ form, clock }) => `${clock} (--map "${column}=${answerOfClock(question, form)}")`);
    return `what does ${text} mean in column ${column}: ${options.join(' or ')}? ${rows} rows depend on it`;
  }
  const { rows, moved, example, proposal } = question;
  if (question.inFile)
    return `the ids start again within the file: of ${rows} records that repeat an id, ${moved} are of another month (id ${example.id}: ${example.before} and ${example.after}); say --id-rule ${proposal}, or --id-rule id if they are the same records`;
  return `the ids are no key: of ${rows} records with the id of a stored one, ${moved} change their date (id ${example.id}: ${example.before} stored, ${example.after} in the file); say --id-rule ${proposal}, or --id-rule id if they are the same records`;
}
