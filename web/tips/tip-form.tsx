// The form of an anonymous tip: what, where, when and in one's own words; no field asks who.

import { useRef, useState } from 'preact/hooks';
import { DAY_PARTS, type DayPart, MOST_TIP_WORDS, TIP_KINDS, type TipKind } from '../../server/tips/contract.ts';
import { usePage } from '../app.ts';
import type { Problem } from '../store/api.ts';
import { isOneOf } from '../store/is-one-of.ts';
import { ChoosePlace, type TipPlace } from './choose-place.tsx';
import { sendTip } from './send-tip.ts';

export function TipFormTab() {
  const { access, ask, reference, store, tipForm, t, f } = usePage();
  const [kind, setKind] = useState<TipKind | null>(null);
  const [place, setPlace] = useState<TipPlace | null>(null);
  const [knowsDay, setKnowsDay] = useState(false);
  const [day, setDay] = useState('');
  const [dayPart, setDayPart] = useState<DayPart | null>(null);
  const [words, setWords] = useState('');
  const [trap, setTrap] = useState('');
  const [state, setState] = useState<'open' | 'sending' | 'sent'>('open');
  const [problem, setProblem] = useState<string | null>(null);
  const thanks = useRef<HTMLHeadingElement>(null);
  const city = reference.jurisdiction.value;
  const { at = 0, value: { form, keepDays } = { form: null, keepDays: null } } = tipForm.answered.value ?? {};
  const toMap = () => store.change({ tab: 'map', upload: null });

  if (!city || access.me.value?.role !== 'public' || (tipForm.answered.value && form === null)) {
    const isKnown = access.me.value && reference.jurisdictions.answered.value;
    return (
      <main class="data">
        <div class="data-inner">{isKnown && <p role="status">{t('tips.closed')}</p>}</div>
      </main>
    );
  }
  if (form === null) return <main class="data" />;

  const submit = async (event: Event) => {
    event.preventDefault();
    const missing = [
      ...(kind ? [] : [t('tips.what')]),
      ...(place ? [] : [t('tips.where')]),
      ...(knowsDay && !day ? [t('tips.day')] : []),
    ];
    if (!kind || !place || missing.length) return setProblem(t('tips.missing', { what: missing.join(' ') }));
    setProblem(null);
    setState('sending');
    const when = { day: knowsDay ? day : null, dayPart };
    const said = { kind, place: place.place, ...when, words, ...(trap ? { website: trap } : {}) };
    try {
      await sendTip(ask, city.code, { form, at }, said, store.language.peek());
      setState('sent');
      tipForm.ask();
      setTimeout(() => thanks.current?.focus());
    } catch (error) {
      const { status, message } = error as Problem;
      setState('open');
      setProblem(status === 0 ? t('tips.failed') : t('tips.refused', { reason: message }));
    }
  };
  const another = () => {
    setKind(null);
    setPlace(null);
    setKnowsDay(false);
    setDay('');
    setDayPart(null);
    setWords('');
    setState('open');
  };
  if (state === 'sent') {
    return (
      <main class="data">
        <div class="data-inner tip-form">
          <h1 ref={thanks} tabIndex={-1}>
            {t('tips.thanks')}
          </h1>
          <p>{t('tips.thanksText')}</p>
          <div class="dialog-buttons">
            <button type="button" class="button" onClick={another}>
              {t('tips.another')}
            </button>
            <button type="button" class="button is-primary" onClick={toMap}>
              {t('tips.toMap')}
            </button>
          </div>
        </div>
      </main>
    );
  }
  const left = MOST_TIP_WORDS - [...words].length;
  return (
    <main class="data">
      <form class="data-inner tip-form" onSubmit={submit} autocomplete="off" noValidate>
        <h1>{t('tips.title')}</h1>
        <p class="tip-emergency">{t('tips.emergency')}</p>
        <p>
          {t('tips.lead')} {keepDays !== null && t('tips.kept', { count: keepDays, n: f.int(keepDays) })}
        </p>
        <fieldset class="tip-part">
          <legend>{t('tips.what')}</legend>
          <div class="tip-choices">
            {TIP_KINDS.map((each) => (
              <label key={each} class="tip-choice">
                <input type="radio" name="kind" checked={kind === each} onChange={() => setKind(each)} />
                {t(`tipKinds.${each}`)}
              </label>
            ))}
          </div>
        </fieldset>
        <ChoosePlace chosen={place} onChoose={setPlace} />
        <fieldset class="tip-part">
          <legend>{t('tips.when')}</legend>
          <div class="tip-choices">
            <label class="tip-choice">
              <input type="radio" name="when" checked={!knowsDay} onChange={() => setKnowsDay(false)} />
              {t('tips.unknown')}
            </label>
            <label class="tip-choice">
              <input type="radio" name="when" checked={knowsDay} onChange={() => setKnowsDay(true)} />
              {t('tips.onDay')}
            </label>
          </div>
          <div class="tip-when">
            {knowsDay && (
              <label>
                {t('tips.day')}
                <input
                  type="date"
                  max={f.today(city.timezone)}
                  value={day}
                  onInput={(event) => setDay(event.currentTarget.value)}
                />
              </label>
            )}
            <label>
              {t('tips.dayPart')}
              <select
                value={dayPart ?? ''}
                onChange={({ currentTarget: { value } }) => setDayPart(isOneOf(DAY_PARTS, value) ? value : null)}
              >
                <option value="">{t('tips.unknown')}</option>
                {DAY_PARTS.map((part) => (
                  <option key={part} value={part}>
                    {t(`tips.part_${part}`)}
                  </option>
                ))}
              </select>
            </label>
          </div>
        </fieldset>
        <fieldset class="tip-part">
          <legend>
            <label for="tip-words">{t('tips.words')}</label>
          </legend>
          <p class="tip-warning" id="tip-names">
            {t('tips.noNames')}
          </p>
          <textarea
            rows={6}
            id="tip-words"
            aria-describedby="tip-names tip-left"
            maxlength={MOST_TIP_WORDS}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <p class="small" id="tip-left">
            {t('tips.left', { n: f.int(left) })}
          </p>
        </fieldset>
        {/* A program fills in whatever it finds; nobody else comes by it. */}
        <label class="unseen" aria-hidden="true">
          {t('tips.trap')}
          <input
            type="text"
            name="website"
            tabIndex={-1}
            autocomplete="off"
            value={trap}
            onInput={(event) => setTrap(event.currentTarget.value)}
          />
        </label>
        {problem && (
          <p class="refusal" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={toMap}>
            {t('data.cancel')}
          </button>
          <button type="submit" class="button is-primary" disabled={state === 'sending'}>
            {t(state === 'sending' ? 'tips.sending' : 'tips.send')}
          </button>
        </div>
      </form>
    </main>
  );
}
