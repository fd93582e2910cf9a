// The parts of a briefing that are an analysis, on paper: heat as squares, hot spots by class, and the table of a week.

import type { BriefingBlock, FigureData } from '../../server/briefings/contract.ts';
import { parseFilter } from '../../server/filter/contract.ts';
import { usePage } from '../app.ts';
import { classBounds, classOf, rampColors } from '../map/classify.ts';
import { RAMP } from '../map/colors.ts';
import { bandMadeOf, MeetingTable } from '../meeting/cells.tsx';
import { placeText } from '../store/words.ts';
import { boxOf, MAP_WIDTH, projectionOf, useGround } from './figure-map.tsx';

type Of<K extends FigureData['kind']> = Extract<FigureData, { kind: K }>;
type Position = readonly [number, number];

const CLASSES = 5;
/** As the classes of the map of an analysis: hot 99, 95, 90; cold 90, 95, 99. */
const HOT = { 3: '#7f0000', 2: '#d7301f', 1: '#fdbb84', [-1]: '#bdc9e1', [-2]: '#67a9cf', [-3]: '#02818a' } as const;
const HOT_NAMES = { 3: 'hot3', 2: 'hot2', 1: 'hot1', [-1]: 'cold1', [-2]: 'cold2', [-3]: 'cold3' } as const;
type HotAt = keyof typeof HOT;
const HOT_ORDER: readonly HotAt[] = [3, 2, 1, -1, -2, -3];

export function HeatTold({ data }: { readonly data: Of<'heat'> }) {
  const { reference, t, f } = usePage();
  const ground = useGround(reference.areaLayer.value);
  const shapes = ground && ground !== 'failed' ? ground.shapes : [];
  const { width, height } = data.cell;
  const corners = data.points.map(([lon, lat]) => [
    [lon - width / 2, lat - height / 2],
    [lon + width / 2, lat + height / 2],
  ]) as unknown as readonly (readonly Position[])[];
  const box = boxOf(ground && ground !== 'failed' ? ground.bounds : null, corners);
  if (!box) return <p class="small">{t('briefing.noneThere')}</p>;
  const place = projectionOf(box);
  const bounds = classBounds(
    data.points.map(([, , count]) => count),
    'quantile',
    CLASSES,
  );
  const colors = rampColors(RAMP, Math.max(1, bounds.length));
  const ring = (positions: readonly Position[]) => `M${positions.map((at) => place(at).join(' ')).join('L')}Z`;
  return (
    <figure class="briefing-map">
      <svg viewBox={`0 0 ${MAP_WIDTH} ${place.height.toFixed(0)}`} role="img" aria-label={t('briefing.kind_heat')}>
        {data.points.map(([lon, lat, count]) => {
          const [left, top] = place([lon - width / 2, lat + height / 2]);
          const [right, bottom] = place([lon + width / 2, lat - height / 2]);
          const at = classOf(count, bounds);
          return (
            <rect
              key={`${lon} ${lat}`}
              x={left}
              y={top}
              width={(right - left + 0.2).toFixed(1)}
              height={(bottom - top + 0.2).toFixed(1)}
              fill={colors[at - 1] ?? colors[0]}
            />
          );
        })}
        {shapes.map(({ id, rings }) => (
          <path key={id} d={rings.map(ring).join('')} fill="none" class="is-area" />
        ))}
      </svg>
      <figcaption>
        <ul class="briefing-legend">
          {bounds.map((bound, i) => (
            <li key={bound}>
              <span style={{ background: colors[i] }} />
              {t('briefing.heatClass', { from: f.int(i === 0 ? 1 : bounds[i - 1]! + 1), to: f.int(bound) })}
            </li>
          ))}
        </ul>
        <p class="small">
          {t('briefing.heatCells', { m: f.int(Math.round(data.cellM)), n: f.int(data.points.length) })}
          {data.leftOut > 0 && ` ${t('briefing.heatLeftOut', { n: f.int(data.leftOut) })}`}
        </p>
      </figcaption>
    </figure>
  );
}

export function HotspotsTold({ data }: { readonly data: Of<'hotspots'> }) {
  const { reference, words, t, f } = usePage();
  const ground = useGround(data.isStreets ? reference.areaLayer.value : data);
  if (data.reason !== null) return <p>{t('briefing.hotReason')}</p>;
  const shapes = ground && ground !== 'failed' ? ground.shapes : [];
  const classes = new Map(data.classes.map(([id, at]) => [id, at as HotAt]));
  const box = boxOf(
    ground && ground !== 'failed' ? ground.bounds : null,
    data.lines.map(([, line]) => line),
  );
  const { weights, correction, reference: source } = data.parameters;
  const how = <p class="small">{t('briefing.hotHow', { weights, correction, reference: source })}</p>;
  if (data.classes.length === 0)
    return (
      <>
        <p>{t('briefing.hotNone')}</p>
        {how}
      </>
    );
  if (!box) return <p role="status">{t('app.loading')}</p>;
  const place = projectionOf(box);
  const ring = (positions: readonly Position[]) => `M${positions.map((at) => place(at).join(' ')).join('L')}`;
  const colour = (id: number) => {
    const at = classes.get(id);
    return at === undefined ? '#ffffff' : HOT[at];
  };
  const used = HOT_ORDER.filter((each) => data.classes.some(([, at]) => at === each));
  return (
    <figure class="briefing-map">
      <svg viewBox={`0 0 ${MAP_WIDTH} ${place.height.toFixed(0)}`} role="img" aria-label={t('briefing.kind_hotspots')}>
        {shapes.map(({ id, rings }) => (
          <path
            key={id}
            d={rings.map((each) => `${ring(each)}Z`).join('')}
            fill={data.isStreets ? '#ffffff' : colour(id)}
            class="is-area"
          />
        ))}
        {data.lines.map(([id, line]) => (
          <path key={id} d={ring(line)} class="is-street" stroke={colour(id)} stroke-width="3" />
        ))}
      </svg>
      <figcaption>
        <ul class="briefing-legend">
          {used.map((each) => (
            <li key={each}>
              <span style={{ background: HOT[each] }} />
              {t(`briefing.${HOT_NAMES[each]}`)}: {f.int(data.classes.filter(([, at]) => at === each).length)}
            </li>
          ))}
        </ul>
        <ol class="briefing-first">
          {data.first.map((row) => (
            <li key={row.code}>
              {placeText(words.value, row, data.isStreets) || row.code}: {f.int(row.count)}
            </li>
          ))}
        </ol>
        {how}
      </figcaption>
    </figure>
  );
}

export function WeekTold({ block, data }: { readonly block: BriefingBlock; readonly data: Of<'meeting'> }) {
  const { store, t } = usePage();
  const language = store.language.value;
  const words = { total: 'meeting.total', other: 'meeting.other', offence: 'meeting.other' } as const;
  const rows = data.rows.map(({ titles, ...row }) => ({ ...row, title: titles?.[language] ?? t(words[row.of]) }));
  return (
    <>
      <MeetingTable answer={{ scope: null, rows }} filter={parseFilter(block.filter)} />
      <p class="small">
        {t('meeting.bandNote')} {t(bandMadeOf({ rows }))}
      </p>
    </>
  );
}
