// The areas a file really gives: the features meant, with code and closed, valid rings. Preview and import share it.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { type ColumnChoice, chooseColumns } from '../mapfiles/columns.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import type { Findings } from '../mapfiles/findings.ts';
import { centroid, chooseMine, type Territory } from './clip-to-jurisdiction.ts';
import { type Area, type AreaShape, areasOf, findRepeats, middleOf, shapesOf } from './collect.ts';
import type { AreasOptions, Mine } from './contract.ts';
import { checkCoverage } from './coverage.ts';
import { kindOf, orIncidents } from './incident-points.ts';
import { findFaults, MOST_CROSSINGS } from './store.ts';

export type CheckedAreas = {
  readonly columns: ColumnChoice;
  /** In byte order of their codes; every polygon is valid. */
  readonly areas: readonly Area[];
  readonly repaired: number;
  readonly mine: Mine | null;
  /** What was kept of what `mine` offers; null = everything. */
  readonly only: string | null;
};

/** Without `territory` nothing is left out for its place; without `coverage` no overlaps, gaps and parts outside are told. */
export type CheckHow = { readonly territory: Territory | null; readonly coverage: boolean };

/** Checks what was read and repairs what can be; stores nothing. Throws BadInput when nothing usable is left. */
export async function checkAreas(
  database: Database,
  jurisdiction: Jurisdiction,
  source: SourceFile,
  options: AreasOptions,
  { territory, coverage }: CheckHow,
  findings: Findings,
  onProgress: (share: number) => void,
): Promise<CheckedAreas> {
  const shapes = shapesOf(source, findings);
  if (shapes.length === 0) throw noPolygons(source, findings);
  const isMine = territory && shapes.map(({ polygons }) => territory.holds(centroid(polygons)));
  const { mine, only, kept } = chooseMine(shapes, isMine, options.only);
  if (kept.length < shapes.length) findings.add('not-mine', { detail: only }, shapes.length - kept.length);
  const columns = columnsOf(source, kept, options);
  if (columns.code.length === 0) findings.add('features-numbered', {}, kept.length);
  const { decimalCodes, passedOver } = columns;
  if (decimalCodes) findings.add('codes-decimal', { detail: columns.code.join('+') }, kept.length);
  if (passedOver.code !== null) findings.add('code-passed-over', { detail: passedOver.code });
  if (passedOver.residents !== null) findings.add('residents-unused', { detail: passedOver.residents });
  const candidates = areasOf(kept, columns, options.type, findings);
  const { areas, repaired } = await repair(database, candidates, findings, onProgress);
  if (areas.length === 0) throw noPolygons(source, findings);
  findRepeats(areas, findings);
  areas.sort((a, b) => Buffer.compare(Buffer.from(a.code), Buffer.from(b.code)));
  if (coverage) await checkCoverage(database, jurisdiction.id, areas, findings);
  return { columns, areas, repaired, mine, only };
}

/** Throws BadInput as chooseColumns does, with the part that a shapefile without columns lacks. */
function columnsOf({ format }: SourceFile, kept: readonly AreaShape[], options: AreasOptions): ColumnChoice {
  const rows = kept.map(({ properties }) => properties);
  try {
    return chooseColumns(rows, options);
  } catch (error) {
    if (format !== 'shp' || !(error instanceof BadInput) || error.parameter !== 'numbered') throw error;
    throw new BadInput(
      'numbered',
      'the shapefile lacks its .dbf part, which holds names and codes: send it too, or let the features be numbered (--numbered)',
    );
  }
}

async function repair(
  database: Database,
  candidates: readonly Area[],
  findings: Findings,
  onProgress: (share: number) => void,
): Promise<{ areas: Area[]; repaired: number }> {
  const faults = await findFaults(
    database,
    candidates.map(({ polygons }) => polygons),
    onProgress,
  );
  const areas: Area[] = [];
  let repaired = 0;
  for (const [index, area] of candidates.entries()) {
    const { feature, code, name, closed } = area;
    const fault = faults[index]!;
    if (fault.fault === 'tangled') {
      const at = middleOf(area.polygons);
      findings.add('too-many-crossings', { feature, code, name, at, detail: `> ${MOST_CROSSINGS}` });
      continue;
    }
    if (fault.fault === 'hopeless') {
      findings.add('geometry-without-area', { feature, code, name, at: fault.at, detail: fault.reason });
      continue;
    }
    if (closed) findings.add('ring-closed', { feature, code, name, at: area.polygons[0]?.[0]?.[0] ?? null });
    if (fault.fault === 'repairable') {
      const { at, reason } = fault;
      findings.add('geometry-repaired', {
        feature,
        code,
        name,
        at,
        areaM2: Math.round(fault.changeM2),
        detail: reason,
      });
    }
    if (closed || fault.fault === 'repairable') repaired += 1;
    areas.push(fault.fault === 'repairable' ? { ...area, polygons: fault.repaired } : area);
  }
  return { areas, repaired };
}

/** Names what the layer holds instead, as in "points where polygons are wanted". */
export function noPolygons(source: SourceFile, findings: Findings): BadInput {
  const { sourceLayer, features } = source;
  const kind = kindOf(source);
  if (kind === 'only points' || kind === 'only lines') {
    return orIncidents(source, new BadInput('type', `the layer ${sourceLayer} holds ${kind}, not areas`));
  }
  const reasons = findings.list().map(({ code, count }) => `${code} ${count}`);
  const types = [...new Set(features.flatMap(({ geometry }) => geometry?.type ?? []))].join(', ');
  const refusal = new BadInput(
    'type',
    `the layer ${sourceLayer} holds no usable polygons but ${types || 'nothing'} (${reasons.join(', ')})`,
  );
  return orIncidents(source, refusal);
}
