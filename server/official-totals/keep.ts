// Which areas of a national table a jurisdiction keeps: those it names, those it kept before, or those of its own name.

import { fold, foldName } from '../text/fold.ts';
import type { FoundArea, MonthlyLook } from './contract.ts';
import type { LineArea } from './map-rows.ts';

export type KeepRequest = {
  /** Codes asked for; null = as was kept before, else by name. */
  readonly areas: readonly string[] | null;
  /** Codes kept of this source before. */
  readonly before: readonly string[];
  /** Name of the jurisdiction. */
  readonly name: string;
};
/** Lines of an area go to its own municipality's share, to that of the whole state, or are left out. */
export type Share = 'own' | 'state' | null;

/** Says of each area whether it may be kept, and in the end which areas are. */
export function openKeeping({ areas, before, name }: KeepRequest, level: MonthlyLook['level']) {
  const codes = areas ?? fitted(before, level);
  const [own = '', hint] = name.split(',').map(placeName);
  const named = codes.length === 0 && areas === null;
  const wanted = new Set(codes);
  const found = new Map<string, FoundArea & { rows: number }>();
  const shares = new Map<string, Share>();

  const shareOf = ({ code, name: areaName, state }: LineArea): Share => {
    if (!named) return wanted.has(code) ? 'own' : null;
    const stateFolded = placeName(state);
    if (own !== '' && placeName(areaName) === own && (hint === undefined || stateFolded === hint)) return 'own';
    return level === 'municipality' && own !== '' && stateFolded === own ? 'state' : null;
  };
  return {
    meet(area: LineArea): Share {
      const known = found.get(area.code);
      if (known) {
        known.rows++;
        return shares.get(area.code)!;
      }
      const share = shareOf(area);
      found.set(area.code, { ...area, rows: 1 });
      shares.set(area.code, share);
      return share;
    },
    /** Every area of the file by code. */
    found: (): FoundArea[] => [...found.values()].sort((a, b) => (a.code < b.code ? -1 : 1)),
    /**
     * The areas kept: those asked for, else the one of the jurisdiction's name, else all of the state of that name. None
     * where several municipalities have the name.
     */
    kept(): readonly string[] {
      const of = (share: Share) => [...shares].filter(([, each]) => each === share).map(([code]) => code);
      const owns = of('own');
      if (!named) return owns.sort();
      if (owns.length > 1) return [];
      return owns.length ? owns : of('state').sort();
    },
    /** Municipalities of the jurisdiction's name, where it takes a person to choose. */
    candidates: (): FoundArea[] => (named ? [...found.values()].filter(({ code }) => shares.get(code) === 'own') : []),
  };
}

/** What was kept of municipalities says which states are meant, and the other way round nothing. */
function fitted(before: readonly string[], level: MonthlyLook['level']): readonly string[] {
  const exact = before.filter((code) => code.length === (level === 'state' ? 2 : 5));
  if (exact.length || level === 'municipality') return exact;
  return [...new Set(before.map((code) => code.slice(0, 2)))];
}

/** A place by the words that are its own: «Municipio de Juárez» is Juárez. */
function placeName(name: string): string {
  const bare = fold(name)
    .trim()
    .replace(/^(?:h\.?\s+)?(?:municipio|ayuntamiento|alcaldia|estado|gobierno)\s+(?:de\s+|del\s+)?/, '');
  return foldName(bare);
}
