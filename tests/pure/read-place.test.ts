// The words for a place as prosecutors and dispatchers write them: what is kept, and what says nothing.

import { expect, test } from 'vitest';
import { openClocks } from '../../server/calendar/time-zone.ts';
import { recordHash } from '../../server/reading/batch.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { PLAIN_READING } from '../../server/reading/date-evidence.ts';
import { openMapper } from '../../server/reading/map-rows.ts';
import { findColumns, presetOf } from '../../server/reading/presets.ts';
import { loadTaxonomy } from '../../server/taxonomy/taxonomy.ts';

const taxonomy = loadTaxonomy();
const orders = { yearFirst: 'ymd', yearLast: 'dmy' } as const;
const DAY_FIRST = {
  clocks: openClocks('America/Mexico_City', null),
  readings: {
    dates: { date: { ...PLAIN_READING, orders } },
    withoutHour: [],
    clocks: {},
    notes: [],
  },
};

/** One row of a file with this header, read with this preset. */
function read(preset: string, header: string, row: string): Incident {
  const found = findColumns(header.split(','), presetOf(preset), {});
  if (!('columns' in found)) throw new Error(`missing: ${found.missing.join(', ')}`);
  const { columns } = found;
  const mapper = openMapper({ columns, preset: presetOf(preset), taxonomy, ...DAY_FIRST, bounds: null });
  const mapped = mapper.map({ line: 2, cells: row.split(',') });
  if ('reason' in mapped) throw new Error(mapped.reason);
  return mapped;
}

const XLSX = 'FECHA DE LOS HECHOS,DELITO,CALLE 1 HECHOS,CALLE 2 HECHOS,COLONIA HECHOS,ALCALDÍA HECHOS,COORD X,COORD Y';
const place = (row: string) => read('fgj-cdmx', XLSX, `01/02/2025,FRAUDE,${row}`);

test.each([
  [
    'OLMO,PINO,CENTRO,CUAUHTEMOC,,',
    { street: 'OLMO', crossing: 'PINO', neighbourhood: 'CENTRO', borough: 'CUAUHTEMOC' },
  ],
  ['SIN CALLES DE SAP,SIN CALLES DE SAP,CENTRO,CUAUHTEMOC,,', { neighbourhood: 'CENTRO', borough: 'CUAUHTEMOC' }],
  ['NO SCINCE,,NO SCINCE,CUAUHTEMOC,SIN REGISTRO,SIN REGISTRO', { borough: 'CUAUHTEMOC' }],
  ['NO ESPECIFICA LUGAR DE LOS HECHOS,,CENTRO,,,', { neighbourhood: 'CENTRO' }],
  ['EN EL DOMICILIO DEL DENUNCIANTE,,CENTRO,,,', { neighbourhood: 'CENTRO' }],
])('%s', (row, parts) => {
  const incident = place(row);
  expect(incident.placeParts).toEqual(parts);
  expect(incident.placeText).toBe(Object.values(parts).join(', '));
});

test('with a point the words are what people call the place, as before, and the streets are not kept', () => {
  const { placeText, placeParts, lon } = place('OLMO,PINO,CENTRO,CUAUHTEMOC,-99.13,19.43');
  expect({ placeText, placeParts, lon }).toEqual({ placeText: 'CENTRO', placeParts: null, lon: -99.13 });
});

test('nothing said is nothing kept', () => {
  const { placeText, placeParts } = place('SIN CALLES DE SAP,NO SCINCE,,,,');
  expect({ placeText, placeParts }).toEqual({ placeText: null, placeParts: null });
});

test('free words stay as they are, so that what was stored before is recognised', () => {
  const one = read('generic', 'fecha,delito,lugar', '2024-05-01,Robo,Calle Olmo');
  expect([one.placeText, one.placeParts]).toEqual(['Calle Olmo', null]);
  const beside = read('generic', 'fecha,delito,lugar,colonia', '2024-05-01,Robo,Calle Olmo,');
  expect(recordHash(beside)).toBe(recordHash(one));
  const more = read('generic', 'fecha,delito,lugar,colonia', '2024-05-01,Robo,Calle Olmo,Centro');
  expect(more.placeParts).toEqual({ place: 'Calle Olmo', neighbourhood: 'Centro' });
  expect(recordHash(more)).not.toBe(recordHash(one));
});

test('C5 and other cities name colonia and municipality in columns of their own', () => {
  const c5 = 'fecha_creacion,incidente_c4,colonia_cierre,alcaldia_cierre,latitud,longitud';
  expect(read('c5-911', c5, '2022-01-10,robo,Centro,CUAUHTEMOC,,').placeParts).toEqual({
    neighbourhood: 'Centro',
    borough: 'CUAUHTEMOC',
  });
  const city = 'Fecha,Tipo de incidente,Calle,Cruce,Colonia,Municipio';
  expect(read('generic', city, '2024-05-01,Robo,Olmo,Pino,Centro,Hermosillo').placeParts).toEqual({
    street: 'Olmo',
    crossing: 'Pino',
    neighbourhood: 'Centro',
    borough: 'Hermosillo',
  });
});

test('long words are cut without breaking a letter', () => {
  const long = `${'x'.repeat(79)}😀😀`;
  const { placeParts } = read('generic', 'fecha,delito,colonia', `2024-05-01,Robo,${long}`);
  expect(placeParts?.neighbourhood).toBe(`${'x'.repeat(79)}\ufffd`);
});
