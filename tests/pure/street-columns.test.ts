// Street names, classes and columns as the agencies write them.

import { describe, expect, test } from 'vitest';
import { roadClass } from '../../server/streets/classes.ts';
import { chooseStreetColumns, streetOf } from '../../server/streets/columns.ts';
import { streetName } from '../../server/streets/names.ts';

test.each([
  ['CALLE NINGUNO', null],
  ['PRIVADA SIN NOMBRE', null],
  ['ninguno', null],
  ['  ', null],
  ['AVENIDA 5 DE MAYO', 'Avenida 5 de Mayo'],
  ['CALLEJÓN DE LA ROSA', 'Callejón de la Rosa'],
  ['CALLE LA PAZ', 'Calle La Paz'],
  ['OTRO LOS PINOS', 'Los Pinos'],
  ['CALLE JUAN XXIII', 'Calle Juan XXIII'],
  ['CALLE 1RA. (NORTE)', 'Calle 1ra. (Norte)'],
  ["Margaret's Hill", "Margaret's Hill"],
  ['  Av.   Juárez ', 'Av. Juárez'],
])('the street name %j is %j', (raw, name) => {
  expect(streetName(raw)).toBe(name);
});

test.each([
  ['motorway_link', 1],
  ['Primary Road, Collapsed Dual Carriageway', 1],
  ['primary', 2],
  ['BOULEVARD KUKULCÁN', 2],
  ['B Road', 3],
  ['Avenida', 3],
  ['residential', 4],
  ['CALLE NINGUNO', 4],
  [null, 4],
  ['PEATONAL DOS', 5],
  ['footway', 5],
  [2, 2],
  ['5', 5],
])('a road written %j is of class %i', (value, expected) => {
  expect(roadClass(value)).toBe(expected);
});

test('INEGI, OS and OSM say the name, the kind and the number of a road in columns of their own', () => {
  const inegi = { NOMVIAL: 'VICENTE GUERRERO', TIPOVIAL: 'CALZADA' };
  expect(streetOf(inegi, chooseStreetColumns([inegi], { code: null, name: null }))).toEqual({
    name: 'Calzada Vicente Guerrero',
    roadClass: 2,
    code: null,
  });
  const os = { id: 'x', distname: null, roadnumber: 'A36', classifica: 'A Road' };
  expect(streetOf(os, chooseStreetColumns([os], { code: 'id', name: null }))).toEqual({
    name: 'A36',
    roadClass: 2,
    code: 'x',
  });
  const osm = { name: 'Reforma', highway: 'primary' };
  const railway = { name: 'Línea 3', highway: null };
  const columns = chooseStreetColumns([osm, railway], { code: null, name: null });
  expect(streetOf(osm, columns)).toEqual({ name: 'Reforma', roadClass: 2, code: null });
  expect(streetOf(railway, columns)).toBeNull();
});

test('a column named like a key, filled and different in every row, gives the streets their codes', () => {
  const wishes = { code: null, name: null };
  const keyed = [
    { clave: 'S1', nombre: 'Calle Uno' },
    { clave: 'S2', nombre: 'Calle Dos' },
  ];
  expect(chooseStreetColumns(keyed, wishes).code).toBe('clave');
  expect(chooseStreetColumns([...keyed, { clave: 'S2', nombre: 'Calle Tres' }], wishes).code).toBeNull();
  expect(
    chooseStreetColumns(
      [
        { fid: 1, nombre: 'Calle Uno' },
        { fid: 2, nombre: 'Calle Dos' },
      ],
      wishes,
    ).code,
  ).toBeNull();
});

describe('the name on the sign comes out of', () => {
  const nameIn = (row: Readonly<Record<string, unknown>>) =>
    streetOf(row, chooseStreetColumns([row], { code: null, name: null }))?.name;
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['TIGER', { LINEARID: '110', FULLNAME: 'W Example St', RTTYP: 'M', MTFCC: 'S1400' }, 'W Example St'],
    ['a name with its type apart', { ST_NAME: 'Elm', ST_TYPE: 'Ave', PRE_DIR: 'N', SUF_DIR: null }, 'N Elm Ave'],
    ['cut names of a shapefile', { PRE_DIR: 'S', STREET_NAM: 'STATE', STREET_TYP: 'ST', SUF_DIR: '' }, 'S State St'],
    ['a suffix', { objectid: 1, street_name: 'Oak', suffix: 'Blvd' }, 'Oak Blvd'],
    ['a name that has its type already', { STNAME: 'Oak St', ST_TYPE: 'St' }, 'Oak St'],
    ['the whole name beside its parts', { st_name: 'Oak', st_type: 'St', full_street_name: 'N Oak St' }, 'N Oak St'],
    ['a name of vialidad', { OBJECTID: 4, NOM_VIA: 'Avenida Juárez' }, 'Avenida Juárez'],
    ['nombre_calle', { id: 4, nombre_calle: 'Calle Norte' }, 'Calle Norte'],
    ['Toronto', { CENTRELINE_ID: 3, LINEAR_NAME_FULL: 'Yonge St', LINEAR_NAME: 'Yonge' }, 'Yonge St'],
    ['OS Open Roads', { name_1: 'Milsom Street', class: 'Unclassified' }, 'Milsom Street'],
    ['a list in JSON', { name: '["Calle 1","Juárez"]', highway: 'primary' }, 'Calle 1 / Juárez'],
    ['a list', { name: ['Calle 1', 'Juárez'], highway: 'primary' }, 'Calle 1 / Juárez'],
    ['a list as Python prints it', { name: "['Calle 1', \"D'Artagnan\"]", highway: 'primary' }, "Calle 1 / D'Artagnan"],
    ['a list as PostgreSQL prints it', { nombre: '{"Calle 1",Juárez}' }, 'Calle 1 / Juárez'],
    [
      'things with keys, which are no list',
      { name: '{"es": "Calle 1; B"}', highway: 'primary' },
      '{"es": "Calle 1; B"}',
    ],
    ['names with a semicolon between', { name: 'Calle 1;Juárez;Calle 1', highway: 'primary' }, 'Calle 1 / Juárez'],
    ['a list of one', { name: '["Reforma"]', highway: 'primary' }, 'Reforma'],
  ])('%s', (_, row, name) => {
    expect(nameIn(row)).toBe(name);
  });

  test.each([['[]'], ['[null]'], ['{}'], [' ; ']])('%j comes none', (name) => {
    expect(nameIn({ name, highway: 'primary' })).toBeNull();
  });
});
