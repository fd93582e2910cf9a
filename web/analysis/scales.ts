// Axes of charts: how far they reach, round figures on them, and dots that fall on each other drawn once. Pure.

export type Dot = { readonly x: number; readonly y: number; readonly color: string };
/** A line to compare with: from point to point, or across the whole chart. */
export type Mark = {
  readonly from: { readonly x: number; readonly y: number };
  readonly until: { readonly x: number; readonly y: number };
  readonly isAcross: boolean;
};
export type Reach = readonly [least: number, most: number];

/** With nought on both axes. */
export function extentOf(dots: readonly Pick<Dot, 'x' | 'y'>[]): { readonly x: Reach; readonly y: Reach } {
  const reach = (of: (dot: Pick<Dot, 'x' | 'y'>) => number): Reach => {
    const least = dots.reduce((a, dot) => Math.min(a, of(dot)), 0);
    const most = dots.reduce((a, dot) => Math.max(a, of(dot)), 0);
    return [least, most > least ? most : least + 1];
  };
  return { x: reach(({ x }) => x), y: reach(({ y }) => y) };
}

/** Round figures, about four of them. */
export function ticksOf([least, most]: Reach): number[] {
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let i = Math.ceil(least / step); i * step <= most * (1 + 1e-9); i++)
    ticks.push(Number((i * step).toPrecision(6)));
  return ticks;
}

/** Where dots stand, to the pixel; of sixty thousand streets most stand on one another. */
export function placed(dots: readonly Dot[], toX: (x: number) => number, toY: (y: number) => number): Dot[] {
  const seen = new Map<string, Dot>();
  for (const { x, y, color } of dots) {
    const dot = { x: Math.round(toX(x)), y: Math.round(toY(y)), color };
    seen.set(`${dot.x} ${dot.y} ${color}`, dot);
  }
  return [...seen.values()];
}
