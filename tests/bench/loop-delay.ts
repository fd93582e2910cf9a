// Preloaded into a server under load (node --import): measures how late its event loop runs, and how long the server works,
// from SIGUSR2 to its end, and leaves the 99th percentile and the CPU time in the file that BENCH_LOOP_DELAY names.

import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 5;

const file = process.env.BENCH_LOOP_DELAY;
if (isMainThread && file) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let before = process.cpuUsage();
  process.on('SIGUSR2', () => {
    histogram.reset();
    before = process.cpuUsage();
  });
  process.on('exit', () => {
    // The histogram holds the time between two looks, of which the resolution itself is no delay.
    const p99Ms = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
    const { user, system } = process.cpuUsage(before);
    writeFileSync(
      file,
      JSON.stringify({ p99Ms, cpuMs: (user + system) / 1000, maxMs: histogram.max / 1e6 - RESOLUTION_MS }),
    );
  });
}
