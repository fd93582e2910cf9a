// What the threads of another Node process hold in their heaps, asked through its inspector on loopback.

export type Heap = {
  /** `main`, or the file of the worker. */
  readonly of: string;
  readonly usedMb: number;
  readonly heapMb: number;
  readonly externalMb: number;
  readonly buffersMb: number;
};

const MB = 2 ** 20;
const USAGE = 'JSON.stringify(process.memoryUsage())';
type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly sessionId?: string;
    readonly message?: string;
    readonly workerInfo?: { readonly url: string };
  };
  readonly result?: { readonly result?: { readonly value?: string } };
};

/** Attaches to the inspector the log names (Node says where it listens) and to every worker thread. */
export async function watchHeaps(log: readonly string[]) {
  const address = log.join('\n').match(/ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+/)?.[0];
  if (!address) throw new Error('the process has no inspector');
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const workers = new Map<string, string>();
  const waiting = new Map<string, (message: Message) => void>();
  let last = 0;
  const hear = (from: string, message: Message) => {
    if (message.id !== undefined) return waiting.get(`${from} ${message.id}`)?.(message);
    const { sessionId = '', workerInfo, message: inner } = message.params ?? {};
    if (message.method === 'NodeWorker.attachedToWorker') workers.set(sessionId, workerInfo!.url);
    if (message.method === 'NodeWorker.detachedFromWorker') workers.delete(sessionId);
    if (message.method === 'NodeWorker.receivedMessageFromWorker') hear(sessionId, JSON.parse(inner!) as Message);
  };
  socket.addEventListener('message', ({ data }) => hear('', JSON.parse(String(data)) as Message));
  const send = (to: string, method: string, params: object): Promise<Message | null> => {
    const id = ++last;
    const message = { id, method, params };
    const whole = to
      ? {
          id: ++last,
          method: 'NodeWorker.sendMessageToWorker',
          params: { sessionId: to, message: JSON.stringify(message) },
        }
      : message;
    return new Promise((resolve) => {
      const key = `${to} ${id}`;
      const done = (answer: Message | null) => {
        waiting.delete(key);
        resolve(answer);
      };
      waiting.set(key, done);
      setTimeout(() => done(null), 10_000).unref();
      socket.send(JSON.stringify(whole));
    });
  };
  await send('', 'NodeWorker.enable', { waitForDebuggerOnStart: false });
  return {
    async read(): Promise<Heap[]> {
      const heaps = await Promise.all(
        ['', ...workers.keys()].map(async (thread): Promise<Heap[]> => {
          const answer = await send(thread, 'Runtime.evaluate', { expression: USAGE });
          const text = answer?.result?.result?.value;
          if (!text) return [];
          const usage = JSON.parse(text) as NodeJS.MemoryUsage;
          const mb = (bytes: number) => Math.round(bytes / MB);
          return [
            {
              of: thread ? workers.get(thread)!.split('/').at(-1)! : 'main',
              usedMb: mb(usage.heapUsed),
              heapMb: mb(usage.heapTotal),
              externalMb: mb(usage.external),
              buffersMb: mb(usage.arrayBuffers),
            },
          ];
        }),
      );
      return heaps.flat();
    },
    close: () => socket.close(),
  };
}
