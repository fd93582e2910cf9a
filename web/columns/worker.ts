// A thread of the page that holds the columns of one city and answers from them.

import { answerHere, type Here, openHere, type Tree } from '../../server/columns/answer-here.ts';

export type ToWorker =
  | {
      readonly id: number;
      readonly columns: string;
      readonly places: string;
      readonly tree: Tree;
      /** What its requests say beside. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly id: number; readonly paths: readonly string[] };
/** To each of several paths its answer, null = ask the server; after opening, the data version held. */
export type FromWorker =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

let here: Here | null = null;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    const answer = 'paths' in data ? await answersTo(data.paths) : await open(data);
    self.postMessage({ id: data.id, answer } satisfies FromWorker);
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error) } satisfies FromWorker);
  }
};

function answersTo(paths: readonly string[]): Promise<unknown[]> {
  const held = here;
  // What cannot be answered here is no fault of the questions beside it.
  return Promise.all(paths.map((path) => (held ? answerHere(held, path).catch(() => null) : null)));
}

async function open({ columns, places, tree, headers }: Extract<ToWorker, { columns: string }>): Promise<number> {
  here = null;
  const [bytes, told] = await Promise.all([
    load(columns, headers).then(async (response) => new Uint8Array(await response.arrayBuffer())),
    load(places, headers).then((response) => response.json()),
  ]);
  here = await openHere(bytes, told, tree);
  return here.dataVersion;
}

async function load(path: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const response = await fetch(path, { credentials: 'same-origin', headers });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}
