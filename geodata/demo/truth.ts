// Measures what was planted, the way the portal would, and states it: node geodata/demo/truth.ts > geodata/demo/TRUTH.md

import { pathToFileURL } from 'node:url';
import { dateOf, dayOf, MONTHS, weekdayOf } from './calendar.ts';
import { buildCity, type City } from './city.ts';
import { CITY_NAME, DEFAULT_INCIDENTS, DEFAULT_SEED } from './generate.ts';
import { distance, inside, toLonLat, type XY } from './geometry.ts';
import { drawIncidents, type Incident } from './incidents.ts';
import { OFFENCES, STREET_CRIME } from './offences.ts';
import {
  BURGLARY,
  burglaryCentre,
  CORRIDOR_STREET,
  DECEMBER_RADIUS_M,
  IMPROVEMENT,
  improvingColonia,
  MARKET_RADIUS_M,
  marketPlace,
  NIGHTLIFE_STREET,
  plantedPatterns,
  STRAY_ROW,
} from './planted.ts';

const STREET_ROBBERY = /^Robo a transeúnte en vía pública/;
const NIGHT_HOURS = [22, 23, 0, 1, 2];
const COMMUTING_HOURS = [6, 7, 8, 18, 19, 20, 21];

const hourOf = (row: Incident): number | null => (row.minute === null ? null : Math.floor(row.minute / 60));

/** Share of rows of a list that pass a test. */
const shareOf = (rows: readonly Incident[], test: (row: Incident) => boolean): number =>
  rows.filter(test).length / rows.length;

/** The weekday the night of a row began: hours before noon belong to the evening before. */
const nightOf = (row: Incident): number => weekdayOf(row.day - ((hourOf(row) ?? 12) < 12 ? 1 : 0));

/** Of the segments, by number: the share of incidents on the 5 % that hold most, and how many hold half. */
function concentration(city: City, rows: readonly Incident[]) {
  const counts = new Float64Array(city.segments.length);
  for (const row of rows) counts[row.segment]!++;
  counts.sort().reverse();
  const top = counts.subarray(0, Math.round(counts.length * 0.05)).reduce((a, b) => a + b, 0);
  let half = 0;
  for (let sum = 0; sum < rows.length / 2; half++) sum += counts[half]!;
  return { topShare: top / rows.length, halfIn: half };
}

/** Every figure TRUTH.md states. */
export function measureTruth(city: City, rows: readonly Incident[]) {
  const within = (polygon: readonly (readonly XY[])[]) => (row: Incident) => row.at !== null && inside(row.at, polygon);
  const patterns = new Map(plantedPatterns(city).map((pattern) => [pattern.key, pattern]));
  const on = (key: 'nightlife' | 'corridor'): Incident[] => {
    const segments = new Set(patterns.get(key)!.segments);
    return rows.filter((row) => row.at !== null && segments.has(row.segment));
  };
  const strip = on('nightlife').filter(({ minute }) => minute !== null);
  const corridor = on('corridor').filter(
    ({ title, minute }) => title === 'Robo en transporte público colectivo' && minute !== null,
  );
  const market = marketPlace(city);
  const thefts = rows.filter(
    ({ title, at, minute }) =>
      title === 'Robo a transeúnte en vía pública sin violencia' &&
      at &&
      minute !== null &&
      distance(at, market) <= MARKET_RADIUS_M + 20,
  );
  const nearSquare = rows.filter(
    ({ title, at }) => STREET_ROBBERY.test(title) && at && distance(at, [0, 0]) <= DECEMBER_RADIUS_M,
  );
  const perDay = (days: readonly Incident[], test: (row: Incident) => boolean, length: number): number =>
    days.filter(test).length / length;
  const advent = (row: Incident): boolean => MONTHS[row.day] === 11 && Number(dateOf(row.day).slice(8)) <= 24;
  const burglary = burglaryCentre(city);
  const from = dayOf(BURGLARY.from);
  const series = rows.filter(
    ({ title, at, day }) =>
      title.startsWith('Robo a casa habitación') &&
      at &&
      distance(at, burglary.centre) <= BURGLARY.radiusM &&
      day >= from &&
      day < from + BURGLARY.days,
  );
  const improving = improvingColonia(city);
  const start = dayOf(IMPROVEMENT.from);
  const year = (polygon: readonly (readonly XY[])[], first: number): number =>
    rows.filter((row) => row.day >= first && row.day < first + 365 && within(polygon)(row)).length;
  const neighbours = city.areas.colonias.filter(
    (other) => other !== improving && other.polygon[0]!.some((p) => improving.polygon[0]!.includes(p)),
  );
  const change = (polygon: readonly (readonly XY[])[]) => ({
    before: year(polygon, start - 365),
    after: year(polygon, start),
  });
  const limit = city.areas.limit;
  const located = rows.filter(({ at }) => at !== null);
  return {
    segments: city.segments.length,
    lengthKm: city.segments.reduce((sum, { lengthM }) => sum + lengthM, 0) / 1000,
    population: city.areas.sectores.reduce((sum, { population }) => sum + population, 0),
    rows: rows.length,
    noLocation: shareOf(rows, ({ at }) => at === null),
    noHour: shareOf(rows, ({ minute }) => minute === null),
    outside: shareOf(rows, (row) => row.at !== null && !within(limit)(row)),
    located: located.length,
    noon: shareOf(rows, ({ minute }) => minute === 720),
    concentration: concentration(
      city,
      rows.filter(({ title }) => STREET_CRIME.includes(title)),
    ),
    offences: OFFENCES.map(({ title }) => ({ title, count: rows.filter((row) => row.title === title).length })),
    nightlife: {
      street: NIGHTLIFE_STREET,
      segments: patterns.get('nightlife')!.segments.length,
      middle: toLonLat(city.segments[patterns.get('nightlife')!.segments[0]!]!.middle),
      incidents: strip.length,
      nightShare: shareOf(strip, (row) => NIGHT_HOURS.includes(hourOf(row)!) && [4, 5].includes(nightOf(row))),
      cityNightShare: shareOf(
        rows.filter(({ minute }) => minute !== null),
        (row) => NIGHT_HOURS.includes(hourOf(row)!) && [4, 5].includes(nightOf(row)),
      ),
    },
    market: {
      middle: toLonLat(market),
      thefts: thefts.length,
      dayShare: shareOf(thefts, (row) => hourOf(row)! >= 10 && hourOf(row)! < 17),
    },
    corridor: {
      street: CORRIDOR_STREET,
      segments: patterns.get('corridor')!.segments.length,
      robberies: corridor.length,
      commutingShare: shareOf(corridor, (row) => COMMUTING_HOURS.includes(hourOf(row)!) && weekdayOf(row.day) < 5),
      cityShare: corridor.length / rows.filter(({ title }) => title === 'Robo en transporte público colectivo').length,
    },
    december: {
      perDay: perDay(nearSquare, advent, 72),
      otherwisePerDay: perDay(nearSquare, (row) => !advent(row), 1096 - 72),
    },
    burglary: {
      colonia: burglary.colonia,
      middle: toLonLat(burglary.centre),
      incidents: series.length,
      dates: [...new Set(series.map(({ day }) => dateOf(day)))],
      usualPerFortnight:
        (rows.filter(
          ({ title, at, day }) =>
            title.startsWith('Robo a casa habitación') &&
            at &&
            distance(at, burglary.centre) <= BURGLARY.radiusM &&
            !(day >= from && day < from + BURGLARY.days),
        ).length *
          14) /
        1082,
    },
    improvement: {
      colonia: improving,
      ...change(improving.polygon),
      neighbours: neighbours.map((colonia) => ({ colonia, ...change(colonia.polygon) })),
    },
    few: city.areas.colonias.filter(({ population }) => population < 1000),
    stray: rows.filter(({ day }) => dateOf(day) === STRAY_ROW).length,
  };
}

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;
const thousands = (n: number): string => Math.round(n).toLocaleString('en-US');
const place = ([lon, lat]: readonly number[]): string => `${lon!.toFixed(5)}, ${lat!.toFixed(5)}`;

/** TRUTH.md of a city, with what was measured on its record. */
export function truthText(city: City, t: ReturnType<typeof measureTruth>): string {
  const change = ({ before, after }: { before: number; after: number }): string =>
    `${thousands(before)} → ${thousands(after)} (${after < before ? '−' : '+'}${percent(Math.abs(after - before) / before, 0)})`;
  return `# What is true in ${CITY_NAME}

${CITY_NAME} does not exist. Its streets, people and incidents are made by \`generate.ts\` from seed ${city.seed}; nobody in it is anybody.
These are the patterns planted in it, with the figures measured on the record. A test makes the city again and compares this page with it.

## The city
${thousands(t.segments)} street segments, ${thousands(t.lengthKm)} km; ${city.areas.colonias.length} colonias in ${city.areas.sectores.length} sectores; ${thousands(t.population)} residents (2020).
Colonias with fewer than 1,000 residents: ${t.few.map((c) => `${c.name} (\`${c.code}\`, ${c.style === 'colonial' ? 'commercial centre' : 'factories'}, ${c.population})`).join('; ')}.

## The record
${thousands(t.rows)} rows, 2023-01-01 to 2025-12-31, and one stray row on ${STRAY_ROW} (${t.stray}) that must not move "data through": it is 2025-12-31.
- Without location: ${percent(t.noLocation)} of rows. Without hour: ${percent(t.noHour)}. With a point outside the limit: ${percent(t.outside)}.
- Filed at exactly 12:00: ${percent(t.noon)} of rows (a filler hour; many more are rounded to the hour, half or five minutes).
- Every located point inside the limit lies within 10 m of its own segment and nearer to it than to any other.
- Concentration of street crime (robbery on streets and buses, vehicle crime): the 5 % of segments that hold most hold ${percent(t.concentration.topShare)}; half of it is on ${thousands(t.concentration.halfIn)} segments (${percent(t.concentration.halfIn / t.segments)}).

| offence | incidents |
|---|---|
${t.offences.map(({ title: name, count }) => `| ${name} | ${thousands(count)} |`).join('\n')}

## The patterns
1. **Nightlife strip.** ${t.nightlife.segments} segments of ${t.nightlife.street} around ${place(t.nightlife.middle)}: ${thousands(t.nightlife.incidents)} incidents with an hour, ${percent(t.nightlife.nightShare)} of them in the nights of Friday and Saturday, 22:00–03:00 (whole city: ${percent(t.nightlife.cityNightShare)}).
2. **Market.** Within ${MARKET_RADIUS_M + 20} m of ${place(t.market.middle)}: ${thousands(t.market.thefts)} street thefts without violence, ${percent(t.market.dayShare)} between 10:00 and 17:00; weekends count double.
3. **Transit corridor.** ${t.corridor.street}, ${t.corridor.segments} segments from the inner ring eastwards: ${thousands(t.corridor.robberies)} robberies on buses (${percent(t.corridor.cityShare)} of the city's), ${percent(t.corridor.commutingShare)} on working days at 6–9 or 18–22 h, crowded at every fourth block.
4. **December.** Street robbery within ${DECEMBER_RADIUS_M} m of the main square, 1–24 December: ${t.december.perDay.toFixed(1)} a day; the rest of the year ${t.december.otherwisePerDay.toFixed(1)}.
5. **Burglary series.** ${t.burglary.incidents} home burglaries within ${BURGLARY.radiusM} m of ${place(t.burglary.middle)} (${t.burglary.colonia.name}, \`${t.burglary.colonia.code}\`) in the ${BURGLARY.days} days from ${BURGLARY.from}, on ${t.burglary.dates.length} days (${t.burglary.dates.map((d) => d.slice(5)).join(', ')}); usual there in 14 days: ${t.burglary.usualPerFortnight.toFixed(2)}.
6. **A colonia that improves.** ${t.improvement.colonia.name} (\`${t.improvement.colonia.code}\`) from ${IMPROVEMENT.from}: ${change(t.improvement)} in 365 days. Its neighbours: ${t.improvement.neighbours.map((n) => `${n.colonia.name} ${change(n)}`).join('; ')}.
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const city = buildCity(DEFAULT_SEED);
  process.stdout.write(truthText(city, measureTruth(city, drawIncidents(city, DEFAULT_INCIDENTS))));
}
