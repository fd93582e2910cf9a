// The tails of the Poisson distribution, added up term by term.

/** Of a count with this mean: of at most so many. */
export function poissonUpTo(count: number, mean: number): number {
  let [term, sum] = [Math.exp(-mean), 0];
  for (let k = 0; k <= count; k++, term *= mean / k) sum += term;
  return sum;
}
