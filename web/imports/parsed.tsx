// The first rows of a file as they would be read.

import type { ParsedExample } from '../../server/imports/contract.ts';
import type { Incident } from '../../server/reading/contract.ts';
import { usePage } from '../app.ts';
import { useNoteWords } from '../data/notes.tsx';

export function Parsed({ examples }: { examples: readonly ParsedExample[] }) {
  const { t, f } = usePage();
  const words = useNoteWords();
  const told = useIncidentText();
  return (
    <section class="card" aria-labelledby="parsed-title" aria-live="polite">
      <h2 id="parsed-title">{t('importing.parsed')}</h2>
      {examples.length === 0 ? (
        <p>{t('importing.parsedNone')}</p>
      ) : (
        <ul class="parsed">
          {examples.map(({ line, incident, reason }) => (
            <li key={line}>
              <small>{t('importing.line', { n: f.int(line) })}</small>{' '}
              {incident ? told(incident) : t('importing.rejectedBecause', { reason: words(reason ?? '') })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function useIncidentText(): (incident: Incident) => string {
  const { t, f } = usePage();
  const two = (n: number) => String(n).padStart(2, '0');
  const moment = (day: string, minute: number | null) =>
    minute === null ? f.day(day) : `${f.day(day)}, ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  return (incident) => {
    const { key, occurredOn, minuteOfDay, datePrecision, label, lon, lat, placeText } = incident;
    const { untilOn, untilMinute, reportedOn, reportedMinute } = incident;
    const day = datePrecision === 'month' ? f.month(occurredOn) : f.day(occurredOn);
    const hour = minuteOfDay === null ? null : Math.floor(minuteOfDay / 60);
    const time =
      hour === null ? null : datePrecision === 'hour' ? `${hour} h` : `${two(hour)}:${two((minuteOfDay ?? 0) % 60)}`;
    const point = lon === null || lat === null ? t('importing.noPoint') : `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
    const until = untilOn && t('importing.rangeUntil', { moment: moment(untilOn, untilMinute) });
    const reported = reportedOn && t('importing.reported', { moment: moment(reportedOn, reportedMinute) });
    return [time ? `${day}, ${time}` : day, until, reported, label, point, placeText, key].filter(Boolean).join(' · ');
  };
}
