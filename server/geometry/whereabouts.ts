// Where most of some points lie, in cells of a degree: what stands apart from it is worth a look, and a map opens on it.

const COLUMNS = 360;
const ROWS = 180;
/** Cells this far apart still belong together: a region need not fill every degree. */
const REACH = 2;

/** The cell of a point in degrees. */
export function degreeCell(lon: number, lat: number): number {
  const column = Math.min(COLUMNS - 1, Math.floor(lon) + 180);
  return Math.min(ROWS - 1, Math.floor(lat) + 90) * COLUMNS + column;
}

/** The south-western corner of a cell. */
export const cornerOf = (cell: number): readonly [lon: number, lat: number] => [
  (cell % COLUMNS) - 180,
  Math.floor(cell / COLUMNS) - 90,
];

/** Of groups of neighbouring cells the one that holds most points; `counts` = points by cell. */
export function mainCells(counts: ReadonlyMap<number, number>): ReadonlySet<number> {
  const left = new Set(counts.keys());
  let main: ReadonlySet<number> = new Set();
  let most = 0;
  for (const first of counts.keys()) {
    if (!left.delete(first)) continue;
    const group = new Set([first]);
    let points = 0;
    // Grows while it is walked through.
    for (const cell of group) {
      points += counts.get(cell) ?? 0;
      for (const near of around(cell)) if (left.delete(near)) group.add(near);
    }
    if (points > most) [main, most] = [group, points];
  }
  return main;
}

function* around(cell: number): Generator<number> {
  const [column, row] = [cell % COLUMNS, Math.floor(cell / COLUMNS)];
  for (let y = Math.max(0, row - REACH); y <= Math.min(ROWS - 1, row + REACH); y++) {
    for (let x = column - REACH; x <= column + REACH; x++) yield y * COLUMNS + ((x + COLUMNS) % COLUMNS);
  }
}
