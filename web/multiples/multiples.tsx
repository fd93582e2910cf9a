// Small maps beside one another, by hour, weekday, month or offence, in one scale; the one chosen becomes the question.

import '../styles/multiples.css';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CountsAnswer, OffenceRow } from '../../server/counts/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import { rampColors } from '../map/classify.ts';
import { RAMP } from '../map/colors.ts';
import { Modal } from '../parts/modal.tsx';
import { paths } from '../store/api.ts';
import { placeName } from '../store/chosen.ts';
import { hoursText } from '../store/formats.ts';
import { toldOf } from '../store/gaps.ts';
import { partsAsked } from '../store/offence-tree.ts';
import { drawSmall, inOne } from './draw-small.ts';
import { fetchSlices, highest, type Many, onOneScale } from './many.ts';
import { fetchShapes, type Shapes } from './shapes.ts';
import { type Slice, SPLIT_BY, type SplitBy, slicesOf } from './slices.ts';

const SMALL_PX = 200;
const BY_WORDS = {
  hour: 'multiples.hour',
  weekday: 'multiples.weekday',
  month: 'multiples.month',
  offence: 'multiples.offence',
} as const satisfies Record<SplitBy, string>;

export function Multiples({ onClose }: { onClose: () => void }) {
  const page = usePage();
  const { store, reference, answers, pictures, columns, ask, t, f } = page;
  const monthOnly = reference.monthOnly.value;
  const offered = SPLIT_BY.filter((by) => !monthOnly || by === 'month' || by === 'offence');
  const [by, setBy] = useState<SplitBy>(offered[0]!);
  const isStreets = pictures.drawn.value === 'streets' && reference.streetLayer.value !== null;
  const layer = isStreets ? reference.streetLayer.value : reference.areaLayer.value;
  const city = reference.jurisdiction.value;
  const filter = answers.filter.value;
  const choice = store.legend.value;
  const [many, setMany] = useState<Many | null>(null);
  const [shapes, setShapes] = useState<Shapes | 'too-large' | null>(null);
  const [done, setDone] = useState(0);
  const [of, setOf] = useState(0);
  const [isFailed, setFailed] = useState(false);
  const [offences, setOffences] = useState<readonly OffenceRow[] | null>(null);
  useEffect(() => columns.want(), []);
  useEffect(() => {
    if (!city || !filter) return;
    const stop = new AbortController();
    ask(paths.offencesUnder(city.code, filter, store.language.peek()), stop.signal).then(setOffences, () =>
      setOffences(reference.offences.peek()),
    );
    return () => stop.abort();
  }, [city, JSON.stringify(filter)]);
  useEffect(() => {
    if (!layer || !city?.bounds) return;
    const stop = new AbortController();
    const draw = async () => {
      const response = await fetch(layer.tiles, { signal: stop.signal });
      const { tiles } = (await response.json()) as { readonly tiles: readonly [string] };
      const wanted = { bounds: layer.bounds ?? city.bounds!, isStreets, template: tiles[0], signal: stop.signal };
      setShapes((await fetchShapes(wanted)) ?? 'too-large');
    };
    draw().catch(() => !stop.signal.aborted && setFailed(true));
    return () => stop.abort();
  }, [layer?.tiles]);
  const slices = useMemo(() => {
    if (!filter || !offences) return [];
    const theme = reference.themes.peek().find(({ code }) => code === filter.theme)?.offences ?? null;
    return slicesOf(by, filter, answers.covered.peek(), partsAsked(offences, filter.offences, theme));
  }, [by, filter, offences]);
  useEffect(() => {
    setMany(null);
    setFailed(false);
    setDone(0);
    setOf(slices.length);
    if (!city || !layer || !filter || slices.length === 0) return;
    const stop = new AbortController();
    // Of streets only what lies in the municipality is counted, as on the map.
    const asked = isStreets ? (answers.counted.peek() ?? filter) : filter;
    const countsOf = (patch: Slice['patch']): Promise<CountsAnswer> =>
      columns.ask(paths.counts(city.code, reference.address(layer.layer), { ...asked, ...patch }), stop.signal);
    // A rate stands on ten incidents at least: divided so often, most places would have none.
    const wished = { ...choice, measure: 'count' as const };
    fetchSlices(slices, countsOf, (count) => !stop.signal.aborted && setDone(count)).then(
      (found) => !stop.signal.aborted && setMany(onOneScale(found, wished, reference.sourcesInUse.peek())),
      () => !stop.signal.aborted && setFailed(true),
    );
    return () => stop.abort();
  }, [slices, layer?.layer]);
  const base = useMemo(() => (shapes && shapes !== 'too-large' ? inOne(shapes) : null), [shapes]);
  const names = useMemo(
    () => new Map(reference.offences.value.map(({ code, title }) => [code, title])),
    [reference.offences.value],
  );
  const nameOf = ({ key }: Slice) =>
    ({
      hour: () => hoursText(Number(key), (Number(key) + 1) % 24 || 24),
      weekday: () => f.weekdayLong(Number(key)),
      month: () => f.month(key),
      offence: () => names.get(key) ?? key,
    })[by]();
  const toldIn = ({ patch: { from, until } }: Slice) =>
    from && until ? toldOf({ from, until }, reference.sourcesInUse.value) : 'whole';
  const kind = filter?.kind ?? 'incident';
  const enter = ({ patch }: Slice) => {
    store.changeFilter(patch);
    onClose();
  };
  return (
    <Modal title={t('multiples.title')} onClose={onClose}>
      <div class="multiples-head">
        <fieldset class="switch is-small" aria-label={t('multiples.by')}>
          {offered.map((each) => (
            <button key={each} type="button" aria-pressed={by === each} onClick={() => setBy(each)}>
              {t(BY_WORDS[each])}
            </button>
          ))}
        </fieldset>
        <button type="button" class="button" onClick={onClose}>
          {t('app.close')}
        </button>
      </div>
      <p class="small" role="status">
        {isFailed
          ? t('data.failed')
          : shapes === 'too-large'
            ? t('multiples.tooLarge')
            : slices.length === 0 && offences
              ? t('multiples.none')
              : many
                ? t('multiples.byCount', { layer: layer?.title ?? '' })
                : t('multiples.coming', { n: f.int(done), all: f.int(of) })}
      </p>
      {many && (
        <LeftOut many={many} whole={(isStreets ? answers.streetCounts : answers.areaCounts).answered.value?.value} />
      )}
      {many && <Scale many={many} />}
      {many && shapes && (
        <ul class="multiples">
          {many.maps.map((map) => {
            const top = highest(map);
            const row = top !== null && layer ? reference.rowsOf(layer.layer).get(top) : undefined;
            const count = map.answer.totals.mapped;
            const said = t('map.hoverCount', { count, n: f.int(count), what: kindNoun(t, kind, count) });
            return (
              <li key={map.slice.key}>
                <button type="button" class="multiple" onClick={() => enter(map.slice)}>
                  <strong>{nameOf(map.slice)}</strong>
                  {toldIn(map.slice) !== 'whole' && <em>{t(`play.told_${toldIn(map.slice)}` as 'play.told_none')}</em>}
                  <span>{said}</span>
                  {shapes !== 'too-large' && (
                    <SmallCanvas
                      draw={(canvas) =>
                        drawSmall(canvas, {
                          ...{ shapes, isStreets, base },
                          ...{ classes: map.classes, colors: many.bounds.length },
                        })
                      }
                      ratio={shapes.size.height / shapes.size.width}
                    />
                  )}
                  {row && layer && <small>{t('multiples.most', { place: placeName(page, layer.layer, row) })}</small>}
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </Modal>
  );
}

/** Which of the headline's the small maps do not hold. */
function LeftOut({ many, whole }: { many: Many; whole: CountsAnswer | undefined }) {
  const { t, f } = usePage();
  const told = many.maps.reduce((sum, { answer }) => sum + answer.totals.mapped, 0);
  const all = whole?.totals.mapped ?? told;
  if (told >= all) return null;
  return <p class="small">{t('multiples.leftOut', { n: f.int(told), all: f.int(all) })}</p>;
}

function SmallCanvas({ draw, ratio }: { draw: (canvas: HTMLCanvasElement) => void; ratio: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dense = Math.min(2, devicePixelRatio || 1);
  const height = Math.round(SMALL_PX * Math.min(1.4, Math.max(0.4, ratio)));
  useEffect(() => {
    if (canvas.current) draw(canvas.current);
  });
  return <canvas ref={canvas} width={SMALL_PX * dense} height={height * dense} />;
}

function Scale({ many: { bounds, byRate } }: { many: Many }) {
  const { t, f } = usePage();
  const colors = rampColors(RAMP, Math.max(1, bounds.length));
  const rates = (i: number) => `${i === 0 ? '0' : f.rate(bounds[i - 1]!)}–${f.rate(bounds[i]!)}`;
  const counts = (i: number) => {
    const from = (bounds[i - 1] ?? 0) + 1;
    return from === bounds[i] ? f.int(from) : `${f.int(from)}–${f.int(bounds[i]!)}`;
  };
  return (
    <ul class="multiples-scale" aria-label={t('legend.title')}>
      {bounds.map((bound, i) => (
        <li key={bound}>
          <span style={{ background: colors[i] }} />
          {byRate ? rates(i) : counts(i)}
        </li>
      ))}
    </ul>
  );
}
