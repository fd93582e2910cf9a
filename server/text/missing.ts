// What sources write where they have nothing to say.

import { fold } from './fold.ts';

const WORDS = new Set([
  ...['', '-', '--', '.', '?', 'na', 'n/a', 'n/d', 's/d', '#n/a', 'nan', 'nat', 'null', 'none', 'data'],
  ...['sin registro', 'sin dato', 'sin datos', 'sin informacion', 'no especificado', 'no especificada', 'no aplica'],
  ...[
    'no disponible',
    'no identificado',
    'se desconoce',
    'desconocido',
    'desconocida',
    'sin calles de sap',
    'no scince',
  ],
  ...['no especifica lugar de los hechos', 'no location', 'unknown', 'not specified', 'not available'],
]);
/** None of them has one. */
const FIGURE = /[0-9]/;
const LONGEST = Math.max(...[...WORDS].map((word) => word.length)) + 2;

/** Whether a cell says nothing: empty, NA, SIN REGISTRO, (NO ESPECIFICADO), …. */
export function isMissing(text: string): boolean {
  if (text === '') return true;
  const first = text.charCodeAt(0);
  if (text.length > LONGEST + 4 || (first >= 0x30 && first <= 0x39) || FIGURE.test(text)) return false;
  return WORDS.has(
    fold(text)
      .trim()
      .replace(/^\((.*)\)$/, '$1')
      .trim(),
  );
}
