// The way from a course that is completed to where its certificate is asked for.

import { usePage } from '../app.ts';
import { writeUrl } from '../store/url.ts';

export function CertificateLink() {
  const { store, t } = usePage();
  return (
    <a href={`${writeUrl({ ...store.page.value, tab: 'learn', lesson: null })}#own-certificates`}>
      {t('badges.toOwn')}
    </a>
  );
}
