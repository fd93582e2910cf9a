// `npm run dev`: the server restarts and the page reloads as their files change.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { createServer } from 'vite';

const API = `http://127.0.0.1:${process.env.PORT ?? '8080'}`;
const WATCHED = ['server', 'sql', 'geodata'];
/** Editors write a file in several steps. */
const SETTLE_MS = 200;

const startServer = () => spawn(process.execPath, ['server/main.ts'], { stdio: 'inherit' });

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

// Not `node --watch`: it sends messages of its own through every worker thread, among those the threads say.
let server = startServer();
let restarting: Promise<void> = Promise.resolve();
let settling: NodeJS.Timeout | undefined;
const restart = () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    restarting = restarting.then(async () => {
      await stopServer(server);
      server = startServer();
    });
  }, SETTLE_MS);
};
for (const folder of WATCHED) watch(folder, { recursive: true }, restart);

const page = await createServer({
  configFile: new URL('../../vite.config.ts', import.meta.url).pathname,
  server: { host: '127.0.0.1', proxy: { '/api/': API, '/tiles/': API, '/readyz': API } },
});
await page.listen();
page.printUrls();

const stop = async () => {
  await restarting;
  await stopServer(server);
  await page.close();
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
