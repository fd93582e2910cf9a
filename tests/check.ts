// `npm run check`: types, lint and format, dead code, and a lock file that a clean `npm ci` accepts.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

type Check = { readonly name: string; readonly passes: () => boolean };

const CHECKS: readonly Check[] = [
  { name: 'types (tsc)', passes: () => tool('typescript/bin/tsc', '--noEmit') },
  {
    name: 'lint and format (biome)',
    passes: () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  },
  { name: 'dead code (knip)', passes: () => tool('knip/bin/knip.js', '--config', 'tests/knip.json') },
  { name: 'lock file', passes: lockFileIsComplete },
];

const failed = CHECKS.filter(({ name, passes }) => {
  const started = performance.now();
  const ok = passes();
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return !ok;
});
if (failed.length) console.log(`${failed.length} of ${CHECKS.length} checks failed`);
process.exitCode = failed.length ? 1 : 0;

function tool(script: string, ...args: string[]): boolean {
  const path = join(ROOT, 'node_modules', script);
  return spawnSync(process.execPath, [path, ...args], { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

/**
 * npm leaves out of the lock what its registry cannot give for other platforms, and then every clean `npm ci` fails
 * while the `npm install` here keeps working.
 */
function lockFileIsComplete(): boolean {
  type Entry = { optionalDependencies?: Record<string, string> };
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };
  const absent = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`])
      .map((name) => `${path || 'package.json'} → ${name}`),
  );
  for (const entry of absent) console.log(`not in package-lock.json: ${entry}`);
  return absent.length === 0;
}
