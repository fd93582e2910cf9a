// Who owns a data folder. The embedded database must never be opened twice, so its owner listens on a socket whose name
// comes from the folder: the operating system frees it when the owner dies, however it dies. The command line sends its
// command through the same socket while a server owns the folder.

import { createHash, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CannotStart } from '../errors.ts';
import type { Language } from '../i18n/contract.ts';
import { openSpeech, stoppedWords } from '../i18n/speech.ts';

/** How a running command talks to whoever started it. */
export type CommandIo = {
  out(text: string): void;
  err(text: string): void;
  progress(step: string, fraction: number | null): void;
  /** Aborted when the caller goes away: the command undoes what it has begun. */
  readonly signal: AbortSignal;
  /** Folder the caller's relative paths are meant from. */
  readonly cwd: string;
  /** What the caller reads. */
  readonly language: Language;
  /** What the caller was given on its standard input. */
  readonly input?: () => Promise<string>;
};
export type RunCommand = (argv: readonly string[], io: CommandIo) => Promise<number>;

export type Ownership = {
  /** Commands arriving before this is called wait for it. */
  serve(run: RunCommand): void;
  release(): Promise<void>;
};

type Request = Pick<CommandIo, 'cwd' | 'language'> & {
  readonly token: string;
  readonly argv: readonly string[];
  /** Of commands that take one. */
  readonly input: string | null;
};
type Reply =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly step: string; readonly fraction: number | null }
  | { readonly exit: number };

const TOKEN_BYTES = 32;
const MAX_REQUEST_BYTES = 64 * 1024;

/** Takes the folder, or answers null when another process has it. Throws CannotStart where no folder can be. */
export async function ownFolder(dataDir: string): Promise<Ownership | null> {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new CannotStart(`the data folder cannot be made: ${(error as Error).message}`);
  }
  const token = createHash('sha256')
    .update(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)))
    .digest('hex');
  const ready = Promise.withResolvers<RunCommand>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void answer(socket, token, ready.promise);
  });
  if (!(await listen(server, dataDir))) return null;
  const tokenFile = join(dataDir, 'control.token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  chmodSync(tokenFile, 0o600);
  return {
    serve: ready.resolve,
    release: async () => {
      rmSync(tokenFile, { force: true });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs a command in the process that owns the folder; resolves with its exit status. Rejects when nobody owns it. */
export async function sendCommand(dataDir: string, argv: readonly string[], io: CommandIo): Promise<number> {
  const socket = await open(dataDir);
  io.signal.addEventListener('abort', () => socket.destroy());
  const token = readFileSync(join(dataDir, 'control.token'), 'utf8');
  const input = argv.some((word) => word.endsWith('-stdin')) ? ((await io.input?.()) ?? null) : null;
  socket.write(`${JSON.stringify({ token, argv, cwd: io.cwd, language: io.language, input } satisfies Request)}\n`);
  const lines = createInterface({ input: socket });
  socket.once('close', () => lines.close());
  for await (const line of lines) {
    const reply = JSON.parse(line) as Reply;
    if ('exit' in reply) {
      socket.end();
      return reply.exit;
    }
    if ('out' in reply) io.out(reply.out);
    else if ('err' in reply) io.err(reply.err);
    else io.progress(reply.step, reply.fraction);
  }
  const speech = openSpeech(io.language);
  io.err(io.signal.aborted ? stoppedWords(speech, argv) : speech.say('serverStopped'));
  return 1;
}

async function answer(socket: Socket, token: string, running: Promise<RunCommand>): Promise<void> {
  const caller = new AbortController();
  socket.on('error', () => {}); // a caller that goes away is told by 'close'
  socket.on('close', () => caller.abort(new Error('the caller went away')));
  const reply = (message: Reply) => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  };
  const request = await readRequest(socket);
  if (!request || !sameText(request.token, token)) {
    socket.destroy();
    return;
  }
  const run = await running;
  const exit = await run(request.argv, {
    out: (out) => reply({ out }),
    err: (err) => reply({ err }),
    progress: (step, fraction) => reply({ step, fraction }),
    signal: caller.signal,
    cwd: request.cwd,
    language: request.language === 'en' ? 'en' : 'es',
    input: async () => request.input ?? '',
  });
  reply({ exit });
  socket.end();
}

/** The one line a caller sends; null when it is too long, is no request, or the caller goes away first. */
function readRequest(socket: Socket): Promise<Request | null> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_REQUEST_BYTES) resolve(null);
      else if (text.endsWith('\n')) resolve(parseRequest(text));
    });
    socket.once('close', () => resolve(null));
  });
}

function parseRequest(text: string): Request | null {
  try {
    return JSON.parse(text) as Request;
  } catch {
    return null;
  }
}

function sameText(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string' || given.length !== wanted.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
}

/** Linux and Windows have socket names outside the file system, which vanish with their process. */
function socketName(dataDir: string): string {
  const name = `cuadra-${createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 24)}`;
  if (process.platform === 'linux') return `\0${name}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

async function listen(server: Server, dataDir: string): Promise<boolean> {
  const path = socketName(dataDir);
  const tryOnce = () =>
    new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(path, () => resolve(true));
    });
  if (await tryOnce()) return true;
  if (path.startsWith('\0') || process.platform === 'win32') return false;
  // Elsewhere the name is a file that a dead owner leaves behind: nobody answers on it.
  const alive = await open(dataDir).then(
    (socket) => Boolean(socket.destroy()),
    () => false,
  );
  if (alive) return false;
  rmSync(path, { force: true });
  return tryOnce();
}

function open(dataDir: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketName(dataDir), () => resolve(socket));
    socket.once('error', reject);
  });
}
