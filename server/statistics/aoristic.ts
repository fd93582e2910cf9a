// Hours of the week of what happened some time between two moments: each minute that may be it weighs the same
// (Ratcliffe 2002, doi 10.1023/A:1013240828824; conventions of the R package aoristic 2.0.0: the end is not counted, a
// missing or earlier end puts all into the hour of the beginning, more than a week is spread evenly).

export const HOURS = 168;

/** Minutes of local time from a Monday, 00:00. */
export type Span = { readonly fromMinute: number; readonly untilMinute: number | null };

/** Adds the shares of one span to the hours of the week, Monday 00:00 first. */
export function addSpan(hours: Float64Array, { fromMinute, untilMinute }: Span, weight = 1): void {
  const first = Math.floor(fromMinute);
  const last = untilMinute === null ? first : Math.floor(untilMinute);
  const minutes = last - first;
  if (minutes <= 0) {
    hours[hourOf(first)]! += weight;
    return;
  }
  if (minutes > HOURS * 60) {
    for (let hour = 0; hour < HOURS; hour++) hours[hour]! += weight / HOURS;
    return;
  }
  for (let at = first; at < last; ) {
    const next = Math.min(last, (Math.floor(at / 60) + 1) * 60);
    hours[hourOf(at)]! += (weight * (next - at)) / minutes;
    at = next;
  }
}

const hourOf = (minute: number): number => ((Math.floor(minute / 60) % HOURS) + HOURS) % HOURS;

export function aoristic(spans: Iterable<Span>): Float64Array {
  const hours = new Float64Array(HOURS);
  for (const span of spans) addSpan(hours, span);
  return hours;
}
