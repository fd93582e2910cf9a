// A command given at a terminal: run on the database, or by the server that owns the data folder.

import pino from 'pino';
import { savingBefore } from '../backup/before-upgrade.ts';
import { readConfig } from '../config.ts';
import { type CommandIo, ownFolder, sendCommand } from '../db/control.ts';
import { openDatabase } from '../db/open.ts';
import { seeingEverybody } from '../db/tenants.ts';
import { CannotStart } from '../errors.ts';
import { keepScratchIn } from '../files/scratch.ts';
import { openSpeech, printable, terminalLanguage } from '../i18n/speech.ts';
import { terminalReasonIn } from '../i18n/terminal-reasons.ts';
import { loadTaxonomy } from '../taxonomy/taxonomy.ts';
import { runCommand, usageIn } from './index.ts';
import { runStatsWithin } from './stats-thread.ts';

const argv = process.argv.slice(2);
const MOST_INPUT_BYTES = 4096;
const io = terminal();

try {
  process.exitCode = await run();
} catch (error) {
  const { message } = error as Error;
  io.err(
    error instanceof CannotStart
      ? terminalReasonIn(io.language, message)
      : openSpeech(io.language).say('failed', { reason: message }),
  );
  process.exitCode = 1;
}

async function run(): Promise<number> {
  if (argv[0] === 'stats') return runStatsWithin(argv, io);
  if (argv.length === 0 || argv.includes('--help')) {
    io.out(usageIn(openSpeech(io.language)));
    return argv.length ? 0 : 2;
  }
  const config = readConfig(process.env);
  const ownership = config.databaseUrl === null ? await ownFolder(config.dataDir) : null;
  if (config.databaseUrl === null && !ownership) return sendCommand(config.dataDir, argv, io);
  await keepScratchIn(config.dataDir);
  const log = pino({ level: 'warn', base: null }, pino.destination(2));
  const { databaseUrl, databaseAdminUrl: adminUrl, dataDir, backupFirst } = config;
  const database = await openDatabase({
    databaseUrl,
    adminUrl,
    asOwner: adminUrl !== null,
    dataDir,
    log,
    ...(backupFirst && { beforeUpgrade: savingBefore({ dataDir, log }) }),
  });
  try {
    const deps = { database, taxonomy: loadTaxonomy(), dataDir: config.dataDir, portal: config.alerts.portal, log };
    return await seeingEverybody(() => runCommand(deps, argv, io));
  } finally {
    await database.close();
    await ownership?.release();
  }
}

/** Reports go to standard output alone; progress and problems to standard error. Ctrl-C stops and undoes. */
function terminal(): CommandIo {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('the caller went away')));
  let drawn = false;
  const clear = () => {
    if (drawn) process.stderr.write('\r\u001b[K');
    drawn = false;
  };
  return {
    input: readInput,
    out: (text) => {
      clear();
      process.stdout.write(`${printable(text)}\n`);
    },
    err: (text) => {
      clear();
      process.stderr.write(`${printable(text)}\n`);
    },
    progress: (step, fraction) => {
      if (!process.stderr.isTTY) return;
      const width = 30;
      const filled = Math.round((fraction ?? 0) * width);
      const bar =
        fraction === null
          ? ''
          : ` [${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${Math.round(fraction * 100)} %`;
      process.stderr.write(`\r\u001b[K${step}${bar}`);
      drawn = true;
    },
    signal: stop.signal,
    cwd: process.env.INIT_CWD ?? process.cwd(),
    language: terminalLanguage(argv, process.env),
  };
}

async function readInput(): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MOST_INPUT_BYTES) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
