// Columns that count, by their names: the cases a row stands for, or the persons of it, which are no cases.

import { fold } from '../text/fold.ts';

const words = (text: string) => text.trim().split(/\s+/);
/** Of these alone, or before a singular, a column is a count. */
const COUNTS =
  words(`count counts counter cantidad cantidades cant conteo total totales suma sum qty quantity frecuencia
  frequency freq nobs cnt cnts`);
/** Before a plural they count; before a singular they number it: num_casos, but case_number. */
const NUMBERS = words('num nums numero numeros nro no n number numbers nbr');
const LINKS = words('de del la las los of the por per en y and');
const CASES =
  words(`casos hechos eventos incidentes delitos denuncias carpetas reportes ocurrencias registros robos homicidios
  cases incidents events offences offenses crimes reports occurrences records`);
const CASE = words('caso hecho evento incidente delito case incident event offence offense crime record');
const PERSONS =
  words(`victimas personas heridos heridas lesionados lesionadas muertos muertas fallecidos fallecidas occisos
  occisas detenidos detenidas ofendidos ofendidas imputados imputadas afectados afectadas agraviados agraviadas mujeres
  hombres menores victims persons people injured wounded killed dead deaths fatalities injuries arrested arrests suspects
  offenders`);
const PERSON = words(
  'victima persona victim vict person witness testigo detenido imputado ofendido suspect fatality injury',
);
/** Columns of nothing but these are counts all the same. */
const ALONE = new Set([...COUNTS, ...CASES, ...PERSONS, 'n']);
const ALL = new Set([...COUNTS, ...NUMBERS, ...LINKS, ...CASES, ...CASE, ...PERSONS, ...PERSON]);
const JOINED = new RegExp(
  `^(${[...COUNTS, ...NUMBERS].join('|')})?(de|of)?(${[...CASES, ...CASE, ...PERSONS, ...PERSON].join('|')})(${COUNTS.join('|')})?$`,
);

/** What a column of this name counts; null where it is no count by its name. */
export function countedBy(name: string): 'cases' | 'persons' | null {
  const parts = fold(name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')).match(/[a-z]+/g) ?? [];
  const all = parts.flatMap((part) =>
    ALL.has(part) ? [part] : (JOINED.exec(part)?.slice(1).filter(Boolean) ?? [part]),
  );
  const has = (of: readonly string[]) => all.some((word) => of.includes(word));
  if (all.length === 0 || !all.every((word) => ALL.has(word))) return null;
  const isPlural = has(CASES) || has(PERSONS);
  const isSingular = has(CASE) || has(PERSON);
  const isCount = isSingular ? has(COUNTS) : isPlural || (all.some((word) => ALONE.has(word)) && !/\d/.test(name));
  if (!isCount) return null;
  return has(PERSONS) || has(PERSON) ? 'persons' : 'cases';
}
