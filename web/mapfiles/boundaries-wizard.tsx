// Brings a map file in: send it, see what was understood with every doubt, correct it, publish it.

import { useEffect, useState } from 'preact/hooks';
import {
  type PopulationPreview,
  type Preview,
  type UploadChoices,
  type UploadType,
  uploadChoices,
} from '../../server/layers/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { FileDrop } from '../data/file-drop.tsx';
import { dataPaths } from '../data/paths.ts';
import { send } from '../data/send.ts';
import { WizardHead } from '../data/steps.tsx';
import type { Problem } from '../store/api.ts';
import { MapFile } from './map-file.tsx';
import { Population } from './population.tsx';
import { reasonOnPage } from './reason.ts';
import { TypeChoice, UnderstoodFile } from './understood-file.tsx';

const ACCEPT =
  '.zip,.shp,.shx,.dbf,.prj,.cpg,.gpkg,.geojson,.json,.geojsonl,.geojsons,.ndjson,.topojson,.kml,.kmz,.fgb,.gml,.dxf,' +
  '.csv,.tsv,.gpx,.tab,.dat,.map,.id,.mif,.mid,.sqlite,.jml,.xlsx';
const UNDECIDED: UploadChoices = uploadChoices.parse({ type: 'areas' });

/** Choices last until the window closes, so that a reload goes on where it was. */
const keyOf = (upload: string) => `cuadra.choices.${upload}`;

export function BoundariesWizard() {
  const { store, t } = usePage();
  const { city } = useDesk();
  const upload = store.page.value.upload;
  const steps = [t('importing.stepFile'), t('boundaries.stepPreview')];
  const [type, setType] = useState<UploadType>('areas');
  const [isLost, setLost] = useState(false);
  return (
    <>
      <WizardHead title={t('boundaries.title')} steps={steps} current={upload === null ? 0 : 1} />
      {isLost && (
        <p class="refusal" role="alert">
          {t('boundaries.lost')}
        </p>
      )}
      {upload === null ? (
        <>
          <div class="card">
            <div class="fields">
              <TypeChoice type={type} onChoose={setType} />
            </div>
          </div>
          <FileDrop
            path={dataPaths.uploads(city.code)}
            accept={ACCEPT}
            hint={t('boundaries.dropHint')}
            several
            onDone={(answer) => {
              setLost(false);
              // A workbook holds no map.
              const isTable = answer.files.some(({ name }) => /\.xlsx$/i.test(name));
              remember(answer.upload, { ...UNDECIDED, type: isTable ? 'population' : type });
              store.change({ upload: answer.upload });
            }}
          />
        </>
      ) : (
        <Previewed key={upload} upload={upload} onLost={() => setLost(true)} />
      )}
    </>
  );
}

function Previewed({ upload, onLost }: { upload: string; onLost: () => void }) {
  const { store, t } = usePage();
  const { city, run } = useDesk();
  const [choices, setChoices] = useState(() => remembered(upload));
  const [preview, setPreview] = useState<Preview | PopulationPreview | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(true);

  useEffect(() => {
    remember(upload, choices);
    // Whose residents these are comes first.
    if (choices.type === 'population' && choices.layer === null) return setBusy(false);
    let wanted = true;
    setBusy(true);
    send('POST', dataPaths.preview(city.code, upload), store.language.peek(), choices)
      .then(
        (answer) => {
          if (!wanted) return;
          setPreview(answer);
          setProblem(null);
        },
        (error: Problem) => {
          if (!wanted) return;
          setProblem(error);
          if (error.status !== 404) return;
          // Published, removed or expired: there is nothing to go on with.
          onLost();
          store.adjust({ upload: null });
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
  // Of another kind until the answer to the last choice is there.
  const isOfTable = (of: UploadType) => of === 'population';
  const shown = problem || preview === null || isOfTable(preview.type) !== isOfTable(choices.type) ? null : preview;
  return (
    <>
      {busy && (
        <p class="card" role="status">
          {t('boundaries.reading')}
        </p>
      )}
      {problem && !busy && (
        <p class="refusal" role="alert">
          {problem.status === 0 ? t('data.failed') : t('data.refused', { reason: reasonOnPage(problem.message) })}
        </p>
      )}
      <UnderstoodFile
        choices={choices}
        fileName={shown?.fileName ?? null}
        preview={shown?.type === 'population' ? null : shown}
        onChoose={choose}
      />
      {choices.type === 'population' && (
        <Population
          upload={upload}
          choices={choices}
          preview={shown?.type === 'population' ? shown : null}
          busy={busy}
          onChoose={choose}
        />
      )}
      {shown && shown.type !== 'population' && (
        <MapFile upload={upload} choices={choices} preview={shown} busy={busy} onChoose={choose} />
      )}
      <div class="wizard-buttons">
        <button type="button" class="button" onClick={again}>
          {t('importing.again')}
        </button>
      </div>
    </>
  );
}

function remember(upload: string, choices: UploadChoices): void {
  sessionStorage.setItem(keyOf(upload), JSON.stringify(choices));
}

function remembered(upload: string): UploadChoices {
  try {
    return uploadChoices.parse(JSON.parse(sessionStorage.getItem(keyOf(upload)) ?? ''));
  } catch {
    return UNDECIDED;
  }
}
