// «Con qué se calculó»: the parameters of an answer by the names that the form gives them. The file and the script for R
// have them by the names of the API. Pure.

import { isOneOf } from '../store/is-one-of.ts';
import type { Words } from '../store/words.ts';
import type { AnalysisFound } from './found.ts';
import { choiceText } from './parameters.ts';
import { CHOICES, type ChoiceField, FIELDS, type FieldName, type NeighbourRule, RULES } from './params.ts';

/** Those with a word of their own: what the form does not ask for, or where it says it otherwise. */
const NAMED = [
  ...(['islands', 'sigmaM', 'radiusM', 'cellM', 'city', 'residents', 'denominator', 'leastResidentsPerKm2'] as const),
  ...([
    'squaresOf',
    'limit',
    'daysBefore',
    'daysAfter',
    'years',
    'interval',
    'leastResidents',
    'leastLengthM',
  ] as const),
  ...(['allowance', 'leastIncidents', 'shares', 'size', 'learnedFrom', 'heldOutFrom', 'from', 'until'] as const),
] as const;
/** The references stand in «Métodos», in the reader's language. */
const UNTOLD = ['reference', 'unit'];
const SQUARES = {
  streets: 'analysis.squaresStreets',
  limit: 'analysis.squaresLimit',
  all: 'analysis.squaresAll',
} as const;
const FIELD_NAMES: readonly string[] = Object.values(FIELDS).flat();
const SHARES = ['interval', 'shares', 'level', 'share'];

export function madeTexts({ task, answer }: AnalysisFound, words: Words): string[] {
  const { t, f } = words;
  const told = (name: string, value: unknown): string => {
    if (Array.isArray(value)) return value.map((each) => told(name, each)).join(', ');
    if (typeof value === 'object' && value !== null) return Object.values(value).map(String).join(', ');
    const text = String(value);
    if (SHARES.includes(name)) return f.percent(100 * Number(value));
    if (/^\d{4}-\d\d-\d\d$/.test(text)) return f.day(text);
    if (name === 'weights') return rulesText(text, words);
    if (name === 'squaresOf' && text in SQUARES) return t(SQUARES[text as keyof typeof SQUARES]);
    if (name === 'size') return t(text === 'lengthM' ? 'analysis.sizeLength' : 'analysis.sizeArea');
    if (name in CHOICES && (CHOICES[name as ChoiceField] as readonly string[]).includes(text))
      return choiceText(words, name as ChoiceField, text);
    // A year, or the seed of chance, is a name rather than an amount.
    if (typeof value === 'number' && name !== 'seed') return Number.isInteger(value) ? f.int(value) : f.rate(value);
    return text;
  };
  const labelled = (name: string): string | null => {
    // The days of one method are bands, those of another are held out.
    if (name === 'days' && task === 'scoring') return t('analysis.field_heldOut');
    if (name === 'limit' && task === 'trend') return t('analysis.param_alarmAt');
    if (isOneOf(NAMED, name)) return t(`analysis.param_${name}`);
    return FIELD_NAMES.includes(name) ? t(`analysis.field_${name as FieldName}`) : null;
  };
  const { parameters } = answer;
  // Of what has no say in it nothing is told: weights of Gi and Gi*, a seed where nothing is dealt.
  const idle = [
    ...('method' in parameters && parameters.method === 'lisa' ? [] : ['style']),
    ...('permutations' in parameters && parameters.permutations === 0 ? ['seed'] : []),
  ];
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (value === null || idle.includes(name) || (UNTOLD.includes(name) && !(name === 'unit' && task === 'clocks')))
      return [];
    return [`${labelled(name) ?? name}: ${told(name, value)}`];
  });
}

function rulesText(weights: string, { t, f }: Words): string {
  const [rule = '', amount] = weights.split(':');
  if (!(rule in RULES)) return weights;
  const name = t(`analysis.rule_${rule as NeighbourRule}`);
  return amount ? `${name} (${f.int(Number(amount))})` : name;
}
