// How much places of a kind go up and down beyond the chance of single incidents: their variance is mean + α·mean², and
// α is told from the changes of fake measures. Poisson's variance alone calls far too many of them a success. Pure.

/** One fake measure: how far its change is from what its controls lead to expect. */
export type FakeChange = {
  readonly difference: number;
  /** Of the counts alone. */
  readonly variance: number;
  /** The count of before, brought to the length of after, and that of after: their mean. */
  readonly mean: number;
};

/** One-sided 95 %. */
const SURE = 1.645;

/** Not the best guess of α but the largest that is likely: who has few places to learn from claims less. */
export function scatterOf(fakes: readonly FakeChange[]): number {
  // Each tells of α with a precision of mean⁴ / variance².
  const fitted = (alpha: number) => {
    let [weighted, weights, doubt] = [0, 0, 0];
    for (const { difference, variance, mean } of fakes) {
      if (!(mean > 0 && variance > 0)) continue;
      const whole = variance + alpha * mean ** 2;
      const weight = mean ** 4 / whole ** 2;
      weighted += (weight * (difference ** 2 - variance)) / mean ** 2;
      weights += weight;
      doubt += mean ** 4 / whole ** 2;
    }
    return weights > 0 ? { alpha: Math.max(0, weighted / weights), error: Math.sqrt(2 / doubt) } : null;
  };
  let found = fitted(0);
  for (let round = 0; found && round < 8; round++) found = fitted(found.alpha);
  return found ? found.alpha + SURE * found.error : 0;
}

export const standardised = ({ difference, variance, mean }: FakeChange, alpha: number): number => {
  const whole = variance + alpha * mean ** 2;
  return whole > 0 ? difference / Math.sqrt(whole) : 0;
};
