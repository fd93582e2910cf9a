// The tab of the weekly meeting: which week, which place, what is counted; presented, printed, or as a booklet.

import { computed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { MeetingAction } from '../../server/meetings/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { HelpText } from '../parts/info.tsx';
import { Popover } from '../parts/popover.tsx';
import { createQuestion } from '../store/question.ts';
import '../styles/meeting.css';
import '../styles/meeting-print.css';
import { Actions } from './actions.tsx';
import { type BookletSheet, makeBooklet } from './booklet.ts';
import { meetingPaths } from './paths.ts';
import { MeetingSheet, SLIDES } from './sheet.tsx';

const MOST_SHEETS = 300;

export function MeetingTab() {
  const page = usePage();
  const { access, answers, ask, reference, store, t, f } = page;
  const asked = store.page.value.meeting;
  const city = reference.jurisdiction.value;
  const question = useMemo(
    () =>
      createQuestion(
        computed(() => {
          const filter = answers.counted.value;
          const code = reference.jurisdiction.value?.code;
          const { language } = store;
          return filter && code ? meetingPaths.meeting(code, filter, store.page.value.meeting, language.value) : null;
        }),
        ask,
      ),
    [],
  );
  const [slide, setSlide] = useState<number | null>(null);
  const [listed, setListed] = useState<readonly MeetingAction[]>([]);
  const [booklet, setBooklet] = useState<readonly BookletSheet[] | null>(null);
  const [making, setMaking] = useState<string | null>(null);
  const [layerCode, setLayerCode] = useState<string | null>(null);
  const stop = useRef<AbortController | null>(null);
  const presenting = useRef<HTMLButtonElement>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const answer = question.answered.value?.value;
  const problem = question.problem.value;

  useEffect(() => {
    if (slide === null) return;
    const onKey = (event: KeyboardEvent) => {
      const field = (event.target as HTMLElement).closest<HTMLElement>('input, select, textarea');
      // The first Escape leaves a field, what was written in it stays; the next one ends.
      if (field && event.key === 'Escape') field.blur();
      if (field) return;
      const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
      if (event.key === 'Escape') setSlide(null);
      else if (step) setSlide((now) => Math.min(Math.max((now ?? 0) + step, 0), SLIDES.length - 1));
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
      // Once the bar with its button is there again.
      requestAnimationFrame(() => presenting.current?.focus());
    };
  }, [slide === null]);

  const filter = answers.counted.value;
  const layers = reference.areaLayers.value.filter(({ features }) => features > 0 && features <= MOST_SHEETS);
  const fewest = [...layers].sort((a, b) => a.features - b.features)[0];
  const layer = layers.find((row) => row.layer === layerCode) ?? fewest;
  // What was agreed in an area is listed with its name.
  useEffect(() => {
    reference.wantListed(layer?.layer ?? null);
    return () => reference.wantListed(null);
  }, [layer?.layer]);
  const go = (patch: Partial<typeof asked>) => {
    setBooklet(null);
    store.change({ meeting: { ...store.page.peek().meeting, ...patch } });
  };
  const make = async () => {
    if (!city || !filter || !answer || !layer) return;
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    const language = store.language.peek();
    const tell = (n: number, all: number) => setMaking(t('meeting.bookletMaking', { n: f.int(n), all: f.int(all) }));
    tell(0, layer.features + 1);
    try {
      const about = {
        ask,
        city: city.code,
        filter,
        week: answer.week,
        layer,
        language,
        areas: access.me.value?.scope.areas ?? null,
      };
      setBooklet(await makeBooklet(about, tell, mine.signal));
      setMaking(null);
      // Once what was made has been drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => window.print()));
    } catch (error) {
      if (!mine.signal.aborted) setMaking(t('meeting.bookletFailed', { reason: (error as Error).message }));
    }
  };
  if (!city?.from || !filter) return <main class="meeting" />;
  const isPresenting = slide !== null;
  return (
    <main class={`meeting ${isPresenting ? 'is-presenting' : ''} ${booklet ? 'has-booklet' : ''}`}>
      <div class="meeting-bar">
        <h1>{t('meeting.title')}</h1>
        <div class="meeting-weeks">
          <button
            type="button"
            class="button is-icon"
            disabled={!answer}
            aria-label={t('meeting.weekBefore')}
            title={t('meeting.weekBefore')}
            onClick={() => answer && go({ week: answer.weekBefore })}
          >
            <Icon name="chevronLeft" />
          </button>
          <span class="meeting-week">{answer ? f.range(answer.from, answer.until) : '…'}</span>
          <button
            type="button"
            class="button is-icon is-next"
            disabled={!answer?.weekAfter}
            aria-label={t('meeting.weekAfter')}
            title={t('meeting.weekAfter')}
            onClick={() => answer?.weekAfter && go({ week: answer.weekAfter })}
          >
            <Icon name="chevronLeft" />
          </button>
        </div>
        <ScopeChoice scope={asked.scope} onChoose={(scope) => go({ scope })} />
        <label>
          <span class="sr-only">{t('meeting.theme')}</span>
          <select
            value={filter.theme ?? ''}
            onChange={(event) => {
              setBooklet(null);
              store.changeFilter({ theme: event.currentTarget.value || null, offences: [] });
            }}
          >
            {filter.theme === null && <option value="">{t('filter.themeNone')}</option>}
            {reference.themes.value.map(({ code, title }) => (
              <option key={code} value={code}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <span class="meeting-gap" />
        <Popover label={t('meeting.help')} button={<Icon name="info" />} buttonLabel={t('meeting.help')} class="info">
          {() => <HelpText topic="meeting" />}
        </Popover>
        <button type="button" class="button" onClick={() => store.change({ tab: 'briefings', briefing: null })}>
          {t('briefing.tab')}
        </button>
        <button ref={presenting} type="button" class="button" disabled={!answer} onClick={() => setSlide(0)}>
          {t('meeting.present')}
        </button>
        <button type="button" class="button" disabled={!answer} onClick={() => window.print()}>
          <Icon name="printer" /> {t('meeting.print')}
        </button>
        {layer && (
          <span class="meeting-booklet">
            {layers.length > 1 && (
              <select
                aria-label={t('meeting.booklet')}
                value={layer.layer}
                onChange={(event) => setLayerCode(event.currentTarget.value)}
              >
                {layers.map((row) => (
                  <option key={row.layer} value={row.layer}>
                    {row.title} ({f.int(row.features)})
                  </option>
                ))}
              </select>
            )}
            <button type="button" class="button is-primary" disabled={!answer} onClick={make}>
              {t('meeting.booklet')}
            </button>
          </span>
        )}
      </div>
      {making && (
        <p class="meeting-making" role="status">
          {making}
        </p>
      )}
      {problem && !answer && (
        <p class="refusal" role="alert">
          {problem.status === 0 ? t('app.failedFirst') : t('app.refused', { reason: problem.message })}
        </p>
      )}
      {!answer && !problem && (
        <p class="no-data" role="status">
          {t('app.loading')}
        </p>
      )}
      {answer && !booklet && (
        <div class={`meeting-body ${question.isOld.value ? 'is-old' : ''}`}>
          <MeetingSheet
            answer={answer}
            filter={filter}
            only={isPresenting ? SLIDES[slide]! : null}
            actions={<Actions city={city.code} week={answer.week} scope={scopeOf(answer)} onListed={setListed} />}
          />
        </div>
      )}
      {isPresenting && (
        <p class="meeting-presenter">
          <span>{t('meeting.presentAt', { n: f.int(slide + 1), all: f.int(SLIDES.length) })}</span>
          <span class="small">{t('meeting.presentHint')}</span>
          <button type="button" class="button" onClick={() => setSlide(null)}>
            {t('meeting.presentEnd')}
          </button>
        </p>
      )}
      {booklet && (
        <div class="meeting-body">
          <p class="meeting-making no-print">
            {t('meeting.bookletOf', { layer: layer?.title ?? '', n: f.int(booklet.length) })}{' '}
            <button type="button" class="button" onClick={() => setBooklet(null)}>
              {t('meeting.bookletEnd')}
            </button>
          </p>
          {booklet.map((sheet, i) => (
            <MeetingSheet
              key={sheet.answer.scope?.code ?? ''}
              answer={sheet.answer}
              filter={filter}
              actions={sheet.actions}
              sheet={{ n: i + 1, all: booklet.length }}
            />
          ))}
        </div>
      )}
      {answer && !booklet && (
        <div class="print-only">
          <MeetingSheet answer={answer} filter={filter} actions={listed} />
        </div>
      )}
    </main>
  );
}

const scopeOf = ({ scope }: { scope: { layer: string; code: string } | null }) =>
  scope ? `${scope.layer}:${scope.code}` : null;

/** The municipality, or an area of the layer with the fewest that is named on its sheets. */
function ScopeChoice({
  scope,
  onChoose,
}: {
  readonly scope: string | null;
  readonly onChoose: (scope: string | null) => void;
}) {
  const { access, ask, reference, t } = usePage();
  const city = reference.jurisdiction.value?.code;
  const [rows, setRows] = useState<Readonly<Record<string, readonly { code: string; name: string }[]>>>({});
  const layers = reference.areaLayers.value.filter(({ features }) => features > 0 && features <= MOST_SHEETS);
  const names = layers.map(({ layer, version }) => `${layer}@${version}`).join();
  useEffect(() => {
    if (!city) return;
    const stop = new AbortController();
    for (const { layer, version } of layers)
      ask(`/api/v1/${city}/layers/${layer}@${version}/features`, stop.signal).then(
        (found) => setRows((now) => ({ ...now, [layer]: (found as { features: never[] }).features })),
        () => {},
      );
    return () => stop.abort();
  }, [city, names]);
  return (
    <label>
      <span class="sr-only">{t('meeting.scope')}</span>
      <select value={scope ?? ''} onChange={(event) => onChoose(event.currentTarget.value || null)}>
        <option value="">{t(access.me.value?.scope.areas ? 'meeting.ownAreas' : 'meeting.wholeCity')}</option>
        {layers.map(({ layer, title }) => (
          <optgroup key={layer} label={title}>
            {[...(rows[layer] ?? [])]
              .sort((a, b) => a.code.localeCompare(b.code, undefined, { numeric: true }))
              .map(({ code, name }) => (
                <option key={code} value={`${layer}:${code}`}>
                  {name || code}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
