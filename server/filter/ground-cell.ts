// The integer units both engines compare coordinates in, and the cells of ground of those who see no exact point. Pure, for
// the threads that scan.

/** Coordinates are integers of 1e-7 degrees, so that both engines compare exactly the same numbers. */
export const UNITS_PER_DEGREE = 1e7;

/** In integer units; cells begin at 0, 0. */
export type GroundCell = { readonly width: number; readonly height: number };

/** The middle of the cell in which a coordinate lies, along one side. */
export const middleOfCell = (coordinate: number, side: number): number =>
  Math.floor(coordinate / side) * side + Math.floor(side / 2);
