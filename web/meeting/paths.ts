// Where the weekly meeting is asked for, and where its numbers lead on the map.

import { type Filter, filterToQuery, type Within } from '../../server/filter/contract.ts';
import type { MeetingAction, MeetingAnswer } from '../../server/meetings/contract.ts';
import { at, type Path } from '../store/api.ts';
import { type PageState, writeUrl } from '../store/url.ts';

export type MeetingAsked = { readonly week: string | null; readonly scope: string | null };

const asked = (values: Record<string, string | null>) => {
  const given = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return given.length ? `?${new URLSearchParams(given)}` : '';
};

/** Of a meeting neither the dates nor the place of the page's filter are asked for. */
const undated = (filter: Filter): Filter => ({ ...filter, from: null, until: null, period: null, within: null });

export const meetingPaths = {
  meeting: (city: string, filter: Filter, { week, scope }: MeetingAsked, lang: string): Path<MeetingAnswer> =>
    at(city, `meeting${asked({ week, scope, lang, ...filterToQuery(undated(filter)) })}`),
  actions: (city: string, week: string, scope: string | null): Path<MeetingAction[]> =>
    at(city, `meeting/actions${asked({ week, scope })}`),
  newAction: (city: string): Path<MeetingAction> => at(city, 'meeting/actions'),
  action: (city: string, id: string): Path<MeetingAction> => at(city, `meeting/actions/${id}`),
};

/** `LAYER:CODE` as the place of a filter. */
export function withinOf(scope: string | null): Within | null {
  const colon = scope?.indexOf(':') ?? -1;
  if (!scope || colon < 1) return null;
  return { type: 'place', layer: scope.slice(0, colon), version: null, place: { code: scope.slice(colon + 1) } };
}

/** A number on the map and in its list: the same days, offences and place. */
export function onMap(
  state: PageState,
  filter: Filter,
  patch: Partial<Filter>,
  offences: readonly string[],
  place: PageState['place'] = null,
): string {
  return (
    writeUrl({ ...state, tab: 'map', place, position: null, filter: filterOfNumber(filter, patch, offences) }) || '?'
  );
}

/** A new problem of a number: of the same days, offences and place. */
export const intoProblem = (
  state: PageState,
  filter: Filter,
  patch: Partial<Filter>,
  offences: readonly string[],
): string =>
  writeUrl({
    ...{ ...state, tab: 'problems', problem: 'new', place: null, position: null },
    filter: filterOfNumber(filter, patch, offences),
  });

function filterOfNumber(filter: Filter, patch: Partial<Filter>, offences: readonly string[]): Filter {
  const what = offences.length ? { theme: null, offences } : {};
  return { ...filter, hours: null, weekdays: [], period: null, inside: null, placed: [], ...patch, ...what };
}
