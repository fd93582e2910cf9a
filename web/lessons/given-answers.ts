// What was answered, kept in this browser until the portal has it, so that nothing is lost without a network or in a second
// window; and what was done right, where the portal remembers nobody's answers.

import { signal } from '@preact/signals';
import type { LessonAnswer, Marked } from '../../server/lessons/contract.ts';
import { send } from '../data/send.ts';
import { Problem } from '../store/api.ts';
import { lessonPaths } from './paths.ts';

type Waiting = {
  /** Several people may share a browser: each one's answers are sent as theirs alone. */
  readonly whose: string;
  readonly city: string;
  readonly lesson: string;
  readonly exercise: string;
  readonly body: LessonAnswer;
};
export type AnswerOutcome = Marked | 'waiting' | Problem;

const WAITING = 'cuadra.lessons.waiting';
const DONE = 'cuadra.lessons.done';
const MOST_WAITING = 200;

/** What came of answers that had waited for the network, by whose they are, city, lesson and exercise. */
export const cameLater = signal<ReadonlyMap<string, Marked | Problem>>(new Map());
export const answerKey = ({ whose, city, lesson, exercise }: Omit<Waiting, 'body'>): string =>
  [whose, city, lesson, exercise].join('/');

/** How many answers of whoever is here wait for the network. */
export const waitingAnswers = signal(0);

const read = <T>(key: string): readonly T[] => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]');
  } catch {
    return [];
  }
};
/** Read and written in one go: another window may have answered meanwhile. */
function write<T>(key: string, change: (now: readonly T[]) => readonly T[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(change(read<T>(key))));
  } catch {
    // Without room an answer is still sent; it is not kept for later.
  }
}
const count = (whose: string) => {
  waitingAnswers.value = read<Waiting>(WAITING).filter((each) => each.whose === whose).length;
};

/** Sends an answer, or keeps it for when the portal can be reached. */
export async function giveAnswer(
  about: Omit<Waiting, 'body'>,
  answer: LessonAnswer['answer'],
  language: string,
): Promise<AnswerOutcome> {
  const body: LessonAnswer = { id: crypto.randomUUID(), givenAt: new Date().toISOString(), answer };
  const mine: Waiting = { ...about, body };
  write<Waiting>(WAITING, (now) => [...now, mine].slice(-MOST_WAITING));
  count(about.whose);
  cameLater.value = new Map([...cameLater.peek()].filter(([key]) => key !== answerKey(about)));
  return sendOne(mine, language);
}

/** What waits of one person, in the order it was answered; ends where the portal cannot be reached. */
export async function sendWaiting(whose: string, language: string): Promise<number> {
  let sent = 0;
  for (const mine of read<Waiting>(WAITING).filter((each) => each.whose === whose)) {
    const came = await sendOne(mine, language);
    if (came !== 'waiting') {
      sent++;
      cameLater.value = new Map([...cameLater.peek(), [answerKey(mine), came]]);
    } else if (!navigator.onLine) break;
  }
  return sent;
}

async function sendOne(mine: Waiting, language: string): Promise<AnswerOutcome> {
  const { whose, city, lesson, exercise, body } = mine;
  const drop = () => {
    write<Waiting>(WAITING, (now) => now.filter((each) => each.body.id !== body.id));
    count(whose);
  };
  try {
    const marked = await send<Marked>('POST', lessonPaths.answer(city, lesson, exercise, language), language, body);
    drop();
    if (marked?.right !== false)
      write<string>(DONE, (now) => [...new Set([...now, `${whose}/${city}/${lesson}/${exercise}`])]);
    return marked!;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // What comes back by itself is tried again; what is refused never will be taken.
    if ([0, 401, 429].includes(error.status) || error.status >= 500) return 'waiting';
    drop();
    return error;
  }
}

/** Exercises of a lesson that were done right in this browser. */
export function doneHere(whose: string, city: string, lesson: string): readonly string[] {
  const start = `${whose}/${city}/${lesson}/`;
  return read<string>(DONE).flatMap((each) => (each.startsWith(start) ? [each.slice(start.length)] : []));
}

export function forgetHere(whose: string): void {
  write<string>(DONE, (now) => now.filter((each) => !each.startsWith(`${whose}/`)));
  write<Waiting>(WAITING, (now) => now.filter((each) => each.whose !== whose));
  count(whose);
}

/** Sends what waits now and whenever the network comes back; answers the end of that. */
export function keepSending(whose: string, language: () => string, onSent: () => void): () => void {
  const go = () => void sendWaiting(whose, language()).then((sent) => sent > 0 && onSent());
  count(whose);
  go();
  addEventListener('online', go);
  const timer = setInterval(() => waitingAnswers.peek() > 0 && go(), 20_000);
  return () => {
    removeEventListener('online', go);
    clearInterval(timer);
  };
}
