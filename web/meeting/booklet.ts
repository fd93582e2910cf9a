// The booklet: a sheet for each area of a layer, asked for a few at a time.

import type { Filter } from '../../server/filter/contract.ts';
import type { LayerRow } from '../../server/layers/contract.ts';
import type { MeetingAction, MeetingAnswer } from '../../server/meetings/contract.ts';
import { type Ask, paths } from '../store/api.ts';
import { meetingPaths } from './paths.ts';

export type BookletSheet = { readonly answer: MeetingAnswer; readonly actions: readonly MeetingAction[] };

const AT_ONCE = 4;

type Asked = {
  readonly ask: Ask;
  readonly city: string;
  readonly filter: Filter;
  readonly week: string;
  readonly layer: LayerRow;
  readonly language: string;
};

/** The municipality first, then its areas by their codes. `onDone` hears how many there are so far. */
export async function makeBooklet(
  { ask, city, filter, week, layer, language }: Asked,
  onDone: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<BookletSheet[]> {
  const [{ features }, agreed] = await Promise.all([
    ask(paths.features(city, layer.layer, layer.version), signal),
    ask(meetingPaths.actions(city, week, null), signal),
  ]);
  const codes = features.map(({ code }) => code).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const scopes = [null, ...codes.map((code) => `${layer.layer}:${code}`)];
  const sheets = new Array<BookletSheet>(scopes.length);
  let [next, done] = [0, 0];
  const work = async () => {
    while (next < scopes.length) {
      const at = next++;
      const scope = scopes[at]!;
      const answer = await ask(meetingPaths.meeting(city, filter, { week, scope }, language), signal);
      const actions = scope === null ? agreed : agreed.filter((action) => action.scope === scope);
      sheets[at] = { answer, actions };
      onDone(++done, scopes.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return sheets;
}
