// Where a role holds, in a cell of a table.

import type { Scope } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';

export function ScopeTold({ scope }: { scope: Scope }) {
  const { t } = usePage();
  return (
    <>
      {scope.jurisdictions?.join(', ') ?? t('access.everywhere')}
      {scope.areas && (
        <small>
          {scope.areas.layer}: {scope.areas.codes.join(', ')}
        </small>
      )}
    </>
  );
}
