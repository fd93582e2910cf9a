// The head of a briefing: its title and the days it is of, read or changed.

import { useEffect, useState } from 'preact/hooks';
import type { BriefingBody } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { TextField } from '../problems/fields.tsx';
import { addDays } from '../store/days.ts';
import { areasText, type DaysTold, lastMonth, lastWeek, throughDay } from './views.ts';

type Props = {
  readonly body: BriefingBody;
  /** Which its figures are of; null = the whole municipality. */
  readonly areas: string | null;
  readonly isEditing: boolean;
  readonly isTemplate: boolean;
  readonly onChange: (changes: { title?: string; period?: DaysTold | null }) => void;
};

export function BriefingHead({ body, areas, isEditing, isTemplate, onChange }: Props) {
  const page = usePage();
  const { reference, t, f } = page;
  const city = reference.jurisdiction.value;
  const through = throughDay(page);
  const [title, setTitle] = useState(body.title);
  const [from, setFrom] = useState(body.period?.from ?? '');
  const [last, setLast] = useState(body.period ? addDays(body.period.until, -1) : '');
  useEffect(() => {
    setTitle(body.title);
    setFrom(body.period?.from ?? '');
    setLast(body.period ? addDays(body.period.until, -1) : '');
  }, [body.title, body.period?.from, body.period?.until]);
  const period = from && last && from <= last ? { from, until: addDays(last, 1) } : null;
  const choose = ({ from: begins, until }: DaysTold) => {
    setFrom(begins);
    setLast(addDays(until, -1));
  };
  return (
    <header class="briefing-head">
      <h1>{body.title}</h1>
      <p>
        {[
          city?.name,
          areas !== null && !isTemplate && t('briefing.onlyOf', { areas: areasText(page, areas) }),
          body.period && f.range(body.period.from, body.period.until),
          city?.synthetic && t('briefing.synthetic'),
          isTemplate && t('briefing.isTemplate'),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {isEditing && (
        <form
          class="problem-form no-print"
          onSubmit={(event) => {
            event.preventDefault();
            onChange({ ...(title.trim() && { title }), ...(!isTemplate && { period }) });
          }}
        >
          <TextField label={t('briefing.title')} value={title} onInput={setTitle} />
          {!isTemplate && (
            <>
              <TextField type="date" label={t('briefing.periodFrom')} value={from} onInput={setFrom} />
              <TextField type="date" label={t('briefing.periodUntil')} value={last} onInput={setLast} />
              <p class="access-buttons">
                {through && (
                  <>
                    <button type="button" class="button is-small" onClick={() => choose(lastMonth(through))}>
                      {t('briefing.lastMonth')}
                    </button>
                    <button type="button" class="button is-small" onClick={() => choose(lastWeek(through))}>
                      {t('briefing.lastWeek')}
                    </button>
                  </>
                )}
                <button
                  type="button"
                  class="button is-small"
                  onClick={() => {
                    setFrom('');
                    setLast('');
                  }}
                >
                  {t('briefing.periodNone')}
                </button>
              </p>
            </>
          )}
          <div class="access-buttons">
            <button type="submit" class="button is-primary">
              {t('briefing.save')}
            </button>
          </div>
        </form>
      )}
    </header>
  );
}
