// The booklet: a sheet for each area of a layer, asked for a few at a time.

import type { Scope } from '../../server/access/contract.ts';
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
  /** Those whoever asks is bound to: of others there is no sheet. */
  readonly areas: Scope['areas'];
  readonly language: string;
};

/** The municipality first, then its areas by their codes. `onDone` hears how many there are so far. */
export async function makeBooklet(
  asked: Asked,
  onDone: (done: number, all: number) => void,
  signal: AbortSignal,
  tries = 3,
): Promise<BookletSheet[]> {
  const { ask, city, filter, week, layer, areas, language } = asked;
  const [{ features }, agreed] = await Promise.all([
    ask(paths.features(city, layer.layer, layer.version), signal),
    ask(meetingPaths.actions(city, week, null), signal),
  ]);
  const isMine = (code: string) => areas?.layer !== layer.layer || areas.codes.includes(code);
  const codes = features
    .map(({ code }) => code)
    .filter(isMine)
    .sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
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
  // A delivery that came meanwhile: all sheets are of one version of the data, or it is begun anew.
  const versions = new Set(sheets.map(({ answer }) => answer.dataVersion));
  if (versions.size === 1 || tries <= 1) return sheets;
  return makeBooklet(asked, onDone, signal, tries - 1);
}
