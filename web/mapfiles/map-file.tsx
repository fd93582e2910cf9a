// What a map file would become: where it lies, how it is read, what the checks found, and publishing it.

import { useMemo, useRef, useState } from 'preact/hooks';
import type { Preview, UploadChoices } from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { PreviewMap } from '../data/preview-map.tsx';
import type { DrawnPreview } from '../map/preview.ts';
import { Agreed } from './agreed.tsx';
import { AxesChoice } from './axes-choice.tsx';
import { CrsChoice } from './crs-choice.tsx';
import { Findings } from './findings.tsx';
import { LayerColumns } from './layer-columns.tsx';
import { Publish } from './publish.tsx';
import { reasonOnPage } from './reason.ts';

type Props = {
  readonly upload: string;
  readonly choices: UploadChoices;
  readonly preview: Preview;
  readonly busy: boolean;
  readonly onChoose: (patch: Partial<UploadChoices>) => void;
};

export function MapFile({ upload, choices, preview, busy, onChoose }: Props) {
  const { reference, t } = usePage();
  const map = useRef<DrawnPreview | null>(null);
  const [target, setTarget] = useState('');
  const problems = useMemo(() => {
    // A street without a name is no problem of the file; such notes are seen one by one from the list.
    const grave = preview.checks.filter(({ level }) => level !== 'info');
    return grave.flatMap(({ items }) => items.flatMap(({ at }) => (at ? [at] : [])));
  }, [preview]);
  const [isClose, setClose] = useState(false);
  const goTo = (at: readonly [lon: number, lat: number], sizeM: number) => {
    map.current?.goTo(at, sizeM);
    setClose(true);
  };
  const goBack = () => {
    map.current?.show(preview.geojson);
    setClose(false);
  };
  // What it would take the place of, else what the city is known by.
  const replaced = choices.type === 'streets' ? reference.streetLayer.value?.layer : target;
  const current = reference.layers.value.find(({ layer }) => layer === replaced) ?? reference.areaLayer.value;
  return (
    <div class={busy ? 'is-waiting' : ''}>
      {preview.problem && (
        <p class="refusal" role="alert">
          {t('data.refused', { reason: reasonOnPage(preview.problem.detail) })}
        </p>
      )}
      <Agreed preview={preview} choices={choices} onChoose={onChoose} />
      <AxesChoice crs={preview.crs} onChoose={onChoose} />
      <CrsChoice
        crs={preview.crs}
        isDegrees={preview.checks.some(({ code }) => code === 'crs-degrees')}
        chosen={choices.crs}
        onChoose={(crs) => onChoose({ crs })}
      />
      <section class="card">
        <PreviewMap
          label={t('boundaries.map')}
          data={preview.geojson}
          problems={problems}
          current={current}
          map={map}
        />
        {isClose && (
          <div class="wizard-doors">
            <button type="button" class="button" onClick={goBack}>
              {t('boundaries.mapWhole')}
            </button>
          </div>
        )}
      </section>
      <LayerColumns preview={preview} numbers={choices.numbers} onChoose={onChoose} />
      <Findings upload={upload} checks={preview.checks} onGo={goTo} />
      <Publish
        key={preview.sourceLayer}
        upload={upload}
        preview={preview}
        busy={busy}
        target={target}
        onTarget={setTarget}
      />
    </div>
  );
}
