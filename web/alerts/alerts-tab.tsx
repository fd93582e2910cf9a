// Alerts and the rules they come from: each of whoever is signed in.

import { useEffect, useRef, useState } from 'preact/hooks';
import {
  ALERT_KINDS,
  type AlertKind,
  type AlertRow,
  type AlertRule,
  type AlertsAnswer,
} from '../../server/alerts/contract.ts';
import { type Filter, filterToQuery, parseFilter } from '../../server/filter/contract.ts';
import { REPEAT_DAYS } from '../../server/meetings/contract.ts';
import { usePage } from '../app.ts';
import { send } from '../data/send.ts';
import { intoProblem, onMap } from '../meeting/paths.ts';
import type { Problem } from '../store/api.ts';
import { withinText } from '../store/chosen.ts';
import { addDays } from '../store/days.ts';
import { whatText } from '../store/words.ts';
import '../styles/meeting.css';
import { alertPaths } from './paths.ts';

const KIND_WORDS = {
  series: 'alerts.series',
  'near-repeat': 'alerts.nearRepeat',
  'new-high': 'alerts.newHigh',
} as const;
const SAID = {
  series: 'alerts.saidSeries',
  'near-repeat': 'alerts.saidRepeats',
  'new-high': 'alerts.saidHigh',
} as const;
const SILENT_DAYS = 28;

/** A rule looks at weeks: the filter of the page without its dates. */
const undated = (filter: Filter): Filter => ({ ...filter, from: null, until: null, period: null });

export function AlertsTab() {
  const page = usePage();
  const { alertsUnseen, ask, reference, store, t } = page;
  const city = reference.jurisdiction.value?.code;
  const [answer, setAnswer] = useState<AlertsAnswer | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const refused = ({ status, message }: Problem) =>
    setSaid(status === 0 ? t('data.failed') : t('alerts.refused', { reason: message }));
  const load = (signal = new AbortController().signal) =>
    ask(alertPaths.all(city!), signal).then(
      (found) => {
        setAnswer(found);
        alertsUnseen.value = found.unseen;
      },
      (problem: Problem) => !signal.aborted && refused(problem),
    );
  useEffect(() => {
    if (!city) return;
    const stop = new AbortController();
    void load(stop.signal);
    return () => stop.abort();
  }, [city]);
  useNamesOf(answer?.rules ?? []);
  // Where the keyboard goes on once the button that was pressed is gone.
  const top = useRef<HTMLHeadingElement>(null);
  const rulesTop = useRef<HTMLHeadingElement>(null);
  if (!city || !answer) return <main class="data" />;
  const change = (method: 'PATCH' | 'DELETE' | 'POST', path: string, body: object | null) => {
    setSaid(null);
    return send(method, path, store.language.peek(), body).then(() => load(), refused);
  };
  const seen = (path: string, isSeen: boolean) => change('PATCH', path, { seen: isSeen });
  return (
    <main class="data">
      <div class="data-inner">
        <h1 ref={top} tabIndex={-1}>
          {t('alerts.title')}
        </h1>
        <p class="lead">{t('alerts.text')}</p>
        {said && (
          <p class="refusal" role="alert">
            {said}
          </p>
        )}
        <section class="card">
          {answer.alerts.length === 0 && <p>{t('alerts.none')}</p>}
          {answer.hidden > 0 && <p class="small">{t('alerts.hidden', { n: answer.hidden })}</p>}
          {answer.undelivered > 0 && (
            <p class="refusal" role="status">
              {t('alerts.undelivered', { n: answer.undelivered })}
            </p>
          )}
          {answer.unseen > 1 && (
            <button
              type="button"
              class="button"
              onClick={() => {
                top.current?.focus();
                void seen(alertPaths.all(city), true);
              }}
            >
              {t('alerts.allSeen')}
            </button>
          )}
          <ul class="meeting-actions">
            {answer.alerts.map((alert) => (
              <Alert key={alert.id} alert={alert} onSeen={() => seen(alertPaths.one(city, alert.id), true)} />
            ))}
          </ul>
        </section>
        <section class="card">
          <h2 ref={rulesTop} tabIndex={-1}>
            {t('alerts.rules')}
          </h2>
          {answer.rules.length === 0 && <p>{t('alerts.noRules')}</p>}
          <ul class="meeting-actions">
            {answer.rules.map((rule) => (
              <Rule
                key={rule.id}
                rule={rule}
                onChange={(patch) => change('PATCH', alertPaths.rule(city, rule.id), patch)}
                onRemove={() => {
                  if (!confirm(t('alerts.removeSure', { title: rule.title }))) return;
                  rulesTop.current?.focus();
                  void change('DELETE', alertPaths.rule(city, rule.id), null);
                }}
              />
            ))}
          </ul>
        </section>
        <NewRuleForm city={city} ways={answer.ways} onAdded={() => load()} onRefused={refused} />
      </div>
    </main>
  );
}

/** Rules name places of layers that no map draws here: the names of one such layer are fetched. */
function useNamesOf(rules: readonly AlertRule[]) {
  const { reference } = usePage();
  const drawn = reference.areaLayer.value?.layer;
  const layers = rules.flatMap(({ filter }) => {
    const { within } = parseFilter(filter);
    return within?.type === 'place' && within.layer !== drawn ? [within.layer] : [];
  });
  const [wanted = null] = layers;
  useEffect(() => {
    if (wanted === null) return;
    reference.wantListed(wanted);
    return () => reference.wantListed(null);
  }, [wanted]);
}

function Alert({ alert, onSeen }: { readonly alert: AlertRow; readonly onSeen: () => void }) {
  const { access, store, t, f } = usePage();
  const { found } = alert;
  const values = {
    ...{ from: f.day(found.from), until: f.day(addDays(found.until, -1)), n: f.int(found.count) },
    expected: f.rate(found.expected),
    high: found.high === null ? '' : f.int(found.high),
  };
  const filter = parseFilter(alert.filter);
  const days = { from: found.from, until: found.until };
  // A series began before the week in which it stood out.
  const daysOfPlace = alert.kind === 'near-repeat' ? { ...days, from: addDays(found.from, -REPEAT_DAYS) } : days;
  const withinOf = (text: string) => parseFilter({ within: text }).within;
  return (
    <li class={`meeting-action ${alert.seen ? 'is-done' : ''}`}>
      <p>
        <strong>{alert.title}</strong> {!alert.seen && <em class="small">{t('alerts.unseen')}</em>}
      </p>
      <p>{t(SAID[alert.kind], values)}</p>
      {(found.unlocated ?? 0) > 0 && <p class="small">{t('alerts.unlocated', { n: f.int(found.unlocated ?? 0) })}</p>}
      {found.isNow && found.isNow.count !== found.count && (
        <p class="small">
          {found.isNow.count === null ? t('alerts.nowUsual') : t('alerts.nowOther', { n: f.int(found.isNow.count) })}
        </p>
      )}
      {found.isCut && <p class="small">{t('meeting.repeatsCut')}</p>}
      <ul>
        {found.places.map(({ name, count, within }) => (
          <li key={within}>
            <a href={onMap(store.page.value, filter, { ...days, within: withinOf(within) }, [])}>{name}</a>:{' '}
            {f.int(count)}{' '}
            {access.may('handle-problems') && (
              <a
                class="small"
                href={intoProblem(store.page.value, filter, { ...daysOfPlace, within: withinOf(within) }, [])}
              >
                {t('problems.open')}
              </a>
            )}
          </li>
        ))}
      </ul>
      <div class="meeting-buttons">
        <a class="button is-small" href={onMap(store.page.value, filter, { ...days, within: filter.within }, [])}>
          {t('alerts.onMap')}
        </a>
        {!alert.seen && (
          <button
            type="button"
            class="button is-small"
            onClick={({ currentTarget }) => {
              const link = currentTarget.previousElementSibling;
              if (link instanceof HTMLElement) link.focus();
              onSeen();
            }}
          >
            {t('alerts.seen')}
          </button>
        )}
      </div>
    </li>
  );
}

function useFilterText(): (filter: Filter) => string {
  const page = usePage();
  const { reference, words, t } = page;
  return (filter) =>
    t('alerts.of', {
      what: whatText(words.value, filter, reference.offences.value, reference.themes.value) || t('alerts.everything'),
      where: withinText(page, filter.within),
    });
}

function Rule({
  rule,
  onChange,
  onRemove,
}: {
  readonly rule: AlertRule;
  readonly onChange: (patch: object) => void;
  readonly onRemove: () => void;
}) {
  const { reference, t, f } = usePage();
  const textOf = useFilterText();
  const today = f.today(reference.jurisdiction.value?.timezone ?? 'UTC');
  const isMuted = rule.mutedUntil !== null && rule.mutedUntil > today;
  const facts = [
    t(KIND_WORDS[rule.kind]),
    textOf(parseFilter(rule.filter)),
    rule.email,
    isMuted && t('alerts.muted', { date: f.day(rule.mutedUntil!) }),
    rule.lookedTo ? t('alerts.looked', { date: f.day(rule.lookedTo) }) : t('alerts.notLooked'),
  ].filter(Boolean);
  return (
    <li class="meeting-action">
      <p>
        <strong>{rule.title}</strong>
      </p>
      <p class="small">{facts.join(' · ')}</p>
      <div class="meeting-buttons">
        <button
          type="button"
          class="button is-small"
          onClick={() => onChange({ mutedUntil: isMuted ? null : addDays(today, SILENT_DAYS) })}
        >
          {t(isMuted ? 'alerts.unmute' : 'alerts.mute')}
        </button>
        <button type="button" class="button is-small" onClick={onRemove}>
          {t('alerts.remove')}
        </button>
      </div>
    </li>
  );
}

function NewRuleForm({
  city,
  ways,
  onAdded,
  onRefused,
}: {
  readonly city: string;
  readonly ways: AlertsAnswer['ways'];
  readonly onAdded: () => void;
  readonly onRefused: (problem: Problem) => void;
}) {
  const { answers, store, t, f } = usePage();
  const textOf = useFilterText();
  const [kind, setKind] = useState<AlertKind>('series');
  const [title, setTitle] = useState('');
  const [email, setEmail] = useState('');
  const [toFolder, setToFolder] = useState(false);
  const [history, setHistory] = useState<string | null>(null);
  const counted = answers.counted.value;
  if (!counted) return null;
  const filter = undated(counted);
  const body = () => ({
    ...{ kind, title: title.trim() || t(KIND_WORDS[kind]), filter: filterToQuery(filter) },
    ...{ email: email.trim() || null, toFolder },
  });
  const add = (event: Event) => {
    event.preventDefault();
    send('POST', alertPaths.rules(city), store.language.peek(), body()).then(() => {
      setTitle('');
      setHistory(null);
      onAdded();
    }, onRefused);
  };
  const look = () =>
    send('POST', alertPaths.history(city), store.language.peek(), body()).then(
      ({ weeks, alarms, falsePerWeek }) =>
        setHistory(
          t('alerts.history', {
            weeks: f.int(weeks),
            alarms: f.int(alarms),
            every: f.int(Math.round(1 / falsePerWeek)),
          }),
        ),
      onRefused,
    );
  return (
    <form class="card meeting-form alerts-form" onSubmit={add} aria-label={t('alerts.addTitle')}>
      <h2 class="is-wide">{t('alerts.addTitle')}</h2>
      <div class="is-wide">
        <p>{textOf(filter)}</p>
        <p class="small">{t('alerts.change')}</p>
      </div>
      <label class="is-wide">
        {t('alerts.kind')}
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as AlertKind)}>
          {ALERT_KINDS.map((each) => (
            <option key={each} value={each}>
              {t(KIND_WORDS[each])}
            </option>
          ))}
        </select>
      </label>
      <label class="is-named">
        {t('alerts.name')}
        <input
          maxLength={120}
          value={title}
          placeholder={t(KIND_WORDS[kind])}
          onInput={(event) => setTitle(event.currentTarget.value)}
        />
      </label>
      {ways.mail && (
        <label>
          {t('alerts.email')}
          <input type="email" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
        </label>
      )}
      {ways.folder && (
        <label>
          <input type="checkbox" checked={toFolder} onChange={(event) => setToFolder(event.currentTarget.checked)} />
          {t('alerts.toFolder')}
        </label>
      )}
      <button type="button" class="button" onClick={look}>
        {t('alerts.try')}
      </button>
      <button type="submit" class="button is-primary">
        {t('alerts.add')}
      </button>
      {history && (
        <p class="is-wide" role="status">
          {history}
        </p>
      )}
    </form>
  );
}
