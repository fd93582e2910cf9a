// Heat on the map as the page asks for it: worked out and drawn by the graphics card where there is one that can, else here.

import { effect } from '@preact/signals';
import type { Map as GLMap } from 'maplibre-gl';
import { densityOf, gridOf } from './heat.ts';
import { createHeatCard } from './heat-card.ts';
import { createHeatCardLayer, HEAT_PARTS, type HeatCardLayer } from './heat-card-layer.ts';
import { createHeatLayer } from './heat-layer.ts';
import { ABOVE_HEAT } from './style.ts';
import type { Pictures } from './symbology.ts';

/** Until the answer is called. */
export function followHeat(map: GLMap, pictures: Pictures): () => void {
  const { drawn, density, closeDensity, wanted, isOnCard, foundOnCard } = pictures;
  const layer = createHeatLayer(map, ABOVE_HEAT);
  let card: HeatCardLayer | null = null;
  let isStopped = false;
  const back = () => {
    isOnCard.value = false;
    for (const part of HEAT_PARTS) foundOnCard[part].value = null;
  };
  const stops = [
    effect(() => {
      const shown = drawn.value === 'heat' ? (closeDensity.value ?? density.value) : null;
      const isPainted = isOnCard.value && HEAT_PARTS.some((part) => foundOnCard[part].value?.values === shown?.values);
      layer.show(shown, isPainted);
      card?.show(isPainted ? shown : null);
    }),
    effect(() => {
      if (!isOnCard.value) return;
      for (const part of HEAT_PARTS) {
        const next = drawn.value === 'heat' ? wanted[part].value : null;
        if (!next) foundOnCard[part].value = null;
        card?.want(part, next);
      }
    }),
  ];
  isCardTrue().then((isTrue) => {
    if (!isTrue || isStopped) return;
    card = createHeatCardLayer(
      map,
      ABOVE_HEAT,
      (part, found) => {
        // What is asked for no longer is not shown; what was asked for meanwhile is on its way.
        if (wanted[part].peek()) foundOnCard[part].value = found;
      },
      back,
    );
    isOnCard.value = true;
  });
  return () => {
    isStopped = true;
    for (const stop of stops) stop();
    card?.stop();
    back();
  };
}

/** A few incidents about the same place, some in one cell. */
const TRIAL = {
  answer: {
    dataVersion: 0,
    cellM: 0,
    points: [
      [0, 0, 3],
      [0.0011, 0.0004, 1],
      [-0.0007, -0.001, 7],
      [0.0012, 0.0005, 2],
    ] as [number, number, number][],
  },
  ...{ reachM: 300, years: 1, within: null },
};
const MOST_OFF = 0.01;
const PATIENCE_MS = 3000;

/** Whether there is a card, and it finds what is found here: to within a hundredth of the peak, of a few incidents. */
async function isCardTrue(): Promise<boolean> {
  const gl = document.createElement('canvas').getContext('webgl2');
  const card = gl && createHeatCard(gl);
  if (!card) return false;
  const felt = card.feel(gridOf(TRIAL)!, TRIAL.answer.points);
  const here = densityOf(TRIAL.answer, TRIAL.reachM, TRIAL.years, TRIAL.within)!;
  const until = performance.now() + PATIENCE_MS;
  let values = felt.read();
  while (!values && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    values = felt.read();
  }
  felt.drop();
  card.drop();
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return values?.every((value, i) => Math.abs(value - here.values[i]!) <= MOST_OFF * here.max) ?? false;
}
