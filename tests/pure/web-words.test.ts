// What the page says: changes, dates, days and hours, streets, tables; and that both languages say all of it.

import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../server/filter/contract.ts';
import type { MessageKey } from '../../server/i18n/contract.ts';
import { terminalEn } from '../../server/i18n/en-terminal.ts';
import { terminalEs } from '../../server/i18n/es-terminal.ts';
import { openSpeech } from '../../server/i18n/speech.ts';
import { createTranslator } from '../../server/i18n/translator.ts';
import { en } from '../../server/words/en.ts';
import { es } from '../../server/words/es.ts';
import { reasonOnPage } from '../../web/mapfiles/reason.ts';
import { changeBetween } from '../../web/store/change.ts';
import { changeText } from '../../web/store/change-text.ts';
import { toCsv } from '../../web/store/csv.ts';
import { addDays, addMonths, addYears, daysBetween } from '../../web/store/days.ts';
import { createFormats } from '../../web/store/formats.ts';
import { periodText, placeText, timeText, weekdaysText } from '../../web/store/words.ts';

const spanish = { t: createTranslator('es'), f: createFormats('es') };
const english = { t: createTranslator('en'), f: createFormats('en') };

describe('one of anything', () => {
  /** Always many, or a name. */
  const NEVER_ONE = ['download.tooMany', 'compare.seeMore'];
  const valuesOf = (text: string) =>
    Object.fromEntries([...text.matchAll(/\{\{(\w+)/g)].map(([, name]) => [name!, '1'] as const));
  /** «1 registros», «1 son»; but «1 más», and the English verbs of one. */
  const several =
    /(?<![\d.,])1 (?!más|menos|antes|después|(?:count|change|lack|add|doe|share|ask|stop)s\b)(?:\p{L}{3,}s|have|were|are|son|traen)(?!\p{L})/u;

  test.each([
    ['es', es, terminalEs],
    ['en', en, terminalEn],
  ] as const)('is not spoken of as several, whichever sentence says it (%s)', (language, page, terminal) => {
    const t = createTranslator(language);
    const { say } = openSpeech(language);
    const said = [
      ...Object.entries(page).flatMap(([section, texts]) =>
        Object.entries(texts as Record<string, string>).map(([key, text]) => {
          const name = `${section}.${key.replace(/_(one|other)$/, '')}`;
          return [name, t(name as MessageKey, { ...valuesOf(text), count: 1 })] as const;
        }),
      ),
      ...Object.entries(terminal).map(
        ([key, text]) => [key, say(key as keyof typeof terminalEs, valuesOf(text))] as const,
      ),
    ];
    expect(said.length).toBeGreaterThan(700);
    expect(said.filter(([name, text]) => !NEVER_ONE.includes(name) && several.test(text))).toEqual([]);
  });

  test('each number of a sentence has its own form', () => {
    const counts = { stored: '1', changed: '0', unchanged: '1,001', gone: '1', rejected: '1' };
    expect(spanish.t('importing.reportCounts', { ...counts, read: '1,003' })).toBe(
      '1,003 renglones leídos: 1 nuevo, 0 con cambios, 1,001 iguales, 1 ya no viene, 1 rechazado.',
    );
    expect(english.t('importing.commit', { n: '1' })).toBe('Load 1 record');
    expect(openSpeech('es').say('dateMonthsMore', { n: '1' })).toBe('… 1 mes');
  });
});

describe('changes', () => {
  test('a direction is claimed only beyond twice the root of the sum', () => {
    // 2 × √(100 + 130) = 30.33
    expect(changeBetween(100, 130)).toEqual({ direction: 'unclear', percent: null });
    expect(changeBetween(100, 131)).toEqual({ direction: 'up', percent: 31 });
    expect(changeBetween(131, 100).direction).toBe('down');
    expect(changeBetween(7, 7)).toEqual({ direction: 'same', percent: null });
  });

  test('of periods with unequal days each is held against its share of them, and the days are told', () => {
    // Ten weekend days with 2,324 after eight with 1,825: 2,305 of the 4,149 are the share of ten, and 2√(4,149 · 80 ÷ 324) is 64.
    const days = { before: 8, now: 10 };
    expect(changeBetween(1825, 2324, days)).toEqual({ direction: 'unclear', percent: null });
    expect(changeBetween(1825, 2324).direction).toBe('up');
    // 100 in eight days are 125 in ten.
    expect(changeBetween(100, 250, days)).toEqual({ direction: 'up', percent: 100 });
    expect(changeBetween(100, 125, days)).toEqual({ direction: 'same', percent: null });
    expect(changeText(spanish, changeBetween(100, 250, days), days)).toBe('por día sube 100\u00a0% (10 días; antes 8)');
    expect(changeText(english, changeBetween(9, 1, { before: 4, now: 1 }), { before: 4, now: 1 })).toBe(
      'by day no clear change (1 day; before 4)',
    );
  });

  test('no percentage of fewer than ten', () => {
    expect(changeBetween(9, 40)).toEqual({ direction: 'up', percent: null });
    expect(changeBetween(0, 5)).toEqual({ direction: 'up', percent: null });
    expect(changeBetween(10, 40)).toEqual({ direction: 'up', percent: 300 });
  });

  test('in words', () => {
    expect(changeText(spanish, changeBetween(400, 200))).toBe('baja 50\u00a0%');
    expect(changeText(spanish, changeBetween(9, 40))).toBe('sube');
    expect(changeText(spanish, changeBetween(100, 101))).toBe('sin cambio claro');
    expect(changeText(english, changeBetween(100, 300))).toBe('up 200\u00a0%');
  });
});

describe('dates and hours', () => {
  test('half-open days are written inclusive', () => {
    expect(spanish.f.range('2026-06-01', '2026-07-01')).toBe('1–30 jun 2026');
    expect(spanish.f.range('2025-07-01', '2026-07-01')).toBe('1 jul 2025–30 jun 2026');
    expect(english.f.range('2025-07-01', '2026-07-01')).toBe('1 Jul 2025–30 Jun 2026');
    expect(spanish.f.day('2024-12-31')).toBe('31 dic 2024');
  });

  test('numbers are grouped and shares keep a decimal while small', () => {
    expect(spanish.f.int(1302640)).toBe('1,302,640');
    expect(spanish.f.share(0.0213)).toBe('2.1\u00a0%');
    expect(spanish.f.share(0.5)).toBe('50\u00a0%');
  });

  test('days in a row are a range, others a list', () => {
    expect(weekdaysText(spanish, [1, 2, 3, 4, 5])).toBe('lun–vie');
    expect(weekdaysText(spanish, [5, 6])).toBe('vie, sáb');
    expect(weekdaysText(english, [1, 3, 7])).toBe('Mon, Wed, Sun');
    expect(timeText(spanish, { ...EVERYTHING, weekdays: [6], hours: { from: 3, until: 4 } })).toBe('sáb 3–4 h');
  });

  test('a period is named, own dates are written out', () => {
    expect(periodText(spanish, { ...EVERYTHING, period: '12m' })).toBe('Últimos 12 meses');
    expect(periodText(spanish, { ...EVERYTHING, from: '2024-02-01', until: '2024-03-01' })).toBe('1–29 feb 2024');
  });

  test('months and years on keep to the end of the month', () => {
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2024-03-15', -12)).toBe('2023-03-15');
    expect(addYears('2024-02-29', 1)).toBe('2025-02-28');
    expect(addDays('2024-12-31', 1)).toBe('2025-01-01');
    expect(daysBetween('2024-01-01', '2025-01-01')).toBe(366);
  });
});

describe('streets', () => {
  test('a segment is named by its street and the two it runs between', () => {
    const row = { name: 'Av. Juárez', crossings: ['Morelos', 'Pino Suárez'] as const };
    expect(placeText(spanish, row, true)).toBe('Av. Juárez, entre Morelos y Pino Suárez');
    expect(placeText(english, row, true)).toBe('Av. Juárez, between Morelos and Pino Suárez');
  });

  test('an unnamed street and an unnamed crossing are said to be so, not left blank', () => {
    expect(placeText(spanish, { name: '', crossings: ['Morelos', 'Sol'] }, true)).toBe(
      'calle sin nombre, entre Morelos y Sol',
    );
    expect(placeText(spanish, { name: 'Luna', crossings: ['', 'Sol'] }, true)).toBe('Luna, desde Sol');
    expect(placeText(spanish, { name: 'Luna' }, true)).toBe('Luna');
  });
});

describe('tables', () => {
  test('a file opens in Excel as it is: BOM, CRLF, quotes doubled', () => {
    expect(
      toCsv([
        ['Lugar', 'Número'],
        ['Centro, "viejo"', 12],
        ['', null],
      ]),
    ).toBe('\uFEFFLugar,Número\r\n"Centro, ""viejo""",12\r\n,\r\n');
  });

  test('text that would run as a formula does not; numbers stay numbers', () => {
    expect(toCsv([['=HYPERLINK("x")', '+1', '-x', '@a', '\tb', -5]])).toBe(
      `\uFEFF"'=HYPERLINK(""x"")",+1,'-x,'@a,'\tb,-5\r\n`,
    );
  });
});

describe('catalogues', () => {
  type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;
  const gaps = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

  test('both languages fill the same gaps in every text', () => {
    const other: Texts = en;
    for (const [section, texts] of Object.entries<Texts[string]>(es)) {
      for (const [key, text] of Object.entries(texts)) {
        expect(gaps(other[section]?.[key] ?? ''), `${section}.${key}`).toEqual(gaps(text));
      }
    }
  });

  test('one is singular, anything else plural, also a round million', () => {
    const { t } = spanish;
    expect(t('kind.incidents', { count: 1 })).toBe('delito');
    expect(t('kind.incidents', { count: 0 })).toBe('delitos');
    expect(t('kind.incidents', { count: 1_000_000 })).toBe('delitos');
  });
});

test('why a map file is refused is told on the page without the options of the command line', () => {
  expect(reasonOnPage('elija una o deje que se numeren (--numbered): alcaldia, colonia')).toBe(
    'elija una o deje que se numeren: alcaldia, colonia',
  );
  expect(reasonOnPage('la latitud va antes de la longitud (19.4, -99.1); --swap-axes las voltea')).toBe(
    'la latitud va antes de la longitud (19.4, -99.1)',
  );
  expect(reasonOnPage('indique el año de los habitantes: POB:YEAR, MUJERES:YEAR')).toBe(
    'indique el año de los habitantes: POB, MUJERES',
  );
  expect(reasonOnPage('la capa luces contiene puntos, no áreas')).toBe('la capa luces contiene puntos, no áreas');
});
