// Writes the sheet of published values that people read under «Métodos», in both languages, from published-values.ts:
//   node tests/support/reference-sheet.ts
// A test holds the written files to it.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { PUBLISHED } from './published-values.ts';

export const LANGUAGES = ['es', 'en'] as const;
type Language = (typeof LANGUAGES)[number];

/** Where programs differ: who does what, and whom this one follows and why. */
const DIFFERENCES: readonly Record<Language, string>[] = [
  {
    es: 'Ancho de banda: CrimeStat, SpatialKDE y spNetwork dan el radio; spatstat, la desviación σ. En el cuártico el mismo número difiere 2.83 veces. Aquí se dicen siempre los dos.',
    en: 'Bandwidth: CrimeStat, SpatialKDE and spNetwork give the radius, spatstat the deviation σ. For the quartic the same number is 2.83 times apart. Both are always stated here.',
  },
  {
    es: 'Orillas de la densidad: spatstat corrige si no se le dice otra cosa; CrimeStat y sfhotspot no. Aquí no, salvo que se pida, porque el valor queda en delitos por km².',
    en: 'Edges of a density: spatstat corrects unless told otherwise; CrimeStat and sfhotspot do not. Not here either unless asked for, so that the value stays incidents per km².',
  },
  {
    es: 'Ancho automático de sfhotspot: la función promedia x e y con mean(x, y), que en R solo usa x. Aquí no hay ancho automático: se dice.',
    en: 'Automatic bandwidth of sfhotspot: it averages x and y by mean(x, y), which in R uses x alone. There is none here: it is stated.',
  },
  {
    es: 'Gi* con pesos W: esda (transform = "R") usa la varianza de pesos binarios y da −0.624881 donde la fórmula da −1.397276 (pysal/esda#112, #121). Se sigue a spdep: z es la misma con B y con W.',
    en: 'Gi* with weights W: esda (transform = "R") uses the variance of binary weights and gives −0.624881 where the formula gives −1.397276 (pysal/esda#112, #121). spdep is followed: z is the same for B and W.',
  },
  {
    es: 'Varianza de Gi*: Getis y Ord 1996, p. 267, dividen entre n − 1 (1.447943); Ord y Getis 1995 y spdep, entre n (1.45078). Se sigue a spdep.',
    en: 'Variance of Gi*: Getis & Ord 1996, p. 267, divide by n − 1 (1.447943); Ord & Getis 1995 and spdep by n (1.45078). spdep is followed.',
  },
  {
    es: 'Caliente o frío: spdep lo decide por el valor del lugar contra la media (r-spatial/spdep#170); Esri y aquí, por el signo de z, que es lo que se prueba.',
    en: 'Hot or cold: spdep decides by the value of the place against the mean (r-spatial/spdep#170); Esri and this program by the sign of z, which is what is tested.',
  },
  {
    es: 'Moran local: pysal divide entre n − 1, spdep entre n; las versiones viejas prueban con momentos totales, las nuevas con condicionales (Sokal 1998). Se sigue a spdep: n y condicionales.',
    en: 'Local Moran: pysal divides by n − 1, spdep by n; older versions test by total moments, newer ones by conditional ones (Sokal 1998). spdep is followed: n and conditional.',
  },
  {
    es: 'Falsos hallazgos: Esri corrige cada nivel (90, 95, 99 %) por separado; spdep corta la p corregida en 0.005; esda da nivel ÷ n donde nada pasa. Se sigue a Esri; donde nada pasa, no hay umbral.',
    en: 'False discoveries: Esri corrects each level (90, 95, 99 %) by itself; spdep cuts the corrected p at 0.005; esda answers level ÷ n where nothing passes. Esri is followed; where nothing passes there is no threshold.',
  },
  {
    es: 'p de los conteos: spdep y Esri usan la normal, que en ciudades con pocos delitos llama caliente a lo que es azar. De ordinario aquí se usa la distribución de los propios valores (fdr-skew); «fdr» da la de R.',
    en: 'p of counts: spdep and Esri use the normal distribution, which in cities with few incidents calls chance hot. Usually the values’ own distribution is used here (fdr-skew); «fdr» gives that of R.',
  },
  {
    es: 'Permutaciones: con 999 la menor p es 0.001 y con 60,000 tramos nada pasa la corrección FDR si no hay 1,200 en ese piso; sfdep usa 199. Aquí deciden la z y la corrección; las permutaciones, hasta 99,999, se dan al lado.',
    en: 'Permutations: with 999 the least p is 0.001, and of 60,000 segments none passes FDR unless 1,200 lie at that floor; sfdep uses 199. Here z and the correction decide; permutations, up to 99,999, are given beside them.',
  },
  {
    es: 'Knox: NearRepeat y aquí las bandas son [a, b); la calculadora de Ratcliffe las rotula «a a b» y cuenta [a − 1, b); surveillance incluye el límite.',
    en: 'Knox: in NearRepeat and here bands are [a, b); Ratcliffe’s calculator labels them «a to b» and counts [a − 1, b); surveillance includes the limit.',
  },
  {
    es: 'Lo que surge: sfdep llama «nuevo» a un solo paso cualquiera y «esporádico» aunque no sea caliente al final, sin FDR (sfdep#41, #58). Se sigue a Esri como es hoy: el último paso, dos para «consecutivo», FDR en cada paso.',
    en: 'What emerges: sfdep calls any single step «new», and «sporadic» what is not hot at the end, without FDR (sfdep#41, #58). Esri is followed as it is now: the last step, two for «consecutive», FDR in each step.',
  },
  {
    es: 'PEI con lugares de distinto tamaño: ptools ordena por conteo; aquí lo mejor posible se toma por densidad, el último en parte, o el índice pasaría de 1.',
    en: 'PEI with places of unequal size: ptools ranks by count; here the best possible is taken by density, the last in part, or the index would exceed 1.',
  },
  {
    es: 'Alarma de Wheeler, |Z| > 3: supone conocida la media anterior; si el antes es un conteo salta por azar en cerca de 4 % de las celdas. Aquí, prueba E con los falsos hallazgos de toda la tabla controlados.',
    en: 'Wheeler’s alarm, |Z| > 3: takes the earlier mean as known; where «before» is a count it fires by chance in about 4 % of cells. Here: E-test, with the false discoveries of the whole table held.',
  },
];

const WORDS = {
  es: {
    title: 'Valores de referencia',
    intro: (values: number) =>
      `${values} valores que otros publicaron y que las pruebas del programa repiten cada vez que se cambia. Los conteos son exactos; lo demás, hasta la última cifra publicada. Además, tablas calculadas una vez con R (spdep, spatstat, surveillance), iguales a nueve cifras.`,
    head: ['Qué', 'Publicado', 'Aquí', 'Quién lo publicó'],
    differ: 'En qué difieren los programas',
  },
  en: {
    title: 'Reference values',
    intro: (values: number) =>
      `${values} values that others published and that the program’s tests repeat at every change. Counts are exact; the rest to the last published digit. Beside them, tables computed once by R (spdep, spatstat, surveillance), equal to nine digits.`,
    head: ['What', 'Published', 'Here', 'Who published it'],
    differ: 'Where programs differ',
  },
} as const;

const written = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(10))).replace('-', '−');

export function referenceSheet(language: Language): string {
  const words = WORDS[language];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const values = PUBLISHED.reduce((sum, each) => sum + each.values.length, 0);
  return [
    `# ${words.title}`,
    '',
    words.intro(values),
    '',
    row(words.head),
    row(words.head.map(() => '---')),
    ...PUBLISHED.map((each) =>
      row([each[language], each.values.map(written).join('; '), each.ours().map(written).join('; '), each.source]),
    ),
    '',
    `## ${words.differ}`,
    '',
    ...DIFFERENCES.map((each) => `- ${each[language]}`),
    '',
  ].join('\n');
}

export const sheetPath = (language: Language) =>
  new URL(`../../web/help/${language}/reference-sheet.md`, import.meta.url).pathname;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  for (const language of LANGUAGES) writeFileSync(sheetPath(language), referenceSheet(language));
