// `npm run cuadra -- stats METHOD …`: the methods of analysis on plain files, so that any published table can be
// checked. It needs no installation and opens no database.

import { parseArgs } from 'node:util';
import pino from 'pino';
import type { CommandIo } from '../db/control.ts';
import { BadInput } from '../errors.ts';
import { openSpeech, type Speech, terminalLanguage } from '../i18n/speech.ts';
import type { Reason } from '../statistics/contract.ts';
import { explain } from '../terminal/explain.ts';
import { flag, text } from './command.ts';
import * as counts from './stats-counts.ts';
import type { StatsAsked } from './stats-input.ts';
import * as later from './stats-later.ts';
import * as places from './stats-places.ts';

type Method = {
  readonly name: string;
  readonly usage: string;
  readonly reference: string;
  readonly run: (asked: StatsAsked, cwd: string) => Promise<object>;
};

const PLACES =
  'FILE --value COL [--id COL] (--weights FILE.gal|FILE.csv | --distance N --x COL --y COL | --neighbours queen|rook|knn:K|distance:N)';
const DEALT = '[--permutations N --seed N [--adaptive]]';
const SERIES = '(--values 1,2,3 | FILE --value COL)';

const METHODS: readonly Method[] = [
  {
    name: 'gi-star',
    usage: `${PLACES} [--style B|W] [--correction fdr|fdr-skew|none] ${DEALT}`,
    reference: 'Ord & Getis 1995, doi 10.1111/j.1538-4632.1995.tb00912.x; spdep localG',
    run: (asked, cwd) => places.giStar(asked, cwd, 'gi-star'),
  },
  {
    name: 'gi',
    usage: `${PLACES} [--style B|W] [--correction fdr|fdr-skew|none] ${DEALT}`,
    reference: 'Getis & Ord 1992, doi 10.1111/j.1538-4632.1992.tb00261.x; spdep localG',
    run: (asked, cwd) => places.giStar(asked, cwd, 'gi'),
  },
  {
    name: 'g',
    usage: PLACES,
    reference: 'Getis & Ord 1992, doi 10.1111/j.1538-4632.1992.tb00261.x',
    run: places.general,
  },
  {
    name: 'moran',
    usage: `${PLACES} [--style W|B]`,
    reference: 'Cliff & Ord 1981; spdep moran.test (both assumptions, one- and two-sided)',
    run: places.moran,
  },
  {
    name: 'lisa',
    usage: `${PLACES} [--style W|B] [--moments conditional|total] [--divisor n|n-1] [--correction fdr|fdr-skew|none] ${DEALT}`,
    reference: 'Anselin 1995, doi 10.1111/j.1538-4632.1995.tb00338.x; Sokal, Oden & Thomson 1998; spdep localmoran',
    run: places.lisa,
  },
  {
    name: 'kde',
    usage:
      'FILE [--x COL --y COL] (--radius N | --sigma N) [--kernel quartic|gaussian] [--weight COL] [--at FILE] [--cell N] [--bbox W,S,E,N] [--exact] [--edge]',
    reference: 'Silverman 1986; quartic as CrimeStat; edges Diggle 1985, doi 10.2307/2347366',
    run: places.kde,
  },
  {
    name: 'knox',
    usage:
      'FILE [--x COL --y COL] --date COL [--date-order dmy|mdy] --distances 0,100,200 --days 0,7,14 [--metric manhattan|euclidean] [--runs 999] [--seed 1]',
    reference: 'Knox 1964, doi 10.2307/2985220; NearRepeat: [a, b), dates dealt out anew; inf ends a list',
    run: places.nearRepeat,
  },
  {
    name: 'gini',
    usage: SERIES,
    reference: 'Bernasco & Steenbeek 2017, doi 10.1007/s10940-016-9324-7',
    run: counts.gini,
  },
  {
    name: 'pai',
    usage: '(FILE --observed COL --predicted COL [--size COL] | --observed 6,3,0 --predicted 3,2,1 [--size 1,1,1])',
    reference: 'PAI: Chainey, Tompson & Uhlig 2008, doi 10.1057/palgrave.sj.8350066; PEI: Hunt 2016; RRI: Levine 2008',
    run: counts.pai,
  },
  {
    name: 'e-test',
    usage: '(--before N --after N | FILE --before COL --after COL [--level 0.05]) [--periods 1,1]',
    reference: 'Krishnamoorthy & Thomson 2004, doi 10.1016/S0378-3758(02)00408-1; tables by Benjamini & Hochberg 1995',
    run: counts.eTests,
  },
  {
    name: 'aoristic',
    usage: '(--from "2026-01-05 10:30" [--until "2026-01-05 12:00"] | FILE --from COL --until COL)',
    reference: 'Ratcliffe 2002, doi 10.1023/A:1013240828824; conventions of the R package aoristic 2.0.0',
    run: counts.hours,
  },
  {
    name: 'mann-kendall',
    usage: `${SERIES} [--level 0.05]`,
    reference: 'Mann 1945, doi 10.2307/1907187; Kendall 1975; Sen 1968, doi 10.1080/01621459.1968.10480934',
    run: counts.trend,
  },
  {
    name: 'wdd',
    usage:
      '--treated BEFORE,AFTER --control BEFORE,AFTER [--displacement B,A --displacement-control B,A] [--periods 2,1] [--areas CONTROL,TREATED,DISPLACEMENT-CONTROL,DISPLACEMENT] [--harm 3,2 with kinds apart by /]',
    reference: 'Wheeler & Ratcliffe 2018, doi 10.1186/s40163-018-0085-5; quotients: Bowers & Johnson 2003',
    run: counts.displacement,
  },
  {
    name: 'poisson-interval',
    usage: '--count N [--level 0.95]',
    reference: 'Garwood 1936, doi 10.1093/biomet/28.3-4.437',
    run: counts.interval,
  },
  {
    name: 'empirical-bayes',
    usage: 'FILE --events COL --residents COL [--level 0.05]',
    reference: 'Marshall 1991, doi 10.2307/2347593; funnel: Spiegelhalter 2005, doi 10.1002/sim.1970',
    run: counts.smoothing,
  },
  {
    name: 'rates',
    usage: 'FILE --events COL --residents COL [--per 100000] [--interval 0.95] [--level 0.05]',
    reference:
      'intervals: Garwood 1936, doi 10.1093/biomet/28.3-4.437; Marshall 1991, doi 10.2307/2347593; Spiegelhalter 2005, doi 10.1002/sim.1970',
    run: later.rates,
  },
  {
    name: 'fdr',
    usage: `${SERIES} [--level 0.05]`,
    reference: 'Benjamini & Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x; three conventions',
    run: counts.discoveries,
  },
  {
    name: 'cusum',
    usage: `${SERIES} --target N --allowance N --limit N`,
    reference: 'Page 1954, doi 10.1093/biomet/41.1-2.100',
    run: counts.sums,
  },
  {
    name: 'log-trend',
    usage: `${SERIES} [--days COL] [--steps-per-year 12] [--season] [--level 0.05]`,
    reference: 'Poisson regression, quasi-likelihood: McCullagh & Nelder 1989; R glm(family = quasipoisson)',
    run: later.change,
  },
  {
    name: 'stability',
    usage: 'FILE --years COL,COL,… [--share 0.5]',
    reference: 'Weisburd 2015, doi 10.1111/1745-9125.12070; Andresen & Malleson 2011, doi 10.1177/0022427810384136',
    run: later.years,
  },
  {
    name: 'street-density',
    usage:
      'FILE --from COL --to COL --length COL --value COL --radius N [--kernel quartic|gaussian] [--split discontinuous|continuous]',
    reference: 'Okabe & Sugihara 2012, §9.2, doi 10.1002/9781119967101; spatstat.linnet densityEqualSplit, spNetwork',
    run: later.alongStreets,
  },
  {
    name: 'clocks',
    usage: '--first 1,2,3 --second 3,2,1',
    reference: 'Pearson 1900; adjusted residuals: Haberman 1973, doi 10.2307/2529686',
    run: counts.clocks,
  },
  {
    name: 'emerging',
    usage: '--steps 0,1,1 [--z 0.4,2.9,3.1]',
    reference: 'categories of Esri’s emerging hot-spot analysis; trend by Mann–Kendall',
    run: counts.emerging,
  },
];

const TEXTS = (
  'value values id weights distance neighbours x y style correction permutations seed moments divisor radius sigma kernel ' +
  'weight at cell bbox date date-order distances days metric runs observed predicted size before after periods level from ' +
  'until treated control displacement displacement-control areas harm count events residents target allowance limit first ' +
  'second steps z language per interval years share length split steps-per-year to'
).split(' ');
const OPTIONS = {
  ...Object.fromEntries(TEXTS.map((name) => [name, text])),
  ...Object.fromEntries(['json', 'help', 'adaptive', 'exact', 'edge', 'season'].map((name) => [name, flag])),
};

const helpIn = ({ say }: Speech): string =>
  [
    say('statsUsage'),
    '',
    ...METHODS.flatMap(({ name, usage, reference }) => [`  ${name} ${usage}`, `      ${reference}`]),
    '',
    say('statsLimits'),
  ].join('\n');

/** What a method that there is answers; `argv` begins with `stats`. Throws BadInput for what it cannot read. */
export async function statsReport(
  argv: readonly string[],
  cwd: string,
): Promise<{ readonly report: object; readonly isJson: boolean }> {
  const method = METHODS.find(({ name }) => name === argv[1])!;
  const { values, positionals } = parseArgs({
    ...{ args: argv.slice(2) as string[], options: OPTIONS, allowPositionals: true },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const asked: StatsAsked = {
    files: positionals,
    option: (name) => (typeof given[name] === 'string' ? given[name] : null),
    isSet: (name) => given[name] === true,
  };
  const report = await method.run(asked, cwd);
  // JSON would make null of it, which means that nothing is to be said.
  if (!isNumbers(report))
    throw new BadInput('file', 'these numbers are too small, too large or too far apart to compute with');
  return { report, isJson: given.json === true };
}

/** Whether every number in it is one. */
const isNumbers = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value !== 'object' || value === null || Object.values(value).every(isNumbers);

/** `argv` begins with `stats`. Answers the exit status. */
export async function runStats(
  argv: readonly string[],
  io: Pick<CommandIo, 'out' | 'err' | 'cwd' | 'language'>,
): Promise<number> {
  const speech = openSpeech(terminalLanguage(argv, { LANG: io.language }));
  const method = METHODS.find(({ name }) => name === argv[1]);
  if (argv.includes('--help') || !method) {
    const isAsked = argv.includes('--help');
    (isAsked ? io.out : io.err)(helpIn(speech));
    return isAsked ? 0 : 2;
  }
  try {
    const { report, isJson } = await statsReport(argv, io.cwd);
    io.out(told(report, speech, isJson));
    return 0;
  } catch (error) {
    io.err(explain(speech, error, argv, pino({ level: 'silent' })));
    return 1;
  }
}

/** With --json the object alone; else a line for each of its values, the reason as a sentence. */
function told(report: object, { t }: Speech, isJson: boolean): string {
  const { reason } = report as { readonly reason?: Reason | null };
  const whole = { ...report, ...(reason ? { sentence: t(`notSaid.${reason}`) } : {}) };
  if (isJson) return JSON.stringify(whole);
  if (reason) return t(`notSaid.${reason}`);
  return Object.entries(whole)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join('\n');
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
