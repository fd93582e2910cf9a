// Words that were read in the wrong character set come back; others are left alone.

import fc from 'fast-check';
import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { repairWords } from '../../server/text/mojibake.ts';

const readAsLatin1 = (text: string): string => iconv.decode(iconv.encode(text, 'cp850'), 'latin1');

test('CP850 read as Latin-1 is put right, once or twice over', () => {
  expect(repairWords('ROBO A TRANSEUNTE EN VÖA PéBLICA')).toBe('ROBO A TRANSEUNTE EN VÍA PÚBLICA');
  expect(repairWords('VIOLACIàN')).toBe('VIOLACIÓN');
  expect(repairWords('V\u0099A P\u0082BLICA')).toBe('VÍA PÚBLICA');
  expect(repairWords('DA¥O EN PROPIEDAD AJENA')).toBe('DAÑO EN PROPIEDAD AJENA');
  expect(repairWords('µLAMOS')).toBe('ÁLAMOS');
  expect(repairWords('P\u0082rez')).toBe('Pérez');
});

test('UTF-8 read as Latin-1 or Windows-1252 is put right', () => {
  expect(repairWords('VÃ­a pÃºblica')).toBe('Vía pública');
  expect(repairWords('NARVARTE PONIENTE NÃšMERO 2')).toBe('NARVARTE PONIENTE NÚMERO 2');
});

test('words that only look odd stay as they are', () => {
  const clean = [
    'MéXICO',
    'CAFé JOSé',
    'KÖNIG',
    'Château à Paris',
    'Straße',
    'SÃO JOÃO',
    '¡ALTO!',
    'Łódź',
    'Αθήνα',
    '5 µg',
    '£5',
  ];
  expect(clean.map((text) => repairWords(text))).toEqual(clean);
});

test('a known word settles what spelling alone cannot', () => {
  expect(repairWords('MARTÖNEZ')).toBe('MARTÖNEZ');
  expect(repairWords('MARTÖNEZ', (text) => text === 'MARTÍNEZ')).toBe('MARTÍNEZ');
  expect(repairWords('VÖA', (text) => text === 'VÖA')).toBe('VÖA');
});

test('clean Spanish is never touched, whatever its letters', () => {
  const letters = [...'ABCDEFGHIJKLMNÑOPQRSTUVWXYZÁÉÍÓÚÜabcdefghijklmnñopqrstuvwxyzáéíóúü 0123456789.,-()'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...letters), { maxLength: 30 }), (chosen) => {
      const text = chosen.join('');
      expect(repairWords(text)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('every broken capital word with Á, Ñ, Ó or É in it comes back', () => {
  const letter = fc.constantFrom(...'ABCDEGILMNOPRSTUV');
  const word = fc
    .tuple(
      fc.array(letter, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('Á', 'Ñ', 'Ó', 'É'),
      fc.array(letter, { minLength: 1, maxLength: 6 }),
    )
    .map(([before, sign, after]) => before.join('') + sign + after.join(''));
  fc.assert(
    fc.property(word, (text) => {
      expect(repairWords(readAsLatin1(text))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});
