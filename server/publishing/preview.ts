// What a file would become, with every doubt shown, before anything is stored.

import { basename } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import type { Bounds } from '../geometry/contract.ts';
import { areDegrees, boundsOf, positionsOf } from '../geometry/shape.ts';
import { checkAreas } from '../layers/check-areas.ts';
import { territoryOf } from '../layers/clip-to-jurisdiction.ts';
import type { ColumnUse, Mine, Preview, UploadChoices } from '../layers/contract.ts';
import { checkPoints } from '../layers/points.ts';
import { asWritten, liesTurned, onlyFitsTurned, turned } from '../mapfiles/axes.ts';
import { residentNotes } from '../mapfiles/columns.ts';
import type { SourceFile } from '../mapfiles/contract.ts';
import { loadCrs, MEXICO, overlaps, rankCrs } from '../mapfiles/crs.ts';
import { describeColumns, describeEncoding } from '../mapfiles/describe.ts';
import { type Findings, findingsOf } from '../mapfiles/findings.ts';
import { type Choices, readFeatures } from '../mapfiles/formats.ts';
import { stemOf } from '../mapfiles/sniff.ts';
import { chooseDataset } from '../mapfiles/stage.ts';
import { checkStreets } from '../streets/prepare.ts';
import { type Feature, sketch } from './preview-geometry.ts';
import { previewApart } from './reader-process.ts';

const CANDIDATES_SHOWN = 8;
/** Layers of a file, each read anew, of which one may hold what is wanted. */
const MOST_TRIED = 15;
const DEGREES = 4326;
/** What the type of a layer must contain to be likelier than others. */
const GEOMETRY_WANTED = { areas: /polygon/i, context: /polygon/i, streets: /line/i, points: /point/i };

/**
 * Reads and checks the file at `path` as `choices` say, guessing what they leave open; stores nothing. Throws BadInput
 * when the file cannot be read, or holds nothing of the wanted type.
 */
export function previewFile(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  choices: UploadChoices,
): Promise<Preview> {
  const task = { kind: 'preview', jurisdiction, path, options: choices } as const;
  return previewApart(database, task, () => previewHere(database, jurisdiction, path, choices));
}

/** Where no layer of the file was named, the first that holds the wanted type; of several none of which does, the first. */
export async function previewHere(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  choices: UploadChoices,
): Promise<Preview> {
  const first = await previewLayer(database, jurisdiction, path, choices);
  if (choices.sourceLayer !== null || first.problem?.parameter !== 'type') return first;
  for (const { name } of first.layers.slice(0, MOST_TRIED)) {
    if (name === first.sourceLayer) continue;
    const other = await previewLayer(database, jurisdiction, path, { ...choices, sourceLayer: name });
    if (other.problem?.parameter !== 'type') return other;
  }
  return first;
}

async function previewLayer(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  choices: UploadChoices,
): Promise<Preview> {
  const { type, sourceLayer, crs, encoding, swapAxes } = choices;
  if (type === 'population') throw new BadInput('type', 'a table of residents has no map');
  const definitions = await loadCrs(database, crs === null ? [] : [crs]);
  const options = { sourceLayer, crs, encoding, swapAxes };
  const place = jurisdiction.bounds;
  const ranked = (extent: readonly number[] | null) => rankCrs(extent, definitions, place);
  const isSwapped = (extent: readonly number[] | null) => onlyFitsTurned(extent) && liesTurned(extent, place ?? MEXICO);
  const guessCrs = (extent: readonly number[] | null) => {
    // Degrees the wrong way round; they are turned once they are read.
    if (isSwapped(extent)) return DEGREES;
    const [best] = ranked(extent);
    if (best) return best.code;
    throw new BadInput('crs', 'the file does not say its coordinate system and no usual one fits: give its EPSG code');
  };
  const read = await readFeatures(path, options, { ...leniently(type, sourceLayer, guessCrs), swapped: isSwapped });
  const source = meantTurned(read, swapAxes, place) ? turned(read, 'seem-swapped') : read;
  const bounds = boundsOfFile(source);
  const candidates = ranked(source.sourceExtent ?? bounds).slice(0, CANDIDATES_SHOWN);
  const fits = bounds && place && overlaps(bounds, place);
  const findings = findingsOf(source);
  if (source.axes === 'seem-swapped' && bounds) {
    const [west, south, east, north] = bounds;
    const [x, y] = asWritten(bounds).map((degrees) => degrees.toFixed(4));
    findings.add('axes-swapped', { at: [(west + east) / 2, (south + north) / 2], detail: `lon ${x}, lat ${y}` });
  } else if (source.crsFrom === 'guess') {
    // Degrees that lie where they must leave no doubt worth a question.
    const sure = source.crs.code === DEGREES && fits !== false && areDegrees(source.sourceExtent ?? bounds);
    findings.add(sure ? 'crs-degrees' : 'crs-guessed', { detail: `EPSG:${source.crs.code}` });
  } else if (fits === false && source.crsFrom !== 'given') {
    const better = candidates.find((candidate) => candidate.fits && candidate.code !== source.crs.code);
    findings.add('crs-elsewhere', { detail: better ? `EPSG:${better.code}` : null });
  }

  const wished = { ...NO_USE, code: choices.code, name: choices.name };
  let found: Found = { use: wished, residents: [], features: 0, mine: null, only: choices.only ?? null, drawn: [] };
  let problem: Preview['problem'] = null;
  try {
    found = await check(database, jurisdiction, source, type, choices, findings);
  } catch (error) {
    // Other columns, another place or another layer of the file can be chosen, another file cannot.
    const isFinal = (parameter: string) => parameter === 'file' || (parameter === 'type' && source.layers.length < 2);
    if (!(error instanceof BadInput) || isFinal(error.parameter)) throw error;
    problem = { parameter: error.parameter, detail: error.message };
    found = { ...found, drawn: source.features.map(({ geometry }) => ({ code: '', name: '', geometry })) };
  }
  const checks = findings.list();
  return {
    type,
    fileName: basename(path),
    layers: source.layers,
    sourceLayer: source.sourceLayer,
    read: source.features.length,
    features: found.features,
    crs: { used: source.crs, from: source.crsFrom, bounds, fits, candidates, axes: source.axes },
    encoding: describeEncoding(source),
    columns: describeColumns(source.features),
    use: found.use,
    residents: found.residents,
    mine: found.mine,
    only: found.only,
    checks,
    problem,
    blocked: problem !== null || checks.some(({ level }) => level === 'blocking'),
    geojson: sketch(found.drawn, bounds),
  };
}

type Found = Pick<Preview, 'use' | 'residents'> & {
  readonly features: number;
  readonly mine: Mine | null;
  readonly only: string | null;
  readonly drawn: readonly Feature[];
};
const NO_USE: ColumnUse = { code: null, name: null, parent: null, population: null };

async function check(
  database: Database,
  jurisdiction: Jurisdiction,
  source: SourceFile,
  type: Preview['type'],
  choices: UploadChoices,
  findings: Findings,
): Promise<Found> {
  const { code, name } = choices;
  const options = { ...choices, layer: '', title: null };
  const territory = type === 'context' && !choices.only ? null : await territoryOf(database, jurisdiction);
  if (type === 'streets') {
    const { columns, segments, mine, only } = checkStreets(source, { ...options, code, name }, findings, territory);
    const drawn = segments.map(({ code, name, line }) => ({
      code,
      name: name ?? '',
      geometry: { type: 'LineString', coordinates: line },
    }));
    return {
      use: { ...NO_USE, code: columns.code, name: columns.name },
      residents: [],
      features: segments.length,
      mine,
      only,
      drawn,
    };
  }
  if (type === 'points') {
    const { columns, points, mine, only } = checkPoints(source, options, findings, territory);
    const drawn = points.map(({ code, name, at }) => ({ code, name, geometry: { type: 'Point', coordinates: at } }));
    const use = { ...NO_USE, code: columns.code.join('+') || null, name: columns.name };
    return { use, residents: [], features: points.length, mine, only, drawn };
  }
  const how = { territory, coverage: type !== 'context' };
  const { columns, areas, mine, only } = await checkAreas(
    database,
    jurisdiction,
    source,
    { ...options, type },
    how,
    findings,
    () => {},
  );
  const { populations, parent } = columns;
  return {
    use: {
      code: columns.code.join('+') || null,
      name: columns.name,
      parent,
      population: populations.map(({ column, year }) => `${column}:${year}`).join(',') || null,
    },
    residents: residentNotes(columns),
    features: areas.length,
    mine,
    only,
    drawn: areas.map(({ code, name, polygons }) => ({
      code,
      name,
      geometry: { type: 'MultiPolygon', coordinates: polygons },
    })),
  };
}

/** Takes the likeliest where the file leaves a choice; what was taken is shown and can be corrected. */
function leniently(type: Preview['type'], sourceLayer: string | null, crs: Choices['crs']): Omit<Choices, 'swapped'> {
  return {
    dataset: (datasets) => {
      const named = datasets.find((path) => stemOf(path) === sourceLayer);
      // A name that is not in the archive may be that of a layer inside its only dataset.
      return named ?? (sourceLayer === null ? datasets.toSorted()[0]! : chooseDataset(datasets, sourceLayer));
    },
    layer: (layers, file) => {
      const mapped = layers.filter(({ geometryType }) => geometryType !== null);
      const named = mapped.find(({ name }) => name === sourceLayer);
      if (named) return named;
      if (mapped.length === 0) throw new BadInput('file', 'the file holds no layer with geometry');
      if (sourceLayer !== null && !file.includes(sourceLayer)) {
        const list = mapped.map(({ name }) => name).join(', ');
        throw new BadInput('sourceLayer', `the file holds no layer ${sourceLayer}; it holds: ${list}`);
      }
      const likely = mapped.filter(({ geometryType }) => GEOMETRY_WANTED[type].test(geometryType ?? ''));
      return (likely.length > 0 ? likely : mapped).toSorted((a, b) => b.features - a.features)[0]!;
    },
    crs,
  };
}

function boundsOfFile({ features }: SourceFile): Bounds | null {
  const positions = features.flatMap(({ geometry }) => (geometry ? [...positionsOf(geometry)] : []));
  // Single wild coordinates are found later and must not stretch the box.
  const bounds = boundsOf(positions.filter(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90));
  return bounds.every(Number.isFinite) ? bounds : null;
}

/** Degrees that lie elsewhere as they are, and here the other way round. */
function meantTurned(source: SourceFile, swapAxes: boolean | undefined, place: Bounds | null): boolean {
  if (swapAxes !== undefined || source.axes !== 'as-written' || place === null) return false;
  const bounds = boundsOfFile(source);
  return bounds !== null && !overlaps(bounds, place) && liesTurned(bounds, place);
}
