// Opens an installation as the command line does, says what it holds, and runs the command it is then told, unless it is
// killed, with a line for each step: what a killed run left is seen by the next one, whose engine has to start anyway.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openDatabase } from '../../server/db/open.ts';
import { keepScratchIn } from '../../server/files/scratch.ts';
import { type Home, runOn } from './cli.ts';
import { quietLog } from './log.ts';
import { seen } from './seen-incidents.ts';

const home = JSON.parse(process.argv[2]!) as Home;

await keepScratchIn(home.dataDir);
const database = await openDatabase({ ...home, log: quietLog });
const told = once(createInterface({ input: process.stdin }), 'line') as Promise<[string]>;
process.stdout.write(`${JSON.stringify(await seen(database))}\n`);
const words = JSON.parse((await told)[0]) as readonly string[];
const steps = (step: string) => process.stdout.write(`${step}\n`);
const { status, stderr } = await runOn(database, home, words, undefined, steps);
process.stderr.write(stderr);
await database.close();
process.exit(status ?? 1);
