// Addresses of what the tab «Datos» asks and changes.

import type { PlaceNamesAnswer } from '../../server/geocoding/contract.ts';
import type { PresetsAnswer, WaitingImport } from '../../server/imports/contract.ts';
import type { DeliveryChanges, DeliveryRow } from '../../server/incidents/contract.ts';
import type { JobState } from '../../server/jobs/contract.ts';
import type {
  LayerHistory,
  PopulationPreview,
  Preview,
  RemovedLayer,
  VersionsCompared,
} from '../../server/layers/contract.ts';
import type { CrsRow } from '../../server/mapfiles/contract.ts';
import type { LabelsAnswer } from '../../server/taxonomy/contract.ts';
import type { Path } from '../store/api.ts';

const at = (city: string, rest: string) => `/api/v1/${encodeURIComponent(city)}/${rest}`;

export const dataPaths = {
  jurisdictions: (): Path<{ readonly code: string }> => '/api/v1/jurisdictions',
  deliveries: (city: string): Path<DeliveryRow[]> => at(city, 'deliveries'),
  delivery: (city: string, delivery: number): Path<DeliveryRow & { readonly changes: DeliveryChanges }> =>
    at(city, `deliveries/${delivery}`),
  undo: (city: string, delivery: number): Path<JobState> => at(city, `deliveries/${delivery}/undo`),
  jobs: (city: string): Path<JobState[]> => at(city, 'jobs'),
  imports: (city: string): Path<WaitingImport> => at(city, 'imports'),
  waiting: (city: string, upload: string): Path<WaitingImport> => at(city, `imports/${upload}`),
  check: (city: string, upload: string): Path<JobState> => at(city, `imports/${upload}/check`),
  commit: (city: string, upload: string): Path<JobState> => at(city, `imports/${upload}/commit`),
  rejects: (city: string, upload: string): string => at(city, `imports/${upload}/rejects.csv`),
  presets: (city: string): Path<PresetsAnswer> => at(city, 'presets'),
  preset: (city: string, name: string): Path<null> => at(city, `presets/${encodeURIComponent(name)}`),
  uploads: (
    city: string,
  ): Path<{ readonly upload: string; readonly files: readonly { readonly name: string; readonly bytes: number }[] }> =>
    at(city, 'uploads'),
  upload: (city: string, upload: string): Path<null> => at(city, `uploads/${upload}`),
  preview: (city: string, upload: string): Path<Preview | PopulationPreview> => at(city, `uploads/${upload}/preview`),
  report: (city: string, upload: string, format: 'csv' | 'geojson'): string =>
    at(city, `uploads/${upload}/report?format=${format}`),
  publish: (city: string, upload: string): Path<JobState> => at(city, `uploads/${upload}/publish`),
  crs: (text: string): Path<CrsRow[]> => `/api/v1/crs?q=${encodeURIComponent(text)}`,
  limit: (city: string): Path<JobState> => at(city, 'limit'),
  removedLayers: (city: string): Path<RemovedLayer[]> => at(city, 'removed-layers'),
  layer: (city: string, layer: string): Path<null> => at(city, `layers/${layer}`),
  restoreLayer: (city: string, layer: string): Path<JobState> => at(city, `layers/${layer}/restore`),
  versions: (city: string, layer: string): Path<LayerHistory> => at(city, `layers/${layer}/versions`),
  version: (city: string, layer: string, version: number): Path<null> =>
    at(city, `layers/${layer}/versions/${version}`),
  restoreVersion: (city: string, layer: string, version: number): Path<JobState> =>
    at(city, `layers/${layer}/versions/${version}/restore`),
  versionReport: (city: string, layer: string, version: number, format: 'csv' | 'geojson'): string =>
    at(city, `layers/${layer}/versions/${version}/report?format=${format}`),
  compareVersions: (city: string, layer: string, from: number, until: number): Path<VersionsCompared> =>
    at(city, `layers/${layer}/compare?from=${from}&until=${until}&outlines=1`),
  returnTo: (city: string, layer: string): Path<{ readonly version: number }> => at(city, `layers/${layer}/return`),
  placeNames: (city: string): Path<PlaceNamesAnswer> => at(city, 'place-names?limit=20'),
  aliases: (city: string): Path<JobState> => at(city, 'place-names/aliases'),
  alias: (city: string, name: string, within: string): Path<JobState> =>
    at(city, `place-names/aliases?${new URLSearchParams({ name, within })}`),
  offenceLabels: (city: string): Path<LabelsAnswer> => at(city, 'offence-labels'),
  offenceLabel: (city: string, label: string): Path<LabelsAnswer> =>
    at(city, `offence-labels?${new URLSearchParams({ label })}`),
  job: (city: string, id: string): Path<JobState> => at(city, `jobs/${id}`),
};
