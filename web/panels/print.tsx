// The printed page, Letter landscape: map, figure, legend, the first ten, the clock, and how the figures were made.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TopRow } from '../../server/counts/contract.ts';
import { type App, kindNoun, usePage } from '../app.ts';
import { creditShown, type MapNote } from '../map/link.ts';
import { classNotes, perYear } from '../map/picture.ts';
import { placeName } from '../store/chosen.ts';
import { insideOf } from '../store/inside-of.ts';
import { linkOf } from '../store/link.ts';
import { largerFileText } from '../store/words.ts';
import { Before } from './answer.tsx';
import { filterInWords } from './filter-words.ts';
import { Ramp } from './legend.tsx';
import { legendOf } from './legend-entries.ts';
import { excludedTexts } from './totals.tsx';
import { MiniClock } from './when.tsx';

const ROWS = 10;

type Page = ReturnType<typeof usePage>;

function classNumbers({ map, pictures, reference }: App): MapNote[] {
  const areas = pictures.areas.peek();
  if (!areas || pictures.drawn.peek() !== 'areas' || map.overlay.peek()) return [];
  return classNotes(areas.classes, reference.areas.peek(), map.zoom.peek());
}

export function Printed() {
  const page = usePage();
  const { map } = page;
  const [picture, setPicture] = useState('');
  /** When it was printed last; and whether it is being printed. */
  const [now, setNow] = useState(0);
  const [isPrinting, setPrinting] = useState(false);
  /** While a hand draws nobody sees it: it stays as it is until it is printed, or the hand lets go. */
  const kept = useRef<JSX.Element | null>(null);

  useEffect(() => {
    // The browser lays the page out right after this event: the picture must be there without waiting.
    const before = () => {
      const image = document.querySelector<HTMLImageElement>('.print-map');
      const url = map.handle.peek()?.snapshot(classNumbers(page)).url ?? '';
      if (image) image.src = url;
      setPicture(url);
      setNow(Date.now());
      setPrinting(true);
    };
    const after = () => setPrinting(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, [map]);

  if (!page.store.isPreviewed.value || isPrinting) kept.current = sheetOf(page, picture, now);
  return kept.current;
}

function sheetOf(page: Page, picture: string, now: number): JSX.Element | null {
  const { store, reference, answers, pictures, words, t, f } = page;
  const legend = legendOf(page);
  const credit = creditShown(page);
  const summary = answers.summary.answered.value?.value;
  const filter = answers.filter.value;
  const layer = answers.listLayer.value;
  const top = answers.top.answered.value?.value;
  if (!summary || !filter || !layer) return null;
  const totals = answers.drawnTotals.value ?? summary.totals;
  const here = insideOf(summary);
  const apart = answers.apart.value;
  const isStreet = layer.type === 'streets';
  const layerName = isStreet ? t('where.streets') : layer.title;
  const [city, ...question] = filterInWords(page);
  // What the list ranks by is what it prints; the number stands beside it.
  const byRate = answers.listMeasure.value === 'rate';
  const figureOf = ({ rate, count }: TopRow) => {
    const perYearRate = byRate ? perYear(rate, pictures.years.value) : null;
    if (!byRate) return f.int(count);
    return `${perYearRate === null ? '–' : f.rate(perYearRate)} (${f.int(count)})`;
  };
  const total = {
    here: f.int(here),
    mapped: f.int(totals.mapped),
    unlocated: f.int(totals.unlocated),
    outside: f.int(apart.outside),
    withheld: f.int(totals.withheld),
  };
  return (
    <article class="printed" aria-hidden="true">
      <header>
        <h1>{city}</h1>
        <p>{question.join(' · ')}</p>
      </header>
      <div class="print-body">
        <img class="print-map" src={picture || undefined} alt="" />
        <div class="print-side">
          <p class="figure">
            <strong>{f.int(here)}</strong> {kindNoun(t, filter.kind, here)}
          </p>
          <Before compared={summary} year={filter.period === '12m' || filter.period === 'ytd'} />
          {legend && (
            <>
              <h2>{legend.title}</h2>
              {legend.ramp && <Ramp ticks={legend.ramp} />}
              <ul class="entries">
                {legend.entries.map((entry) => (
                  <li key={entry.text} class="entry">
                    <span class={`swatch ${entry.swatch}`} />
                    {entry.number !== null && <b>{entry.number}</b>} {entry.text}
                  </li>
                ))}
              </ul>
            </>
          )}
          <h2>
            {t('print.topTen', { layer: layerName.toLowerCase() })}
            {byRate && ` · ${t(isStreet ? 'where.ratePerKm' : 'where.ratePer100k')} (${kindNoun(t, filter.kind, 2)})`}
          </h2>
          <ol>
            {top?.rows.slice(0, ROWS).map((row) => (
              <li key={row.id}>
                <span>{placeName(page, layer.layer, row)}</span> <b>{figureOf(row)}</b>
              </li>
            ))}
          </ol>
          <MiniClock />
          {reference.monthOnly.value && <p class="small">{t('when.monthOnly')}</p>}
        </div>
      </div>
      <footer>
        <p>
          {totals.outside
            ? t('seen.totalsOfStreets', { ...total, near: f.int(totals.outside) })
            : t('print.totals', total)}
          {apart.unlocated > 0 && `. ${largerFileText(words.value, apart)}`}
          {excludedTexts(words.value, summary.excluded).map((text) => `. ${text}`)}
        </p>
        <p>
          {legend?.notes.map((note) => note.replace(/\.$/, '')).join(' · ')} ·{' '}
          {credit && `${t('map.basemapCredit', { credit })} · `}
          {t('print.printed', { date: f.moment(now || Date.now()) })} · {linkOf({ store, reference })}
        </p>
      </footer>
    </article>
  );
}
