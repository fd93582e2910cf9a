// The head of a table that tells of each row what was before a measure and what after.

import { usePage } from '../app.ts';

export function BeforeAfterHead() {
  const { t } = usePage();
  return (
    <thead>
      <tr>
        <td />
        <th scope="col" class="number">
          {t('evaluation.before')}
        </th>
        <th scope="col" class="number">
          {t('evaluation.after')}
        </th>
      </tr>
    </thead>
  );
}
