// The answer as one sentence in Spanish or English, of the numbers of an evaluation. Pure.

import { type Language, LOCALES } from '../i18n/contract.ts';
import { createTranslator } from '../i18n/translator.ts';
import type { EvaluationAnswer, HarmAnswer } from './contract.ts';

const translators = { es: createTranslator('es'), en: createTranslator('en') } as const;

/** What of an answer its sentence is made of. */
export type ToldInWords = Pick<EvaluationAnswer, 'verdict' | 'displaced' | 'local' | 'smallestDetectable' | 'scatter'>;

/** «Bajó más que en las zonas comparables: 118 delitos menos, entre 40 y 196; no se desplazó alrededor.» */
export function sentenceOf(
  { verdict, displaced, local, smallestDetectable, scatter }: ToldInWords,
  language: Language,
): string {
  const t = translators[language];
  const whole = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: 0 });
  const n = (value: number) => whole.format(Math.round(Math.abs(value)));
  const around = displaced ? `; ${t(`evaluation.around_${displaced}`)}` : '';
  if (local && (verdict === 'fell' || verdict === 'rose')) {
    const [near, far] = verdict === 'fell' ? [local.high, local.low] : [local.low, local.high];
    const said = t(`evaluation.say_${verdict}`, { n: n(local.estimate), near: n(near), far: n(far) });
    return `${said}${around}.`;
  }
  if (local && verdict === 'unclear')
    return t('evaluation.say_unclear', {
      ...{ fewer: n(Math.min(0, local.low)), more: n(Math.max(0, local.high)) },
    });
  if (verdict === 'not-begun' && smallestDetectable) {
    const { drop, share } = smallestDetectable;
    if (share !== null && share >= 1) return t('evaluation.say_neverSeen');
    const say = scatter === null ? 'evaluation.say_couldBeSeenAtBest' : 'evaluation.say_couldBeSeen';
    return t(say, { n: n(Math.ceil(drop)), share: percent.format(share ?? 0) });
  }
  return t(`evaluation.say_${verdict}`, { n: '', near: '', far: '', fewer: '', more: '' });
}

/** The same of sums of weights. */
export function harmSentence(
  { verdict, displaced, local, source }: Pick<HarmAnswer, 'verdict' | 'displaced' | 'local' | 'source'>,
  language: Language,
): string {
  const t = translators[language];
  const whole = new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 0 });
  const n = (value: number) => whole.format(Math.round(Math.abs(value)));
  const by = source ?? t('evaluation.harmOwnScale');
  if (!local || verdict === 'too-few' || verdict === 'nothing-to-compare')
    return t(`evaluation.harm_${verdict}`, { by });
  if (verdict === 'unclear')
    return t('evaluation.harm_unclear', { by, fewer: n(Math.min(0, local.low)), more: n(Math.max(0, local.high)) });
  const [near, far] = verdict === 'fell' ? [local.high, local.low] : [local.low, local.high];
  const around = displaced ? `; ${t(`evaluation.around_${displaced}`)}` : '';
  return `${t(`evaluation.harm_${verdict}`, { by, n: n(local.estimate), near: n(near), far: n(far) })}${around}.`;
}
