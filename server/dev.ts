// `npm run dev`: the server restarts and the page reloads as their files change.

import { spawn } from 'node:child_process';
import { createServer } from 'vite';

const API = `http://127.0.0.1:${process.env.PORT ?? '8080'}`;

const server = spawn(process.execPath, ['--watch', 'server/main.ts'], { stdio: 'inherit' });
const page = await createServer({
  configFile: new URL('../vite.config.ts', import.meta.url).pathname,
  server: { host: '127.0.0.1', proxy: { '/api': API, '/tiles': API, '/readyz': API } },
});
await page.listen();
page.printUrls();

process.on('SIGINT', async () => {
  server.kill('SIGTERM');
  await page.close();
  process.exit(0);
});
