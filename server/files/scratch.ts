// Folders for files that are needed for a moment: of the process alone, in the data folder where there is one. Each carries
// its machine and process, so that what a killed one left, people's files among it, is recognised and removed.

import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

const OURS = /^cuadra-[a-z]+-([0-9a-f]{8})-(\d+)-\w{6}$/;
const SWEEP_EVERY_MS = 3600_000;
/** Nothing takes as long: of another machine that shares the folder it cannot be known who is alive. */
const FORSAKEN_MS = 24 * 3600_000;
/** Two machines that share a data folder number their processes alike. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** From here on this process, and what it starts, keeps its temporary files under `dataDir`, where nobody else looks. */
export async function keepScratchIn(dataDir: string): Promise<void> {
  const folder = join(dataDir, 'scratch');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  // What libraries write follows these names too; the last two are those of Windows.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  await removeLeftovers();
  setInterval(() => void removeLeftovers().catch(() => {}), SWEEP_EVERY_MS).unref();
}

/** A new folder, open to nobody else; whoever asked removes it. */
export async function makeScratch(purpose: string): Promise<string> {
  await removeLeftovers();
  return mkdtemp(join(tmpdir(), `cuadra-${purpose}-${HOST}-${process.pid}-`));
}

async function removeLeftovers(): Promise<void> {
  const folder = tmpdir();
  for (const name of await readdir(folder)) {
    const [, host, pid] = OURS.exec(name) ?? [];
    if (host === undefined) continue;
    // Somebody else's cannot be removed, and need not be.
    if (await isLeftover(join(folder, name), host, Number(pid)).catch(() => false))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => {});
  }
}

async function isLeftover(path: string, host: string, pid: number): Promise<boolean> {
  if (host !== HOST) return (await stat(path)).mtimeMs < Date.now() - FORSAKEN_MS;
  // In a container the one before had the same number.
  if (pid === process.pid) return (await stat(path)).mtimeMs < Date.now() - process.uptime() * 1000;
  return !isAlive(pid);
}

/** Whether a process of this machine lives, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
