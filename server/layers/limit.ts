// The limit of a jurisdiction: the union of the polygons in a file.

import type { Jurisdiction } from '../access/contract.ts';
import { raiseDataVersion, withJurisdictionLock } from '../db/lock.ts';
import type { Database } from '../db/open.ts';
import { BadInput } from '../errors.ts';
import { countCrossings } from '../geometry/crossings.ts';
import type { ReadOptions } from '../mapfiles/contract.ts';
import { openFindings } from '../mapfiles/findings.ts';
import { readFeatures } from '../mapfiles/formats.ts';
import { boundsOfPolygons } from './areas.ts';
import { noPolygons } from './check-areas.ts';
import { shapesOf } from './collect.ts';
import { findFaults, MOST_CROSSINGS, storeLimit } from './store.ts';
import { locateJurisdiction } from './versions.ts';

/** The polygons of a limit are united in one statement, which costs by these. */
const MOST_CROSSINGS_OF_LIMIT = 20_000;

/**
 * Makes the union of the polygons in a file the limit and the bounds of a jurisdiction. What is already placed stays:
 * streets imported before need `import streets` again. Throws BadInput as importAreas does.
 */
export async function importLimit(
  database: Database,
  jurisdiction: Jurisdiction,
  path: string,
  options: ReadOptions,
): Promise<void> {
  const findings = openFindings();
  const source = await readFeatures(path, options);
  const shapes = shapesOf(source, findings).map(({ polygons }) => polygons);
  const faults = await findFaults(database, shapes, () => {});
  const usable = shapes.flatMap((polygons, index) => {
    const fault = faults[index]!;
    if (fault.fault === 'repairable') return [fault.repaired];
    if (fault.fault === 'tangled') findings.add('too-many-crossings', { detail: `> ${MOST_CROSSINGS}` });
    return fault.fault === 'none' ? [polygons] : [];
  });
  if (usable.length === 0) throw noPolygons(source, findings);
  if (countCrossings(usable.flat(2), MOST_CROSSINGS_OF_LIMIT) === Infinity) {
    throw new BadInput('file', `its polygons cross each other more than ${MOST_CROSSINGS_OF_LIMIT} times`);
  }
  await withJurisdictionLock(database, jurisdiction.id, (writer) =>
    writer.publishing(async (trx) => {
      await storeLimit(trx, jurisdiction.id, usable);
      await locateJurisdiction(trx, jurisdiction, boundsOfPolygons(usable.flat()));
      await raiseDataVersion(trx, jurisdiction.id);
    }),
  );
}
