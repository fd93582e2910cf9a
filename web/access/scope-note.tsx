// What is left out of every figure for whoever asks: beyond their areas, and sensitive offences for whoever draws these.

import { useEffect, useState } from 'preact/hooks';
import type { ScopeAnswer } from '../../server/counts/contract.ts';
import { usePage } from '../app.ts';
import { accessPaths } from './answers.ts';

export function ScopeNote() {
  const { access, ask, reference, t } = usePage();
  const [told, setTold] = useState<ScopeAnswer['areas']>(null);
  const city = reference.jurisdiction.value;
  const isBound = Boolean(access.me.value?.scope.areas);
  useEffect(() => {
    if (!isBound || !city) return;
    const stop = new AbortController();
    ask(accessPaths.scope(city.code), stop.signal).then(
      ({ areas }) => setTold(areas),
      () => {}, // said by every other question that is not answered
    );
    return () => stop.abort();
  }, [isBound, city?.code, city?.dataVersion]);
  const me = access.me.value;
  if (me && me.role !== 'public' && me.rights.includes('count') && !me.rights.includes('count-sensitive'))
    return (
      <div class="public-note" role="note">
        <p class="small">{t('access.withoutSensitive')}</p>
      </div>
    );
  if (!isBound || !told) return null;
  const names = told.rows.map(({ name }) => name).join(', ') || '–';
  return (
    <div class="public-note" role="note">
      <p class="small">{t('access.within', { names })}</p>
      {told.missing.length > 0 && (
        <p class="small">{t('access.withinGone', { layer: told.layer, codes: told.missing.join(', ') })}</p>
      )}
    </div>
  );
}
