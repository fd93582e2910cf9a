// Nothing to show yet: what to load, and the sample city to look at meanwhile.

import type { ComponentChildren } from 'preact';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { NewCity } from '../data/new-city.tsx';
import type { Tab } from '../store/url.ts';

export function NoData() {
  const { reference, store, t } = usePage();
  const rows = reference.jurisdictions.answered.value?.value ?? [];
  const asked = store.page.value.city;
  const here = reference.jurisdiction.value;
  const sample = rows.find((row) => row.synthetic && row.from);
  const title = here
    ? t('empty.noData')
    : asked
      ? t('empty.unknownJurisdiction', { code: asked })
      : t('empty.noJurisdiction');
  return (
    <main class="no-data">
      <h1>{title}</h1>
      {here ? (
        <ol>
          <li>
            {reference.areaLayers.value.length > 0 && `${t('empty.step1Done')} · `}
            <Door tab="boundaries">{t('empty.step1')}</Door>
          </li>
          <li>
            <Door tab="incidents">{t('empty.step2')}</Door>
          </li>
        </ol>
      ) : (
        <>
          <p>
            <NewCity buttonClass="button is-primary" />
          </p>
          <p>{t('empty.command')}</p>
          <pre>{'npm run cuadra -- jurisdiction add mi-ciudad --name "Mi Ciudad" --timezone America/Mexico_City'}</pre>
        </>
      )}
      {sample && (
        <button
          type="button"
          class="button is-primary"
          onClick={() =>
            store.change({ city: sample.code, filter: EVERYTHING, place: null, layer: null, position: null })
          }
        >
          {t('empty.explore')}
        </button>
      )}
    </main>
  );
}

function Door({ tab, children }: { tab: Tab; children: ComponentChildren }) {
  const { store } = usePage();
  return (
    <button type="button" class="link" onClick={() => store.change({ tab, upload: null })}>
      {children}
    </button>
  );
}

export function Unreachable() {
  const { access, reference, t } = usePage();
  return (
    <main class="no-data">
      <h1>{t('app.failedFirst')}</h1>
      <button
        type="button"
        class="button is-primary"
        onClick={() => (access.me.value ? reference.jurisdictions.ask() : access.ask())}
      >
        {t('app.retry')}
      </button>
    </main>
  );
}
