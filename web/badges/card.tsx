// One certificate as its holder and those who issue see it: what it says, whether it holds, and its files.

import type { ComponentChildren } from 'preact';
import { type CertificateRow, shownCode } from '../../server/badges/contract.ts';
import { usePage } from '../app.ts';
import { badgePaths } from './paths.ts';

type Props = { readonly city: string; readonly row: CertificateRow; readonly children: ComponentChildren };

export function CertificateCard({ city, row, children }: Props) {
  const { store, t, f } = usePage();
  const language = store.language.value;
  const { code, state, holder, because } = row;
  return (
    <li class={`certificate ${state === 'valid' ? 'is-valid' : ''}`}>
      <strong>{row.title[language]}</strong>
      <span class="lessons-about">
        {holder ?? t('badges.nameErased')} · {t('badges.hours', { n: f.rate(row.hours) })} ·{' '}
        {t('badges.issuedOn', { day: f.day(row.issuedOn) })}
        {row.validUntil && ` · ${t('badges.until', { day: f.day(row.validUntil) })}`}
      </span>
      <span class="certificate-state">
        {t(`badges.state_${state}`)}
        {because && `: ${because}`}
      </span>
      <span class="certificate-code">{shownCode(code)}</span>
      <span class="certificate-files">
        {holder !== null && (
          <>
            <a href={badgePaths.document(city, code, language)} target="_blank" rel="noreferrer">
              {t('badges.document')}
            </a>
            <a href={badgePaths.badge(city, code)} download={`${code}.jwt`}>
              {t('badges.badge')}
            </a>
          </>
        )}
        <a href={badgePaths.page(city, code, language)} target="_blank" rel="noreferrer">
          {t('badges.check')}
        </a>
        {children}
      </span>
    </li>
  );
}
