// How good places by name are: incidents that have a point are looked for by their words alone, and what is found is held
// against what their point falls in.

import { STAFF } from '../../server/access/contract.ts';
import { findJurisdiction } from '../../server/access/jurisdictions.ts';
import type { Database } from '../../server/db/open.ts';
import { matchTexts } from '../../server/geocoding/match.ts';
import { keptLayers } from '../../server/placing/load.ts';
import { openPlacerOf } from '../../server/placing/place.ts';
import type { PlaceText } from '../../server/reading/contract.ts';

export type Told = { readonly text: PlaceText; readonly lon: number; readonly lat: number };
/** Of the rows with a place by their point: found by name there, found elsewhere, not found. */
export type Agreement = { readonly agree: number; readonly differ: number; readonly unmatched: number };
export type Comparison = {
  readonly rows: number;
  readonly texts: number;
  readonly seconds: number;
  /** By layer code, of all that was found and of what was found by its very name. */
  readonly layers: Readonly<Record<string, { readonly all: Agreement; readonly exact: Agreement }>>;
};

export async function compareWithPoints(database: Database, code: string, told: readonly Told[]): Promise<Comparison> {
  const jurisdiction = await findJurisdiction(database, STAFF, code);
  const distinct = [...new Map(told.map(({ text }) => [JSON.stringify(text), text])).values()];
  const began = performance.now();
  const matched = await matchTexts(database, jurisdiction, distinct);
  const seconds = (performance.now() - began) / 1000;
  const found = new Map(distinct.map((text, i) => [JSON.stringify(text), matched[i]!.matches]));
  const layers = (await keptLayers(database, jurisdiction.id)).filter(({ layer }) => !layer.includes('@'));
  const placer = await openPlacerOf(database, jurisdiction, layers);
  const placed = await placer.place(
    Float64Array.from(told, ({ lon }) => lon),
    Float64Array.from(told, ({ lat }) => lat),
  );
  await placer.close();
  const agreement = (layer: (typeof placed)[number], onlyExact: boolean): Agreement => {
    const sum = { agree: 0, differ: 0, unmatched: 0 };
    told.forEach(({ text }, i) => {
      const truth = layer.placeIds[i]!;
      if (truth === 0) return;
      const match = found.get(JSON.stringify(text))!.find((each) => each.layer.layerId === layer.layerId);
      if (!match) sum.unmatched++;
      else if (!onlyExact || match.how === 'exact') sum[match.placeId === truth ? 'agree' : 'differ']++;
    });
    return sum;
  };
  return {
    rows: told.length,
    texts: distinct.length,
    seconds,
    layers: Object.fromEntries(
      placed.map((layer) => [layer.layer, { all: agreement(layer, false), exact: agreement(layer, true) }]),
    ),
  };
}
