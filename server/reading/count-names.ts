// Columns that count, by their names: the cases a row stands for, or the persons of it, which are no cases.

import { fold } from '../text/fold.ts';

const words = (text: string) => text.trim().split(/\s+/);
/** Of these alone, or before a singular, a column is a count. */
const COUNTS =
  words(`count counts counter cantidad cantidades cant conteo total totales suma sum qty quantity frecuencia frecuencias
  frec recuento recuentos contador numeralia volumen frequency freq nobs cnt cnts quantidade quantidades qtd qtde tally multiplicidad multiplicity incidencia
  valor value val cifra obs cuantos cuantas cuenta veces times`);
/** Before a plural they count; before a singular they number it: num_casos, but case_number. */
const NUMBERS = words('num nums numero numeros nro nr no n number numbers nbr');
const LINKS = words('de del la las los of the por per en y and do da dos das e');
const CASES =
  words(`casos hechos eventos incidentes delitos denuncias carpetas reportes ocurrencias registros robos homicidios
  asuntos feminicidios asaltos extorsiones ocorrencias crimes roubos furtos
  cases incidents events offences offenses reports occurrences records rows filas thefts burglaries robberies homicides`);
/** Said of them, and of their count. */
const KINDS =
  words(`registrado registrados registradas reportado reportados reportadas ocurrido ocurridos ocurridas cometidos
  cometidas denunciados denunciadas dolosos culposos delictivo delictivos delictiva delictivas mes mensual mensuales anual
  anuales periodo año anio iniciado iniciados iniciada iniciadas abierto abiertos abiertas totales consumados tentativa
  registered reported recorded monthly yearly known criminal penal penales investigacion`);
const CASE = words('caso hecho evento incidente delito case incident event offence offense crime record');
const PERSONS =
  words(`victimas personas heridos heridas lesionados lesionadas muertos muertas fallecidos fallecidas occisos
  occisas detenidos detenidas ofendidos ofendidas imputados imputadas afectados afectadas agraviados agraviadas mujeres
  hombres menores victims persons people injured wounded killed dead deaths fatalities injuries arrested arrests suspects
  offenders vitimas pessoas feridos mortos`);
const PERSON = words(
  'victima vitima persona victim vict person witness testigo detenido imputado ofendido suspect fatality injury',
);
/** Columns of nothing but these are counts all the same. */
const ALONE = new Set([...COUNTS, ...CASES, ...PERSONS, 'n']);
const ALL = new Set([...KINDS, ...COUNTS, ...NUMBERS, ...LINKS, ...CASES, ...CASE, ...PERSONS, ...PERSON]);
const JOINED = new RegExp(
  `^(${[...COUNTS, ...NUMBERS].join('|')})?(de|of)?(${[...CASES, ...CASE, ...PERSONS, ...PERSON].join('|')})(${COUNTS.join('|')})?$`,
);

/** Whether it counts the victims of a row: in some files a row is a case of several, in others so many cases. */
export const countsVictims = (name: string): boolean => /vi(?:c)?tim/.test(fold(name));

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
