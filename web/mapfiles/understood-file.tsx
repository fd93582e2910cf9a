// What a map file holds: its type, the layer of it that is meant, how many features, and how its letters are read.

import type { Preview, UploadChoices, UploadType } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';

const TYPES = [
  ['areas', 'boundaries.typeAreas'],
  ['streets', 'boundaries.typeStreets'],
  ['points', 'boundaries.typePoints'],
  ['context', 'boundaries.typeContext'],
  ['population', 'boundaries.typePopulation'],
] as const;

/** The layers of INEGI's Marco Geoestadístico, two figures of the state before them. */
const INEGI = ['ent', 'mun', 'l', 'lpr', 'a', 'ar', 'm', 'cd', 'e', 'fm', 'sip', 'sil', 'sia'] as const;
const inegiPart = (layer: string) => {
  const part = /^\d\d(\w+)$/.exec(layer.toLowerCase())?.[1];
  return INEGI.find((each) => each === part);
};

type Props = {
  readonly choices: UploadChoices;
  /** Null while it is being read. */
  readonly fileName: string | null;
  readonly preview: Preview | null;
  readonly onChoose: (patch: Partial<UploadChoices>) => void;
};

export function UnderstoodFile({ choices, fileName, preview, onChoose }: Props) {
  const { t, f } = usePage();
  return (
    <section class="card" aria-labelledby="file-title">
      <h2 id="file-title">
        {fileName === null ? t('boundaries.stepPreview') : t('boundaries.understood', { name: fileName })}
      </h2>
      {preview && <p>{t('boundaries.counts', { read: f.int(preview.read), features: f.int(preview.features) })}</p>}
      <div class="fields">
        <TypeChoice
          type={choices.type}
          // What was chosen of another layer of the file means nothing here.
          onChoose={(type) => onChoose({ type, sourceLayer: null, code: null, name: null, population: null })}
        />
        {preview && preview.layers.length > 1 && (
          <label>
            {t('boundaries.layer')}
            <select
              value={preview.sourceLayer}
              onChange={(event) =>
                onChoose({ sourceLayer: event.currentTarget.value, code: null, name: null, population: null })
              }
            >
              {preview.layers.map(({ name, features }) => {
                const part = inegiPart(name);
                const title = part === undefined ? name : `${name}: ${t(`boundaries.inegi_${part}`)}`;
                return (
                  <option key={name} value={name}>
                    {features === null ? title : `${title} (${f.int(features)})`}
                  </option>
                );
              })}
            </select>
          </label>
        )}
      </div>
      {preview?.mine && (
        <label class="choice">
          <input
            type="checkbox"
            checked={(choices.only === undefined ? preview.only : choices.only) !== null}
            onChange={(event) => onChoose({ only: event.currentTarget.checked ? (preview.mine?.only ?? null) : null })}
          />
          {t('boundaries.mine', { inside: f.int(preview.mine.inside), total: f.int(preview.mine.total) })}
        </label>
      )}
      {preview?.encoding && preview.encoding.samples.length > 0 && (
        <Encoding
          encoding={preview.encoding}
          chosen={choices.encoding}
          onChoose={(encoding) => onChoose({ encoding })}
        />
      )}
    </section>
  );
}

export function TypeChoice({ type, onChoose }: { type: UploadType; onChoose: (type: UploadType) => void }) {
  const { t } = usePage();
  return (
    <label>
      {t('boundaries.type')}
      <select value={type} onChange={(event) => onChoose(event.currentTarget.value as UploadType)}>
        {TYPES.map(([each, title]) => (
          <option key={each} value={each}>
            {t(title)}
          </option>
        ))}
      </select>
    </label>
  );
}

type EncodingProps = {
  readonly encoding: NonNullable<Preview['encoding']>;
  readonly chosen: string | null;
  readonly onChoose: (encoding: string) => void;
};

function Encoding({ encoding, chosen, onChoose }: EncodingProps) {
  const { t } = usePage();
  const options = [{ name: encoding.used, samples: encoding.samples }, ...encoding.others];
  return (
    <fieldset class="options">
      <legend>{t('boundaries.encodingNow')}</legend>
      {options.map(({ name, samples }) => (
        <label key={name} class="choice">
          <input
            type="radio"
            name="encoding"
            checked={name === (chosen ?? encoding.used)}
            onChange={() => onChoose(name)}
          />
          {t('boundaries.encodingOption', { encoding: name, samples: samples.slice(0, 3).join(' · ') })}
        </label>
      ))}
    </fieldset>
  );
}
