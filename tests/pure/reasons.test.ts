// Refusals in Spanish down to the words of the programs that read the files.

import { expect, test } from 'vitest';
import { reasonIn } from '../../server/i18n/reasons.ts';

test.each([
  [
    'the archive cannot be read: End of central directory record signature not found. Either not a zip file, or file is truncated.',
    'el archivo comprimido no se puede leer: no es un zip, o está incompleto',
  ],
  [
    'the archive cannot be read: invalid central directory file header signature: 0x1',
    'el archivo comprimido no se puede leer: su índice está dañado (0x1)',
  ],
  [
    'the archive cannot be read: unsupported compression method: 97',
    'el archivo comprimido no se puede leer: está comprimido de una forma que no se puede leer (97)',
  ],
  [
    'no column for offence with preset generic; the columns are: a, b; where every row is the same offence, say --offence LABEL',
    'falta la columna de offence para el formato generic; las columnas son: a, b; si todos los renglones son del mismo delito, indíquelo con --offence ETIQUETA',
  ],
  ['more than 5000 labels', 'ya hay 5000 etiquetas; no caben más'],
  ['the archive holds no calles.shp', 'el archivo comprimido no contiene calles.shp'],
  [
    'the archive holds no CSV, TSV or XLSX file, nor GeoJSON',
    'el zip no contiene ningún archivo CSV, TSV o XLSX, ni GeoJSON',
  ],
])('%s', (english, spanish) => {
  expect(reasonIn('es', english)).toBe(spanish);
  expect(reasonIn('en', english)).toBe(english);
});

test('what is named in a refusal is left as it is', () => {
  expect(reasonIn('es', 'cerro.geojson is empty')).toBe('cerro.geojson está vacío');
});
