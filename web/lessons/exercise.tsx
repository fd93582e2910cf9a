// One exercise: how it is answered, and what came of it.

import { useId, useState } from 'preact/hooks';
import {
  type ExerciseShown,
  type LessonAnswer,
  type Marked,
  TRIES_BEFORE_SHOWN,
} from '../../server/lessons/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { Problem } from '../store/api.ts';
import { findPlaces, type Hit } from '../store/find-places.ts';
import { type AnswerOutcome, answerKey, cameLater, giveAnswer } from './given-answers.ts';
import { mapStateAnswer } from './map-answer.ts';

type Props = {
  readonly lesson: string;
  readonly exercise: ExerciseShown;
  readonly isDone: boolean;
  /** On the map what stands there is the answer; in the lesson a button leads there. */
  readonly onMap: boolean;
  readonly onDone: () => void;
};

export function LessonExercise({ lesson, exercise, isDone, onMap, onDone }: Props) {
  const page = usePage();
  const { access, reference, store, t } = page;
  const [outcome, setOutcome] = useState<AnswerOutcome | null>(null);
  const [wrong, setWrong] = useState(0);
  const [isSending, setSending] = useState(false);
  const [isHinted, setHinted] = useState(false);
  const id = useId();
  const city = reference.jurisdiction.value;
  if (!city) return null;

  const about = { whose: access.me.value?.whose ?? '', city: city.code, lesson, exercise: exercise.id };
  const shown = outcome === 'waiting' ? (cameLater.value.get(answerKey(about)) ?? outcome) : outcome;
  const give = async (answer: LessonAnswer['answer']) => {
    setSending(true);
    const came = await giveAnswer(about, answer, store.language.peek());
    setSending(false);
    setOutcome(came);
    if (isMarked(came) && came.right === false) setWrong(wrong + 1);
    if (isMarked(came) && came.right !== false) onDone();
  };
  const toMap = () => store.change({ tab: 'map', lesson: { code: lesson, exercise: exercise.id } });
  const needsMap = exercise.kind === 'filter' || exercise.kind === 'place';
  return (
    <section class={`exercise ${isDone ? 'is-done' : ''}`} aria-labelledby={id}>
      <p class="exercise-ask" id={id}>
        {isDone && (
          <span class="exercise-tick" role="img" aria-label={t('lessons.done')}>
            ✓
          </span>
        )}
        {exercise.ask}
      </p>
      <Answering exercise={exercise} isSending={isSending} onMap={onMap} onAnswer={give} />
      <div class="exercise-more">
        {needsMap && !onMap && (
          <button type="button" class="button" onClick={toMap}>
            {t('lessons.toMap')}
          </button>
        )}
        {exercise.hint && !isHinted && (
          <button type="button" class="link" onClick={() => setHinted(true)}>
            {t('lessons.hint')}
          </button>
        )}
      </div>
      {isHinted && <p class="exercise-hint">{exercise.hint}</p>}
      <div role="status" aria-live="polite">
        {shown && <Came outcome={shown} exercise={exercise} wrong={wrong} />}
      </div>
    </section>
  );
}

const isMarked = (outcome: AnswerOutcome): outcome is Marked => outcome !== 'waiting' && !(outcome instanceof Problem);

function Came({ outcome, exercise, wrong }: { outcome: AnswerOutcome; exercise: ExerciseShown; wrong: number }) {
  const { t, f } = usePage().words.value;
  if (outcome === 'waiting') return <p class="exercise-outcome">{t('lessons.waiting')}</p>;
  if (outcome instanceof Problem) return <p class="exercise-outcome refusal">{outcome.message}</p>;
  const { right, because, shown, differs, tries } = outcome;
  const written = exercise.kind === 'number' && shown !== null ? f.rate(Number(shown)) : shown;
  const isShown = right !== false || Math.max(tries, wrong) >= TRIES_BEFORE_SHOWN;
  return (
    <div class={`exercise-outcome ${right === true ? 'is-right' : right === false ? 'is-wrong' : ''}`}>
      <p>
        <strong>{t(right === null ? 'lessons.compare' : right ? 'lessons.right' : 'lessons.wrong')}</strong> {because}
      </p>
      {differs.length > 0 && (
        <p>{t('lessons.differs', { parts: differs.map((part) => t(`lessons.part_${part}`)).join(', ') })}</p>
      )}
      {isShown && written && exercise.kind !== 'filter' && exercise.kind !== 'study' && right !== true && (
        <p class="exercise-model">{t('lessons.answerIs', { answer: written })}</p>
      )}
    </div>
  );
}

type AnsweringProps = {
  readonly exercise: ExerciseShown;
  readonly isSending: boolean;
  readonly onMap: boolean;
  readonly onAnswer: (answer: LessonAnswer['answer']) => void;
};

function Answering({ exercise, isSending, onMap, onAnswer }: AnsweringProps) {
  const page = usePage();
  const { t } = page;
  const [typed, setTyped] = useState('');
  const check = (isReady = true) => (
    <button type="submit" class="button is-primary" disabled={isSending || !isReady}>
      {t('lessons.check')}
    </button>
  );
  const form = (content: preact.ComponentChildren, isReady: boolean, answer: () => LessonAnswer['answer']) => (
    <form
      class="exercise-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onAnswer(answer());
      }}
    >
      {content}
      {check(isReady)}
    </form>
  );
  switch (exercise.kind) {
    case 'number': {
      const value = readNumber(typed);
      return form(
        <label>
          <span class="unseen">{exercise.ask}</span>
          <input inputMode="decimal" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />{' '}
          {exercise.unit}
        </label>,
        value !== null,
        () => value,
      );
    }
    case 'month':
      return form(
        <label>
          <span class="unseen">{exercise.ask}</span>
          <input type="month" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>,
        /^\d{4}-\d{2}$/.test(typed),
        () => typed,
      );
    case 'text':
      return form(
        <label>
          <span class="unseen">{exercise.ask}</span>
          <textarea rows={4} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>,
        typed.trim().length > 0,
        () => typed.trim(),
      );
    case 'choice':
      return <Choice exercise={exercise} form={form} />;
    case 'order':
      return <Order exercise={exercise} form={form} />;
    case 'place':
      return <PlaceAnswer exercise={exercise} onMap={onMap} isSending={isSending} onAnswer={onAnswer} />;
    case 'filter':
      return onMap ? form(null, true, () => mapStateAnswer(page)) : null;
    case 'study':
      return form(null, true, () => null);
  }
}

type Form = (
  content: preact.ComponentChildren,
  isReady: boolean,
  answer: () => LessonAnswer['answer'],
) => preact.ComponentChildren;

function Choice({ exercise, form }: { exercise: ExerciseShown; form: Form }) {
  const [chosen, setChosen] = useState<number | null>(null);
  const name = useId();
  return form(
    <fieldset class="exercise-options">
      <legend class="unseen">{exercise.ask}</legend>
      {exercise.options.map((text, index) => (
        <label key={text}>
          <input type="radio" name={name} checked={chosen === index} onChange={() => setChosen(index)} /> {text}
        </label>
      ))}
    </fieldset>,
    chosen !== null,
    () => chosen,
  );
}

/** By buttons, which keys and fingers use alike. */
function Order({ exercise, form }: { exercise: ExerciseShown; form: Form }) {
  const { t } = usePage();
  const [order, setOrder] = useState(() => exercise.options.map((_, index) => index));
  const move = (at: number, by: number) => {
    const next = [...order];
    const [taken] = next.splice(at, 1);
    next.splice(at + by, 0, taken!);
    setOrder(next);
  };
  return form(
    <ol class="exercise-order">
      {order.map((index, at) => (
        <li key={index}>
          <span>{exercise.options[index]}</span>
          <button
            type="button"
            class="button is-icon"
            disabled={at === 0}
            aria-label={t('lessons.up', { what: exercise.options[index]! })}
            onClick={() => move(at, -1)}
          >
            <Icon name="arrowUp" />
          </button>
          <button
            type="button"
            class="button is-icon"
            disabled={at === order.length - 1}
            aria-label={t('lessons.down', { what: exercise.options[index]! })}
            onClick={() => move(at, 1)}
          >
            <Icon name="arrowDown" />
          </button>
        </li>
      ))}
    </ol>,
    true,
    () => order,
  );
}

/** A place chosen on the map, or found by its name. */
function PlaceAnswer({ exercise, onMap, isSending, onAnswer }: AnsweringProps) {
  const page = usePage();
  const { reference, store, t } = page;
  const [typed, setTyped] = useState('');
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const onTheMap = store.place.value?.layer === exercise.layer ? store.place.value.code : null;
  const search = async (wanted: string) => {
    setTyped(wanted);
    const city = reference.jurisdiction.peek();
    if (!city || wanted.trim().length < 2) return setHits([]);
    const found = await findPlaces(page, city.code, wanted, new AbortController().signal).catch(() => []);
    setHits(found.filter(({ layer }) => layer.layer === exercise.layer));
  };
  return (
    <div class="exercise-form">
      {onMap && (
        <button
          type="button"
          class="button is-primary"
          disabled={isSending || onTheMap === null}
          onClick={() => onAnswer(onTheMap)}
        >
          {t('lessons.checkPlace')}
        </button>
      )}
      {!onMap && (
        <>
          <label>
            <span class="unseen">{t('lessons.placeName')}</span>
            <input
              type="search"
              placeholder={t('lessons.placeName')}
              value={typed}
              onInput={(event) => search(event.currentTarget.value)}
            />
          </label>
          {hits.map(({ row }) => (
            <button
              key={row.code}
              type="button"
              class="button"
              disabled={isSending}
              onClick={() => {
                setTyped(row.name);
                setHits([]);
                onAnswer(row.code);
              }}
            >
              {row.name}
            </button>
          ))}
        </>
      )}
    </div>
  );
}

/** As people write numbers here: thousands by comma or space; a comma before one or two digits is a decimal one. */
function readNumber(text: string): number | null {
  const plain = text
    .trim()
    .replace(/^[−–]/, '-')
    .replace(/\s*%$/, '')
    .replaceAll(/[\s,](?=\d{3}(\D|$))/g, '')
    .replace(/,(\d{1,2})$/, '.$1');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
}
