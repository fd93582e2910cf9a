// The real Mexico City, imported once per run by the command line and measured while it is.

import type { Home } from '../support/cli.ts';
import { importCdmxIncidents, loadCdmxLayers } from '../support/real-data.ts';
import { type Peak, watchMemory } from './memory.ts';

export type LoadedCdmx = { readonly home: Home; readonly rows: number; readonly seconds: number; readonly peak: Peak };

/** Loads the layers and the incidents; `seconds` and `peak` are those of the command that imports the incidents. */
export async function loadCdmx(home: Home): Promise<LoadedCdmx> {
  await loadCdmxLayers(home);
  let watch: ReturnType<typeof watchMemory> | undefined;
  const began = performance.now();
  const { stored } = await importCdmxIncidents(home, (pid) => {
    watch = watchMemory(pid);
  });
  return { home, rows: stored, seconds: (performance.now() - began) / 1000, peak: watch!.stop() };
}
