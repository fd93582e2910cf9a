// What stands for the incidents of a source where something is worked out of them and kept.

import type { SourceInfo } from '../filter/source-profile.ts';

/** Worked out again when a feed has grown by a fifth or so, and not for every call that comes in. */
const GROWTHS_PER_DOUBLING = 4;

/** Another one after every delivery of a file, as it may be wholly different, and as a feed grows. */
export function markOf({ sourceId, live, delivered, incidents }: SourceInfo): string {
  const size = Math.round(Math.log2(incidents + 1) * GROWTHS_PER_DOUBLING);
  return `${sourceId}:${live ? size : `${delivered} ${incidents}`}`;
}
