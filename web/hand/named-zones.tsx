// Drawn zones kept under names: their figures side by side under the filter of the moment, on the map and in the address, so
// that a saved view keeps them.

import { useEffect, useState } from 'preact/hooks';
import type { SummaryAnswer } from '../../server/counts/contract.ts';
import type { Filter } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { Icon } from '../parts/icon.tsx';
import { TableScroll } from '../parts/table-scroll.tsx';
import { paths } from '../store/api.ts';
import { changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { insideOf } from '../store/inside-of.ts';
import { LONGEST_ZONE_NAME, MOST_ZONES, type NamedZone } from '../store/url.ts';

const AT_REST_MS = 600;

const withinOf = ({ ring }: NamedZone): Filter['within'] => ({ type: 'polygon', ring });

export function NamedZones() {
  const { store, answers, t, f } = usePage();
  const { zones } = store.page.value;
  const within = answers.filter.value?.within;
  const ring = within?.type === 'polygon' ? within.ring : null;
  const isKept = ring !== null && zones.some((zone) => String(zone.ring) === String(ring));
  const [name, setName] = useState('');
  if (zones.length === 0 && !ring) return null;
  const keep = (event: Event) => {
    event.preventDefault();
    const named = name.replaceAll('~', '-').trim().slice(0, LONGEST_ZONE_NAME);
    if (!ring || !named) return;
    store.change({ zones: [...zones.filter((zone) => zone.name !== named), { name: named, ring }] });
    setName('');
  };
  return (
    <div class="named-zones">
      {ring && !isKept && zones.length < MOST_ZONES && (
        <form onSubmit={keep}>
          <label>
            {t('zones.name')}{' '}
            <input
              type="text"
              required
              maxLength={LONGEST_ZONE_NAME}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </label>{' '}
          <button type="submit" class="button">
            {t('zones.keep')}
          </button>
        </form>
      )}
      {zones.length >= MOST_ZONES && <p class="small">{t('zones.full', { n: f.int(MOST_ZONES) })}</p>}
      {zones.length > 0 && <Table zones={zones} />}
    </div>
  );
}

/** Answers of one question each; a zone that is not answered yet, or cannot be, says so. */
function useFigures(zones: readonly NamedZone[]): ReadonlyMap<string, SummaryAnswer | 'failed'> {
  const { store, answers, ask, reference } = usePage();
  const isPreviewed = store.isPreviewed.value;
  const [figures, setFigures] = useState<ReadonlyMap<string, SummaryAnswer | 'failed'>>(new Map());
  const filter = answers.counted.value;
  const city = reference.jurisdiction.value?.code;
  const layer = reference.areaLayer.value && reference.address(reference.areaLayer.value.layer);
  const version = answers.summary.answered.value?.value.dataVersion;
  const asked = JSON.stringify([filter, zones, layer, version]);
  useEffect(() => {
    if (!filter || !city) return;
    const stop = new AbortController();
    const askAll = () => {
      setFigures(new Map());
      for (const zone of zones) askOne(zone);
    };
    // A hand that draws, or a window that plays, asks for much that nobody reads.
    const timer = setTimeout(askAll, isPreviewed ? AT_REST_MS : 0);
    const askOne = (zone: NamedZone) => {
      const tell = (figure: SummaryAnswer | 'failed') => {
        if (!stop.signal.aborted) setFigures((before) => new Map([...before, [zone.name, figure]]));
      };
      ask(paths.summary(city, layer, { ...filter, within: withinOf(zone) }), stop.signal).then(tell, () =>
        tell('failed'),
      );
    };
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, city]);
  return figures;
}

function Table({ zones }: { zones: readonly NamedZone[] }) {
  const { store, words, t, f } = usePage();
  const figures = useFigures(zones);
  return (
    <TableScroll label={t('zones.title')}>
      <table class={`zones-table ${store.isPreviewed.value ? 'is-old' : ''}`}>
        <caption>{t('zones.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('zones.zone')}</th>
            <th scope="col">{t('zones.count')}</th>
            <th scope="col">{t('zones.before')}</th>
            <th scope="col">{t('zones.change')}</th>
            <th scope="col">
              <span class="unseen">{t('zones.remove')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {zones.map((zone) => {
            const figure = figures.get(zone.name);
            const isThere = figure !== undefined && figure !== 'failed';
            const now = isThere ? insideOf(figure) : null;
            const before = isThere && figure.previous ? insideOf(figure.previous) : null;
            const days = isThere ? figure.previous?.days : undefined;
            return (
              <tr key={zone.name}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => store.changeFilter({ within: withinOf(zone) })}>
                    {zone.name}
                  </button>
                </th>
                <td>{now === null ? (figure === 'failed' ? t('zones.failed') : '…') : f.int(now)}</td>
                <td>{before === null ? '' : f.int(before)}</td>
                <td>
                  {now === null || before === null
                    ? ''
                    : changeText(words.value, changeBetween(before, now, days), days)}
                </td>
                <td>
                  <button
                    type="button"
                    class="button is-icon is-quiet"
                    aria-label={t('zones.removeOne', { name: zone.name })}
                    onClick={() => store.change({ zones: zones.filter((each) => each.name !== zone.name) })}
                  >
                    <Icon name="trash" />
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </TableScroll>
  );
}
