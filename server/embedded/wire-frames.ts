// The stream of a PostgreSQL client cut into its messages, and these into batches the embedded engine runs in one go.

const EMPTY = Buffer.alloc(0);
const COPY_FROM = /^\s*copy\b[\s\S]*\bfrom\s+stdin\b/i;
/** What is looked at of a statement to tell whether it is such a COPY. */
const STATEMENT_SEEN = 2000;
/** Says that COPY … FROM STDIN may send its data, as text. */
export const COPY_IN_RESPONSE: Buffer = Buffer.from([0x47, 0, 0, 0, 7, 0, 0, 0]);
const SSL_REQUEST = 80877103;
const NO_SSL = Buffer.from('N');
const CANCEL_REQUEST = 80877102;
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const FLUSH = 'H'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);
const COPY_DONE = 'c'.charCodeAt(0);
const COPY_FAIL = 'f'.charCodeAt(0);

/** A message; a COPY … FROM STDIN is one with all its data. */
export type Frame = { readonly bytes: Buffer; readonly kind: 'startup' | 'message' | 'copy' };

/** What has come of a stream. */
export type FrameReader = {
  readonly frames: Frame[];
  unread: Buffer;
  /** The messages of a COPY whose data have not all come. */
  copy: Buffer[] | null;
  started: boolean;
};

export const openFrameReader = (): FrameReader => ({ frames: [], unread: EMPTY, copy: null, started: false });

/**
 * Adds the messages that are whole to `frames`; `reply` is given what the client must hear before the engine is asked.
 * False when the client takes its leave.
 */
export function readFrames(reader: FrameReader, bytes: Buffer, reply: (bytes: Buffer) => void): boolean {
  const data = reader.unread.length ? Buffer.concat([reader.unread, bytes]) : bytes;
  let at = 0;
  for (;;) {
    const tag = reader.started ? 1 : 0;
    if (data.length - at < tag + 4) break;
    const length = tag + data.readUInt32BE(at + tag);
    if (data.length - at < length) break;
    const message = data.subarray(at, at + length);
    at += length;
    if (!reader.started) takeGreeting(reader, message, reply);
    else if (message[0] === TERMINATE) return false;
    else takeMessage(reader, message, reply);
  }
  reader.unread = data.subarray(at);
  return true;
}

function takeGreeting(reader: FrameReader, message: Buffer, reply: (bytes: Buffer) => void): void {
  const code = message.readUInt32BE(4);
  if (code === SSL_REQUEST) reply(NO_SSL);
  else if (code !== CANCEL_REQUEST) {
    reader.started = true;
    reader.frames.push({ bytes: message, kind: 'startup' });
  }
}

function takeMessage(reader: FrameReader, message: Buffer, reply: (bytes: Buffer) => void): void {
  const type = message[0];
  if (reader.copy) {
    reader.copy.push(message);
    if (type !== COPY_DONE && type !== COPY_FAIL) return;
    reader.frames.push({ bytes: Buffer.concat(reader.copy), kind: 'copy' });
    reader.copy = null;
  } else if (type === QUERY && COPY_FROM.test(message.toString('utf8', 5, Math.min(message.length, STATEMENT_SEEN)))) {
    reader.copy = [message];
    reply(COPY_IN_RESPONSE);
  } else reader.frames.push({ bytes: message, kind: 'message' });
}

/** The messages up to one the engine answers; none while the client has yet to say more. */
export function nextBatch({ frames }: FrameReader): Frame[] {
  return frames.splice(0, frames.findIndex(endsBatch) + 1);
}

function endsBatch({ kind, bytes: [type] }: Frame): boolean {
  return kind !== 'message' || type === SYNC || type === QUERY || type === FLUSH;
}

/** Whether the engine is to say that it is ready for more, once it has done what a batch ends with. */
export function expectsReady({ kind, bytes: [type] }: Frame): boolean {
  return kind !== 'message' || type === SYNC || type === QUERY;
}
