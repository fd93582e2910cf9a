// Reports about basemaps as sentences.

import type { BasemapFacts } from '../basemap/contract.ts';
import type { BasemapReport, Shown } from '../basemap/store.ts';
import type { Speech } from '../i18n/speech.ts';

export function tellBasemap(speech: Speech, report: BasemapReport): string[] {
  const { say } = speech;
  const { name, attribution, layers, format } = report;
  return [
    say(report.replaced ? 'basemapReplaced' : 'basemapAdded', told(speech, report)),
    shownIn(speech, report.shows),
    attribution === null ? `  - ${say('basemapNoAttribution', { name })}` : say('basemapAttribution', { attribution }),
    ...(format === 'mvt' && layers.length === 0 ? [`  - ${say('basemapNoLayers')}`] : []),
  ];
}

export function tellBasemaps(
  speech: Speech,
  { basemaps }: { readonly basemaps: readonly (BasemapFacts & { readonly shows: readonly Shown[] })[] },
): string[] {
  const { say } = speech;
  if (basemaps.length === 0) return [say('basemapsNone')];
  return basemaps.flatMap((each) => [
    say('basemap', told(speech, each)),
    `  ${shownIn(speech, each.shows)}`,
    `  ${each.attribution === null ? say('basemapNoAttribution', { name: each.name }) : say('basemapAttribution', { attribution: each.attribution })}`,
  ]);
}

const told = (
  { int, decimal, moment }: Speech,
  { name, file, bytes, format, minZoom, maxZoom, addedAt }: BasemapFacts,
) => ({
  ...{ name, file, format },
  megabytes: decimal(bytes / 1e6),
  from: int(minZoom),
  until: int(maxZoom),
  when: moment(addedAt),
});

function shownIn({ say, int }: Speech, shows: readonly Shown[]): string {
  if (shows.length === 0) return say('basemapShowsNone');
  const parts = shows.map(({ jurisdiction, percent }) => `${jurisdiction} (${int(percent)} %)`);
  return say('basemapShows', { places: parts.join(', ') });
}
