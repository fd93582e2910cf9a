// The tab «Análisis»: one form, one map, one table, one chart, how to read it, and the way to check it in another program.

import '../styles/analysis.css';
import { effect } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { FilterBar } from '../panels/filter-bar.tsx';
import { filterInWords } from '../panels/filter-words.ts';
import { MapPanel } from '../panels/map-panel.tsx';
import { OpenProblem } from '../panels/open-problem.tsx';
import { AddPicture } from '../problems/add-picture.tsx';
import { chosenPlace } from '../store/chosen.ts';
import { downloadText } from '../store/download.ts';
import { AnalysisChart } from './chart.tsx';
import { AnalysisForm } from './form.tsx';
import type { AnalysisFound } from './found.ts';
import { caveatsOf, leftOutIn, roughnessOf } from './left-out.ts';
import { AnalysisLegend } from './legend.tsx';
import { madeTexts } from './made.ts';
import { Methods } from './methods.tsx';
import { pictureOf } from './picture.ts';
import { scriptOf } from './r-script.ts';
import { readingOf } from './reading.ts';
import { namingOf, tableCsv, tableOf } from './rows.ts';
import { type Session, useSession } from './session.ts';
import { AnalysisTable } from './table.tsx';
import { analysisTaken } from './taken.ts';
import { useWaited, Waiting } from './waiting.tsx';

export function AnalysisTab() {
  const session = useSession();
  const { reference, t } = usePage();
  useOverlay(session);
  return (
    <>
      <FilterBar />
      <main class="main analysis">
        <MapPanel
          legend={
            <>
              {reference.jurisdiction.value?.synthetic && (
                <span class="synthetic is-on-map" title={t('app.syntheticLong')}>
                  {t('app.synthetic')}
                </span>
              )}
              <AnalysisLegend session={session} />
            </>
          }
        />
        <div class="column analysis-column">
          <div class="column-scroll">
            <AnalysisForm session={session} />
            <Answer session={session} />
          </div>
        </div>
      </main>
    </>
  );
}

/** The map draws the analysis for as long as the tab is open. */
function useOverlay({ found, layer, isStreets, asked }: Session): void {
  const page = usePage();
  const { map, reference, words } = page;
  useEffect(() => {
    const stop = effect(() => {
      const drawn = isStreets.value ? 'streets' : 'areas';
      const answer = found.value;
      const picture = answer?.task === asked.value.task ? pictureOf(answer, words.value) : null;
      const name = layer.value?.layer ?? null;
      if (name !== null && isStreets.value) reference.wantSegments();
      const table = answer && name ? tableOf(answer, words.value, (id) => ({ name: id, code: id })) : null;
      const rows = new Map(table?.rows.map((row) => [row.id, row]));
      map.overlay.value = {
        ...{ layer: name, drawn, classes: picture?.classes ?? new Map(), colors: picture?.colors ?? [] },
        bands: picture?.bands ?? null,
        tell: (id) => {
          const row = rows.get(id);
          const told = table?.columns.slice(2).flatMap((column, i) => {
            const isTold = ['z', 'class', 'direction', 'pattern', 'quadrant'].includes(column.code);
            return row && isTold
              ? [`${column.code === 'z' ? 'z = ' : ''}${column.show(row.cells[i + 2] ?? null)}`]
              : [];
          });
          return told?.length ? told.join(' · ') : null;
        },
      };
    });
    return () => {
      stop();
      map.overlay.value = null;
    };
  }, []);
}

function Answer({ session }: { session: Session }) {
  const { reference, store, t } = usePage();
  const { question } = session;
  const problem = question.problem.value;
  const found = session.found.value;
  const isWaiting = question.waitingSince.value !== null;
  const waited = useWaited(session);
  return (
    <>
      {waited !== null && <Waiting session={session} seconds={waited} />}
      <div class="analysis-state" aria-live="polite">
        {session.lacksStreets.value && reference.ready.value && <p>{t('analysis.needsStreets')}</p>}
        {session.isStopped.value && (
          <p>
            {t('analysis.stopped')}{' '}
            <button type="button" class="button" onClick={session.again}>
              {t('analysis.again')}
            </button>
          </p>
        )}
        {problem && !isWaiting && (
          <p class="refusal" role="alert">
            {problem.status === 0 ? t('data.failed') : t('app.refused', { reason: problem.message })}{' '}
            {problem.status < 400 || problem.status >= 500 ? (
              <button type="button" class="link" onClick={session.again}>
                {t('app.retry')}
              </button>
            ) : (
              session.asked.value.task === 'near-repeat' && (
                <button
                  type="button"
                  class="link"
                  onClick={() => store.changeFilter({ period: '28d', from: null, until: null })}
                >
                  {t('analysis.shorter')}
                </button>
              )
            )}
          </p>
        )}
      </div>
      {found && (!problem || isWaiting) && (
        <Result key={found.task} found={found} session={session} isOld={waited !== null} />
      )}
    </>
  );
}

/** What stands out is to lead to something that is done about it. */
function ChosenPlace() {
  const page = usePage();
  const chosen = chosenPlace(page, page.store.place.value);
  if (!chosen?.row || !page.access.may('handle-problems')) return null;
  return (
    <p class="panel-foot analysis-chosen">
      <strong>{chosen.name}</strong> <OpenProblem />
    </p>
  );
}

function Result({ found, session, isOld }: { found: AnalysisFound; session: Session; isOld: boolean }) {
  const page = usePage();
  const { reference, store, words, t, f } = page;
  const [said, setSaid] = useState('');
  const [shows, setShows] = useState(false);
  const chart = useRef<HTMLElement>(null);
  const layer = session.layer.value;
  const places = layer && reference.rowsOf(layer.layer);
  const naming = useMemo(() => namingOf(page, layer?.layer ?? ''), [places, layer, words.value]);
  const table = useMemo(() => tableOf(found, words.value, naming), [found, naming]);
  const city = reference.jurisdiction.value;
  if (found.answer.reason !== null)
    return (
      <div class="no-rows analysis-empty" role="status">
        <p>{t(`notSaid.${found.answer.reason}`)}</p>
        {readingOf(found, words.value, naming).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
    );
  const coarsest = Math.max(0, ...reference.sourcesInUse.value.map(({ accuracyM }) => accuracyM ?? 0));
  const rough = roughnessOf(found, coarsest, words.value);
  const { parameters, dataVersion } = found.answer;
  const version = 'layerVersion' in found.answer ? found.answer.layerVersion : null;
  const file = `${[city?.code, layer?.layer, found.task, parameters.from, parameters.until].filter(Boolean).join('-')}.csv`;
  const script = () =>
    scriptOf(found, {
      ...{ city: city?.code ?? '', origin: location.origin, file, language: store.language.value },
      ...{ columns: table.columns.map(({ code }) => code), rows: table.rows.length },
      ...{ layer: layer?.layer ?? null, isStreets: session.isStreets.value, bounds: city?.bounds ?? null },
    });
  const save = () => {
    const told = {
      analysis: found.task,
      ...parameters,
      layer: layer?.layer ?? '',
      layerVersion: version ?? '',
      dataVersion,
    };
    const about = [
      ...filterInWords(page),
      ...caveatsOf(found, words.value),
      ...leftOutIn(found, words.value),
      ...rough,
    ];
    downloadText(tableCsv(table, told, about), file, 'text/csv');
  };
  const taken = () =>
    analysisTaken(page, found, {
      ...{ layer: layer?.layer ?? null, isStreets: session.isStreets.value, naming },
      chart: chart.current?.querySelector('svg') ?? null,
    });
  const copy = () =>
    navigator.clipboard.writeText(script()).then(
      () => setSaid(t('analysis.copied')),
      () => {
        setShows(true);
        setSaid(t('analysis.copyFailed'));
      },
    );
  return (
    <div class={isOld ? 'analysis-result is-old' : 'analysis-result'}>
      <section class="panel" aria-labelledby="reading-title">
        <div class="panel-head">
          <h2 id="reading-title">{t('analysis.reading')}</h2>
          <Methods />
        </div>
        {[...readingOf(found, words.value, naming), ...rough].map((sentence) => (
          <p key={sentence} class="sentence">
            {sentence}
          </p>
        ))}
        <p class="small">{t(`analysis.not_${found.task}`)}</p>
      </section>
      <section ref={chart} class="panel" aria-label={t('analysis.chart')}>
        <AnalysisChart found={found} />
      </section>
      <section class="panel">
        <AnalysisTable table={table} layer={layer?.layer ?? null} onSave={save} />
      </section>
      <section class="panel" aria-labelledby="made-title">
        <h2 id="made-title">{t('analysis.made')}</h2>
        <p class="small">{madeTexts(found, words.value).join(' · ')}</p>
        <p class="small">{t('analysis.version', { version: f.int(dataVersion) })}</p>
        <p class="panel-foot">
          <button type="button" class="button" onClick={copy}>
            {t('analysis.copyR')}
          </button>
          <button type="button" class="link" aria-expanded={shows} onClick={() => setShows(!shows)}>
            {t('analysis.showR')}
          </button>
          <span role="status">{said}</span>
        </p>
        {shows && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          <pre class="script" tabIndex={0}>
            {script()}
          </pre>
        )}
      </section>
      {page.access.may('handle-problems') && (
        <section class="panel">
          <AddPicture take={taken} />
        </section>
      )}
      <ChosenPlace />
    </div>
  );
}
