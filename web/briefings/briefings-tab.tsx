// The tab «Informes»: the list with what can be begun, or one of them.

import { useEffect, useState } from 'preact/hooks';
import type { BriefingAnswer, BriefingRow, NewBriefing } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { Icon } from '../parts/icon.tsx';
import { HelpText } from '../parts/info.tsx';
import { Popover } from '../parts/popover.tsx';
import type { Problem } from '../store/api.ts';
import { whoText } from '../store/words.ts';
import '../styles/meeting.css';
import '../styles/briefing.css';
import '../styles/briefing-print.css';
import { BriefingPage } from './briefing-page.tsx';
import { briefingPaths } from './paths.ts';
import { READY_MADE, readyMade } from './templates.ts';
import { lastMonth, throughDay } from './views.ts';

export function BriefingsTab() {
  const { reference, store } = usePage();
  const city = reference.jurisdiction.value?.code;
  const { briefing } = store.page.value;
  if (!city) return <main class="data" />;
  return (
    <main class="data briefings">
      <div class="data-inner">
        {briefing === null ? <BriefingList city={city} /> : <BriefingPage key={briefing} city={city} id={briefing} />}
      </div>
    </main>
  );
}

function BriefingList({ city }: { readonly city: string }) {
  const page = usePage();
  const { access, ask, reference, store, t, f } = page;
  const [rows, setRows] = useState<readonly BriefingRow[] | null>(null);
  const [leftOut, setLeftOut] = useState(0);
  const [isArchive, setArchive] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [isMaking, setMaking] = useState(false);
  const failed = ({ status, message }: Problem) => {
    setMaking(false);
    setRefused(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));
  };
  useEffect(() => {
    const stop = new AbortController();
    ask(briefingPaths.list(city), stop.signal).then(
      (found) => {
        setRows(found.rows);
        setLeftOut(found.leftOut);
      },
      (problem) => !stop.signal.aborted && failed(problem),
    );
    return () => stop.abort();
  }, [city]);
  const make = (body: NewBriefing) => {
    setMaking(true);
    send<BriefingAnswer>('POST', briefingPaths.add(city) as string, store.language.peek(), body).then(
      ({ id }) => store.change({ briefing: id }),
      failed,
    );
  };
  const fromTemplate = (row: BriefingRow) =>
    ask(briefingPaths.one(city, row.id), new AbortController().signal).then(({ body }) => {
      const through = throughDay(page);
      make({ title: body.title, period: through ? lastMonth(through) : null, blocks: body.blocks });
    }, failed);
  const mayWrite = access.may('meet') && reference.ready.value;
  const shown = (rows ?? []).filter(({ isTemplate, state }) => !isTemplate && (state === 'archived') === isArchive);
  const templates = (rows ?? []).filter(({ isTemplate, state }) => isTemplate && state === 'open');
  const open = (briefing: number) => store.change({ briefing });
  return (
    <>
      <h1>
        {t('briefing.tab')}{' '}
        <Popover label={t('briefing.tab')} button={<Icon name="info" />} buttonLabel={t('briefing.help')} class="info">
          {() => <HelpText topic="briefing" />}
        </Popover>
      </h1>
      <p class="lead">{t('briefing.intro')}</p>
      {refused && (
        <p class="refusal" role="alert">
          {refused}
        </p>
      )}
      {mayWrite && (
        <section class="card" aria-labelledby="briefing-start">
          <h2 id="briefing-start">{t('briefing.start')}</h2>
          <ul class="briefing-starts">
            {READY_MADE.filter((which) => which !== 'measures' || access.may('see-problems')).map((which) => (
              <li key={which}>
                <button type="button" class="button" disabled={isMaking} onClick={() => make(readyMade(page, which))}>
                  {t(`briefing.${which}`)}
                </button>
                <p class="small">{t(`briefing.${which}How`)}</p>
              </li>
            ))}
            <li>
              <button
                type="button"
                class="button"
                disabled={isMaking}
                onClick={() => make({ title: t('briefing.start') })}
              >
                {t('briefing.blank')}
              </button>
            </li>
          </ul>
          {templates.length > 0 && (
            <>
              <h3>{t('briefing.mine')}</h3>
              <ul class="briefing-starts">
                {templates.map((row) => (
                  <li key={row.id}>
                    <button type="button" class="button" disabled={isMaking} onClick={() => fromTemplate(row)}>
                      {row.title}
                    </button>
                    <p class="small">
                      <button type="button" class="link" onClick={() => open(row.id)}>
                        {t('briefing.openTemplate')}
                      </button>
                    </p>
                  </li>
                ))}
              </ul>
            </>
          )}
          {isMaking && <p role="status">{t('app.loading')}</p>}
        </section>
      )}
      {rows && shown.length === 0 && <p role="status">{t('briefing.none')}</p>}
      <ul class="tip-list briefing-list">
        {shown.map((row) => (
          <li key={row.id} class="tip">
            <h2>
              <button type="button" class="link" onClick={() => open(row.id)}>
                {row.title}
              </button>
            </h2>
            <p class="small">
              {[
                row.period && f.range(row.period.from, row.period.until),
                t('briefing.stamp', { who: whoText(t, row.changedBy), when: f.moment(Date.parse(row.changedAt)) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </li>
        ))}
      </ul>
      {isArchive && leftOut > 0 && <p>{t('briefing.leftOut', { count: leftOut, n: f.int(leftOut) })}</p>}
      {(isArchive || (rows ?? []).some(({ isTemplate, state }) => !isTemplate && state === 'archived')) && (
        <p>
          <button type="button" class="button" aria-pressed={isArchive} onClick={() => setArchive(!isArchive)}>
            {t('briefing.archived')}
          </button>
        </p>
      )}
    </>
  );
}
