// What the same weeks of the years before tell of a week: by how much they lay above or below what the weeks before each led
// to expect, as far as that is more than chance. Two looks: a season, over five neighbouring weeks together, and what is
// left of it in the week itself (Christmas is no wave). Each is drawn towards none by the non-negative garrote (Breiman 1995,
// doi 10.2307/1269730): where it stands out little, nothing is corrected. Pure.

/** So many weeks lie between a week and the one nearest to it in the calendar one, two and three years before. */
const YEARS_BACK = [52, 104, 157] as const;
export const SEASON_WEEKS = YEARS_BACK.at(-1)!;
/** One year before alone cannot tell a season from a year that was unlike others. */
const LEAST_YEARS = 2;
/** What neighbouring weeks weigh. */
const NEIGHBOURS = [1, 2, 3, 2, 1] as const;
/** The mean that forgets rests on as many weeks as this many of one weight. */
const LEVEL_WEEKS = 32;
/** Squared standard errors that an excess is drawn in by. */
const DRAWN_IN = 2;

/** Of every week at which a run of `span` weeks begins: what came, and what the weeks before it led to expect. */
export type Forecasts = {
  /** The first and the last week there are both of. */
  readonly first: number;
  readonly last: number;
  readonly came: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  readonly span: number;
};

/** By what to multiply the forecast of a week; null where there are too few years. The week itself is never looked at. */
export function seasonOf(forecasts: Forecasts): (week: number) => number | null {
  const { first, last, came, expected, span } = forecasts;
  const isThere = (week: number) => week >= first && week <= last;
  const inOtherYears = (week: number) =>
    YEARS_BACK.flatMap((back) => [week - back, week + back]).filter((other) => isThere(other));
  const dispersion = dispersionBetweenYears(forecasts);
  const [smooth, single] = [varianceOf(NEIGHBOURS, span), varianceOf([1], span)];
  const middle = (NEIGHBOURS.length - 1) / 2;
  return (week) => {
    const years = inOtherYears(week);
    // Of a week that is known itself, one other year is enough to see how well this does.
    if (years.length < (isThere(week) ? 1 : LEAST_YEARS)) return null;
    let [around, aroundExpected, own, ownExpected] = [0, 0, 0, 0];
    for (const year of years) {
      own += came[year]!;
      ownExpected += expected[year]!;
      for (let i = 0; i < NEIGHBOURS.length; i++) {
        const at = year + i - middle;
        if (!isThere(at)) continue;
        around += NEIGHBOURS[i]! * came[at]!;
        aroundExpected += NEIGHBOURS[i]! * expected[at]!;
      }
    }
    if (ownExpected <= 0) return null;
    const perWeek = (dispersion * ownExpected) / span;
    const season = 1 + drawnIn(around / aroundExpected - 1, (perWeek * smooth) / aroundExpected ** 2);
    const foreseen = ownExpected * season;
    return season * (1 + drawnIn(own / foreseen - 1, (perWeek * single) / foreseen ** 2));
  };
}

/** An excess, drawn towards 0 the more the less it stands out from its variance. */
const drawnIn = (excess: number, variance: number): number =>
  excess === 0 ? 0 : excess * Math.max(0, 1 - (DRAWN_IN * variance) / excess ** 2);

/** Of weighed runs of `span` weeks against their forecasts: how often the variance of one week. */
function varianceOf(weights: readonly number[], span: number): number {
  const ofWeek = new Array<number>(weights.length + span - 1).fill(0);
  for (const [i, weight] of weights.entries()) for (let k = 0; k < span; k++) ofWeek[i + k]! += weight;
  const sum = ofWeek.reduce((all, each) => all + each, 0);
  return ofWeek.reduce((all, each) => all + each ** 2, 0) + sum ** 2 / LEVEL_WEEKS;
}

/**
 * Variance ÷ mean of what the same weeks of several years strayed from each other: a season all share is no part of it.
 * At least that of Poisson.
 */
function dispersionBetweenYears({ first, last, came, expected }: Forecasts): number {
  let [strayed, freedom] = [0, 0];
  for (let week = Math.max(first, last - YEARS_BACK[0] + 1); week <= last; week++) {
    const years = [week, ...YEARS_BACK.map((back) => week - back).filter((year) => year >= first)];
    const sum = years.reduce((all, year) => all + came[year]!, 0);
    const foreseen = years.reduce((all, year) => all + expected[year]!, 0);
    if (years.length < 2 || sum === 0 || foreseen === 0) continue;
    const share = sum / foreseen;
    for (const year of years)
      strayed += (came[year]! - share * expected[year]!) ** 2 / (share * Math.max(expected[year]!, 1e-9));
    freedom += years.length - 1;
  }
  return freedom > 0 ? Math.max(1, strayed / freedom) : 1;
}
