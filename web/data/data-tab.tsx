// The tab «Datos»: what is loaded, and the ways to load more.

import type { ComponentType } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { JurisdictionRow } from '../../server/access/contract.ts';
import { usePage } from '../app.ts';
import { IncidentsWizard } from '../imports/incidents-wizard.tsx';
import { Versions } from '../layers/versions.tsx';
import { BoundariesWizard } from '../mapfiles/boundaries-wizard.tsx';
import type { Tab } from '../store/url.ts';
import { DeskContext, openDesk } from './data-store.ts';
import { Guide } from './guide.tsx';
import { Overview } from './overview.tsx';

const PARTS: Readonly<Partial<Record<Tab, ComponentType>>> = {
  data: Overview,
  incidents: IncidentsWizard,
  boundaries: BoundariesWizard,
  versions: Versions,
  guide: Guide,
};

/** Expects to be mounted anew for another jurisdiction. */
export function DataTab({ city }: { city: JurisdictionRow }) {
  const page = usePage();
  const { t } = page;
  const [desk, close] = useMemo(() => openDesk(page, city), []);
  useEffect(() => close, [close]);
  const problem = desk.problem.value;
  const Part = PARTS[page.store.page.value.tab] ?? Overview;
  return (
    <DeskContext.Provider value={desk}>
      <main class="data">
        <div class="data-inner">
          {desk.isCut.value && (
            <p class="refusal" role="alert">
              {t('data.cut')}
            </p>
          )}
          {problem && !(problem.status === 0 && desk.isCut.value) && (
            <p class="refusal" role="alert">
              {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
            </p>
          )}
          <Part />
        </div>
      </main>
    </DeskContext.Provider>
  );
}
