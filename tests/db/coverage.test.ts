// Overlaps, gaps and faults told from edges are those PostGIS finds by overlaying everything with everything.

import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../server/db/open.ts';
import { Unavailable } from '../../server/errors.ts';
import { isSurelyValid } from '../../server/geometry/ring-validity.ts';
import type { Corner, Polygon } from '../../server/geometry/shape.ts';
import type { Area } from '../../server/layers/collect.ts';
import { checkCoverage } from '../../server/layers/coverage.ts';
import { findFaults } from '../../server/layers/store.ts';
import type { CheckCode } from '../../server/mapfiles/contract.ts';
import { openFindings } from '../../server/mapfiles/findings.ts';
import { relayedDatabase } from '../../server/publishing/ipc-database.ts';
import { openTestDatabase } from '../support/database.ts';

const NO_JURISDICTION = 0;
const GRID = 1e-9;
const RUNS = 25;
/** Areas are compared to the square metre, as the report rounds them. */
const ROUNDING_M2 = 1.5;

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});

const area = (feature: number, polygons: readonly Polygon[]): Area => ({
  ...{ feature, code: String(feature), name: String(feature), class: null, parent: null, residents: [] },
  ...{ polygons, closed: false },
});

/** Corners of a net of quarters about 50 m wide that are pushed about, shared by the quarters around them. */
const net = fc
  .record({
    wide: fc.integer({ min: 1, max: 4 }),
    pushes: fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })), {
      minLength: 36,
      maxLength: 36,
    }),
    kinds: fc.array(fc.constantFrom('as is', 'as is', 'as is', 'missing', 'moved', 'twice', 'hole', 'inner'), {
      minLength: 16,
      maxLength: 16,
    }),
  })
  .map(({ wide, pushes, kinds }) => {
    const at = (i: number, j: number, off = 0): Corner => {
      const [dx, dy] = pushes[(i * 5 + j) % pushes.length]!;
      return [-99.2 + (i * 50 + dx * 0.9 + off) * 1e-5, 19.4 + (j * 50 + dy * 0.9 + off) * 1e-5];
    };
    const polygons: Polygon[] = [];
    for (let i = 0; i < wide; i++) {
      for (let j = 0; j < wide; j++) {
        const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
        const ring = [...corners, corners[0]!];
        const middle: Corner = [(ring[0]![0] + ring[2]![0]) / 2, (ring[0]![1] + ring[2]![1]) / 2];
        const small = ring.map(([x, y]): Corner => [(x + middle[0] * 4) / 5, (y + middle[1] * 4) / 5]);
        const kind = kinds[i * 4 + j];
        if (kind === 'missing') continue;
        if (kind === 'moved') polygons.push([ring.map(([x, y]): Corner => [x + 3e-5, y + 2e-5])]);
        else if (kind === 'hole') polygons.push([ring, small.toReversed()]);
        else polygons.push([ring]);
        if (kind === 'twice') polygons.push([ring.toReversed()]);
        if (kind === 'inner') polygons.push([small]);
      }
    }
    return polygons;
  })
  .filter((polygons) => polygons.length > 0);

const shapes = (polygons: readonly Polygon[]) => sql`
  shape as materialized (
    select id::int, ST_SetSRID(ST_GeomFromGeoJSON(text), 4326) as geom
    from unnest(${polygons.map((coordinates) => JSON.stringify({ type: 'Polygon', coordinates }))}::text[])
      with ordinality as given (text, id)
  )`;

async function byPostgis(polygons: readonly Polygon[]) {
  const { rows: overlaps } = await sql<{ pair: string; m2: number }>`
    with ${shapes(polygons)}, common as materialized (
      select a.id || ' ' || b.id as pair, ST_CollectionExtract(ST_Intersection(a.geom, b.geom, ${GRID}::float8), 3) as geom
      from shape a join shape b on a.id < b.id
    )
    select pair, ST_Area(geom::geography) as m2 from common where ST_Area(geom::geography) >= 1`.execute(database.db);
  // The ground inside the outermost rings that no shape covers.
  const { rows: gaps } = await sql<{ m2: number | null }>`
    with ${shapes(polygons)},
    whole as materialized (select ST_Union(geom, ${GRID}::float8) as geom from shape),
    border as materialized (select ST_UnaryUnion(ST_Boundary(geom), ${GRID}::float8) as geom from whole),
    face as materialized (select (ST_Dump(ST_Polygonize(geom))).geom from border)
    select ST_Area(face.geom::geography) as m2 from face, whole
    where ST_Area(face.geom::geography) >= 1 and not ST_Intersects(whole.geom, ST_PointOnSurface(face.geom))`.execute(
    database.db,
  );
  return { overlaps, gaps: gaps.map(({ m2 }) => m2!).sort((a, b) => b - a) };
}

test('a ring whose corners differ by rounding alone is repaired, and what is asked next is answered', async () => {
  const tip: Corner = [-99.1853870267181, 19.406050199116297];
  const sameTip: Corner = [-99.18538702671813, 19.406050199116336];
  const there: Corner[] = [
    tip,
    [-99.18520659673283, 19.405852746473695],
    sameTip,
    [-99.18518956675307, 19.405782707513747],
  ];
  const nothingButSpikes = [...there, tip];
  const withArea = [...there, [-99.186, 19.405] as Corner, tip];
  const faults = await findFaults(database, [[[nothingButSpikes]], [[withArea]]], () => {});
  expect(faults.map(({ fault }) => fault)).toEqual(['hopeless', 'repairable']);
  const { rows } = await sql<{ two: number }>`select 2 as two`.execute(database.db);
  expect(rows).toEqual([{ two: 2 }]);
});

test('overlaps and gaps are those of overlaying everything', async () => {
  await fc.assert(
    fc.asyncProperty(net, async (polygons) => {
      const usable = polygons.filter((polygon) => isSurelyValid([[polygon[0]!]]));
      fc.pre(usable.length === polygons.length);
      const faults = await findFaults(
        database,
        polygons.map((polygon) => [polygon]),
        () => {},
      );
      fc.pre(faults.every(({ fault }) => fault === 'none'));
      const expected = await byPostgis(polygons);
      const findings = openFindings();
      const areas = polygons.map((polygon, index) => area(index + 1, [polygon]));
      await checkCoverage(database, NO_JURISDICTION, areas, findings);
      const items = (wanted: CheckCode) => findings.list().find(({ code }) => code === wanted)?.items ?? [];
      const overlaps = new Map(items('overlap').map(({ code, detail, areaM2 }) => [`${code} ${detail}`, areaM2!]));
      expect([...overlaps.keys()].sort()).toEqual(expected.overlaps.map(({ pair }) => pair).sort());
      for (const { pair, m2 } of expected.overlaps) {
        expect(Math.abs(overlaps.get(pair)! - m2)).toBeLessThan(ROUNDING_M2);
      }
      const gaps = items('gap').map(({ areaM2 }) => areaM2!);
      expect(gaps).toHaveLength(expected.gaps.length);
      for (const [index, m2] of expected.gaps.entries()) expect(Math.abs(gaps[index]! - m2)).toBeLessThan(ROUNDING_M2);
    }),
    { numRuns: RUNS, seed: 3 },
  );
});

describe('what is too large to check depends on the file, not on how busy the machine is:', () => {
  /** Two squares of 0.01° of which the second reaches a tenth over the first. */
  const overlapping = [0, 0.009].map((east, i) => {
    const at = (x: number, y: number): Corner => [-99.2 + east + x / 100, 19.4 + y / 100];
    return area(i + 1, [[[at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)]]]);
  });

  test('a database that takes seconds over every statement finds the same', async () => {
    const slow = relayedDatabase(database.engine, async (text, parameters) => {
      await sleep(2000);
      return (await database.pool.query(text, [...parameters])).rows;
    });
    const findings = openFindings();
    await checkCoverage(slow, NO_JURISDICTION, overlapping, findings);
    expect(findings.list().map(({ code, count }) => `${code} ${count}`)).toEqual(['overlap 1']);
  });

  test('one that has stopped is a failure to be tried again, and no finding', async () => {
    const findings = openFindings();
    const refusal = checkCoverage(database, NO_JURISDICTION, overlapping, findings, -1);
    await expect(refusal).rejects.toThrow(Unavailable);
    expect(findings.list()).toEqual([]);
  });
});

test('a ring told to be simple is valid for PostGIS', async () => {
  const step = fc.integer({ min: 0, max: 6 });
  const ring = fc.array(fc.tuple(step, step), { minLength: 3, maxLength: 9 }).map((steps): Corner[] => {
    const corners = steps.map(([x, y]): Corner => [-99 + x / 10, 19 + y / 10]);
    return [...corners, corners[0]!];
  });
  await fc.assert(
    fc.asyncProperty(fc.array(ring, { minLength: 40, maxLength: 40 }), async (rings) => {
      const { rows } = await sql<{ valid: boolean }>`
        select ST_IsValid(ST_GeomFromGeoJSON(text)) as valid
        from unnest(${rings.map((each) => JSON.stringify({ type: 'Polygon', coordinates: [each] }))}::text[]) as t (text)`.execute(
        database.db,
      );
      const simple = rings.map((each) => isSurelyValid([[each]]));
      expect(simple).toEqual(rows.map(({ valid }, i) => valid && simple[i]));
      // Without holes and other parts it misses none either, but those that merely touch themselves.
      expect(rows.filter(({ valid }, i) => valid && !simple[i])).toEqual([]);
    }),
    { numRuns: RUNS, seed: 3 },
  );
});
