// A file of street lines read, checked and split at junctions: what the street layer is made of.

import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Properties } from '../geometry/contract.ts';
import { boundsOf, type Corner, type Line, linesOf } from '../geometry/shape.ts';
import { chooseMine, type Territory } from '../layers/clip-to-jurisdiction.ts';
import { placeOf } from '../layers/collect.ts';
import type { Mine, OnProgress, StreetsOptions } from '../layers/contract.ts';
import { kindOf, orIncidents } from '../layers/incident-points.ts';
import { contentOf, openSource } from '../layers/source.ts';
import type { Content } from '../layers/versions.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import type { Findings } from '../mapfiles/findings.ts';
import { chooseStreetColumns, levelOf, type Street, type StreetColumns, streetOf } from './columns.ts';
import { dualCarriageways, middleOfLine } from './dual.ts';
import { type Drawn, findMissing } from './junctions.ts';
import { buildNetwork, lengthM, type StreetLine, type StreetSegment } from './network.ts';
import { storeSegments } from './store.ts';

/** Reads, checks and completes; stores nothing yet. */
export async function prepareStreets(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: StreetsOptions,
  onProgress: OnProgress,
): Promise<Content> {
  const opened = await openSource(database, jurisdiction, path, options, onProgress);
  const { source, choice, findings, territory } = opened;
  const { columns, segments, rejected } = checkStreets(source, choice, findings, territory);
  const { name, roadClass, code } = columns;
  return contentOf(
    opened,
    [
      ['column-name', name],
      ['column-class', roadClass],
      ['column-code', code],
    ],
    {
      rejected,
      features: segments.length,
      bounds: boundsOf(segments.flatMap(({ line }) => line)),
      write: (writer, key, progress) => storeSegments(writer, key, segments, (share) => progress(share, 'storing')),
    },
  );
}

export type CheckedStreets = {
  readonly columns: StreetColumns;
  readonly segments: readonly StreetSegment[];
  /** Lines left out. */
  readonly rejected: number;
  readonly mine: Mine | null;
  /** What was kept of what `mine` offers; null = everything. */
  readonly only: string | null;
};

/** The segments the lines of a file give. Throws BadInput when there are none. */
export function checkStreets(
  source: SourceFile,
  options: StreetsOptions,
  findings: Findings,
  territory: Territory | null,
): CheckedStreets {
  const columns = chooseStreetColumns(
    source.features.map(({ properties }) => properties),
    options,
  );
  const streets: { properties: Properties; street: Street; level: string; lines: readonly Line[] }[] = [];
  for (const [index, { properties, geometry }] of source.features.entries()) {
    const street = streetOf(properties, columns);
    const checked = linesOf(geometry);
    if (street !== null && checked.rejected === null)
      streets.push({ properties, street, level: levelOf(properties, columns), lines: checked.parts });
    else {
      const code = street === null ? 'not-a-street' : checked.rejected!;
      findings.add(code, { feature: index + 1, name: street?.name ?? null, at: placeOf(geometry) });
    }
  }
  // A column would cut off the far side of border streets; a box around the layers is too coarse to go by.
  const isMine = territory && streets.map(({ lines }) => lines.some((line) => territory.reaches(line)));
  const { mine, only, kept } = chooseMine(streets, isMine, options.only, territory?.hasLimit);
  if (kept.length < streets.length) findings.add('not-mine', { detail: only }, streets.length - kept.length);
  const drawn = kept.flatMap(({ street, level, lines }) => lines.map((line) => ({ ...street, level, line })));
  const { segments, duplicates, dots } = buildNetwork(joinedLines(drawn, options.split === true, findings));
  if (segments.length === 0) {
    const kind = kindOf(source);
    if (kind === 'only points' || kind === 'only areas') {
      throw orIncidents(source, new BadInput('type', `the layer ${source.sourceLayer} holds ${kind}, not lines`));
    }
    const reasons = findings.list().map(({ code, count }) => `${code} ${count}`);
    const refusal = `the layer ${source.sourceLayer} holds no usable lines (${reasons.join(', ')})`;
    throw orIncidents(source, new BadInput('type', refusal));
  }
  for (const { name, line } of duplicates) {
    findings.add('duplicate-lines', { name, at: middleOfLine(line), lengthM: lengthM(line) });
  }
  for (const { name, line } of dots) findings.add('line-without-length', { name, at: line[0]! });
  for (const { segment, besideM, at } of dualCarriageways(segments)) {
    findings.add('dual-carriageway', { code: segment.code, name: segment.name, at, lengthM: besideM });
  }
  for (const { code, name, line, lengthM } of segments) {
    if (name === null) findings.add('unnamed-segments', { code, at: middleOfLine(line), lengthM });
  }
  return { columns, segments, rejected: source.features.length - kept.length, mine, only };
}

/** Tells where lines cross or end beside each other without a common vertex; with `split` they get one. */
function joinedLines(lines: readonly (StreetLine & Drawn)[], split: boolean, findings: Findings): StreetLine[] {
  const junctions = findMissing(lines);
  if (!junctions.whole) {
    if (split) throw new BadInput('split', 'the lines lie too close together to be split where they cross');
    findings.add('junctions-not-checked');
  }
  const nameOf = (index: number) => lines[index]!.name;
  for (const { kind, at, lines: pair, gapM } of junctions.missing) {
    const [name, other] = pair.map(nameOf) as [string | null, string | null];
    const where = { name, at: rounded(at) };
    if (kind === 'level') findings.add('levels-cross', { ...where, detail: other });
    else if (kind === 'crossing') findings.add(split ? 'lines-split' : 'lines-cross', { ...where, detail: other });
    else
      findings.add(split ? 'ends-joined' : 'ends-near', { ...where, detail: `${gapM.toFixed(2)} m, ${other ?? '–'}` });
  }
  const drawn = split ? junctions.split() : lines.map(({ line }) => line);
  return lines.map(({ name, roadClass, code }, index) => ({ name, roadClass, code, line: drawn[index]! }));
}

const rounded = ([lon, lat]: Corner): Corner => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];
