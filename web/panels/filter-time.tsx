// Which weekdays and hours; a night that passes midnight counts on the day it began.

import type { Filter } from '../../server/filter/contract.ts';
import type { MessageKey } from '../../server/i18n/contract.ts';
import { usePage } from '../app.ts';

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
type Preset = readonly [MessageKey, Pick<Filter, 'weekdays' | 'hours'>];
const PRESETS: readonly Preset[] = [
  ['filter.presetWeekendNight', { weekdays: [5, 6], hours: { from: 20, until: 6 } }],
  ['filter.presetNight', { weekdays: [], hours: { from: 20, until: 6 } }],
  ['filter.presetWeekend', { weekdays: [6, 7], hours: null }],
  ['filter.presetWeekdays', { weekdays: [1, 2, 3, 4, 5], hours: null }],
];

export function TimeFilter() {
  const { store, reference, t, f } = usePage();
  const { weekdays, hours } = store.filter.value;
  const monthOnly =
    reference.sourcesInUse.value.length > 0 &&
    reference.sourcesInUse.value.every(({ datePrecision }) => ['month', 'quarter'].includes(datePrecision));
  if (monthOnly) return <p>{t('when.monthOnly')}</p>;
  const toggleDay = (day: number) => {
    const next = weekdays.includes(day) ? weekdays.filter((each) => each !== day) : [...weekdays, day].sort();
    store.changeFilter({ weekdays: next.length === WEEK.length ? [] : next });
  };
  const setHours = (from: number, until: number) =>
    store.changeFilter({ hours: from === until % 24 ? null : { from, until } });
  return (
    <>
      <div class="presets">
        {PRESETS.map(([name, patch]) => (
          <button key={name} type="button" class="button" onClick={() => store.changeFilter(patch)}>
            {t(name)}
          </button>
        ))}
      </div>
      <fieldset>
        <legend>{t('filter.days')}</legend>
        <div class="days">
          {WEEK.map((day) => (
            <button
              key={day}
              type="button"
              class="day"
              aria-pressed={weekdays.includes(day)}
              title={f.weekdayLong(day)}
              onClick={() => toggleDay(day)}
            >
              {f.weekday(day)}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset>
        <legend>{t('filter.hours')}</legend>
        <div class="hours">
          <label>
            {t('filter.hourFrom')}
            <select
              value={hours?.from ?? 0}
              onChange={(event) => setHours(Number(event.currentTarget.value), hours?.until ?? 24)}
            >
              {HOURS.map((hour) => (
                <option key={hour} value={hour}>
                  {hour}
                </option>
              ))}
            </select>
          </label>
          <label>
            {t('filter.hourUntil')}
            <select
              value={hours?.until ?? 24}
              onChange={(event) => setHours(hours?.from ?? 0, Number(event.currentTarget.value))}
            >
              {HOURS.map((hour) => (
                <option key={hour} value={hour + 1}>
                  {hour + 1}
                </option>
              ))}
            </select>
          </label>
          {hours && (
            <button type="button" class="link" onClick={() => store.changeFilter({ hours: null })}>
              {t('filter.hourAny')}
            </button>
          )}
        </div>
      </fieldset>
      {hours && hours.from > hours.until && <p class="small">{t('filter.shiftNote')}</p>}
    </>
  );
}
