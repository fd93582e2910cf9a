// Points of a map file that are really incidents: they come with dates and offences.

import { BadInput } from '../errors.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import { findColumns, presetCodes, presetOf } from '../reading/presets.ts';

/** A few features of another kind are faults of such a file. */
const SHARE_OF_POINTS = 0.9;
/** Lamps have a date and a type, too; these are words of incidents only. */
const OFFENCE = /delit|offen[cs]e|crime|crimen|incident|hecho|infraccion|ofns|primary_?type|charge/i;

const KINDS = [
  [/Point$/, 'only points'],
  [/LineString$/, 'only lines'],
  [/Polygon$/, 'only areas'],
] as const;

/** How many points there are, where they have the columns of incidents; null where they have not. */
export function incidentPoints({ features }: SourceFile): number | null {
  const points = features.filter(({ geometry }) => /^(Multi)?Point$/.test(geometry?.type ?? '')).length;
  if (points === 0 || points < features.length * SHARE_OF_POINTS) return null;
  const names = new Set<string>();
  for (const { properties } of features) for (const name of Object.keys(properties)) names.add(name);
  const header = [...names];
  const fits = presetCodes().some((code) => {
    const found = findColumns(header, presetOf(code), {});
    return 'columns' in found && OFFENCE.test(found.columns.fields.offence?.name ?? '');
  });
  return fits ? points : null;
}

/** What all features of a file are, where they are of one kind. */
export function kindOf({ features }: SourceFile): 'only points' | 'only lines' | 'only areas' | null {
  const kinds = new Set(features.map(({ geometry }) => KINDS.find(([type]) => type.test(geometry?.type ?? ''))?.[1]));
  return kinds.size === 1 ? ([...kinds][0] ?? null) : null;
}

/** The refusal of a file that holds something else than is wanted: of incidents it says what to do with them. */
export function orIncidents(source: SourceFile, refusal: BadInput): BadInput {
  const points = incidentPoints(source);
  if (points === null) return refusal;
  return new BadInput(
    'type',
    `the layer ${source.sourceLayer} holds ${points} points with dates and offences: import it as incidents (as GeoJSON or CSV)`,
  );
}
