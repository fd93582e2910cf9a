// How each address of the server is asked by the tests that walk them all.

/** Without which a question is not understood, whoever asks. */
const QUERIES: Readonly<Record<string, string>> = {
  counts: '?layer=areas',
  top: '?layer=areas',
  points: '?within=areas:01',
  compare: '?from=1&to=1',
  hotspots: '?layer=areas',
  'street-density': '?layer=streets',
  concentration: '?layer=areas',
  change: '?layer=areas',
  emerging: '?layer=areas',
  zone: '?within=poly:-99.11,19.4;-99.1,19.4;-99.1,19.41',
  rates: '?layer=areas',
  stability: '?layer=areas',
  scoring: '?layer=areas',
  trend: '?layer=areas',
  actions: '?week=2026-W47',
  'briefing-shapes': '?layer=areas@1',
};
/** What stands for the parts of an address: of Tiny Town where asking changes nothing, else of nobody. */
const PARTS: Readonly<Record<string, string>> = {
  jurisdiction: 'tiny',
  layer: 'areas',
  version: '1',
  z: '0',
  x: '0',
  y: '0',
  delivery: '1',
};
/** An address of Tiny Town for a path of the table of operations, asked so that it is understood. */
export const addressOf = (path: string) =>
  path.replaceAll(/:(\w+)/g, (_, part: string) => PARTS[part] ?? 'nothing') + (QUERIES[path.split('/').at(-1)!] ?? '');
/** What would change the town for those who are asked later is asked of one that is not there. */
export const askedOf = (method: string, path: string) =>
  addressOf(method === 'GET' || !path.includes(':jurisdiction') ? path : path.replace(':jurisdiction', 'nadie'));
