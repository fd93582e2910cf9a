// Which states of Mexico lie in each UTM zone, so that a reference system can be chosen by where one is.

import { fold } from '../text/fold.ts';

/** By zone, six degrees of longitude each (11 from 120° W on); a state that a meridian cuts stands in both. */
const STATES: Readonly<Record<number, readonly string[]>> = {
  11: ['Baja California'],
  12: ['Baja California', 'Baja California Sur', 'Sonora', 'Sinaloa', 'Chihuahua'],
  13: [
    ...['Chihuahua', 'Durango', 'Sinaloa', 'Nayarit', 'Jalisco', 'Colima', 'Michoacán', 'Guerrero', 'Zacatecas'],
    ...['Aguascalientes', 'Coahuila', 'San Luis Potosí', 'Guanajuato'],
  ],
  14: [
    ...['Ciudad de México', 'Estado de México', 'Morelos', 'Guerrero', 'Puebla', 'Tlaxcala', 'Hidalgo', 'Querétaro'],
    ...['Guanajuato', 'Michoacán', 'Jalisco', 'Aguascalientes', 'Zacatecas', 'San Luis Potosí', 'Coahuila'],
    ...['Nuevo León', 'Tamaulipas', 'Veracruz', 'Oaxaca'],
  ],
  15: ['Veracruz', 'Oaxaca', 'Tabasco', 'Chiapas', 'Campeche', 'Yucatán'],
  16: ['Yucatán', 'Quintana Roo', 'Campeche'],
};
/** As people call them too. */
const ALSO: Readonly<Record<string, string>> = {
  'Ciudad de México': 'CDMX DF Distrito Federal',
  'Estado de México': 'Edomex',
};

/** EPSG code of zone 0 in the systems Mexican offices use: WGS 84, ITRF2008, ITRF92, NAD27, NAD83. */
const ZONE_ZERO = [32600, 6355, 4473, 26700, 26900];

/** The states a system is for; none where it is no UTM zone of Mexico. */
export function statesOf(code: number): readonly string[] {
  const zero = ZONE_ZERO.find((start) => STATES[code - start]);
  return zero === undefined ? [] : STATES[code - zero]!;
}

/** Codes of the systems for a state whose name holds this word. */
export function codesOfState(word: string): number[] {
  const folded = fold(word);
  return Object.entries(STATES).flatMap(([zone, states]) =>
    states.some((state) => fold(`${state} ${ALSO[state] ?? ''}`).includes(folded))
      ? ZONE_ZERO.map((start) => start + Number(zone))
      : [],
  );
}
