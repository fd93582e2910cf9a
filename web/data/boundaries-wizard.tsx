// Brings a map file in: send it, see what was understood with every doubt, correct it, publish it.

import { useEffect, useState } from 'preact/hooks';
import { type Preview, type UploadChoices, uploadChoices } from '../../server/boundaries/contract.ts';
import type { Problem } from '../api.ts';
import { usePage } from '../app.ts';
import { AxesChoice } from './axes-choice.tsx';
import { CrsChoice } from './crs-choice.tsx';
import { useDesk } from './desk.ts';
import { FileDrop } from './file-drop.tsx';
import { Findings } from './findings.tsx';
import { LayerColumns } from './layer-columns.tsx';
import { dataPaths } from './paths.ts';
import { PreviewMap } from './preview-map.tsx';
import { Publish } from './publish.tsx';
import { send } from './send.ts';
import { WizardHead } from './steps.tsx';
import { UnderstoodFile } from './understood-file.tsx';

const ACCEPT =
  '.zip,.shp,.shx,.dbf,.prj,.cpg,.gpkg,.geojson,.json,.geojsonl,.topojson,.kml,.kmz,.fgb,.gml,.dxf,.csv,.gpx';
const UNDECIDED: UploadChoices = uploadChoices.parse({ type: 'areas' });

/** Choices last until the window closes, so that a reload goes on where it was. */
const keyOf = (upload: string) => `cuadra.choices.${upload}`;

export function BoundariesWizard() {
  const { store, t } = usePage();
  const { city } = useDesk();
  const upload = store.page.value.upload;
  const steps = [t('importing.stepFile'), t('boundaries.stepPreview')];
  return (
    <>
      <WizardHead title={t('boundaries.title')} steps={steps} current={upload === null ? 0 : 1} />
      {upload === null ? (
        <FileDrop
          path={dataPaths.uploads(city.code)}
          accept={ACCEPT}
          hint={t('boundaries.dropHint')}
          several
          onDone={(answer) => store.change({ upload: answer.upload })}
        />
      ) : (
        <Previewed key={upload} upload={upload} />
      )}
    </>
  );
}

function Previewed({ upload }: { upload: string }) {
  const { store, t } = usePage();
  const { city, run } = useDesk();
  const [choices, setChoices] = useState(() => remembered(upload));
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(true);

  useEffect(() => {
    let wanted = true;
    setBusy(true);
    sessionStorage.setItem(keyOf(upload), JSON.stringify(choices));
    send('POST', dataPaths.preview(city.code, upload), store.language.peek(), choices)
      .then(
        (answer) => {
          if (!wanted) return;
          setPreview(answer);
          setProblem(null);
        },
        (error: Problem) => {
          if (!wanted) return;
          // Published, removed or expired: there is nothing to go on with.
          if (error.status === 404) store.adjust({ upload: null });
          setProblem(error);
        },
      )
      .finally(() => wanted && setBusy(false));
    return () => {
      wanted = false;
    };
  }, [choices]);

  const choose = (patch: Partial<UploadChoices>) => setChoices({ ...choices, ...patch });
  const again = () => {
    store.change({ upload: null });
    run('DELETE', dataPaths.upload(city.code, upload));
  };
  return (
    <>
      {busy && (
        <p class="card" role="status">
          {t('boundaries.reading')}
        </p>
      )}
      {problem && !busy && (
        <p class="refusal" role="alert">
          {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: problem.message })}
        </p>
      )}
      <UnderstoodFile choices={choices} preview={problem ? null : preview} onChoose={choose} />
      {preview && !problem && (
        <div class={busy ? 'is-waiting' : ''}>
          {preview.problem && (
            <p class="refusal" role="alert">
              {t('data.refused', { reason: preview.problem.detail })}
            </p>
          )}
          <AxesChoice crs={preview.crs} onChoose={choose} />
          <CrsChoice crs={preview.crs} chosen={choices.crs} onChoose={(crs) => choose({ crs })} />
          <section class="card">
            <PreviewMap label={t('boundaries.map')} data={preview.geojson} />
          </section>
          <LayerColumns preview={preview} onChoose={choose} />
          <Findings upload={upload} checks={preview.checks} />
          <Publish upload={upload} preview={preview} busy={busy} />
        </div>
      )}
      <div class="wizard-buttons">
        <button type="button" class="button" onClick={again}>
          {t('importing.again')}
        </button>
      </div>
    </>
  );
}

function remembered(upload: string): UploadChoices {
  try {
    return uploadChoices.parse(JSON.parse(sessionStorage.getItem(keyOf(upload)) ?? ''));
  } catch {
    return UNDECIDED;
  }
}
