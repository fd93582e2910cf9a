// The parameters of each method in words, as the form offers them: what each may be and what it is unless chosen. For the
// form and for «Métodos», so that neither can name what the other does not. Pure.

import type { Words } from '../store/words.ts';
import {
  CHOICES,
  type ChoiceField,
  FIELDS,
  type FieldName,
  type NeighbourRule,
  NUMBERS,
  type NumberField,
  RULES,
  type Task,
  USUAL,
  unitOfRule,
} from './params.ts';

/** One choice as it stands in the form. */
export function choiceText({ t, f }: Words, name: ChoiceField, choice: string): string {
  if (name === 'level' || name === 'share') return f.percent(100 * Number(choice));
  if (/^\d+$/.test(choice))
    return name === 'permutations' && choice === '0' ? t('analysis.choice_without') : f.int(Number(choice));
  return name === 'step'
    ? t('analysis.colClasses', { step: t(`analysis.step_${choice as 'month'}`) })
    : t(`analysis.choice_${choice as 'count'}`);
}

type ParameterRow = { readonly name: string; readonly takes: string; readonly usual: string };

export const parameterRows = (words: Words, task: Task): readonly ParameterRow[] =>
  FIELDS[task].map((name) => ({
    name: words.t(`analysis.field_${name}`),
    takes: takenBy(words, name),
    usual: usualOf(words, name),
  }));

function takenBy(words: Words, name: FieldName): string {
  const { t, f } = words;
  if (name === 'places') return t('analysis.takesPlaces');
  if (name === 'weights')
    return (Object.keys(RULES) as NeighbourRule[])
      .map((rule) => t(`analysis.rule_${rule}`) + (RULES[rule] === null ? '' : ` (${t(unitOfRule(rule))})`))
      .join(' · ');
  if (name in CHOICES)
    return CHOICES[name as ChoiceField].map((each) => choiceText(words, name as ChoiceField, each)).join(' · ');
  if (!(name in NUMBERS)) return t('analysis.rising');
  const { least, most } = NUMBERS[name as NumberField];
  return t('analysis.between', { least: f.int(least), most: f.int(most) });
}

function usualOf(words: Words, name: FieldName): string {
  const usual = USUAL[name];
  if (name === 'places') return words.t('analysis.usualPlaces');
  if (name === 'weights') return words.t('analysis.rule_usual');
  if (name in CHOICES) return choiceText(words, name as ChoiceField, usual);
  return name in NUMBERS ? words.f.int(Number(usual)) : usual.replaceAll(',', ', ');
}
