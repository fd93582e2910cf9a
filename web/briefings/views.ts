// Views as parts of a briefing take them: a filter with nothing left to guess, and the layer that was drawn.

import { EVERYTHING, type Filter, filterToQuery } from '../../server/filter/contract.ts';
import type { App } from '../app.ts';
import { chosenPlace } from '../store/chosen.ts';
import { addDays, addMonths, monthStart } from '../store/days.ts';
import { effectiveFilter } from '../store/state.ts';
import { type PageState, readUrl } from '../store/url.ts';

export type ViewTaken = { readonly filter: Record<string, string>; readonly layer: string | null };

/** As the map would ask it: with the theme, period and municipality that an address leaves unsaid. */
export function viewTaken({ answers, reference }: App, state: PageState | null): ViewTaken {
  const filter = effectiveFilter(state?.filter ?? EVERYTHING, reference.themes.value);
  const { inside = null, placed = [] } = answers.counted.value ?? {};
  const place = state?.place;
  const within: Filter['within'] = place
    ? { type: 'place', layer: place.layer, version: null, place: { code: place.code } }
    : filter.within;
  const streets = state?.list === 'streets' || state?.view === 'streets' ? reference.streetLayer.value?.layer : null;
  const layer = streets ?? state?.layer?.replace(/@.*/, '') ?? reference.areaLayer.value?.layer ?? null;
  return { filter: filterToQuery({ ...filter, within, inside, placed }), layer };
}

/** The view an address of this portal describes; null for other addresses, and of another municipality. */
export function viewOfAddress(page: App, text: string, here: Location): ViewTaken | null {
  let search = text.trim();
  if (!search.startsWith('?')) {
    if (!URL.canParse(search)) return null;
    const url = new URL(search);
    if (url.origin !== here.origin) return null;
    search = url.search;
  }
  const state = readUrl(search);
  const city = page.reference.jurisdiction.peek()?.code;
  return state.city === null || state.city === city ? viewTaken(page, state) : null;
}

export type DaysTold = { readonly from: string; readonly until: string };

/** The day up to which incidents are complete: that of the source that is behind. */
export function throughDay({ reference }: Pick<App, 'reference'>): string | null {
  const days = Object.values(reference.jurisdiction.value?.through.incident ?? {}).sort();
  return days[0] ?? null;
}

export function lastMonth(through: string): DaysTold {
  const until = monthStart(addDays(through, 1));
  return { from: addMonths(until, -1), until };
}

/** Monday to Sunday. */
export function lastWeek(through: string): DaysTold {
  const weekday = (new Date(`${through}T00:00:00Z`).getUTCDay() + 6) % 7;
  const until = weekday === 6 ? addDays(through, 1) : addDays(through, -weekday);
  return { from: addDays(until, -7), until };
}

/** Areas somebody is bound to, as a briefing names them (`sectores:S01,S02`), by their names where these are known. */
export function areasText(page: App, areas: string): string {
  const end = areas.indexOf(':');
  const layer = areas.slice(0, end);
  const codes = areas.slice(end + 1).split(',');
  return page.words.value.f.list(codes.map((code) => chosenPlace(page, { layer, code })?.name ?? code));
}
