// The markers 1–5: the first rows of the list, at the places they stand for.

import type { FeatureRow, TopRow } from '../../server/stats/contract.ts';

const MARKED = 5;

export function markerFeatures(
  rows: readonly TopRow[],
  places: ReadonlyMap<string, FeatureRow>,
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const features = rows.slice(0, MARKED).flatMap((row, index): GeoJSON.Feature<GeoJSON.Point>[] => {
    const place = places.get(row.id);
    if (place?.code !== row.code || !place.at) return [];
    const [lon, lat] = place.at;
    return [
      {
        type: 'Feature',
        properties: { rank: String(index + 1) },
        geometry: { type: 'Point', coordinates: [lon, lat] },
      },
    ];
  });
  return { type: 'FeatureCollection', features };
}
