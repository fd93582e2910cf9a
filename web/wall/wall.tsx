// The wall display of a command room: the calls of the last 24 hours on the map, in type that is read from afar. Nobody
// touches it; it says since when it stands still, and goes on by itself.

import '../styles/wall.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePage } from '../app.ts';
import { creditOf, groundUnder } from '../data/under.ts';
import { at } from '../store/api.ts';
import { AGE_CLASSES, AGE_COLORS, type Calls, localHour, summaryOf, windowFrom } from './calls.ts';
import type { DrawnWall } from './draw-wall.ts';
import { followCalls, type WallState } from './follow-calls.ts';

const LISTED = 8;
const AGAIN_MS = 10_000;
const NEW_PROGRAM_EVERY_MS = 3_600_000;
const MEND_EVERY_MS = 20_000;
const MEND_AT_MOST_MS = 600_000;
const NO_FEATURES = { type: 'FeatureCollection', features: [] } as const;

export function Wall() {
  const page = usePage();
  const { access, reference, wallKey, t } = page;
  const city = reference.jurisdiction.value;
  const me = access.me.value;
  useStayingUp();
  const problem = access.problem.value ?? reference.jurisdictions.problem.value;
  const isRefused = problem?.status === 401 || problem?.status === 403;
  if (!me || !reference.jurisdictions.answered.value)
    return (
      <Sentence>{isRefused && wallKey ? t('wall.keyRefused') : problem ? t('wall.notYet') : t('app.loading')}</Sentence>
    );
  if (!access.may('see-points') || !access.may('follow-events') || city?.shared)
    return <Sentence>{t(me.signedIn || wallKey ? 'wall.notAllowed' : 'wall.signIn')}</Sentence>;
  if (!city) return <Sentence>{t('wall.noCity')}</Sentence>;
  return reference.ready.value ? <Display key={city.code} /> : <Sentence>{t('app.loading')}</Sentence>;
}

function Sentence({ children }: { children: string | readonly string[] }) {
  return (
    <main class="wall is-sentence">
      <p role="status">{children}</p>
    </main>
  );
}

/** What could not be had as the page opened is asked for again until it is there; a new program is taken up when it comes. */
function useStayingUp() {
  const { access, reference } = usePage();
  useEffect(() => {
    const again = setInterval(() => {
      if (access.problem.peek()) access.ask();
      for (const question of reference.questions) if (question.problem.peek()) question.ask();
    }, AGAIN_MS);
    let program: string | null = null;
    const look = async () => {
      const response = await fetch(location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(AGAIN_MS) });
      if (!response.ok) return;
      const now = /assets\/index-[\w-]+\.js/.exec(await response.text())?.[0] ?? null;
      if (program !== null && now !== null && now !== program) location.reload();
      program = now ?? program;
    };
    const quietly = () => void look().catch(() => undefined);
    quietly();
    const looking = setInterval(quietly, NEW_PROGRAM_EVERY_MS);
    return () => {
      clearInterval(again);
      clearInterval(looking);
    };
  }, []);
}

const hasWebgl = () => document.createElement('canvas').getContext('webgl2') !== null;

function Display() {
  const page = usePage();
  const { access, ask, reference, store, wallKey, t, f } = page;
  const city = reference.jurisdiction.value!;
  const headers = useMemo((): Record<string, string> => (wallKey ? { Authorization: `Bearer ${wallKey}` } : {}), []);
  const [state, setState] = useState<WallState | null>(null);
  const [drawn, setDrawn] = useState<DrawnWall | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef<DrawnWall | null>(null);
  const hasFailed = useRef(false);
  const failures = useRef(0);
  const [credit, setCredit] = useState<string | null>(null);
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const followed = followCalls({
      ...{ city, ask, filter: store.filter.peek(), isOver: access.isOver, lookAgain: access.lookAgain },
      openEvents: (signal) =>
        fetch(at(city.code, 'events'), {
          headers: { ...headers, Accept: 'text/event-stream' },
          cache: 'no-store',
          signal,
        }),
    });
    setState(followed);
    return followed.stop;
  }, []);
  useEffect(() => {
    const element = container.current;
    if (!element || !hasWebgl()) return;
    const gone = new AbortController();
    let wall: DrawnWall | null = null;
    const draw = async () => {
      const { drawWall, fetchGround } = await import('./draw-wall.ts');
      const ground = await groundUnder(page, fetchGround, NO_FEATURES, gone.signal);
      if (gone.signal.aborted) return;
      const made = drawWall(element, ground, {
        ...{ bounds: city.bounds, headers, locale: { 'Map.Title': t('map.region') } },
        onReady: () => setDrawn(made),
      });
      wall = made;
      latest.current = made;
      setCredit(creditOf(ground));
    };
    hasFailed.current = false;
    draw().catch(() => {
      hasFailed.current = !gone.signal.aborted;
    });
    return () => {
      gone.abort();
      wall?.remove();
      latest.current = null;
      setDrawn(null);
    };
  }, [round]);
  const trouble = state?.trouble.value ?? null;
  // What the map could not load while the server was away, or the drawing itself, is had once it answers.
  useEffect(() => {
    if (trouble !== null) return;
    const mend = () => {
      const isBroken = hasFailed.current || latest.current?.isBroken();
      // What stays broken, such as a basemap that is gone for good, is tried ever more seldom.
      failures.current = isBroken ? failures.current + 1 : 0;
      if (isBroken) setRound((before) => before + 1);
      timer = setTimeout(mend, Math.min(MEND_AT_MOST_MS, MEND_EVERY_MS * 2 ** failures.current));
    };
    let timer = setTimeout(mend, MEND_EVERY_MS);
    return () => clearTimeout(timer);
  }, [trouble]);
  const calls = state?.calls.value ?? null;
  const now = localHour(state?.now.value ?? Date.now(), city.timezone);
  const hour = `${now.date} ${now.hour}`;
  useEffect(() => drawn?.show(calls ?? { calls: [], fresh: new Set() }, now), [drawn, calls, hour]);
  return (
    <main class="wall" data-map={drawn ? 'ready' : 'loading'}>
      <div class="wall-map">
        <div ref={container} class="wall-canvas" aria-hidden="true" />
        {credit && <p class="small wall-credit">{t('map.basemapCredit', { credit })}</p>}
      </div>
      <section class="wall-side">
        <h1>{city.name}</h1>
        <p class="wall-clock">
          {f.time(state?.now.value ?? Date.now(), city.timezone)} <small>{f.day(now.date)}</small>
        </p>
        {state && <Trouble state={state} />}
        {calls && state && <Figures calls={calls} state={state} drawn={drawn} />}
        {!calls && trouble !== 'refused' && <p>{t('app.loading')}</p>}
      </section>
    </main>
  );
}

function Trouble({ state }: { state: WallState }) {
  const { access, reference, wallKey, t, f } = usePage();
  const timezone = reference.jurisdiction.value?.timezone ?? 'UTC';
  const trouble = state.trouble.value;
  const answeredAt = state.answeredAt.value;
  const expires = access.me.value?.expires;
  if (trouble === 'refused')
    return (
      <p class="wall-trouble" role="alert">
        {t(wallKey ? 'wall.keyRefused' : 'wall.ended')}
      </p>
    );
  if (trouble === 'away')
    return (
      <p class="wall-trouble" role="alert">
        {answeredAt === null
          ? t('wall.notYet')
          : t('wall.away', { time: `${f.day(localHour(answeredAt, timezone).date)}, ${f.time(answeredAt, timezone)}` })}
      </p>
    );
  return (
    <p class="wall-fine" role="status">
      {answeredAt !== null && t('wall.upToDate', { time: f.time(answeredAt, timezone) })}
      {!wallKey && expires && ` ${t('wall.until', { time: f.moment(Date.parse(expires)) })}`}
    </p>
  );
}

function Figures({ calls, state, drawn }: { calls: Calls; state: WallState; drawn: DrawnWall | null }) {
  const { reference, t, f } = usePage();
  const { timezone } = reference.jurisdiction.value!;
  const now = localHour(state.now.value, timezone);
  const from = windowFrom(state.now.value, timezone);
  const { byAge, total, placeless, hourless } = summaryOf(calls, now);
  const titles = useMemo(
    () => new Map(reference.offences.value.map(({ code, title }) => [code, title])),
    [reference.offences.value],
  );
  return (
    <>
      <p class="wall-figure">
        <strong>{f.int(total)}</strong> <span>{t('wall.calls', { count: total })}</span>
      </p>
      <p>{t('wall.since', { day: f.day(from.date), hour: f.int(from.hour) })}</p>
      <ul class="wall-ages" aria-label={t('wall.ages')}>
        {AGE_CLASSES.map((most, index) => (
          <li key={most}>
            <span class="wall-dot" style={{ background: AGE_COLORS[index] }} />
            {t('wall.age', { from: index === 0 ? 0 : AGE_CLASSES[index - 1]!, until: most })}
            <strong>{f.int(byAge[index]!)}</strong>
          </li>
        ))}
      </ul>
      {placeless > 0 && <p class="wall-fine">{t('wall.placeless', { count: placeless, n: f.int(placeless) })}</p>}
      {hourless > 0 && <p class="wall-fine">{t('wall.hourless', { count: hourless, n: f.int(hourless) })}</p>}
      {state.isCut.value && <p class="wall-fine">{t('wall.cut', { n: f.int(total) })}</p>}
      <h2>{t('wall.latest')}</h2>
      {total === 0 && <p>{t('wall.none')}</p>}
      <ol class="wall-latest" aria-live="polite">
        {calls.calls.slice(0, LISTED).map((call) => {
          const area = drawn?.areaAt(call);
          return (
            <li key={call.id} class={calls.fresh.has(call.id) ? 'is-new' : ''}>
              <span>{call.hour === null ? f.day(call.date) : t('wall.hour', { hour: f.int(call.hour) })}</span>
              <span>
                {titles.get(call.offence) ?? call.label}
                {area && <small>{area}</small>}
                {call.at === null && <small>{t('wall.noPlace')}</small>}
              </span>
            </li>
          );
        })}
      </ol>
    </>
  );
}
