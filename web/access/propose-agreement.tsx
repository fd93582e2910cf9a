// The form by which an agreement is proposed: who gives, what is seen, of which offences and areas, until when.

import { useState } from 'preact/hooks';
import { type JurisdictionRow, SHARE_LEVELS, type ShareLevel } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';

type Props = {
  readonly city: JurisdictionRow;
  /** Answers whether it was taken. */
  readonly onPropose: (body: object) => Promise<boolean>;
  readonly onMistake: (text: string) => void;
};

/** As the day is written in the form, so many days from now. */
const DAYS_AHEAD = 365;
const someDay = () => new Date(Date.now() + DAYS_AHEAD * 24 * 3_600_000).toISOString().slice(0, 10);
const codesIn = (text: string) =>
  text
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '');

export function ProposeAgreement({ city, onPropose, onMistake }: Props) {
  const { t } = usePage();
  const [direction, setDirection] = useState<'give' | 'ask'>('give');
  const [other, setOther] = useState('');
  const [level, setLevel] = useState<ShareLevel>(SHARE_LEVELS[0]);
  const [offences, setOffences] = useState('');
  const [areas, setAreas] = useState('');
  const [until, setUntil] = useState(someDay);
  const submit = () => {
    const [, layer, codes] = /^\s*([a-z0-9][a-z0-9_-]*):(.+)$/.exec(areas) ?? [];
    if (areas.trim() !== '' && !layer) return onMistake(t('sharing.notAreas'));
    const limits = {
      offences: codesIn(offences).length ? codesIn(offences) : null,
      areas: layer ? { layer, codes: codesIn(codes!) } : null,
    };
    void onPropose({ direction, with: other.trim(), level, ...limits, until }).then((taken) => taken && setOther(''));
  };
  return (
    <details class="agreement-form">
      <summary>{t('sharing.propose')}</summary>
      <form
        class="invite"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label>
          {t('sharing.direction')}
          <select value={direction} onChange={(event) => setDirection(event.currentTarget.value as 'give' | 'ask')}>
            {(['give', 'ask'] as const).map((each) => (
              <option key={each} value={each}>
                {t(`sharing.direction_${each}`, { city: city.name })}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('sharing.with')}
          <input
            type="text"
            required
            maxlength={31}
            value={other}
            title={t('sharing.withText')}
            onInput={(event) => setOther(event.currentTarget.value)}
          />
        </label>
        <label>
          {t('sharing.level')}
          <select value={level} onChange={(event) => setLevel(event.currentTarget.value as ShareLevel)}>
            {SHARE_LEVELS.map((each) => (
              <option key={each} value={each}>
                {t(`sharing.level_${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('sharing.offences')}
          <input
            type="text"
            value={offences}
            title={t('sharing.offencesText')}
            onInput={(event) => setOffences(event.currentTarget.value)}
          />
        </label>
        <label>
          {t('sharing.areas')}
          <input
            type="text"
            value={areas}
            title={t('sharing.areasText')}
            onInput={(event) => setAreas(event.currentTarget.value)}
          />
        </label>
        <label>
          {t('sharing.until')}
          <input type="date" required value={until} onInput={(event) => setUntil(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button is-primary">
          {t('sharing.send')}
        </button>
      </form>
      <p class="small">{t(`sharing.levelText_${level}`)}</p>
    </details>
  );
}
