// How the page is built: web/ into dist/, everything from our own origin, nothing inlined.

import { defineConfig } from 'vite';

export default defineConfig({
  root: new URL('web/', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: new URL('dist/', import.meta.url).pathname,
    emptyOutDir: true,
    // A data: URI would need holes in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
});
