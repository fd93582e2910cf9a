// The map of a briefing: outlines coloured by class, those with most numbered and named below; drawn as lines and areas, so
// that it prints sharp on any machine, and in grey by the order of its tones.

import { useEffect, useState } from 'preact/hooks';
import type { BriefingShapes, FigureData } from '../../server/briefings/contract.ts';
import { usePage } from '../app.ts';
import { classBounds, classOf, rampColors } from '../map/classify.ts';
import { RAMP } from '../map/colors.ts';
import { placeText } from '../store/words.ts';
import { briefingPaths } from './paths.ts';

export const MAP_WIDTH = 480;
const MOST_HEIGHT = 480;
const CLASSES = 5;

type MapData = Extract<FigureData, { kind: 'map' }>;
type Position = readonly [number, number];

export function FigureMap({ data, by }: { readonly data: MapData; readonly by: 'count' | 'rate' }) {
  const { reference, words, t, f } = usePage();
  const areas = reference.areaLayer.value;
  const ground = useGround(data.isStreets ? areas : data);

  const byRate = by === 'rate' && data.places.some(([, , rate]) => rate !== null);
  const valueAt = ([, count, rate]: MapData['places'][number]) => (byRate ? (rate ?? 0) : count);
  const bounds = classBounds(data.places.map(valueAt), 'quantile', CLASSES);
  const colors = rampColors(RAMP, Math.max(1, bounds.length));
  const told = new Map(data.places.map((place) => [place[0], place]));
  const lines = data.lines.map(([, line]) => line);
  const box = boxOf(ground && ground !== 'failed' ? ground.bounds : null, lines);
  if (ground === 'failed' && lines.length === 0) return <p class="refusal">{t('briefing.mapFailed')}</p>;
  if (!box || (!data.isStreets && !ground))
    return (
      <p class="small" role="status">
        {t('app.loading')}
      </p>
    );
  const place = projectionOf(box);
  const ring = (positions: readonly Position[]) => `M${positions.map((at) => place(at).join(' ')).join('L')}`;
  const classAt = (id: number) => {
    const found = told.get(id);
    return found ? classOf(valueAt(found), bounds) : 0;
  };
  const shapes = ground && ground !== 'failed' ? ground.shapes : [];
  const middles = new Map(
    data.isStreets
      ? data.lines.map(([id, line]) => [id, line[Math.floor(line.length / 2)]!])
      : shapes.flatMap(({ id, rings }) => (rings.length ? [[id, middleOf(rings)] as const] : [])),
  );
  const of = byRate ? f.rate : f.int;
  const classText = (i: number) => {
    const [from, to] = [i === 0 ? (byRate ? 0 : 1) : bounds[i - 1]! + (byRate ? 0 : 1), bounds[i]!];
    return from === to ? of(to) : i === 0 && byRate ? `≤ ${of(to)}` : `${of(from)}–${of(to)}`;
  };
  return (
    <figure class="briefing-map">
      <svg viewBox={`0 0 ${MAP_WIDTH} ${place.height.toFixed(0)}`} role="img" aria-label={t('briefing.kind_map')}>
        {shapes.map(({ id, rings }) => (
          <path
            key={id}
            d={rings.map((each) => `${ring(each)}Z`).join('')}
            fill={data.isStreets || classAt(id) === 0 ? '#ffffff' : colors[classAt(id) - 1]}
            class="is-area"
          />
        ))}
        {data.lines
          .map(([id, line]) => ({ id, line, at: classAt(id) }))
          .sort((a, b) => a.at - b.at)
          .map(({ id, line, at }) => (
            <path
              key={id}
              d={ring(line)}
              class="is-street"
              stroke={colors[at - 1] ?? colors[0]}
              stroke-width={1 + (3 * at) / Math.max(1, bounds.length)}
            />
          ))}
        {data.first.map(({ id }, i) => {
          const at = middles.get(id);
          if (!at) return null;
          const [x, y] = place(at);
          return (
            <g key={id} class="is-mark">
              <circle cx={x} cy={y} r="7" />
              <text x={x} y={y + 3.5}>
                {i + 1}
              </text>
            </g>
          );
        })}
      </svg>
      <figcaption>
        <ul class="briefing-legend">
          {bounds.map((bound, i) => (
            <li key={bound}>
              <span style={{ background: colors[i] }} />
              {classText(i)}
            </li>
          ))}
          {!data.isStreets && (
            <li>
              <span />
              {t(byRate ? 'briefing.noRate' : 'briefing.noneThere')}
            </li>
          )}
          <li>
            {byRate
              ? `${t('briefing.rate')}, ${t(data.unit === 'perKm' ? 'briefing.ratePerKm' : 'briefing.ratePer100k')}`
              : t('briefing.count')}
          </li>
        </ul>
        <p class="small">{t(byRate ? 'briefing.firstByRate' : 'briefing.firstByCount')}</p>
        <ol class="briefing-first">
          {data.first.map((row) => (
            <li key={row.code}>
              {placeText(words.value, row, data.isStreets) || row.code}: {f.int(row.count)}
              {byRate && row.rate !== null && ` (${f.rate(row.rate)})`}
            </li>
          ))}
        </ol>
        {data.isStreets && data.lines.length > 0 && (
          <p class="small">{t('briefing.streetsDrawn', { n: f.int(data.lines.length) })}</p>
        )}
        {byRate && data.denominator && <p class="small">{t('briefing.residents', { ...data.denominator })}</p>}
      </figcaption>
    </figure>
  );
}

/** Outlines of a version of a layer, as they are drawn on paper. */
export function useGround(
  of: { readonly layer: string; readonly version?: number; readonly layerVersion?: number } | null,
): BriefingShapes | 'failed' | null {
  const { ask, reference } = usePage();
  const [ground, setGround] = useState<BriefingShapes | 'failed' | null>(null);
  const city = reference.jurisdiction.value?.code;
  const layer = of?.layer;
  const version = of?.layerVersion ?? of?.version;
  useEffect(() => {
    if (!city || !layer || !version) return;
    const stop = new AbortController();
    ask(briefingPaths.shapes(city, layer, version), stop.signal).then(setGround, () => {
      if (!stop.signal.aborted) setGround('failed');
    });
    return () => stop.abort();
  }, [city, layer, version]);
  return ground;
}

type Box = readonly [west: number, south: number, east: number, north: number];

export function boxOf(known: BriefingShapes['bounds'], lines: readonly (readonly Position[])[]): Box | null {
  if (known) return known;
  const all = lines.flat();
  if (all.length === 0) return null;
  const of = (axis: 0 | 1) => all.map((at) => at[axis]);
  return [Math.min(...of(0)), Math.min(...of(1)), Math.max(...of(0)), Math.max(...of(1))];
}

/** Degrees to the figure: at the scale of its middle, as a city is small. */
export function projectionOf([west, south, east, north]: Box) {
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const width = Math.max(1e-9, (east - west) * narrow);
  const height = Math.max(1e-9, north - south);
  const scale = Math.min(MAP_WIDTH / width, MOST_HEIGHT / height);
  const left = (MAP_WIDTH - width * scale) / 2;
  const place = ([lon, lat]: Position): [number, number] => [
    Number((left + (lon - west) * narrow * scale).toFixed(1)),
    Number(((north - lat) * scale).toFixed(1)),
  ];
  return Object.assign(place, { height: height * scale });
}

/** The middle of the largest ring. */
function middleOf(rings: BriefingShapes['shapes'][number]['rings']): Position {
  let [best, most] = [rings[0]!, -1];
  for (const each of rings) {
    let area = 0;
    each.forEach(([x, y], i) => {
      const [nextX, nextY] = each[(i + 1) % each.length]!;
      area += x * nextY - nextX * y;
    });
    if (Math.abs(area) > most) [best, most] = [each, Math.abs(area)];
  }
  let [lon, lat, area] = [0, 0, 0];
  best.forEach(([x, y], i) => {
    const [nextX, nextY] = best[(i + 1) % best.length]!;
    const part = (x - best[0]![0]) * (nextY - best[0]![1]) - (nextX - best[0]![0]) * (y - best[0]![1]);
    lon += ((x + nextX - 2 * best[0]![0]) * part) / 3;
    lat += ((y + nextY - 2 * best[0]![1]) * part) / 3;
    area += part;
  });
  return area === 0 ? best[0]! : [best[0]![0] + lon / area, best[0]![1] + lat / area];
}
