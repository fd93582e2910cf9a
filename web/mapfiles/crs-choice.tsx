// In which coordinate system a file is read, where that puts it, and the ways to correct it.

import { useEffect, useState } from 'preact/hooks';
import type { Preview } from '../../server/layers/contract.ts';
import type { CrsRow } from '../../server/mapfiles/contract.ts';
import { usePage } from '../app.ts';
import { dataPaths } from '../data/paths.ts';

const ORIGIN = {
  file: 'boundaries.crsFile',
  alias: 'boundaries.crsAlias',
  format: 'boundaries.crsFormat',
  given: 'boundaries.crsGiven',
  guess: 'boundaries.crsGuess',
} as const;
const TYPING_MS = 250;
const FOUND_SHOWN = 12;

type Props = {
  readonly crs: Preview['crs'];
  /** The file does not say its system, and its numbers are degrees that lie where they must. */
  readonly isDegrees: boolean;
  /** What was chosen, which the preview may not have followed yet. */
  readonly chosen: number | null;
  readonly onChoose: (code: number) => void;
};

export function CrsChoice({ crs, isDegrees, chosen, onChoose }: Props) {
  const { t, f } = usePage();
  if (crs.bounds === null) return null;
  const doubtful = crs.fits === false || crs.from === 'guess';
  const known = crs.candidates.find(({ code }) => code === crs.used.code)?.name ?? crs.used.name;
  const name = crs.used.code === null ? known : `${known} (EPSG:${crs.used.code})`;
  const read = chosen ?? (crs.from === 'guess' && !isDegrees ? null : crs.used.code);
  const origin = isDegrees ? 'boundaries.crsDegrees' : ORIGIN[crs.from];
  return (
    <section class={`card ${doubtful ? 'is-warning' : ''}`} aria-labelledby="crs-title">
      <h2 id="crs-title">{t('boundaries.crs')}</h2>
      <p>
        {t('boundaries.crsNow', { name, origin: t(origin) })}{' '}
        {crs.fits !== null && t(crs.fits ? 'boundaries.crsFits' : 'boundaries.crsElsewhere')}
      </p>
      <details open={doubtful} class="options">
        <summary>{t('boundaries.crsCorrect')}</summary>
        <fieldset>
          <legend class="unseen">{t('boundaries.crs')}</legend>
          {crs.candidates.map((candidate) => (
            <label key={candidate.code} class="choice">
              <input
                type="radio"
                name="crs"
                checked={candidate.code === read}
                onChange={() => onChoose(candidate.code)}
              />
              <span>
                <CrsName row={candidate} />{' '}
                <small>
                  ·{' '}
                  {candidate.fits
                    ? t(crs.fits === null ? 'boundaries.crsInCountry' : 'boundaries.crsHere')
                    : t('boundaries.crsAway', { km: f.int(candidate.distanceKm) })}
                </small>
              </span>
            </label>
          ))}
        </fieldset>
        <CrsSearch onChoose={onChoose} />
      </details>
    </section>
  );
}

const UTM = /^(?:Mexico )?(.+) \/ UTM zone (\d{1,2})([NS])$/;
const ZONE_DEGREES = 6;

/** «UTM 14N (WGS 84), EPSG:32614 — 102° a 96° O: Ciudad de México, Morelos, …»; others by the name EPSG gives them. */
function CrsName({ row: { code, name, states } }: { row: CrsRow }) {
  const { t, f } = usePage();
  const [, datum, zone, half] = UTM.exec(name) ?? [];
  if (!zone) return `${name} (EPSG:${code})`;
  const west = (Number(zone) - 1) * ZONE_DEGREES - 180;
  const degrees = (lon: number) =>
    lon === 0 ? '0°' : t(lon < 0 ? 'boundaries.crsWest' : 'boundaries.crsEast', { n: f.int(Math.abs(lon)) });
  const reach = `${degrees(west)}–${degrees(west + ZONE_DEGREES)}`;
  return (
    <>
      UTM {zone}
      {half} ({datum}), EPSG:{code} <small>— {[reach, states.join(', ')].filter(Boolean).join(': ')}</small>
    </>
  );
}

function CrsSearch({ onChoose }: Pick<Props, 'onChoose'>) {
  const { ask, t } = usePage();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly CrsRow[] | null>(null);
  useEffect(() => {
    setFound(null);
    if (text.trim() === '') return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(dataPaths.crs(text.trim()), stop.signal).then(setFound, () => {});
    }, TYPING_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return (
    <>
      <div class="fields">
        <label>
          {t('boundaries.crsOther')}
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </div>
      <ul class="found" aria-live="polite">
        {found?.slice(0, FOUND_SHOWN).map((row) => (
          <li key={row.code}>
            <button
              type="button"
              class="menu-item"
              onClick={() => {
                setText('');
                onChoose(row.code);
              }}
            >
              <CrsName row={row} />
            </button>
          </li>
        ))}
        {found?.length === 0 && <li class="small">{t('boundaries.crsNone')}</li>}
      </ul>
    </>
  );
}
