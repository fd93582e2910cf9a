// Brings a file of incidents in: send it, say how its columns are read, see what loading it would do, load it.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ImportMapping, WaitingImport } from '../../server/imports/contract.ts';
import { MONTHLY_PRESET } from '../../server/official-totals/contract.ts';
import { usePage } from '../app.ts';
import { useDesk } from '../data/data-store.ts';
import { FileDrop } from '../data/file-drop.tsx';
import { dataPaths } from '../data/paths.ts';
import { WizardHead } from '../data/steps.tsx';
import type { Problem } from '../store/api.ts';
import { Columns } from './columns.tsx';
import { DryRun } from './dry-run.tsx';
import { MonthlyTable } from './monthly-table.tsx';

const ACCEPT = '.csv,.tsv,.txt,.xlsx,.geojson,.json,.geojsonl,.ndjson,.zip,.gz';

export function IncidentsWizard() {
  const { ask, store, t } = usePage();
  const { city, run } = useDesk();
  const upload = store.page.value.upload;
  const [file, setFile] = useState<WaitingImport | null>(null);
  const [checking, setChecking] = useState(false);
  const newest = useRef(0);
  const sent = useRef(Promise.resolve(true));
  const waiting = file?.id === upload ? file : null;

  useEffect(() => {
    setChecking(false);
    if (upload === null || waiting) return;
    const stop = new AbortController();
    ask(dataPaths.waiting(city.code, upload), stop.signal).then(setFile, (error: Problem) => {
      // Imported, removed or expired: there is nothing to go on with.
      if (!stop.signal.aborted && error.status >= 400 && error.status < 500) store.adjust({ upload: null });
    });
    return () => stop.abort();
  }, [upload]);

  const remap = (mapping: ImportMapping): Promise<boolean> => {
    if (!waiting) return Promise.resolve(false);
    // Shown at once, so that the next choice builds on it; sent one after the other, so that the last one is what stays.
    setFile({ ...waiting, mapping });
    const mine = ++newest.current;
    sent.current = sent.current.then(async () => {
      if (mine !== newest.current) return false;
      const read = await run('PUT', dataPaths.waiting(city.code, waiting.id), mapping);
      if (read && mine === newest.current) setFile(read);
      return read !== null;
    });
    return sent.current;
  };

  // Monthly totals have columns of their own: what is left to choose is of which areas.
  const monthly = waiting?.mapping.preset === MONTHLY_PRESET;
  const steps = monthly
    ? [t('importing.stepFile'), t('benchmark.stepAreas')]
    : [t('importing.stepFile'), t('importing.stepColumns'), t('importing.stepCheck')];
  return (
    <>
      <WizardHead title={t('importing.title')} steps={steps} current={upload === null ? 0 : checking ? 2 : 1} />
      {upload === null ? (
        <FileDrop
          path={dataPaths.imports(city.code)}
          accept={ACCEPT}
          hint={t('importing.dropHint')}
          several={false}
          onDone={(answer) => {
            setFile(answer);
            store.change({ upload: answer.id });
          }}
        />
      ) : !waiting ? (
        <p role="status">{t('app.loading')}</p>
      ) : monthly ? (
        <MonthlyTable file={waiting} onMapping={remap} />
      ) : checking ? (
        <DryRun file={waiting} onMapping={remap} onBack={() => setChecking(false)} />
      ) : (
        <Columns file={waiting} onMapping={remap} onNext={() => setChecking(true)} />
      )}
    </>
  );
}
