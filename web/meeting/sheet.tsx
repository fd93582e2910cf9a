// One sheet of a meeting, of the municipality or of a sector: on screen, presented part by part, and on paper.

import type { ComponentChildren } from 'preact';
import type { Filter } from '../../server/filter/contract.ts';
import {
  type MeetingAction,
  type MeetingAnswer,
  REPEAT_DAYS,
  REPEAT_METRES,
  type RepeatSeries,
} from '../../server/meetings/contract.ts';
import { usePage } from '../app.ts';
import { SmallClock } from '../charts/small-clock.tsx';
import { placeText, sourceText, whatText } from '../store/words.ts';
import { ActionRow, ActionsCut } from './actions.tsx';
import { bandMadeOf, MeetingTable, useStanding } from './cells.tsx';
import { intoProblem, onMap, withinOf } from './paths.ts';

/** The parts a presenter goes through. */
export const SLIDES = ['table', 'streets', 'repeats', 'actions'] as const;
export type Slide = (typeof SLIDES)[number];

type Props = {
  readonly answer: MeetingAnswer;
  readonly filter: Filter;
  /** Null = every part. */
  readonly only?: Slide | null;
  /** On paper and in a booklet; else the list that is written into stands here. */
  readonly actions: readonly MeetingAction[] | ComponentChildren;
  readonly sheet?: { readonly n: number; readonly all: number };
};

export function MeetingSheet({ answer, filter, only = null, actions, sheet }: Props) {
  const { reference, words, t, f } = usePage();
  const city = reference.jurisdiction.value;
  const shows = (slide: Slide) => only === null || only === slide;
  const standing = useStanding(answer);
  const bound = answer.boundTo ? f.list(answer.boundTo) : t('meeting.wholeCity');
  const place = answer.scope ? answer.scope.name || answer.scope.code : bound;
  const [year = '', number = ''] = answer.week.split('-W');
  return (
    <article class={`meeting-sheet ${only ? 'is-slide' : ''}`}>
      <header class="meeting-head">
        <h2>
          {city?.name} · {place}
        </h2>
        <p>
          {t('meeting.title')}. {t('meeting.week', weekValues(f, answer, number, year))}
          {city?.synthetic && ` · ${t('app.synthetic')}`}
        </p>
      </header>
      {answer.reason ? (
        <p>{t(answer.reason === 'months-only' ? 'meeting.reasonMonths' : 'meeting.reasonNone')}</p>
      ) : (
        <div class="meeting-parts">
          <div class="meeting-side">
            {shows('table') && (
              <section class="meeting-part is-table">
                <h3>{t('meeting.table')}</h3>
                <p class="meeting-standing">{standing}</p>
                {answer.behind.length > 0 && (
                  <p class="small">
                    {t('meeting.behind', {
                      what: f.list(
                        answer.behind.map(({ title, source, through }) => `${title || source} (${f.day(through)})`),
                      ),
                    })}
                  </p>
                )}
                <MeetingTable answer={answer} filter={filter} />
                <p class="small meeting-note">
                  {t('meeting.bandNote')} {t(bandMadeOf(answer))}
                </p>
              </section>
            )}
            {shows('repeats') && <Repeats answer={answer} filter={filter} />}
            {shows('actions') && (
              <section class="meeting-part is-actions">
                <h3>{t('meeting.actions')}</h3>
                {Array.isArray(actions) ? <PlainActions actions={actions as MeetingAction[]} /> : actions}
              </section>
            )}
          </div>
          {shows('streets') && (
            <div class="meeting-side is-narrow">
              <Streets answer={answer} filter={filter} />
              <Hours answer={answer} />
            </div>
          )}
        </div>
      )}
      <footer class="meeting-foot small">
        {t('meeting.foot', {
          source: sourceText(words.value, filter, reference.sources.value),
          version: f.int(answer.dataVersion),
          filter: whatText(words.value, filter, reference.offences.value, reference.themes.value),
          when: f.moment(Date.now()),
        })}
        {sheet && ` · ${t('meeting.sheet', { n: f.int(sheet.n), all: f.int(sheet.all) })}`}
      </footer>
    </article>
  );
}

const weekValues = (
  f: { readonly day: (day: string) => string },
  { from, until }: MeetingAnswer,
  number: string,
  year: string,
) => {
  const last = new Date(Date.parse(`${until}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  return { number: String(Number(number)), year, from: f.day(from), until: f.day(last) };
};

const scopeText = ({ scope }: MeetingAnswer) => (scope ? `${scope.layer}:${scope.code}` : null);

function Streets({ answer, filter }: { readonly answer: MeetingAnswer; readonly filter: Filter }) {
  const { store, words, t, f } = usePage();
  const { located, streets, score } = answer;
  return (
    <section class="meeting-part">
      <h3>{t('meeting.streets')}</h3>
      {score && (
        <p class="meeting-score">
          <strong>{t('meeting.score', { streets: f.int(score.streets) })}</strong>{' '}
          {t('meeting.scoreText', {
            streets: f.int(score.streets),
            ...{ caught: f.int(score.caught), all: f.int(score.all), share: f.share(score.caught / score.all) },
            length: f.share(score.lengthShare),
          })}
        </p>
      )}
      {!streets && <p class="small">{t('meeting.noStreets')}</p>}
      {located && located.unlocated + located.withheld > 0 && (
        <p class="small">
          {t('meeting.unlocated', {
            ...{ n: f.int(located.unlocated + located.withheld), all: f.int(located.all) },
            share: f.share((located.unlocated + located.withheld) / located.all),
          })}
        </p>
      )}
      {located && located.leftOut > 0 && (
        <p class="small">{t('meeting.leftOut', { n: f.int(located.leftOut), all: f.int(located.all) })}</p>
      )}
      {streets?.rows.length === 0 && <p class="small">{t('meeting.noneOnStreets')}</p>}
      {streets && streets.rows.length > 0 && (
        <ol class="meeting-streets">
          {streets.rows.map((row) => {
            const { from, until, layer } = streets;
            const patch = { from, until, within: withinOf(scopeText(answer)) };
            return (
              <li key={row.id}>
                <a href={onMap(store.page.value, filter, patch, [], { layer, code: row.code })}>
                  {placeText(words.value, row, true)}
                </a>
                <b>{f.int(row.count)}</b>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

function Hours({ answer }: { readonly answer: MeetingAnswer }) {
  const { t, f } = usePage();
  if (!answer.clock) return null;
  const { counts, unknownHour } = answer.clock;
  return (
    <section class="meeting-part">
      <h3>{t('meeting.hours')}</h3>
      <SmallClock counts={counts} label={t('meeting.hours')} />
      {unknownHour > 0 && <p class="small">{t('when.unknown', { count: unknownHour, n: f.int(unknownHour) })}</p>}
    </section>
  );
}

function Repeats({ answer, filter }: { readonly answer: MeetingAnswer; readonly filter: Filter }) {
  const { access, store, t, f } = usePage();
  const told = ({ count, place, first, last }: RepeatSeries) => {
    const values = { n: f.int(count), place, first: f.day(first), last: f.day(last) };
    return t(place ? 'meeting.series' : 'meeting.seriesNoPlace', values);
  };
  return (
    <section class="meeting-part is-repeats">
      <h3>{t('meeting.repeats')}</h3>
      {answer.repeats === null && <p class="small">{t('meeting.repeatsNoPoints')}</p>}
      {answer.repeats?.length === 0 && <p class="small">{t('meeting.repeatsNone')}</p>}
      {answer.repeatsCut && <p class="small">{t('meeting.repeatsCut')}</p>}
      {answer.repeats && answer.repeats.length > 0 && (
        <p class="small">{t('meeting.repeatsHint', { metres: REPEAT_METRES, days: REPEAT_DAYS })}</p>
      )}
      {answer.repeats?.map(({ title, offences, followed, expected, series }) => (
        <div key={title} class="meeting-repeat">
          <p>
            {t('meeting.repeatsOf', { title, n: f.int(followed), expected: f.rate(expected) })}{' '}
            {followed <= expected && t('meeting.repeatsAsChance')}
          </p>
          <ul>
            {series.map((each) => {
              const until = new Date(Date.parse(`${each.last}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
              const [, corners = ''] = each.within.split('poly:');
              const ring = corners.split(';').map((pair) => pair.split(',').map(Number) as [number, number]);
              const patch = { from: each.first, until, within: { type: 'polygon', ring } as const };
              return (
                <li key={each.within}>
                  <a href={onMap(store.page.value, filter, patch, offences)}>{told(each)}</a>{' '}
                  {access.may('handle-problems') && (
                    <a class="meeting-open no-print" href={intoProblem(store.page.value, filter, patch, offences)}>
                      {t('problems.open')}
                    </a>
                  )}
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </section>
  );
}

function PlainActions({ actions }: { readonly actions: readonly MeetingAction[] }) {
  const { t } = usePage();
  if (actions.length === 0) return <p class="small">{t('meeting.actionsNone')}</p>;
  return (
    <>
      <ActionsCut actions={actions} />
      <ul class="meeting-actions">
        {actions.map((action) => (
          <ActionRow key={action.id} action={action} />
        ))}
      </ul>
    </>
  );
}
