// The server's log: JSON lines for machines, the bare message for a person at a terminal.

import { type Logger, pino } from 'pino';

const WARN = 40;

export function createLog(level: string): Logger {
  const options = { level, base: null };
  return process.stdout.isTTY ? pino(options, { write: printForPeople }) : pino(options);
}

function printForPeople(line: string): void {
  const { level, time, msg, ...more } = JSON.parse(line) as { level: number; time: number; msg?: string };
  const clock = new Date(time).toTimeString().slice(0, 8);
  const details = level >= WARN || msg === undefined ? ` ${JSON.stringify(more)}` : '';
  process.stdout.write(`${clock} ${level >= WARN ? '! ' : ''}${msg ?? ''}${details}\n`);
}
