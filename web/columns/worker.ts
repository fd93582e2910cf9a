// A thread of the page that holds the columns of one city and answers from them.

import { answerHere, type Here, openHere, type Tree } from '../../server/columns/answer-here.ts';
import { DATA_VERSION } from '../../server/columns/contract.ts';
import { type FromWorker, PASSES, type ToWorker } from './messages.ts';

/** Refused for what it is: too many rows, nothing of the kind. */
const FOR_GOOD: readonly number[] = [400, 403, 404, 413, 422];

let here: Here | null = null;

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    const answer = 'paths' in data ? await answersTo(data.paths) : await open(data);
    self.postMessage({ id: data.id, answer } satisfies FromWorker);
  } catch (error) {
    self.postMessage({ id: data.id, error: error instanceof Error ? error.message : '' } satisfies FromWorker);
  }
};

function answersTo(paths: readonly string[]): Promise<unknown[]> {
  const held = here;
  // What cannot be answered here is no fault of the questions beside it.
  return Promise.all(paths.map((path) => (held ? answerHere(held, path).catch(() => null) : null)));
}

async function open(asked: Extract<ToWorker, { columns: string }>): Promise<number> {
  here = null;
  const load = loader(asked.headers);
  const [offences, themes] = await Promise.all([load(asked.offences), load(asked.themes)]);
  const tree = { offences: await offences.json(), themes: await themes.json() } as Tree;
  // Also those that count only when asked for: whoever asks for them later asks here.
  const roots = tree.offences.filter(({ parent }) => parent === null).map(({ code }) => code);
  const [columns, places] = await Promise.all([load(`${asked.columns}&offence=${roots}`), load(asked.places)]);
  const versions = [offences, themes, columns, places].map(({ headers }) => headers.get(DATA_VERSION));
  if (new Set(versions).size > 1) throw new Error(`${PASSES}the data changed on the way: ${versions}`);
  here = await openHere(new Uint8Array(await columns.arrayBuffer()), await places.json(), tree);
  return here.dataVersion;
}

const loader =
  (headers: Readonly<Record<string, string>>) =>
  async (path: string): Promise<Response> => {
    const response = await fetch(path, { credentials: 'same-origin', headers }).catch((error: unknown) => {
      throw new Error(`${PASSES}${error}`);
    });
    if (response.ok) return response;
    throw new Error(`${FOR_GOOD.includes(response.status) ? '' : PASSES}${path}: ${response.status}`);
  };
