// Whether a run of the tests takes its time: before a release, and when an engine or its version changes.

/** CUADRA_TEST_THOROUGH=1: both engines for every file about a database, and more of what is drawn by chance. */
export const isThorough = process.env.CUADRA_TEST_THOROUGH === '1';
