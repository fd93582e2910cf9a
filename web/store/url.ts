// The view as it stands in the address bar: what is asked, how it is drawn, what is chosen, where the map is.

import { type Filter, filterToQuery, parseFilter, withinToText } from '../../server/filter/contract.ts';
import { LANGUAGES, type Language } from '../../server/i18n/contract.ts';
import { isWallAddress } from '../wall/key.ts';
import { isOneOf } from './is-one-of.ts';

export const VIEWS = ['auto', 'heat', 'areas', 'streets'] as const;
export type View = (typeof VIEWS)[number];
export const METHODS = ['quantile', 'jenks'] as const;
export type Method = (typeof METHODS)[number];
export const MEASURES = ['rate', 'count'] as const;
export type Measure = (typeof MEASURES)[number];

/** What fills the page below the header: the map, or the data behind it and what brings them in. */
export const TABS = [
  'map',
  'analysis',
  'meeting',
  'alerts',
  'problems',
  'briefings',
  'learn',
  'courses',
  'data',
  'incidents',
  'boundaries',
  'versions',
  'guide',
  'region',
  'accounts',
  'agreements',
  'audit',
  'tip',
  'tips',
  'wall',
] as const;
export type Tab = (typeof TABS)[number];
const TAKES_PICTURES: readonly Tab[] = ['map', 'analysis'];

/** The layer whose versions the tab `versions` lists, and the two it compares. */
export type HistoryKey = {
  readonly layer: string;
  readonly compared: { readonly from: number; readonly until: number } | null;
};
export type PlaceKey = { readonly layer: string; readonly code: string };
export type MapPosition = { readonly zoom: number; readonly lat: number; readonly lon: number };
export type LegendChoice = {
  readonly method: Method;
  readonly classes: number;
  readonly measure: Measure;
  readonly perKm: boolean;
};

export type Shown = {
  readonly labels: boolean;
  readonly ground: boolean;
  /** Layers whose limits are drawn beside those of the one that is looked at; null = as it opens. */
  readonly outlines: readonly string[] | null;
  /** Whether those places are outlined that hold more than chance explains. */
  readonly hot: boolean;
  /** Whether places stand as columns on a tilted map. */
  readonly tilted: boolean;
};

export const BESIDE_MODES = ['swipe', 'side', 'difference'] as const;
export type BesideMode = (typeof BESIDE_MODES)[number];
/** The second question of two that are compared, and how both are shown. */
export type Beside = { readonly mode: BesideMode; readonly filter: Filter };

/** A drawn zone that is kept under a name beside others. */
export type NamedZone = { readonly name: string; readonly ring: readonly (readonly [number, number])[] };
/** More would make an address that no program takes. */
export const MOST_ZONES = 6;
export const LONGEST_ZONE_NAME = 40;

export type PageState = {
  /** Jurisdiction code; null = the first one there is. */
  readonly city: string | null;
  readonly tab: Tab;
  /** The file being brought in. */
  readonly upload: string | null;
  readonly history: HistoryKey | null;
  /** Of the tab `problems`: the one that is read, or one to be opened of what is chosen; null = the list. */
  readonly problem: number | 'new' | null;
  /** Of the tab `briefings`: the one that is read; null = the list. */
  readonly briefing: number | null;
  /** The lesson that is read, and the exercise taken along to the map. */
  readonly lesson: { readonly code: string; readonly exercise: string | null } | null;
  /** Of the tab `courses`: the one that is read, and which of its groups; null = the list. */
  readonly course: { readonly id: number; readonly group: number | null } | null;
  /** The end of a link by which one enrols in a group. */
  readonly joins: string | null;
  /** What the tab `analysis` asks, as far as it differs from how it opens. */
  readonly analysis: Readonly<Record<string, string>>;
  /** The week of the tab `meeting`, the last complete one for null, and its place, the municipality for null. */
  readonly meeting: { readonly week: string | null; readonly scope: string | null };
  /** As chosen; what is missing is filled in by effectiveFilter. */
  readonly filter: Filter;
  /** What the filter is compared with on the map; null = nothing. */
  readonly beside: Beside | null;
  readonly zones: readonly NamedZone[];
  readonly view: View;
  /** Area layer drawn and listed, as `LAYER@VERSION` in a version other than the present; null = the one with the most places. */
  readonly layer: string | null;
  /** Whether the ranking lists areas or streets. */
  readonly list: 'areas' | 'streets';
  readonly place: PlaceKey | null;
  readonly position: MapPosition | null;
  /** Whether a basemap is seen, where there is one. */
  readonly basemap: boolean;
  readonly language: Language | null;
  readonly legend: LegendChoice;
  /** What is seen on the map beside what is coloured. */
  readonly shown: Shown;
};

export const MIN_CLASSES = 3;
export const MAX_CLASSES = 7;
export const LEGEND: LegendChoice = { method: 'quantile', classes: 5, measure: 'rate', perKm: false };

const LAYER = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const LAYER_AT = /^[a-z0-9][a-z0-9_-]{0,62}(@[1-9]\d{0,5})?$/;
const UPLOAD = /^[0-9a-f-]{36}$/;
const WEEK_ASKED = /^\d{4}-W\d{2}$/;
const SCOPE_ASKED = /^[a-z0-9][a-z0-9_-]{0,62}:.{1,200}$/;
const JOINS = /^[A-Za-z0-9_-]{22}$/;
const CITY = /^[a-z][a-z0-9-]{0,30}$/;

/** The view a query string describes. What cannot be read is left out, so that an old link still opens. */
export function readUrl(search: string): PageState {
  const query = new URLSearchParams(search);
  const classes = Number(query.get('classes'));
  const city = query.get('city');
  const layer = query.get('layer');
  return {
    city: city && CITY.test(city) ? city : null,
    // As it is written on the wall of a command room, in either language.
    tab: isWallAddress(search) ? 'wall' : oneOf(TABS, query.get('tab'), 'map'),
    upload: UPLOAD.exec(query.get('upload') ?? '')?.[0] ?? null,
    history: readHistory(query.get('history')),
    problem: readProblem(query.get('problem')),
    briefing: readNumber(query.get('briefing')),
    lesson: readLessonKey(query.get('lesson')),
    course: readCourseKey(query.get('course')),
    joins: JOINS.exec(query.get('join') ?? '')?.[0] ?? null,
    analysis: readAnalysis(query),
    meeting: {
      week: WEEK_ASKED.exec(query.get('week') ?? '')?.[0] ?? null,
      scope: SCOPE_ASKED.exec(query.get('scope') ?? '')?.[0] ?? null,
    },
    filter: readFilter(query),
    beside: readBeside(query),
    zones: readZones(query),
    view: oneOf(VIEWS, query.get('view'), 'auto'),
    layer: layer && LAYER_AT.test(layer) ? layer : null,
    list: query.get('list') === 'streets' ? 'streets' : 'areas',
    place: readPlace(query.get('place')),
    position: readPosition(query.get('map')),
    basemap: query.get('basemap') !== '0',
    language: oneOf(LANGUAGES, query.get('lang'), null),
    shown: readShown(query),
    legend: {
      method: oneOf(METHODS, query.get('method'), LEGEND.method),
      classes: Number.isInteger(classes) && classes >= MIN_CLASSES && classes <= MAX_CLASSES ? classes : LEGEND.classes,
      measure: oneOf(MEASURES, query.get('measure'), LEGEND.measure),
      perKm: query.get('perKm') === '1',
    },
  };
}

/** The query string of a view, with a leading `?`, or empty when everything is as it opens. */
export function writeUrl(state: PageState): string {
  const query = new URLSearchParams();
  if (state.city) query.set('city', state.city);
  if (state.tab === 'wall') query.set('pantalla', '1');
  else if (state.tab !== 'map') query.set('tab', state.tab);
  if (state.upload) query.set('upload', state.upload);
  if (state.history && state.tab === 'versions') query.set('history', historyText(state.history));
  // On the map and in an analysis it is the one whose diagnosis a picture is taken for.
  const keepsProblem = state.tab === 'problems' || (TAKES_PICTURES.includes(state.tab) && state.problem !== 'new');
  if (keepsProblem && state.problem !== null) query.set('problem', String(state.problem));
  if (state.tab === 'briefings' && state.briefing !== null) query.set('briefing', String(state.briefing));
  if (state.lesson) query.set('lesson', [state.lesson.code, state.lesson.exercise ?? []].flat().join(':'));
  if ((state.tab === 'courses' || state.tab === 'learn') && state.course)
    query.set('course', [state.course.id, state.course.group ?? []].flat().join(':'));
  if (state.tab === 'courses' && state.joins) query.set('join', state.joins);
  if (state.tab === 'analysis')
    for (const [name, value] of Object.entries(state.analysis)) query.set(`a.${name}`, value);
  if (state.tab === 'meeting' && state.meeting.week) query.set('week', state.meeting.week);
  if (state.tab === 'meeting' && state.meeting.scope) query.set('scope', state.meeting.scope);
  for (const [name, value] of Object.entries(filterToQuery(state.filter))) query.set(name, value);
  if (state.beside) {
    query.set('b', state.beside.mode);
    for (const [name, value] of Object.entries(filterToQuery(state.beside.filter))) query.set(`b.${name}`, value);
  }
  for (const { name, ring } of state.zones)
    query.append('zone', `${name}~${withinToText({ type: 'polygon', ring }).slice('poly:'.length)}`);
  if (state.view !== 'auto') query.set('view', state.view);
  if (state.layer) query.set('layer', state.layer);
  if (state.list !== 'areas') query.set('list', state.list);
  if (state.place) query.set('place', `${state.place.layer}:${state.place.code}`);
  if (state.legend.method !== LEGEND.method) query.set('method', state.legend.method);
  if (state.legend.classes !== LEGEND.classes) query.set('classes', String(state.legend.classes));
  if (state.legend.measure !== LEGEND.measure) query.set('measure', state.legend.measure);
  if (state.legend.perKm) query.set('perKm', '1');
  const { outlines } = state.shown;
  const seen = SHOWN.filter((name) => state.shown[name]);
  const unseen = HIDDEN.filter((name) => !state.shown[name]);
  if (seen.length) query.set('show', seen.join());
  if (unseen.length) query.set('hide', unseen.join());
  if (outlines) query.set('outlines', outlines.join() || NO_OUTLINES);
  if (!state.basemap) query.set('basemap', '0');
  if (state.language) query.set('lang', state.language);
  if (state.position) query.set('map', positionText(state.position));
  const text = query
    .toString()
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replaceAll('%2F', '/')
    .replaceAll('%40', '@');
  return text && `?${text}`;
}

/** Not seen, or seen, unless asked otherwise. */
const SHOWN = ['hot', 'tilted'] as const;
const HIDDEN = ['labels', 'ground'] as const;
const NO_OUTLINES = '-';

function readShown(query: URLSearchParams): Shown {
  const named = (name: string) => (query.get(name) ?? '').split(',');
  const [seen, unseen] = [named('show'), named('hide')];
  const outlines = query.get('outlines');
  return {
    ...{ labels: !unseen.includes('labels'), ground: !unseen.includes('ground') },
    outlines: outlines === null ? null : outlines.split(',').filter((layer) => LAYER.test(layer)),
    ...{ hot: seen.includes('hot'), tilted: seen.includes('tilted') },
  };
}

const readProblem = (text: string | null): PageState['problem'] => (text === 'new' ? 'new' : readNumber(text));
const readNumber = (text: string | null): number | null => (/^[1-9]\d{0,8}$/.test(text ?? '') ? Number(text) : null);

/** `count-and-rate`, or with an exercise `count-and-rate:total` */
function readLessonKey(text: string | null): PageState['lesson'] {
  const [, code, exercise] = /^([a-z][a-z0-9-]{0,60})(?::([a-z][a-z0-9-]{0,39}))?$/.exec(text ?? '') ?? [];
  return code ? { code, exercise: exercise ?? null } : null;
}

/** `3`, or with a group `3:1` */
function readCourseKey(text: string | null): PageState['course'] {
  const [, id, group] = /^([1-9]\d{0,8})(?::([1-9]\d{0,8}))?$/.exec(text ?? '') ?? [];
  return id ? { id: Number(id), group: group ? Number(group) : null } : null;
}

/** `a.task=emerging&a.step=week`: what the values mean is known to the tab. */
function readAnalysis(query: URLSearchParams): PageState['analysis'] {
  const named = [...query].filter(([name, value]) => /^a\.[a-z]{1,20}$/.test(name) && value.length <= 80);
  return Object.fromEntries(named.map(([name, value]) => [name.slice(2), value]));
}

const historyText = ({ layer, compared }: HistoryKey) =>
  compared ? `${layer}:${compared.from}-${compared.until}` : layer;
const positionText = ({ zoom, lat, lon }: MapPosition) => `${zoom.toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}`;

const FILTER_NAMES = [
  'from',
  'until',
  'period',
  'offence',
  'theme',
  'hour',
  'weekday',
  'weekdayOf',
  'kind',
  'source',
  'within',
];

/** `NAME~lon,lat;lon,lat;…`, one for each. */
function readZones(query: URLSearchParams): readonly NamedZone[] {
  const zones = new Map<string, NamedZone>();
  for (const text of query.getAll('zone')) {
    const [, name, ring] = /^([^~]{1,40})~(.+)$/su.exec(text) ?? [];
    const within = ring === undefined ? null : readFilter(new URLSearchParams({ within: `poly:${ring}` })).within;
    if (name !== undefined && within?.type === 'polygon') zones.set(name, { name, ring: within.ring });
  }
  return [...zones.values()].slice(0, MOST_ZONES);
}

function readBeside(query: URLSearchParams): Beside | null {
  const mode = oneOf(BESIDE_MODES, query.get('b'), null);
  return mode && { mode, filter: readFilter(query, 'b.') };
}

/** What of a question cannot be read, as it stands in the address: without it the figures are of another question. */
export function unreadOf(search: string): readonly string[] {
  const query = new URLSearchParams(search);
  const unread: string[] = [];
  readFilter(query, '', unread);
  if (readBeside(query)) readFilter(query, 'b.', unread);
  const zones = new Set(readZones(query).map(({ name }) => name));
  unread.push(
    ...query.getAll('zone').flatMap((text) => {
      const name = text.split('~')[0] ?? '';
      return zones.has(name) ? [] : [`zone=${name}`];
    }),
  );
  const place = query.get('place');
  return place !== null && readPlace(place) === null ? [...unread, `place=${place}`] : unread;
}

function readFilter(query: URLSearchParams, prefix = '', unread: string[] = []): Filter {
  const given: Record<string, string> = {};
  for (const name of FILTER_NAMES) {
    const value = query.get(prefix + name);
    if (value !== null) given[name] = value;
  }
  for (;;) {
    try {
      return parseFilter(given);
    } catch (error) {
      const { parameter = '' } = error as { parameter?: string };
      const named = parameter in given ? [parameter] : Object.keys(given);
      for (const name of named) {
        unread.push(`${prefix}${name}=${given[name]}`);
        delete given[name];
      }
    }
  }
}

function readPlace(text: string | null): PlaceKey | null {
  const colon = text?.indexOf(':') ?? -1;
  if (!text || colon < 1 || colon === text.length - 1) return null;
  const layer = text.slice(0, colon);
  return LAYER.test(layer) ? { layer, code: text.slice(colon + 1) } : null;
}

/** `colonias`, or `colonias:1-2` */
function readHistory(text: string | null): HistoryKey | null {
  const [, layer, from, until] =
    /^([a-z0-9][a-z0-9_-]{0,62})(?::([1-9]\d{0,5})-([1-9]\d{0,5}))?$/.exec(text ?? '') ?? [];
  if (!layer) return null;
  return { layer, compared: from && until ? { from: Number(from), until: Number(until) } : null };
}

function readPosition(text: string | null): MapPosition | null {
  const match = /^(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/.exec(text ?? '');
  if (!match) return null;
  const position = { zoom: Number(match[1]), lat: Number(match[2]), lon: Number(match[3]) };
  return position.zoom <= 24 && Math.abs(position.lat) <= 85 && Math.abs(position.lon) <= 180 ? position : null;
}

function oneOf<T extends string, D extends T | null>(values: readonly T[], value: string | null, otherwise: D): T | D {
  return value !== null && isOneOf(values, value) ? value : otherwise;
}
