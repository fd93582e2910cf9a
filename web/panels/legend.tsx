// The legend card: what the colours mean now, how many places stand in each class, and from what it was made.

import { usePage } from '../app.ts';
import { Info } from '../parts/info.tsx';
import { type Entry, useLegend } from './legend-entries.ts';
import { LegendOptions } from './legend-options.tsx';

/** On a phone the card is a strip of the ramp; `onToggle` opens it. */
export function Legend({ onToggle }: { onToggle: () => void }) {
  const { answers, map, pictures, t } = usePage();
  const legend = useLegend();
  if (!legend) return null;
  const { areaCounts, streetCounts } = answers;
  const { isOld } = { heat: pictures.heat, areas: areaCounts, streets: streetCounts }[pictures.drawn.value];
  const { title, entries, strip, notes, ramp } = legend;
  return (
    <section class={`legend ${isOld.value ? 'is-old' : ''}`} aria-label={t('legend.title')}>
      <button
        type="button"
        class="legend-strip"
        onClick={onToggle}
        title={t('legend.strip', { from: strip.from, until: strip.until })}
      >
        {ramp ? (
          <>
            <Ramp ticks={ramp} />
            <span>{strip.unit}</span>
          </>
        ) : (
          <>
            <span>{strip.from}</span>
            <span class="strip-ramp">
              {strip.swatches.map((swatch) => (
                <span key={swatch} class={swatch} />
              ))}
            </span>
            <span>{strip.until}</span>
            <span>{strip.unit}</span>
          </>
        )}
      </button>
      <div class="legend-card">
        <div class="panel-head">
          <h2>{title}</h2>
          <Info topic="legend" title={t('legend.title')} />
          <LegendOptions />
        </div>
        {ramp && <Ramp ticks={ramp} />}
        <ul class="entries">
          {entries.map((entry) => (
            <EntryRow key={entry.text} entry={entry} light={(number) => (map.highlighted.value = number)} />
          ))}
        </ul>
        {notes.map((note) => (
          <p key={note} class="small">
            {note}
          </p>
        ))}
      </div>
    </section>
  );
}

/** The five colours in one another, each with its figure below. */
export function Ramp({ ticks }: { ticks: readonly string[] }) {
  return (
    <span class="heat-ramp">
      <span class="ramp" />
      <span class="ticks">
        {ticks.map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </span>
    </span>
  );
}

function EntryRow({ entry, light }: { entry: Entry; light: (number: number | null) => void }) {
  const { number } = entry;
  const content = (
    <>
      <span class={`swatch ${entry.swatch}`} />
      {entry.text}
    </>
  );
  if (number === null) return <li class="entry">{content}</li>;
  return (
    <li>
      <button
        type="button"
        class="entry"
        onMouseEnter={() => light(number)}
        onMouseLeave={() => light(null)}
        onFocus={() => light(number)}
        onBlur={() => light(null)}
      >
        {content}
      </button>
    </li>
  );
}
