// «Preguntar por un lugar»: a zone drawn on the map, or typed as a place and metres round it; then everything on the
// screen is of it, until the change is taken back.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { SummaryAnswer } from '../../server/counts/contract.ts';
import { MAX_POLYGON_VERTICES } from '../../server/filter/contract.ts';
import { kindNoun, usePage } from '../app.ts';
import type { Sketch } from '../map/drawing.ts';
import { DRAWN_SHAPES, type DrawnShape } from '../map/link.ts';
import {
  circleRing,
  type LonLat,
  middleOf,
  readCoordinates,
  ringKm2,
  STRETCH_HALF_WIDTH_M,
  unusable,
} from '../map/zone-shapes.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Modal } from '../parts/modal.tsx';
import { paths } from '../store/api.ts';
import { changeBetween } from '../store/change.ts';
import { changeText } from '../store/change-text.ts';
import { findPlaces } from '../store/find-places.ts';
import { insideOf } from '../store/inside-of.ts';
import { placeText } from '../store/words.ts';
import { DRAWN_WORDS, mayAskPlace } from './may-ask-place.ts';

const LEAST_RADIUS_M = 25;
const MOST_RADIUS_M = 20_000;
const USUAL_RADIUS_M = 500;
const SHOWN_AROUND = 1.6;
const WAIT_MS = 150;
const ICON_OF: Record<DrawnShape, IconName> = {
  polygon: 'pentagon',
  lasso: 'lasso',
  circle: 'circle',
  stretch: 'spline',
};

/** The dialog, while it is open, and the bar that says what is being drawn. */
export function AskPlace() {
  const page = usePage();
  const { map, store, reference } = page;
  const [problem, setProblem] = useState<'corners' | 'flat' | null>(null);
  const limitTo = (ring: readonly LonLat[], isSeen: boolean) => {
    const reason = unusable(ring);
    setProblem(reason);
    if (reason) {
      map.isAskingPlace.value = true;
      return;
    }
    const { filter } = store.page.peek();
    const list = reference.streetsUsable.peek() ? { list: 'streets' as const } : {};
    store.change({ filter: { ...filter, within: { type: 'polygon', ring } }, place: null, ...list });
    if (!isSeen) map.handle.peek()?.show(middleOf(ring), SHOWN_AROUND * ringKm2(ring));
  };
  useEffect(() => {
    map.zoneDrawn.value = (ring) => limitTo(ring, true);
    return () => {
      map.zoneDrawn.value = null;
      map.drawing.value = null;
    };
  }, []);
  if (!mayAskPlace(page)) return null;
  return (
    <>
      <DrawingBar />
      {map.isAskingPlace.value && (
        <AskDialog
          problem={problem}
          onClose={() => {
            map.isAskingPlace.value = false;
          }}
          onDraw={(shape) => {
            map.isAskingPlace.value = false;
            map.drawingFailed.value = false;
            setProblem(null);
            map.drawing.value = shape;
          }}
          onRing={(ring) => {
            map.isAskingPlace.value = false;
            limitTo(ring, false);
          }}
        />
      )}
    </>
  );
}

/** Esc leaves; the button ends what touch or keys cannot end on the map itself. */
function DrawingBar() {
  const { map, t, f } = usePage();
  const shape = map.drawing.value;
  const cancel = () => {
    map.drawing.value = null;
  };
  useEffect(() => {
    if (!shape) return;
    const listen = (event: KeyboardEvent) => {
      const isEnd = event.key === 'Enter' && !(event.target as HTMLElement).matches('button, a, input, select');
      if (event.key !== 'Escape' && !isEnd) return;
      event.preventDefault();
      event.stopPropagation();
      if (isEnd) map.finishDrawing.peek()?.();
      else cancel();
    };
    window.addEventListener('keydown', listen, true);
    return () => window.removeEventListener('keydown', listen, true);
  }, [shape]);
  const sketch = map.sketch.value;
  const figures = useFigures(shape ? sketch : null);
  if (!shape) return null;
  const size = [
    sketch?.metres != null &&
      t(shape === 'circle' ? 'seen.sketchRadius' : 'seen.sketchLength', { n: f.int(sketch.metres) }),
    Boolean(sketch?.km2) && t('place.areaKm2', { n: f.rate(sketch?.km2 ?? 0) }),
  ].filter(Boolean);
  return (
    <div class="drawing-bar">
      <p role="status">
        {t(DRAWN_WORDS[shape].how, { n: f.int(MAX_POLYGON_VERTICES), m: f.int(STRETCH_HALF_WIDTH_M) })}
      </p>
      {size.length > 0 && <p class="drawing-size">{size.join(' · ')}</p>}
      {figures && (
        <p class="drawing-size" role="status">
          {figures}
        </p>
      )}
      <p>
        {shape !== 'circle' && (
          <button type="button" class="button is-primary" onClick={() => map.finishDrawing.peek()?.()}>
            {t('seen.drawFinish')}
          </button>
        )}
        <button type="button" class="button" onClick={cancel}>
          {t('seen.drawCancel')}
        </button>
      </p>
    </div>
  );
}

/** What is counted in the zone as it is drawn now; the last figure stays until the next is there. */
function useFigures(sketch: Sketch | null): string | null {
  const { answers, ask, reference, words, t, f } = usePage();
  const [figure, setFigure] = useState<SummaryAnswer | null>(null);
  const filter = answers.counted.value;
  const city = reference.jurisdiction.value?.code;
  const layer = reference.areaLayer.value && reference.address(reference.areaLayer.value.layer);
  useEffect(() => {
    if (!sketch) setFigure(null);
    if (!sketch || !filter || !city) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const ring = sketch.ring();
      if (!ring || unusable(ring)) return;
      ask(paths.summary(city, layer, { ...filter, within: { type: 'polygon', ring } }), stop.signal).then(
        (found) => !stop.signal.aborted && setFigure(found),
        () => !stop.signal.aborted && setFigure(null),
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [sketch, filter, city, layer]);
  if (!figure || !filter) return null;
  const now = insideOf(figure);
  const what = { n: f.int(now), what: kindNoun(t, filter.kind, now) };
  if (!figure.previous) return t('seen.sketchCountAlone', what);
  const before = insideOf(figure.previous);
  const { days } = figure.previous;
  const change = changeText(words.value, changeBetween(before, now, days), days);
  return t('seen.sketchCount', { ...what, before: f.int(before), change });
}

type DialogProps = {
  readonly problem: 'corners' | 'flat' | null;
  readonly onClose: () => void;
  readonly onDraw: (shape: DrawnShape) => void;
  readonly onRing: (ring: readonly LonLat[]) => void;
};
type Place = { readonly name: string; readonly kind: string; readonly at: LonLat };

function AskDialog({ problem, onClose, onDraw, onRing }: DialogProps) {
  const { map, t, f } = usePage();
  const canDraw = map.state.value === 'ready';
  const [place, setPlace] = useState<Place | null>(null);
  const [radius, setRadius] = useState(String(USUAL_RADIUS_M));
  const metres = Number(radius);
  const isFit = Number.isFinite(metres) && metres >= LEAST_RADIUS_M && metres <= MOST_RADIUS_M;
  return (
    <Modal title={t('seen.askPlace')} onClose={onClose}>
      <p class="small">{t('seen.askPlaceHow')}</p>
      {problem && <p role="alert">{t(`seen.zone_${problem}`, { n: f.int(MAX_POLYGON_VERTICES) })}</p>}
      {map.drawingFailed.value && <p role="alert">{t('map.chunkFailed')}</p>}
      <div class="draw-choices">
        {DRAWN_SHAPES.map((shape) => (
          <button key={shape} type="button" class="button" disabled={!canDraw} onClick={() => onDraw(shape)}>
            <Icon name={ICON_OF[shape]} /> {t(DRAWN_WORDS[shape].title)}
          </button>
        ))}
      </div>
      <p class="small">{t('seen.drawCorners', { n: f.int(MAX_POLYGON_VERTICES), m: f.int(STRETCH_HALF_WIDTH_M) })}</p>
      <form
        class="ask-typed"
        onSubmit={(event) => {
          event.preventDefault();
          if (place && isFit) onRing(circleRing(place.at, metres));
        }}
      >
        <h3>{t('seen.askTyped')}</h3>
        <PlaceField chosen={place} onChoose={setPlace} />
        <label>
          {t('seen.askRadius')}
          <input
            type="number"
            required
            min={LEAST_RADIUS_M}
            max={MOST_RADIUS_M}
            step={1}
            value={radius}
            onInput={(event) => setRadius(event.currentTarget.value)}
          />
        </label>
        <p class="panel-foot">
          <button type="submit" class="button is-primary" disabled={!place || !isFit}>
            {t('seen.askGo')}
          </button>
          <button type="button" class="button" onClick={onClose}>
            {t('app.close')}
          </button>
        </p>
      </form>
    </Modal>
  );
}

type FieldProps = { readonly chosen: Place | null; readonly onChoose: (place: Place | null) => void };

/** A colonia or street by name, or coordinates as maps print them. */
function PlaceField({ chosen, onChoose }: FieldProps) {
  const { reference, ask, words, t } = usePage();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly Place[] | 'outside' | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const city = reference.jurisdiction.value;
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const wanted = text.trim();
    if (!city || !wanted || chosen) {
      setFound(null);
      return;
    }
    const at = readCoordinates(wanted);
    if (at) {
      const [w, s, e, n] = city.bounds ?? [-180, -90, 180, 90];
      const isInside = at[0] >= w && at[0] <= e && at[1] >= s && at[1] <= n;
      const name = t('seen.askAt', { lat: String(at[1]), lon: String(at[0]) });
      setFound(isInside ? [{ name, kind: t('seen.askCoordinates'), at }] : 'outside');
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const hits = await findPlaces({ reference, ask }, city.code, wanted, stop.signal).catch(() => null);
      if (stop.signal.aborted || !hits) return;
      const places = hits.flatMap(({ layer, row }): Place[] => {
        const isStreet = layer.type === 'streets';
        const kind = isStreet ? t('where.streets') : layer.title;
        return row.at ? [{ name: placeText(words.peek(), row, isStreet), kind, at: row.at }] : [];
      });
      setFound(places);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, city, chosen]);
  return (
    <div>
      <label>
        {t('seen.askWhere')}
        <input
          ref={input}
          type="text"
          autocomplete="off"
          placeholder={t('seen.askWhereHint')}
          value={chosen?.name ?? text}
          onInput={(event) => {
            onChoose(null);
            setText(event.currentTarget.value);
          }}
        />
      </label>
      <div role="status">
        {found === 'outside' && <p class="small">{t('seen.askOutside', { name: city?.name ?? '' })}</p>}
        {found !== 'outside' && found?.length === 0 && <p class="small">{t('header.searchNone')}</p>}
      </div>
      {found !== 'outside' && found && found.length > 0 && (
        <ul class="ask-found">
          {found.map((place) => (
            <li key={`${place.kind}/${place.name}/${place.at.join()}`}>
              <button type="button" class="option" onClick={() => onChoose(place)}>
                <span>{place.name}</span> <small>{place.kind}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
