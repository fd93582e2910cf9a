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

/** What a process holds now, in MB, from /proc; all 0 where there is none. */
export type Held = {
  readonly rssMb: number;
  /** Memory of the embedded engine: mappings too large to be anything else. */
  readonly engineMb: number;
  /** JavaScript heaps, buffers, stacks. */
  readonly anonymousMb: number;
  /** What malloc took for itself: the heap of the process and its arenas per thread. */
  readonly mallocMb: number;
  readonly filesMb: number;
  readonly fds: number;
  readonly threads: number;
};

const ENGINE_MAPPING_KB = 128 * 1024;
const ARENA_BYTES = 64 * 2 ** 20;

export function heldBy(pid: number): Held {
  const kB = { engineMb: 0, anonymousMb: 0, mallocMb: 0, filesMb: 0 };
  for (const mapping of textOf(`/proc/${pid}/smaps`).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, start = '0', name = ''] = /^([0-9a-f]+)-\S+ \S+ \S+ \S+ \d+ *(.*)/.exec(mapping) ?? [];
    const of = (field: string) => Number(new RegExp(`^${field}: +(\\d+)`, 'm').exec(mapping)?.[1] ?? 0);
    // An arena of a thread is one mapping that begins at a multiple of its size.
    const isArena = name === '' && Number.parseInt(start, 16) % ARENA_BYTES === 0 && of('Size') <= ARENA_BYTES / 1024;
    const kind =
      name === '[heap]' || isArena
        ? 'mallocMb'
        : name !== '' && !name.startsWith('[')
          ? 'filesMb'
          : of('Size') >= ENGINE_MAPPING_KB
            ? 'engineMb'
            : 'anonymousMb';
    kB[kind] += of('Rss');
  }
  const mb = Object.fromEntries(Object.entries(kB).map(([kind, value]) => [kind, Math.round(value / 1024)]));
  return {
    ...(mb as Record<keyof typeof kB, number>),
    rssMb: Math.round(residentMb(pid) ?? 0),
    fds: namesIn(`/proc/${pid}/fd`).length,
    threads: namesIn(`/proc/${pid}/task`).length,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
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
