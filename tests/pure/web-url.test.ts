// The address bar carries the whole view: what is written is read again, and what cannot be read does no harm.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ThemeRow } from '../../server/counts/contract.ts';
import { EVERYTHING, type Filter } from '../../server/filter/contract.ts';
import { embedAddress, embedCode, embeddedBy, keepFixed } from '../../web/store/embed.ts';
import { changedParts, effectiveFilter, languageBefore, withoutPart } from '../../web/store/state.ts';
import {
  BESIDE_MODES,
  MEASURES,
  METHODS,
  type PageState,
  readUrl,
  unreadOf,
  VIEWS,
  writeUrl,
} from '../../web/store/url.ts';

const OPENING = readUrl('');
const code = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);
const layer = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/);
const placeCode = fc.stringMatching(/^[A-Za-zÑñ0-9 &=+%/-]{1,12}$/).filter((text) => !text.startsWith('#'));
const degrees = (most: number) => fc.integer({ min: -most * 1000, max: most * 1000 }).map((n) => n / 1000 + 0);
const days = fc
  .tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 900 }))
  .map(([from, length]) => [from, from + length].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)));

const when: fc.Arbitrary<Partial<Filter>> = fc.oneof(
  fc.constant({}),
  fc.constantFrom<Partial<Filter>>({ period: 'week' }, { period: '28d' }, { period: '12m' }, { period: 'ytd' }),
  days.map(([from, until]): Partial<Filter> => ({ from: from!, until: until! })),
);
const what: fc.Arbitrary<Partial<Filter>> = fc.oneof(
  fc.constant({}),
  code.map((theme): Partial<Filter> => ({ theme })),
  fc.uniqueArray(code, { minLength: 1, maxLength: 5 }).map((offences): Partial<Filter> => ({ offences })),
);
const hours = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 24 }))
  .filter(([from, until]) => from !== until)
  .map(([from, until]) => ({ from, until }));
const ring = fc.uniqueArray(fc.tuple(degrees(180), degrees(85)), { minLength: 3, maxLength: 6, selector: String });
const within: fc.Arbitrary<Filter['within']> = fc.oneof(
  fc.constant(null),
  fc.tuple(layer, placeCode).map(([name, text]): Filter['within'] => ({
    type: 'place',
    layer: name,
    version: null,
    place: { code: text },
  })),
  ring.map((corners): Filter['within'] => ({ type: 'polygon', ring: corners })),
);
const filter: fc.Arbitrary<Filter> = fc
  .record({
    when,
    what,
    hours: fc.option(hours),
    weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 })).map((list) => list.sort()),
    weekdayOf: fc.constantFrom('clock', 'shift'),
    kind: fc.constantFrom('incident', 'call', 'victim'),
    source: fc.option(code),
    within,
  })
  .map(({ when, what, ...rest }) => ({ ...EVERYTHING, ...rest, ...when, ...what }));

const state: fc.Arbitrary<PageState> = fc
  .record({
    city: fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/)),
    filter,
    beside: fc.option(fc.record({ mode: fc.constantFrom(...BESIDE_MODES), filter })),
    zones: fc.uniqueArray(fc.record({ name: fc.constantFrom('Centro', 'Mercado 2', 'Río & vía', 'ñ=1'), ring }), {
      selector: ({ name }) => name,
    }),
    view: fc.constantFrom(...VIEWS),
    layer: fc.option(layer),
    list: fc.constantFrom<PageState['list']>('areas', 'streets'),
    place: fc.option(fc.record({ layer, code: placeCode })),
    position: fc.option(
      fc.record({ zoom: fc.integer({ min: 0, max: 2200 }).map((n) => n / 100), lat: degrees(85), lon: degrees(180) }),
    ),
    basemap: fc.boolean(),
    shown: fc.record({
      ...{ labels: fc.boolean(), ground: fc.boolean(), hot: fc.boolean(), tilted: fc.boolean() },
      outlines: fc.option(fc.uniqueArray(layer, { maxLength: 3 })),
    }),
    language: fc.option(fc.constantFrom<'es' | 'en'>('es', 'en')),
    legend: fc.record({
      method: fc.constantFrom(...METHODS),
      measure: fc.constantFrom(...MEASURES),
      classes: fc.integer({ min: 3, max: 7 }),
      perKm: fc.boolean(),
    }),
  })
  .map((parts) => ({ ...OPENING, ...parts }));

describe('address', () => {
  test('every view is read as it was written', () => {
    fc.assert(
      fc.property(state, (view) => {
        expect(readUrl(writeUrl(view))).toEqual(view);
      }),
    );
  });

  test('the versions of a layer, and two of them compared, have an address', () => {
    const listed: PageState = { ...OPENING, tab: 'versions', history: { layer: 'colonias', compared: null } };
    expect(writeUrl(listed)).toBe('?tab=versions&history=colonias');
    expect(readUrl(writeUrl(listed))).toEqual(listed);
    const compared: PageState = { ...listed, history: { layer: 'colonias', compared: { from: 1, until: 12 } } };
    expect(writeUrl(compared)).toBe('?tab=versions&history=colonias:1-12');
    expect(readUrl(writeUrl(compared))).toEqual(compared);
    expect(readUrl('?tab=versions&history=colonias:0-x').history).toBeNull();
  });

  test('what an analysis asks has an address in its tab alone', () => {
    const asked: PageState = { ...OPENING, tab: 'analysis', analysis: { task: 'emerging', step: 'week' } };
    expect(writeUrl(asked)).toBe('?tab=analysis&a.task=emerging&a.step=week');
    expect(readUrl(writeUrl(asked))).toEqual(asked);
    expect(writeUrl({ ...asked, tab: 'map' })).toBe('');
    expect(readUrl('?a.Task=x&a.=1&b.task=y').analysis).toEqual({});
  });

  test('a layer may stand in an older version', () => {
    const older: PageState = { ...OPENING, layer: 'colonias@2' };
    expect(writeUrl(older)).toBe('?layer=colonias@2');
    expect(readUrl(writeUrl(older))).toEqual(older);
    expect(readUrl('?layer=colonias@').layer).toBeNull();
  });

  test('the opening view needs no words', () => {
    expect(writeUrl(OPENING)).toBe('');
  });

  test('a bad value is left out and the rest kept', () => {
    const view = readUrl(
      '?theme=todos&hour=25-99&weekday=5,6&view=satellite&classes=40&map=nowhere&place=:&period=decade',
    );
    expect(view).toEqual({ ...OPENING, filter: { ...EVERYTHING, theme: 'todos', weekdays: [5, 6] } });
  });

  test('what of the question is left out of a link can be told', () => {
    expect(unreadOf('?theme=todos&hour=25-99&weekday=5,6&place=:&from=2025-13-01&view=satellite')).toEqual(
      expect.arrayContaining(['hour=25-99', 'from=2025-13-01', 'place=:']),
    );
    expect(unreadOf('?b=swipe&b.from=never&zone=x~1,2;3&zone=y~-99,19;-98,19;-98,20')).toEqual([
      'b.from=never',
      'zone=x',
    ]);
    expect(unreadOf('?b=swipe&b.from=2024-01-01&zone=y~-99,19;-98,19;-98,20')).toEqual([]);
    expect(unreadOf('?theme=todos&hour=20-4&weekday=5,6&place=colonias:001&view=satellite')).toEqual([]);
  });

  test('values that exclude each other leave a question that can be asked', () => {
    const { filter: read } = readUrl('?period=12m&from=2024-01-01&theme=a&offence=b');
    expect([read.period, read.from].filter((value) => value !== null)).toHaveLength(1);
    expect(read.theme === null || read.offences.length === 0).toBe(true);
  });
});

describe('the question asked', () => {
  const themes: ThemeRow[] = [
    { code: 'calle', title: 'Espacio público', offences: ['robo'], default: true },
    { code: 'casa', title: 'Casa', offences: ['casa'], default: false },
  ];

  test('opens with the default theme and twelve months, and that is no change', () => {
    expect(effectiveFilter(EVERYTHING, themes)).toEqual({ ...EVERYTHING, theme: 'calle', period: '12m' });
    expect(changedParts(EVERYTHING, themes).size).toBe(0);
    expect(changedParts({ ...EVERYTHING, theme: 'calle', period: '12m' }, themes).size).toBe(0);
  });

  test('own offences or dates take the place of the defaults', () => {
    expect(effectiveFilter({ ...EVERYTHING, offences: ['robo'], from: '2024-01-01' }, themes)).toEqual({
      ...EVERYTHING,
      offences: ['robo'],
      from: '2024-01-01',
    });
  });

  test('a theme that is gone is the default again', () => {
    expect(effectiveFilter({ ...EVERYTHING, theme: 'antes' }, themes).theme).toBe('calle');
  });

  test('taking off every changed part leads back to the opening', () => {
    const changed: Filter = {
      ...EVERYTHING,
      theme: 'casa',
      from: '2024-01-01',
      until: '2024-02-01',
      hours: { from: 20, until: 2 },
      weekdays: [5],
      weekdayOf: 'shift',
      source: 'c5',
      kind: 'call',
      within: { type: 'place', layer: 'colonias', version: null, place: { code: '1' } },
    };
    expect([...changedParts(changed, themes)].sort()).toEqual(['period', 'source', 'theme', 'time', 'where']);
    let left = changed;
    for (const part of changedParts(changed, themes)) left = { ...left, ...withoutPart(part) };
    expect(left).toEqual(EVERYTHING);
  });
});

test('the page speaks the language chosen before, else the first of the browser’s it knows, else Spanish', () => {
  expect(languageBefore('en', ['es-MX'])).toBe('en');
  expect(languageBefore('es', ['en-US'])).toBe('es');
  expect(languageBefore(null, ['fr-FR', 'en-GB', 'es-ES'])).toBe('en');
  expect(languageBefore(null, ['es-419', 'en'])).toBe('es');
  expect(languageBefore(null, ['nah', 'yua'])).toBe('es');
  expect(languageBefore('xx', [])).toBe('es');
});

test('in a frame what the address says is fixed, and the rest may be chosen', () => {
  const search = '?city=tiny&theme=robos&within=areas:03&embed=1';
  const opened = readUrl(search).filter;
  const embedded = embeddedBy(search, opened)!;
  expect([...embedded.fixed].sort()).toEqual(['theme', 'where']);
  expect(embeddedBy('?city=tiny&theme=robos', opened)).toBeNull();
  const wanted: Filter = { ...EVERYTHING, theme: 'homicidios', period: '28d', within: null };
  expect(keepFixed(wanted, opened, embedded)).toEqual({ ...wanted, theme: 'robos', within: opened.within });
});

test('the code of a frame leads to the map of this view, whatever tab is open, and breaks no page it is put into', () => {
  const state: PageState = { ...OPENING, city: 'tiny', tab: 'audit', filter: { ...EVERYTHING, period: '12m' } };
  const address = embedAddress('https://mapa.example/', state);
  expect(address).toBe('https://mapa.example/?city=tiny&period=12m&embed=1');
  expect(embedAddress('https://mapa.example/', OPENING)).toBe('https://mapa.example/?embed=1');
  expect(embedCode(address, 'A "b" <c> & d')).toBe(
    '<iframe src="https://mapa.example/?city=tiny&amp;period=12m&amp;embed=1" title="A &quot;b&quot; &lt;c&gt; &amp; d" ' +
      'width="100%" height="640" style="border:0" loading="lazy"></iframe>',
  );
});
