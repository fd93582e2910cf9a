// What a public viewer must know of the figures: what they are not, how they were protected, and how to cite them.

import { usePage } from '../app.ts';
import { at } from '../store/api.ts';

export function PublicNote() {
  const { access, answers, reference, store, t, f } = usePage();
  const city = reference.jurisdiction.value;
  if (access.me.value?.role !== 'public' || !city) return null;
  const { through } = answers.summary.answered.value?.value ?? {};
  return (
    <div class="public-note">
      <p class="small">{t('access.publicNote')}</p>
      <details>
        <summary>{t('access.cite')}</summary>
        <p class="small">
          {t('access.citeText', {
            city: city.name,
            through: through ? f.day(through) : '–',
            today: f.day(f.today(city.timezone)),
            link: store.link(),
          })}
        </p>
      </details>
      <a class="link" href={at(city.code, 'protected.csv')} download>
        {t('access.openData')}
      </a>
    </div>
  );
}
