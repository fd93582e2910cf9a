// How Node runs what tests start by the hundred on the embedded engine.

/**
 * The engine's WebAssembly is compiled once and quickly instead of twice and well: most processes here live for seconds, of
 * which a quarter would go into code that is fast when they have ended. What it does is the same.
 */
const COMPILED_QUICKLY = ['--liftoff-only', '--wasm-lazy-validation'];

/** The flags of a process that opens an installation and ends soon. */
export const nodeFlags = (databaseUrl: string | null): readonly string[] =>
  databaseUrl === null ? COMPILED_QUICKLY : [];
