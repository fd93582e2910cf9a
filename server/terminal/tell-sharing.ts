// Agreements between authorities as sentences.

import type { Agreement } from '../access/contract.ts';
import type { Speech } from '../i18n/speech.ts';

export function tellAgreement({ say, t }: Speech, agreement: Agreement): string[] {
  const { id, giver, receiver, level, offences, areas, until, state } = agreement;
  const [at, words] = [until, { giver, receiver }];
  return [
    say('agreement', {
      ...words,
      ...{ level: t(`sharing.level_${level}`), state: t(`sharing.state_${state}`), until: at },
    }),
    ...(offences ? [`  ${say('agreementOffences', { codes: offences.join(', ') })}`] : []),
    ...(areas ? [`  ${say('agreementAreas', { layer: areas.layer, codes: areas.codes.join(', ') })}`] : []),
    `  ${id}`,
  ];
}

export function tellAgreements(
  speech: Speech,
  { agreements }: { readonly agreements: readonly Agreement[] },
): string[] {
  if (agreements.length === 0) return [speech.say('agreementsNone')];
  return agreements.flatMap((each) => tellAgreement(speech, each));
}
