// Server-sent events read by hand: with a key, which a browser's own reader cannot send, and given up once they fall silent,
// as those of a cable that was pulled do.

import { pause } from '../store/pause.ts';

type StreamDeps = {
  readonly open: (signal: AbortSignal) => Promise<Response>;
  /** The clock of the server in milliseconds, as it answers. */
  readonly onOpen: (serverNow: number | null) => void;
  readonly onData: (dataVersion: number) => void;
  /** It ended, was refused or fell silent; it is opened again by itself. */
  readonly onBroken: () => void;
  readonly silentMs: number;
  readonly againMs: number;
};

/** A server says something every 25 s. More than this without an event's end is no event of ours. */
const MOST_HELD = 65_536;

/** Until the answer is called. */
export function followStream({ open, onOpen, onData, onBroken, silentMs, againMs }: StreamDeps): () => void {
  const ended = new AbortController();
  const once = async (): Promise<void> => {
    const mine = new AbortController();
    const stop = () => mine.abort();
    ended.signal.addEventListener('abort', stop);
    let timer = setTimeout(stop, silentMs);
    try {
      const response = await open(mine.signal);
      if (!response.ok || !response.body) return void response.body?.cancel();
      const date = Date.parse(response.headers.get('Date') ?? '');
      onOpen(Number.isNaN(date) ? null : date);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let held = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(stop, silentMs);
        const parts = (held + value).split('\n\n');
        held = (parts.pop() ?? '').slice(-MOST_HELD);
        for (const part of parts) {
          const version = versionIn(part);
          if (version !== null) onData(version);
        }
      }
    } finally {
      clearTimeout(timer);
      mine.abort();
      ended.signal.removeEventListener('abort', stop);
    }
  };
  const forever = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await once().catch(() => undefined);
      if (ended.signal.aborted) return;
      onBroken();
      await pause(againMs, ended.signal);
    }
  };
  void forever();
  return () => ended.abort();
}

function versionIn(event: string): number | null {
  const data = /^data: (.+)$/m.exec(event)?.[1];
  if (data === undefined) return null;
  try {
    const { dataVersion } = JSON.parse(data) as { readonly dataVersion?: unknown };
    return typeof dataVersion === 'number' ? dataVersion : null;
  } catch {
    return null;
  }
}
