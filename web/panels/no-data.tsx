// Nothing to show yet: what to load, and the sample city to look at meanwhile.

import { EVERYTHING } from '../../server/incidents/contract.ts';
import { usePage } from '../app.ts';

export function NoData() {
  const { reference, store, t } = usePage();
  const rows = reference.jurisdictions.answered.value?.value ?? [];
  const asked = store.page.value.city;
  const here = reference.jurisdiction.value;
  const code = here?.code ?? 'mi-ciudad';
  const sample = rows.find((row) => row.synthetic && row.from);
  const title = here
    ? t('empty.noData')
    : asked
      ? t('empty.unknownJurisdiction', { code: asked })
      : t('empty.noJurisdiction');
  return (
    <main class="no-data">
      <h1>{title}</h1>
      <ol>
        <li>{t('empty.step1')}</li>
        <li>{t('empty.step2')}</li>
      </ol>
      <p>{t('empty.command')}</p>
      <pre>
        {`npm run cuadra -- import areas colonias.geojson --jurisdiction ${code} --layer colonias\n`}
        {`npm run cuadra -- import incidents delitos.csv --jurisdiction ${code} --preset generic`}
      </pre>
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

export function Unreachable() {
  const { reference, t } = usePage();
  return (
    <main class="no-data">
      <h1>{t('app.failedFirst')}</h1>
      <button type="button" class="button is-primary" onClick={() => reference.jurisdictions.ask()}>
        {t('app.retry')}
      </button>
    </main>
  );
}
