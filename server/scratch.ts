// Folders for files that are needed for a moment. Each carries the number of its process, so that what a killed one left
// is recognised and removed by the next.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OURS = /^cuadra-[a-z]+-(\d+)-\w{6}$/;

/** A new folder; whoever asked removes it. */
export async function makeScratch(purpose: string): Promise<string> {
  await removeLeftovers();
  return mkdtemp(join(tmpdir(), `cuadra-${purpose}-${process.pid}-`));
}

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = OURS.exec(name)?.[1];
    // Somebody else's cannot be removed, and need not be.
    if (pid && !isAlive(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
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
