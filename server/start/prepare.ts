// Run by `npm ci`: builds the page, the embedded database's template and that of the demo city, so that starting never
// has to.

import pino from 'pino';
import { build } from 'vite';
import { buildTemplate } from '../db/template.ts';
import { buildDemoTemplate } from './demo-template.ts';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Cuadra needs Node 24 here (this is ${process.version}): no Node 24 package exists for this platform.`);
  process.exit(1);
}
await build({ configFile: new URL('../../vite.config.ts', import.meta.url).pathname, logLevel: 'warn' });
const log = pino({ level: 'warn' });
await buildTemplate(log);
await buildDemoTemplate(log);
