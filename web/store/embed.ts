// The page inside another site's page: which filters its address fixes, and the code that puts it there. Pure.

import type { Filter } from '../../server/filter/contract.ts';
import type { FilterPart } from './state.ts';
import { type PageState, writeUrl } from './url.ts';

/** Null where the page stands by itself. */
export type Embedded = { readonly fixed: ReadonlySet<FilterPart> };

const EMBED = 'embed';
const FRAME_HEIGHT_PX = 640;

/** What the address of a frame says is fixed there; what it does not say may be chosen. */
export function embeddedBy(search: string, filter: Filter): Embedded | null {
  return new URLSearchParams(search).has(EMBED) ? { fixed: fixedBy(filter) } : null;
}

/** What a filter becomes in a frame: what is fixed there stays as the frame was opened with. */
export function keepFixed(next: Filter, opened: Filter, { fixed }: Embedded): Filter {
  const { source, kind, theme, offences, period, from, until, hours, weekdays, weekdayOf, within } = opened;
  return {
    ...next,
    ...(fixed.has('source') ? { source, kind } : {}),
    ...(fixed.has('theme') ? { theme } : {}),
    ...(fixed.has('offences') ? { offences } : {}),
    ...(fixed.has('period') ? { period, from, until } : {}),
    ...(fixed.has('time') ? { hours, weekdays, weekdayOf } : {}),
    ...(fixed.has('where') ? { within } : {}),
  };
}

function fixedBy({ source, kind, theme, offences, period, from, until, hours, weekdays, within }: Filter) {
  const fixed = new Set<FilterPart>();
  if (source !== null || kind !== 'incident') fixed.add('source');
  if (theme !== null) fixed.add('theme');
  if (offences.length) fixed.add('offences');
  if (period || from || until) fixed.add('period');
  if (hours || weekdays.length) fixed.add('time');
  if (within) fixed.add('where');
  return fixed;
}

/** The address of a view to be shown in a frame. */
export function embedAddress(page: string, state: PageState): string {
  const query = writeUrl({ ...state, tab: 'map', upload: null, history: null });
  return `${page}${query}${query ? '&' : '?'}${EMBED}=1`;
}

/** HTML to be put into another page. */
export function embedCode(address: string, title: string): string {
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="100%" height="${FRAME_HEIGHT_PX}" style="border:0" loading="lazy"></iframe>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string) => text.replaceAll(/[&"<>]/g, (sign) => ENTITIES[sign]!);
