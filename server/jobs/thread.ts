// A thread that is asked and answers, one question after the other: both ends of what they say to each other.

import { parentPort, type Worker } from 'node:worker_threads';

type Reply = { readonly answer: unknown } | { readonly problem: string };
type Waiting = { resolve(answer: unknown): void; reject(error: Error): void };

export type Thread = {
  /** Answered in the order asked; `given` is moved, not copied. Rejects with what is thrown there, or ends it. */
  ask(question: unknown, given?: readonly ArrayBuffer[]): Promise<unknown>;
  hasEnded(): boolean;
  close(): Promise<void>;
};

/** What asks a worker that answers by `answerWith`; it keeps the process alive only while somebody waits. */
export function threadOf(worker: Worker): Thread {
  const waiting: Waiting[] = [];
  let ended: Error | null = null;
  const end = (reason: Error) => {
    ended ??= reason;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (reply: Reply) => {
    const asked = waiting.shift();
    if (waiting.length === 0) worker.unref();
    if ('answer' in reply) asked?.resolve(reply.answer);
    else asked?.reject(new Error(reply.problem));
  });
  worker.on('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', () => end(new Error('the thread has ended')));
  worker.unref();
  return {
    ask: (question, given = []) =>
      new Promise((resolve, reject) => {
        if (ended) throw ended;
        worker.postMessage(question, given);
        worker.ref();
        waiting.push({ resolve, reject });
      }),
    hasEnded: () => ended !== null,
    close: async () => {
      await worker.terminate();
    },
  };
}

/** In the thread: answers each question; `givenOf` says what of an answer is moved, not copied. */
export function answerWith<Question, Answer>(
  answer: (question: Question) => Answer | Promise<Answer>,
  givenOf: (answer: Answer) => ArrayBuffer[] = () => [],
): void {
  parentPort!.on('message', async (question: Question) => {
    try {
      // What is known at once is sent at once, in the order asked; of what takes time one is asked at a time.
      const given = answer(question);
      const found = given instanceof Promise ? await given : given;
      parentPort!.postMessage({ answer: found } satisfies Reply, givenOf(found));
    } catch (error) {
      parentPort!.postMessage({ problem: String((error as Error).stack) } satisfies Reply);
    }
  });
}
