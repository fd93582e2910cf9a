// How much memory another process has used, from /proc: its own peak, and apart from it the peak of its children.

import { existsSync, readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 100;

export type Peak = {
  /** Highest resident memory of the process itself, in MB; null where there is no /proc. */
  readonly processMb: number | null;
  /** Highest sum of the resident memory of its children, in MB. */
  readonly childrenMb: number;
};

/** Watches a process until `stop`, which answers the peaks. */
export function watchMemory(pid: number): { stop(): Peak } {
  let processMb: number | null = null;
  let childrenMb = 0;
  const look = () => {
    processMb = statusMb(pid, 'VmHWM') ?? processMb;
    childrenMb = Math.max(childrenMb, sum(descendants(pid).map((child) => statusMb(child, 'VmRSS') ?? 0)));
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { processMb: processMb === null ? null : Math.round(processMb), childrenMb: Math.round(childrenMb) };
    },
  };
}

/** Resident memory of a process now, in MB; null when it is gone or there is no /proc. */
export function residentMb(pid: number): number | null {
  return statusMb(pid, 'VmRSS');
}

function statusMb(pid: number, field: 'VmHWM' | 'VmRSS'): number | null {
  try {
    const kB = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kB === undefined ? null : Number(kB) / 1024;
  } catch {
    return null;
  }
}

function descendants(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  try {
    const children = readdirSync(tasks).flatMap((task) =>
      readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return []; // it ended while we looked
  }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
