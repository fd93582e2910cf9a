// Adds a municipality: its name, its code in links and its time zone are all there is to say before its data are loaded.

import { effect } from '@preact/signals';
import { useState } from 'preact/hooks';
import { EVERYTHING } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { Modal } from '../parts/modal.tsx';
import type { Problem } from '../store/api.ts';
import { fold } from '../store/fold.ts';
import { dataPaths } from './paths.ts';
import { send } from './send.ts';

const MEXICAN_ZONES = [
  'America/Mexico_City',
  'America/Monterrey',
  'America/Merida',
  'America/Cancun',
  'America/Bahia_Banderas',
  'America/Mazatlan',
  'America/Chihuahua',
  'America/Ciudad_Juarez',
  'America/Ojinaga',
  'America/Matamoros',
  'America/Hermosillo',
  'America/Tijuana',
];
const ZONES = Intl.supportedValuesOf('timeZone');
const MOST_CODE = 31;

export function NewCity({ buttonClass = 'button' }: { buttonClass?: string }) {
  const { t } = usePage();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class={buttonClass} onClick={() => setOpen(true)}>
        {t('data.newCity')}
      </button>
      {open && <NewCityDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function NewCityDialog({ onClose }: { onClose: () => void }) {
  const { reference, store, t } = usePage();
  const [name, setName] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [timezone, setTimezone] = useState(zoneOfReader);
  const [problem, setProblem] = useState<string | null>(null);
  const wanted = code ?? codeOf(name);
  const add = async (event: Event) => {
    event.preventDefault();
    setProblem(null);
    try {
      await send('POST', dataPaths.jurisdictions(), store.language.peek(), { code: wanted, name, timezone });
    } catch (error) {
      const { status, message } = error as Problem;
      setProblem(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
      return;
    }
    await listed(wanted);
    onClose();
    const there = { city: wanted, tab: 'data', upload: null } as const;
    store.change({ ...there, filter: EVERYTHING, place: null, layer: null, position: null });
  };
  /** The page knows a municipality once it is in the list of all. */
  const listed = (wantedCode: string) =>
    new Promise<void>((resolve) => {
      reference.jurisdictions.ask();
      const stop = effect(() => {
        if (!reference.jurisdictions.answered.value?.value.some((row) => row.code === wantedCode)) return;
        queueMicrotask(() => stop());
        resolve();
      });
    });
  return (
    <Modal title={t('data.newCityTitle')} onClose={onClose}>
      <form class="new-city" onSubmit={add}>
        <p class="small">{t('data.newCityText')}</p>
        <label>
          {t('data.cityName')}
          <input
            type="text"
            required
            maxlength={100}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          {t('data.cityCode')}
          <input
            type="text"
            required
            maxlength={MOST_CODE}
            pattern="[a-z][a-z0-9\-]*"
            value={wanted}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <small>{t('data.cityCodeText')}</small>
        </label>
        <label>
          {t('data.cityZone')}
          <select value={timezone} onChange={(event) => setTimezone(event.currentTarget.value)}>
            <optgroup label="México">
              {MEXICAN_ZONES.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </optgroup>
            <optgroup label={t('data.otherZones')}>
              {ZONES.filter((zone) => !MEXICAN_ZONES.includes(zone)).map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </optgroup>
          </select>
        </label>
        {problem && (
          <p class="refusal" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>
            {t('data.cancel')}
          </button>
          <button type="submit" class="button is-primary">
            {t('data.newCityAdd')}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** «San José del Río» → san-jose-del-rio */
function codeOf(name: string): string {
  return fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MOST_CODE)
    .replace(/-$/, '');
}

function zoneOfReader(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  // The clock of a server room says nothing of a city.
  return zone !== 'UTC' && ZONES.includes(zone) ? zone : MEXICAN_ZONES[0]!;
}
