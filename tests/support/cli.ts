// The command line as its users run it, a process of its own with its report and its exit status; and its commands on a
// database that is open already.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from '../../server/commands/index.ts';
import { type CommandIo, sendCommand } from '../../server/db/control.ts';
import { type Database, openDatabase } from '../../server/db/open.ts';
import { printable, terminalLanguage } from '../../server/i18n/speech.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';
import { quietLog } from './log.ts';
import { nodeFlags } from './node-flags.ts';

const ROOT = join(import.meta.dirname, '../..');

export type CommandResult = { readonly status: number | null; readonly stdout: string; readonly stderr: string };
export type Home = { readonly dataDir: string; readonly databaseUrl: string | null };
type Opened = Home & { readonly portal?: string | null };

/** Runs `npm run cuadra -- ARGS` against an installation; `onStart` hears the id of the process. */
export async function runCuadra(
  home: Home,
  args: readonly string[],
  onStart: (pid: number) => void = () => {},
  input: string | null = null,
): Promise<CommandResult> {
  const { DATABASE_URL: _outer, DATABASE_ADMIN_URL: _owner, ...inherited } = process.env;
  const database = home.databaseUrl ? { DATABASE_URL: home.databaseUrl } : {};
  const child = spawn(process.execPath, [...nodeFlags(home.databaseUrl), join(ROOT, 'server/cli.ts'), ...args], {
    cwd: ROOT,
    env: { ...inherited, LC_ALL: 'en_US.UTF-8', CUADRA_DATA_DIR: home.dataDir, ...database },
    stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  if (child.pid !== undefined) onStart(child.pid);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, stdout, stderr };
}

/** Runs a command with `--json` that must succeed, and answers its report. */
export async function reportOf<T = Record<string, unknown>>(
  home: Home,
  args: readonly string[],
  onStart?: (pid: number) => void,
): Promise<T> {
  return reportFrom(args, await runCuadra(home, [...args, '--json'], onStart));
}

/** The same where a server runs, sent by this process: a program of its own would first load for a second. */
export async function reportAt<T = Record<string, unknown>>(home: Home, args: readonly string[]): Promise<T> {
  return reportFrom(args, await runAt(home, [...args, '--json']));
}

const ofTerminal = (text: string) => `${printable(text)}\n`;

/** The same for any command: what it says, in the language asked for, and how it ends. */
export async function runAt(home: Home, args: readonly string[]): Promise<CommandResult> {
  const language = terminalLanguage(args, { LC_ALL: 'en_US.UTF-8' });
  const as = (io: Omit<CommandIo, 'cwd'>) => ({ ...io, language, cwd: ROOT });
  if (home.databaseUrl === null) return answerOf((io) => sendCommand(home.dataDir, args, as(io)), ofTerminal);
  const database = await openDatabase({ ...home, log: quietLog });
  const context = { database, taxonomy: loadTaxonomy(), dataDir: home.dataDir, portal: null, log: quietLog };
  return answerOf((io) => runCommand(context, args, as(io)), ofTerminal).finally(() => database.close());
}

/** Runs a command on the open database of an installation, as the command line does once it has opened it. */
export async function runOn(
  database: Database,
  { dataDir, portal = null }: Opened,
  args: readonly string[],
  signal = new AbortController().signal,
  progress: CommandIo['progress'] = () => {},
): Promise<CommandResult> {
  const context = { database, taxonomy: loadTaxonomy(), dataDir, portal, log: quietLog };
  return answerOf((io) => runCommand(context, [...args, '--json'], { ...io, progress, signal, cwd: dataDir }));
}

/** What a command says and how it ends; `shown` = how a terminal writes it. */
async function answerOf(
  run: (io: Omit<CommandIo, 'cwd'>) => Promise<number>,
  shown: (text: string) => string = (text) => text,
): Promise<CommandResult> {
  let [stdout, stderr] = ['', ''];
  const status = await run({
    out: (text) => (stdout += shown(text)),
    err: (text) => (stderr += shown(text)),
    progress: () => {},
    signal: new AbortController().signal,
    language: 'en',
  });
  return { status, stdout, stderr };
}

/** The same for a command that must succeed; answers its report. */
export async function reportOn<T = Record<string, unknown>>(
  database: Database,
  home: Opened,
  args: readonly string[],
): Promise<T> {
  return reportFrom(args, await runOn(database, home, args));
}

/** Commands on the open database of an installation, each answered with how it ended and its report, if it succeeded. */
export function commandsOn<T>(database: Database, dataDir: string) {
  return async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await runOn(database, { dataDir, databaseUrl: null }, args);
    return { status, err: stderr, report: status === 0 ? (JSON.parse(stdout) as T) : null };
  };
}

function reportFrom<T>(args: readonly string[], { status, stdout, stderr }: CommandResult): T {
  if (status !== 0) throw new Error(`cuadra ${args.join(' ')} ended with ${status}\n${stderr}\n${stdout}`);
  return JSON.parse(stdout) as T;
}
