// What a map file is made into before it is stored, by what it holds.

import type { Database } from '../db/open.ts';
import { prepareAreas } from '../layers/areas.ts';
import type { OnProgress } from '../layers/contract.ts';
import { preparePoints } from '../layers/points.ts';
import type { Content } from '../layers/versions.ts';
import { prepareStreets } from '../streets/prepare.ts';
import type { LayerTask } from './reader-process.ts';

/** In this process. */
export function prepareHere(database: Database, task: LayerTask, onProgress: OnProgress): Promise<Content> {
  const { jurisdiction, path } = task;
  if (task.kind === 'areas') return prepareAreas(database, jurisdiction, path, task.options, task.shown, onProgress);
  if (task.kind === 'streets') return prepareStreets(database, jurisdiction, path, task.options, onProgress);
  return preparePoints(database, jurisdiction, path, task.options, onProgress);
}
