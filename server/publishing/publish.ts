// From an upload to its preview, and from the preview to a published version in the background.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Jurisdiction } from '../access/contract.ts';

import { findJurisdiction } from '../access/jurisdictions.ts';
import { OPERATOR } from '../access/viewer.ts';
import { BadInput, Conflict } from '../errors.ts';
import type { Upload, Uploads } from '../files/uploads.ts';
import type { JobRunner } from '../jobs/queue.ts';
import type {
  OnProgress,
  PopulationPreview,
  PopulationReport,
  Preview,
  Publication,
  UploadChoices,
} from '../layers/contract.ts';
import { importPopulation, previewPopulation } from '../layers/population.ts';
import type { LayerDeps, LayerReport } from '../layers/versions.ts';
import type { Check } from '../mapfiles/contract.ts';
import { extensionOf } from '../mapfiles/sniff.ts';
import { importAreas, importPoints, importStreets } from './load-layer.ts';
import { previewFile } from './preview.ts';

const PREVIEW_FILE = 'preview.json';
/** Parts of a loose shapefile or MapInfo file that are no data set of their own. */
const COMPANIONS = [
  ...['shx', 'dbf', 'prj', 'cpg', 'qpj', 'sbn', 'sbx', 'qix', 'xml', 'xsd', 'gfs', 'qmd'],
  ...['mid', 'dat', 'map', 'id', 'ind'],
];

export type PublishPayload = { readonly upload: string; readonly choices: UploadChoices } & Publication;

/** The file of an upload that is read; the others are its parts. Throws BadInput when several could be meant. */
export function mainFile({ files }: Upload): string {
  const whole = files.filter(({ name }) => !COMPANIONS.includes(extensionOf(name)));
  if (whole.length > 1) {
    const names = whole.map(({ name }) => name).join(', ');
    throw new BadInput('file', `several files at once: send them in one zip, or one by one (${names})`);
  }
  return (whole[0] ?? files[0]!).path;
}

/** Understands an upload as `choices` say and keeps the answer beside it, for publishing and for the report. */
export async function previewUpload(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  upload: Upload,
  choices: UploadChoices,
): Promise<Preview | PopulationPreview> {
  const path = mainFile(upload);
  const preview =
    choices.type === 'population'
      ? await previewPopulation(deps.database, jurisdiction, path, { ...choices, layer: layerOf(choices) })
      : await previewFile(deps.database, jurisdiction, path, choices);
  const last: LastPreview =
    'checks' in preview
      ? { choices: asShown(choices, preview), checks: preview.checks, blocked: preview.blocked }
      : { choices, checks: [], blocked: preview.problem !== null };
  await writeFile(previewPath(upload), JSON.stringify(last));
  return preview;
}

/** What is published is what was shown: of several layers the one taken, and only the municipality where that was on. */
function asShown(choices: UploadChoices, { layers, sourceLayer, only }: Preview): UploadChoices {
  return { ...choices, only, sourceLayer: layers.length > 1 ? sourceLayer : choices.sourceLayer };
}

export type LastPreview = Pick<Preview, 'checks' | 'blocked'> & { readonly choices: UploadChoices };

/** Throws Conflict while there was none. */
export async function lastPreview(upload: Upload): Promise<LastPreview> {
  const text = await readFile(previewPath(upload), 'utf8').catch(() => null);
  if (text === null) throw new Conflict('the upload was not previewed yet');
  return JSON.parse(text);
}

/** Publishes what was last previewed. Its payload is a PublishPayload. */
export function publishRunner(deps: LayerDeps, uploads: Uploads): JobRunner {
  return async (stale, payload, { signal, onProgress }) => {
    const { upload: id, choices, layer, title, validFrom } = payload as PublishPayload;
    // It may have waited: the jurisdiction can have got its limit or measure since.
    const jurisdiction = await findJurisdiction(deps.database, OPERATOR, stale.code);
    const upload = await uploads.find(jurisdiction.code, id);
    const tell: OnProgress = (fraction, step) => onProgress(step, fraction);
    // It may have been previewed again since, otherwise.
    const last = await lastPreview(upload);
    const shown = sameText(last.choices) === sameText(choices) ? last.checks : null;
    const dated = { validFrom, signal, shown };
    const report = await publish(deps, jurisdiction, mainFile(upload), { ...choices, layer, title }, tell, dated);
    await uploads.remove(jurisdiction.code, id);
    return report;
  };
}

function publish(
  deps: LayerDeps,
  jurisdiction: Jurisdiction,
  path: string,
  options: Omit<UploadChoices, 'layer'> & { readonly layer: string; readonly title: string | null },
  tell: OnProgress,
  dated: {
    readonly validFrom: string | null;
    readonly signal: AbortSignal;
    readonly shown: readonly Check[] | null;
  },
): Promise<LayerReport | PopulationReport> {
  const { type, ...rest } = options;
  const only = rest.only ?? null;
  if (type === 'population') return importPopulation(deps.database, jurisdiction, path, rest);
  if (type === 'streets') return importStreets(deps, jurisdiction, path, { ...rest, only }, tell, dated);
  if (type === 'points') return importPoints(deps, jurisdiction, path, { ...rest, only }, tell, dated);
  return importAreas(deps, jurisdiction, path, { ...rest, type, only }, tell, dated);
}

function layerOf({ layer }: UploadChoices): string {
  if (layer === null) throw new BadInput('layer', 'which layer are these the residents of?');
  return layer;
}

/** Whatever the order the database keeps the keys in. */
const sameText = (choices: UploadChoices) => JSON.stringify(choices, Object.keys(choices).sort());

const previewPath = ({ files }: Upload) => join(dirname(files[0]!.path), PREVIEW_FILE);
