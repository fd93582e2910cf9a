// Heat as a graphics card works it out, in Chromium with the software renderer: the page's own code on a page of its own.

import type { Page } from 'playwright-core';
import { build } from 'vite';
import type { HeatAsked, HeatGrid } from '../../web/map/heat.ts';
import type { createHeatCard } from '../../web/map/heat-card.ts';

const ENTRY = '\0heat-on-card';
const at = (file: string) => new URL(`../../web/map/${file}`, import.meta.url).pathname;

/** A script that leaves them as `heat`. */
async function bundled(): Promise<string> {
  const built = await build({
    ...{ configFile: false, logLevel: 'error' },
    plugins: [
      {
        name: 'heat-on-card',
        resolveId: (id) => (id === ENTRY ? ENTRY : null),
        load: (id) =>
          id === ENTRY
            ? `import { gridOf } from '${at('heat.ts')}'; import { createHeatCard } from '${at('heat-card.ts')}';` +
              'globalThis.heat = { gridOf, createHeatCard };'
            : null,
      },
    ],
    build: { write: false, minify: false, rolldownOptions: { input: ENTRY, output: { format: 'iife' } } },
  });
  const [{ output }] = [built].flat() as unknown as [{ readonly output: readonly [{ readonly code: string }] }];
  return output[0].code;
}

/** The grid and its numbers; `without` = what the card is said to know nothing of. */
export async function heatOnCard(
  page: Page,
  asked: HeatAsked,
  without: string,
): Promise<{ readonly grid: HeatGrid; readonly values: readonly number[] }> {
  await page.evaluate(await bundled());
  return page.evaluate(
    async ({ asked, without }) => {
      const { heat } = globalThis as unknown as {
        readonly heat: { gridOf(asked: HeatAsked): HeatGrid; readonly createHeatCard: typeof createHeatCard };
      };
      const gl = document.createElement('canvas').getContext('webgl2')!;
      const known = gl.getExtension.bind(gl) as (name: string) => unknown;
      gl.getExtension = ((name: string) => (name === without ? null : known(name))) as typeof gl.getExtension;
      const grid = heat.gridOf(asked);
      const felt = heat.createHeatCard(gl)!.feel(grid, asked.answer.points);
      let values = felt.read();
      while (!values) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        values = felt.read();
      }
      return { grid, values: [...values] };
    },
    { asked: asked as never as HeatAsked, without },
  );
}
