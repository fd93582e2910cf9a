// Files people send, kept in a folder of their own until they are published, removed or a day old.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { constants, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import type { Logger } from 'pino';
import { BadInput, Conflict, NotFound, statusOf, TooLarge } from '../errors.ts';
import { countUploads, type UploadShares } from './upload-shares.ts';

export type UploadedFile = { readonly name: string; readonly path: string; readonly bytes: number };
export type Upload = {
  readonly id: string;
  readonly jurisdiction: string;
  readonly files: readonly UploadedFile[];
  readonly createdAt: string;
};

export type Uploads = {
  /**
   * Takes the files of a multipart request. Throws BadInput for what is no such request or holds no file, TooLarge past
   * the limits, TooMany or NoRoom past the shares; then, as when the sender goes away, nothing is left of it.
   */
  receive(
    request: IncomingMessage,
    jurisdiction: string,
    client?: string,
    /** Less than what is taken otherwise. */
    most?: Partial<Pick<UploadLimits, 'bytes' | 'files'>>,
  ): Promise<Upload>;
  /**
   * Takes a copy of a file of this machine or of a share, but follows no link. Throws BadInput for what is no file or
   * changes meanwhile, TooLarge past the limits.
   */
  adopt(path: string, name: string, jurisdiction: string): Promise<Upload>;
  /**
   * Throws NotFound: never sent, sent to another jurisdiction, removed or expired; Conflict for one that lies in the
   * data folder of another server.
   */
  find(jurisdiction: string, id: string): Promise<Upload>;
  /** Whether its files are here, whichever server took them in. */
  holds(id: string): Promise<boolean>;
  remove(jurisdiction: string, id: string): Promise<void>;
  /** Stops looking for what has expired. */
  close(): void;
};

export type UploadLimits = { readonly bytes: number; readonly files: number; readonly keptMs: number } & UploadShares;
const LIMITS: UploadLimits = {
  bytes: 1_000_000_000,
  files: 20,
  keptMs: 24 * 3600_000,
  bytesInAll: 20_000_000_000,
  bytesOfOne: 5_000_000_000,
  uploadsOfOne: 500,
};
/** A sender that says nothing for so long has gone. */
const SILENCE_MS = 60_000;
const SWEEP_EVERY_MS = 3600_000;
/** Left free on the disk for the database beside it. */
const SPARE_BYTES = 500_000_000;
/** What is said when there is no room: it may come. */
export const DISK_FULL = 'the disk of this server is full';
/** What adopt() says of a file somebody still writes. */
export const CHANGED = 'the file changed while it was read';
const ABOUT = 'upload.json';
const ID = /^[0-9a-f-]{36}$/;
const FOLDER = /^[0-9a-f]{8}$/;

/** Opens the store under `dataDir`, removing what has expired while nobody looked. */
export async function openUploads(
  { dataDir, log, now }: { readonly dataDir: string; readonly log: Logger; readonly now: () => Date },
  given: Partial<UploadLimits> = {},
): Promise<Uploads> {
  const limits = { ...LIMITS, ...given };
  const root = join(dataDir, 'uploads');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folder = await nameFolder(dataDir);
  const sweep = async () => {
    const oldest = now().getTime() - limits.keptMs;
    for (const id of await readdir(root)) {
      try {
        const { mtimeMs } = await stat(join(root, id));
        if (mtimeMs < oldest) await rm(join(root, id), { recursive: true, force: true });
      } catch (error) {
        // One that was removed meanwhile is no trouble; any other does not keep those after it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({ err: error }, 'expired upload not removed');
      }
    }
  };
  await sweep();
  const counted = await countUploads(root, limits);
  const timer = setInterval(() => {
    sweep().catch((error: unknown) => log.warn({ err: error }, 'expired uploads not removed'));
  }, SWEEP_EVERY_MS);
  timer.unref();

  const find = async (jurisdiction: string, id: string): Promise<Upload> => {
    const about = ID.test(id) ? await readFile(join(root, id, ABOUT), 'utf8').catch(() => null) : null;
    const upload = about === null ? null : (JSON.parse(about) as Upload);
    if (upload === null && isElsewhere(id, folder))
      throw new Conflict('the upload is on another server: send it again');
    if (upload?.jurisdiction !== jurisdiction)
      throw new NotFound('no such upload: it was published, removed or expired');
    return upload;
  };
  const keep = async (
    jurisdiction: string,
    { client, announced }: { readonly client: string; readonly announced: number },
    fill: (path: string, onBytes: (bytes: number) => void) => Promise<UploadedFile[]>,
  ): Promise<Upload> => {
    const id = newId(folder);
    const path = join(root, id);
    await refuseWhenFull(root);
    await counted.begin(id, client, announced);
    try {
      await mkdir(path);
      const files = await fill(path, (bytes) => counted.add(id, bytes));
      const upload: Upload = { id, jurisdiction, files, createdAt: now().toISOString() };
      await writeFile(join(path, ABOUT), JSON.stringify(upload));
      return upload;
    } catch (error) {
      counted.forget(id);
      await rm(path, { recursive: true, force: true });
      throw error;
    } finally {
      counted.end(id);
    }
  };
  return {
    async receive(request, jurisdiction, client = '', most = {}) {
      const these = { ...limits, ...most };
      const announced = Number(request.headers['content-length'] ?? 0);
      if (announced > these.bytes + these.files * 1000) throw tooLarge(these);
      request.setTimeout(SILENCE_MS, () => request.destroy());
      return keep(jurisdiction, { client, announced }, (folder, onBytes) =>
        receiveFiles(request, folder, these, onBytes),
      );
    },
    adopt: (path, name, jurisdiction) =>
      keep(jurisdiction, { client: '', announced: 0 }, async (folder) => [
        await copyFile(path, folder, safeName(name), limits),
      ]),
    find,
    holds: async (id) => ID.test(id) && existsSync(join(root, id, ABOUT)),
    async remove(jurisdiction, id) {
      await find(jurisdiction, id);
      await rm(join(root, id), { recursive: true, force: true });
      counted.forget(id);
    },
    close: () => clearInterval(timer),
  };
}

/** The name of a data folder, made once: the first half of each upload's id says where its files lie. */
async function nameFolder(dataDir: string): Promise<string> {
  const path = join(dataDir, 'folder.id');
  await writeFile(path, randomBytes(4).toString('hex'), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const name = (await readFile(path, 'utf8')).trim();
  return FOLDER.test(name) ? name : '00000000'; // one cut while it was written
}

/** Eight digits of the folder, four that prove it, and chance. */
function newId(folder: string): string {
  return `${folder}-${proofOf(folder)}${randomUUID().slice(13)}`;
}

function isElsewhere(id: string, folder: string): boolean {
  const [of = '', proof] = id.split('-');
  return ID.test(id) && of !== folder && proof === proofOf(of);
}

const proofOf = (folder: string) => createHash('sha256').update(`cuadra ${folder}`).digest('hex').slice(0, 4);

async function refuseWhenFull(root: string): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < SPARE_BYTES) throw new TooLarge(DISK_FULL);
}

async function receiveFiles(
  request: IncomingMessage,
  folder: string,
  limits: UploadLimits,
  onBytes: (bytes: number) => void,
): Promise<UploadedFile[]> {
  const parser = parserOf(request, limits);
  const files: UploadedFile[] = [];
  const writes: Promise<void>[] = [];
  let received = 0;
  let refused: Error | null = null;
  parser.on('file', (_field, content, { filename }) => {
    const name = safeName(filename ?? '');
    const path = join(folder, name);
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        received += chunk.length;
        if (received > limits.bytes) return done(tooLarge(limits));
        try {
          onBytes(chunk.length);
          done(null, chunk);
        } catch (error) {
          done(error as Error);
        }
      },
    });
    const write = pipeline(content, meter, createWriteStream(path, { flags: 'wx' })).then(
      () => void files.push({ name, path, bytes }),
      (error: NodeJS.ErrnoException) => {
        refused ??= refusalOf(error, name);
        parser.destroy(refused);
      },
    );
    writes.push(write);
  });
  parser.on('filesLimit', () => {
    refused ??= new BadInput('file', `more than ${limits.files} files at once`);
    parser.destroy(refused);
  });
  try {
    await pipeline(request, parser);
  } catch (error) {
    await Promise.all(writes);
    throw refused ?? new BadInput('file', `the files did not arrive whole: ${(error as Error).message}`);
  }
  await Promise.all(writes);
  if (refused) throw refused;
  if (files.length === 0) throw new BadInput('file', 'the request holds no file');
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Errors of this machine have a code; those of the form that was sent have none. */
function refusalOf(error: NodeJS.ErrnoException, name: string): Error {
  if (error.code === 'EEXIST') return new BadInput('file', `two files are called ${name}`);
  const isOurs = statusOf(error).status !== 500;
  if (isOurs || (error.code !== undefined && error.syscall !== undefined)) return error;
  return new BadInput('file', `the files did not arrive whole: ${error.message}`);
}

async function copyFile(from: string, folder: string, name: string, limits: UploadLimits): Promise<UploadedFile> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);
  const source = await open(from, flags).catch((error: NodeJS.ErrnoException) => {
    throw new BadInput('file', `cannot be opened (${error.code ?? 'unknown'})`);
  });
  try {
    const before = await source.stat();
    if (!before.isFile()) throw new BadInput('file', 'not a file');
    if (before.size > limits.bytes) throw tooLarge(limits);
    const path = join(folder, name);
    let bytes = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > limits.bytes) done(tooLarge(limits));
        else done(null, chunk);
      },
    });
    const content = source.createReadStream({ autoClose: false });
    await pipeline(content, meter, createWriteStream(path, { flags: 'wx' }));
    const after = await source.stat();
    if (after.size !== bytes || after.mtimeMs !== before.mtimeMs) throw new BadInput('file', CHANGED);
    return { name, path, bytes };
  } finally {
    await source.close();
  }
}

function parserOf(request: IncomingMessage, limits: UploadLimits): busboy.Busboy {
  try {
    // File names come as UTF-8 from every browser, whatever the standard says.
    return busboy({ headers: request.headers, defParamCharset: 'utf8', limits: { files: limits.files, fields: 20 } });
  } catch {
    throw new BadInput('file', 'files are sent as multipart/form-data');
  }
}

const tooLarge = (limits: UploadLimits) => new TooLarge(`more than ${limits.bytes / 1e6} MB at once`);

/** The name without folders and without characters that mean something to a file system; it may not be ours. */
function safeName(given: string): string {
  const name = given
    .replace(/^.*[\\/]/, '')
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} ._()-]/gu, '_')
    .replace(/^\.+/, '')
    .slice(-120);
  return name === '' || name === ABOUT ? 'file' : name;
}
