// Probabilities and quantiles of the normal, gamma, chi-squared and Poisson distributions, to about 1e-13. The
// libraries there are were tried: simple-statistics keeps seven digits of the normal, @stdlib brings 200 packages for
// three functions. Formulas: Abramowitz & Stegun 1964, 6.5 and 26; Lanczos' coefficients for g = 7, n = 9 (Godfrey
// 2001).

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const MOST_TERMS = 100_000;
const TINY = 1e-300;

/** The natural logarithm of Γ(x), x > 0. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x - 1 + i);
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Regularised incomplete gamma functions: P from below, Q from above, each without loss where it is small. */
function incompleteGamma(shape: number, x: number): { readonly below: number; readonly above: number } {
  if (x <= 0) return { below: 0, above: 1 };
  if (x === Number.POSITIVE_INFINITY) return { below: 1, above: 0 };
  const scale = Math.exp(shape * Math.log(x) - x - lnGamma(shape));
  if (x < shape + 1) {
    let term = 1 / shape;
    let sum = term;
    for (let i = 1; i < MOST_TERMS && Math.abs(term) > Math.abs(sum) * 1e-17; i++) {
      term *= x / (shape + i);
      sum += term;
    }
    const below = Math.min(1, sum * scale);
    return { below, above: 1 - below };
  }
  // The continued fraction by Lentz's way.
  let b = x + 1 - shape;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < MOST_TERMS; i++) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (Math.abs(a * d + b) < TINY ? TINY : a * d + b);
    c = Math.abs(b + a / c) < TINY ? TINY : b + a / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  const above = Math.min(1, scale * fraction);
  return { below: 1 - above, above };
}

export const gammaBelow = (x: number, shape: number): number => incompleteGamma(shape, x).below;
export const gammaAbove = (x: number, shape: number): number => incompleteGamma(shape, x).above;
export const chiSquaredAbove = (x: number, degrees: number): number => gammaAbove(x / 2, degrees / 2);

export function normalBelow(z: number): number {
  const tail = normalTwoSided(z) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** The probability of a normal value at least as far from 0 as z, on either side. */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) * Math.SQRT1_2;
  if (x <= 0.46875) return 1 - x * near(x * x);
  if (x <= 4) return Math.exp(-x * x) * middle(x);
  const inverse = 1 / (x * x);
  return x > 27.3 ? 0 : (Math.exp(-x * x) / x) * (1 / Math.sqrt(Math.PI) - inverse * far(inverse));
}

// The complementary error function by quotients of polynomials, Cody 1969 (doi 10.1090/S0025-5718-1969-0247736-4). It is asked
// for every place of a city: a series, or a loop over the coefficients, would take most of the time of Gi*.
const near = (x: number): number =>
  ((((0.18577770618460315 * x + 3.1611237438705655) * x + 113.86415415105016) * x + 377.485237685302) * x +
    3209.3775891384694) /
  ((((x + 23.601290952344122) * x + 244.02463793444417) * x + 1282.6165260773723) * x + 2844.236833439171);
const middle = (x: number): number =>
  ((((((((2.1531153547440383e-8 * x + 0.5641884969886701) * x + 8.883149794388377) * x + 66.11919063714163) * x +
    298.6351381974001) *
    x +
    881.952221241769) *
    x +
    1712.0476126340707) *
    x +
    2051.0783778260716) *
    x +
    1230.3393547979972) /
  ((((((((x + 15.744926110709835) * x + 117.6939508913125) * x + 537.1811018620099) * x + 1621.3895745666903) * x +
    3290.7992357334597) *
    x +
    4362.619090143247) *
    x +
    3439.3676741437216) *
    x +
    1230.3393548037495);
const far = (x: number): number =>
  (((((0.016315387137302097 * x + 0.30532663496123236) * x + 0.36034489994980445) * x + 0.12578172611122926) * x +
    0.016083785148742275) *
    x +
    0.0006587491615298378) /
  (((((x + 2.568520192289822) * x + 1.8729528499234673) * x + 0.5279051029514285) * x + 0.06051834131244132) * x +
    0.0023352049762686918);

/** Acklam's approximation made exact by two of Halley's steps. */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  let z = acklam(p);
  for (let i = 0; i < 2; i++) {
    const error = (normalBelow(z) - p) * Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2);
    z -= error / (1 + (z * error) / 2);
  }
  return z;
}

/** P. J. Acklam 2003, of p ≤ 0.5; relative error below 1.15e-9. */
function acklam(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return (
      (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q +
        4.374664141464968) *
        q +
        2.938163982698783) /
      ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
    );
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
      q) /
    (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
      1)
  );
}

/** Below which value of a gamma distribution of scale 1 the share p lies. */
export function gammaQuantile(p: number, shape: number): number {
  if (p <= 0 || shape <= 0) return 0;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  // Wilson & Hilferty 1931 to begin with; then Newton's steps, held between what is too low and what is too high.
  const z = normalQuantile(p);
  let x = Math.max(shape * (1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3, 1e-10);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    const { below, above } = incompleteGamma(shape, x);
    const error = p < 0.5 ? below - p : 1 - p - above;
    if (error > 0) high = x;
    else low = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - lnGamma(shape));
    let next = x - error / density;
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? x * 2 : (low + high) / 2;
    if (Math.abs(next - x) <= Math.abs(x) * 1e-15) return next;
    x = next;
  }
  return x;
}

export function poissonAt(count: number, mean: number): number {
  if (mean <= 0) return count === 0 ? 1 : 0;
  return Math.exp(count * Math.log(mean) - mean - lnGamma(count + 1));
}
/** P(X ≤ count). */
export const poissonUpTo = (count: number, mean: number): number => (count < 0 ? 0 : gammaAbove(mean, count + 1));
/** P(X ≥ count). */
export const poissonFrom = (count: number, mean: number): number => (count <= 0 ? 1 : gammaBelow(mean, count));

/** Regularised incomplete beta function, from below, by the continued fraction of Abramowitz & Stegun 26.5.8. */
function betaBelow(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction is quick on this side alone.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaBelow(1 - x, b, a);
  const scale = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let i = 1; i < MOST_TERMS; i++) {
    const even = (i * (b - i) * x) / ((a + 2 * i - 1) * (a + 2 * i));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + i) * (a + b + i) * x) / ((a + 2 * i) * (a + 2 * i + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return Math.min(1, scale * fraction);
}

/** The probability of a value of Student's t at least as far from 0, on either side. */
export const studentTwoSided = (t: number, degrees: number): number =>
  betaBelow(degrees / (degrees + t * t), degrees / 2, 0.5);

/** How far from 0 the share `p`, on both sides together, of Student's t begins. */
export function studentReach(p: number, degrees: number): number {
  if (p <= 0) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, 1];
  while (studentTwoSided(high, degrees) > p && high < 1e300) high *= 2;
  for (let i = 0; i < 200 && high - low > high * 1e-15; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degrees) > p) low = middle;
    else high = middle;
  }
  return high;
}
