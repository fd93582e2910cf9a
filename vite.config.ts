// How the page is built: web/ into dist/, everything from our own origin, nothing inlined.

import { defineConfig } from 'vite';

const jsx = { runtime: 'automatic', importSource: 'preact' } as const;

export default defineConfig({
  root: new URL('web/', import.meta.url).pathname,
  oxc: { jsx },
  // The scan for what `npm run dev` bundles beforehand does not read the line above.
  optimizeDeps: { rolldownOptions: { transform: { jsx } } },
  build: {
    outDir: new URL('dist/', import.meta.url).pathname,
    emptyOutDir: true,
    // A data: URI would need holes in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
});
