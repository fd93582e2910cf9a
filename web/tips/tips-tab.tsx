// The tips for those who handle them: list and map side by side, with what has become of each.

import { useEffect, useMemo, useState } from 'preact/hooks';
import {
  TIP_KINDS,
  TIP_STATES,
  type TipKind,
  type TipRow,
  type TipState,
  type TipsPage,
} from '../../server/tips/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import type { Problem } from '../store/api.ts';
import { type TipsAsked, tipPaths } from './paths.ts';
import { TipMap } from './tip-map.tsx';
import { TipSettingsForm } from './tip-settings.tsx';

const EVERYTHING: TipsAsked = { state: '', kind: '' };
/** What can be made of a tip in each state. */
const NEXT: Readonly<Record<TipState, readonly TipState[]>> = {
  new: ['seen', 'closed'],
  seen: ['closed'],
  closed: ['new'],
};
const DO = { new: 'tips.markNew', seen: 'tips.markSeen', closed: 'tips.markClosed' } as const;

export function TipsTab() {
  const { ask, reference, store, t } = usePage();
  const [asked, setAsked] = useState(EVERYTHING);
  const [shown, setShown] = useState<TipsPage | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const city = reference.jurisdiction.value?.code;
  const failed = ({ status, message }: Problem) =>
    setProblem(status === 0 ? t('data.failed') : t('data.refused', { reason: message }));

  useEffect(() => {
    if (!city) return;
    const stop = new AbortController();
    setProblem(null);
    ask(tipPaths.list(city, asked, null), stop.signal).then(setShown, (error: Problem) => {
      if (!stop.signal.aborted) failed(error);
    });
    return () => stop.abort();
  }, [asked, city]);
  const rows = shown?.rows;
  const seen = useMemo(() => (rows ?? []).map(({ id, at, state }) => ({ id, at, open: state !== 'closed' })), [rows]);
  if (!city) return <main class="data" />;

  const more = () =>
    ask(tipPaths.list(city, asked, shown!.next), new AbortController().signal).then(
      (page) => setShown({ rows: [...shown!.rows, ...page.rows], next: page.next }),
      failed,
    );
  const change = (id: string, state: TipState) =>
    send('PATCH', tipPaths.one(city, id), store.language.peek(), { state }).then(
      (row) => setShown((now) => now && { ...now, rows: now.rows.map((each) => (each.id === id ? row : each)) }),
      failed,
    );
  const choose = (id: string) => {
    setChosen(id);
    document.getElementById(`tip-${id}`)?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <main class="data">
      <div class="data-inner">
        <h1>{t('tips.listTitle')}</h1>
        <p class="small">{t('tips.listText')}</p>
        <TipSettingsForm city={city} />
        <div class="tip-asked">
          <label>
            {t('tips.state')}
            <select
              value={asked.state}
              onChange={(event) => setAsked({ ...asked, state: event.currentTarget.value as TipState | '' })}
            >
              <option value="">{t('tips.anyState')}</option>
              {TIP_STATES.map((state) => (
                <option key={state} value={state}>
                  {t(`tips.state_${state}`)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('tips.kind')}
            <select
              value={asked.kind}
              onChange={(event) => setAsked({ ...asked, kind: event.currentTarget.value as TipKind | '' })}
            >
              <option value="">{t('tips.anyKind')}</option>
              {TIP_KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {t(`tipKinds.${kind}`)}
                </option>
              ))}
            </select>
          </label>
          <a class="button" href={tipPaths.file(city, asked)} download>
            {t('tips.file')}
          </a>
        </div>
        {problem && (
          <p class="refusal" role="alert">
            {problem}
          </p>
        )}
        {rows?.length === 0 && <p role="status">{t('tips.none')}</p>}
        {rows && rows.length > 0 && (
          <div class="tips">
            <ul class="tip-list">
              {rows.map((row) => (
                <Tip
                  key={row.id}
                  row={row}
                  isChosen={row.id === chosen}
                  onShow={() => setChosen(row.id)}
                  onChange={(state) => change(row.id, state)}
                />
              ))}
              {shown?.next && (
                <li>
                  <button type="button" class="button" onClick={more}>
                    {t('tips.more')}
                  </button>
                </li>
              )}
            </ul>
            <TipMap
              label={t('tips.listMap')}
              tips={seen}
              marked={rows.find(({ id }) => id === chosen)?.at ?? null}
              onTip={choose}
            />
          </div>
        )}
      </div>
    </main>
  );
}

function Tip({
  row,
  isChosen,
  onShow,
  onChange,
}: {
  readonly row: TipRow;
  readonly isChosen: boolean;
  readonly onShow: () => void;
  readonly onChange: (state: TipState) => void;
}) {
  const { t, f } = usePage();
  const when = [
    row.day ? f.day(row.day) : t('tips.unknown'),
    ...(row.dayPart ? [t(`tips.part_${row.dayPart}`)] : []),
  ].join(', ');
  return (
    <li id={`tip-${row.id}`} class={`tip is-${row.state} ${isChosen ? 'is-chosen' : ''}`}>
      <h2>{t(`tipKinds.${row.kind}`)}</h2>
      <p class="small">
        <strong class="tip-state">{t(`tips.state_${row.state}`)}</strong>{' '}
        {t('tips.received', { when: f.moment(Date.parse(row.receivedAt)) })}
      </p>
      <p>{row.place.name || t('tips.unnamed')}</p>
      <p class="small">{t('tips.happened', { when })}</p>
      <p class="tip-text">{row.words || t('tips.noWords')}</p>
      <div class="access-buttons">
        <button type="button" class="button" aria-pressed={isChosen} onClick={onShow}>
          {t('tips.showOnMap')}
        </button>
        {NEXT[row.state].map((state) => (
          <button key={state} type="button" class="button" onClick={() => onChange(state)}>
            {t(DO[state])}
          </button>
        ))}
      </div>
    </li>
  );
}
