// Names of places: what is the same name, what is only alike, and which of several is meant; worked out by hand.

import { expect, test } from 'vitest';
import { type Candidate, choose } from '../../server/geocoding/disambiguate.ts';
import { crossingOf, foldArea, foldStreet, tellAlike, wholeOf } from '../../server/geocoding/fold-names.ts';
import { askedOf } from '../../server/geocoding/parse-place-text.ts';
import { chooseStreet, crossingAt, placeOfAll, type Segments } from '../../server/geocoding/streets.ts';

const place = (placeId: number, name: string, score = 0): Candidate => ({ placeId, score, ...foldArea(name)! });
const street = (placeId: number, name: string, score = 0): Candidate => ({ placeId, score, ...foldStreet(name)! });

test.each([
  ['SAN MARCOS (BARR)', 'Barrio San Marcos'],
  ['DEL GAS (AMPL)', 'Ampliación del Gas'],
  ['STA MA AZTAHUACAN (PBLO)', 'Pueblo Santa María Aztahuacán'],
  ['LOMAS DE CHAPULTEPEC 3A SECC', 'Lomas De Chapultepec III Sección'],
  ['FRANCISCO VILLA (U HAB)', 'Unidad Habitacional Francisco Villa'],
  ['La Magdalena Contreras', 'MAGDALENA CONTRERAS'],
  ['Col. Centro', 'CENTRO'],
  ['Alcaldía Gustavo A. Madero', 'GUSTAVO A MADERO'],
])('%s is the same name as %s', (one, other) => {
  expect(foldArea(one)).toEqual(foldArea(other));
});

test.each([
  ['SAN ANDRES (BARR)', 'SAN ANDRES (PBLO)'],
  ['San Pedro Xalpa', 'Ampliación San Pedro Xalpa'],
  ['Roma Norte', 'Roma Sur'],
  ['Doctores', 'Doctores III'],
])('%s is another place than %s', (one, other) => {
  expect(foldArea(one)!.folded).not.toBe(foldArea(other)!.folded);
});

test('streets are compared without their kind where one side leaves it out, and "on or near" is not part of a name', () => {
  expect(foldStreet('AV. 5 DE MAYO')).toEqual(foldStreet('Avenida 5 de Mayo'));
  expect(foldStreet('On or near High Street')).toEqual(foldStreet('High Street'));
  expect(foldStreet('Cerrada de Olmo')!.core).not.toBe(foldStreet('Olmo')!.core);
  expect(crossingOf('Olmo esq. con Avenida Uno')).toEqual(['Olmo', 'Avenida Uno']);
  expect(crossingOf('A / B')).toEqual(['A', 'B']);
  expect(crossingOf('Tierra y Libertad')).toBeNull();
});

test('numbers, letters and sides must agree, however alike the rest is', () => {
  expect(tellAlike('lomas padierna norte', 'lomas padierna sur')).toBe(false);
  expect(tellAlike('rosario a', 'rosario b')).toBe(false);
  expect(tellAlike('moctezuma 2 seccion', 'moctezuma 2 seccion')).toBe(true);
  expect([wholeOf('doctores 3'), wholeOf('19 mayo'), wholeOf('km 13')]).toEqual(['doctores', '19 mayo', 'km']);
});

test('the name itself goes before the same name of another kind, and that before a name alike', () => {
  const all = [place(1, 'San Andrés (PBLO)', 1), place(2, 'San Andrés (BARR)', 1), place(3, 'San Andreas', 0.8)];
  expect(choose(foldArea('Barrio San Andrés')!, all)).toEqual({ placeId: 2, score: 1, how: 'exact' });
  expect(choose(foldArea('San Andrés')!, all)).toBeNull(); // the quarter or the village
  expect(choose(foldArea('San Andrés')!, all.slice(0, 1))).toMatchObject({ placeId: 1, how: 'similar' });
  expect(choose(foldArea('Fraccionamiento San Andrés')!, all)).toBeNull();
});

test('a housing estate is not taken for the neighbourhood it is called after', () => {
  expect(choose(foldArea('Francisco Villa')!, [place(1, 'FRANCISCO VILLA (U HAB)', 1)])).toBeNull();
});

test('a similar name is taken when it is similar enough and nothing else is nearly so', () => {
  const asked = foldArea('Desarollo Urbano Quetzalcoatl')!;
  const right = place(1, 'Desarrollo Urbano Quetzalcoatl', 0.9);
  expect(choose(asked, [right])).toEqual({ placeId: 1, score: 0.9, how: 'similar' });
  expect(choose(asked, [right, place(2, 'Desarrollo Urbano', 0.82)])).toBeNull();
  expect(choose(asked, [{ ...right, score: 0.74 }])).toBeNull();
});

test('a name the layer divides in numbered parts is none of them, nor anything like it', () => {
  const parts = [place(1, 'DOCTORES I'), place(2, 'DOCTORES II'), place(3, 'Doctoras', 0.8)];
  expect(choose(foldArea('Doctores')!, parts)).toBeNull();
});

test('what a text asks for: its finest name is the one it is listed under', () => {
  const asked = (parts: Parameters<typeof askedOf>[0]['parts'], text = '') => askedOf({ text, parts });
  expect(asked({ neighbourhood: 'Centro', borough: 'CUAUHTEMOC' })).toMatchObject({
    name: 'centro',
    words: 'Centro',
    boroughOnly: false,
    street: null,
  });
  expect(asked({ borough: 'CUAUHTEMOC' })).toMatchObject({ name: 'cuauhtemoc', boroughOnly: true });
  expect(asked({ street: 'Av. Uno', crossing: 'Olmo' })).toMatchObject({ name: 'uno avenida', free: false });
  expect(asked({}, 'On or near High Street')).toMatchObject({ free: true, street: { core: 'high street' } });
  expect(asked({}, '?!')).toBeNull();
});

/** Two roadways of an avenue, 20 m apart, cross one street; far east the street meets the avenue again. */
const spot = (lon: number, lat: number) => ({ lon, lat });
const segments: Segments = new Map(
  [
    { id: 1, ends: [spot(0, 0), spot(0.001, 0)] as const, areas: [7, 7, 7] },
    { id: 2, ends: [spot(0, 0.0002), spot(0.001, 0.0002)] as const, areas: [7, 7, 8] },
    { id: 3, ends: [spot(0.001, -0.001), spot(0.001, 0)] as const, areas: [7, 7, 7] },
    { id: 4, ends: [spot(0.001, 0), spot(0.001, 0.0002)] as const, areas: [7, 7, 7] },
    { id: 5, ends: [spot(0.5, 0), spot(0.51, 0)] as const, areas: [9, 9, 9] },
    { id: 6, ends: [spot(0.5, 0), spot(0.5, 0.01)] as const, areas: [9, 9, 9] },
  ].map(({ id, ends, areas }) => [id, { id, ends, along: new Map([['1@1', areas]]) }]),
);

test('the crossings of two roadways are one; crossings far apart are told apart by the area, or not at all', () => {
  const found = (...ids: number[]) => ({ segments: ids, score: 1, how: 'exact' as const });
  expect(crossingAt(found(1, 2), found(3, 4), segments, null)).toEqual(spot(0.001, 0));
  expect(crossingAt(found(1, 2, 5), found(3, 4, 6), segments, null)).toBeNull();
  expect(crossingAt(found(1, 2, 5), found(3, 4, 6), segments, { layer: '1@1', placeId: 9 })).toEqual(spot(0.5, 0));
  expect(crossingAt(found(1), found(6), segments, null)).toBeNull();
});

test('a street is in an area only where all of it is', () => {
  const of = (...ids: number[]) => ids.map((id) => segments.get(id)!);
  expect(placeOfAll(of(1, 3), '1@1')).toBe(7);
  expect(placeOfAll(of(1, 2), '1@1')).toBe(0);
  expect(placeOfAll(of(1, 5), '1@1')).toBe(0);
});

test('a street is all its segments; of streets of a like name none is taken', () => {
  const all = [street(1, 'Avenida Juárez'), street(2, 'Avenida Juárez'), street(3, 'Calle Juárez')];
  expect(chooseStreet(foldStreet('AV JUAREZ')!, all)?.segments).toEqual([1, 2]);
  expect(chooseStreet(foldStreet('Juárez')!, all)?.segments).toEqual([1, 2, 3]);
  const alike = [street(4, 'Insurgentes Poblanos', 0.8), street(5, 'Insurgentes Poblanas', 0.78)];
  expect(chooseStreet(foldStreet('Insurgente Poblano')!, alike)).toBeNull();
});
