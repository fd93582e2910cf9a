// The main screen when something is wrong or missing: no answer, no WebGL, an outdated link; and worked by keys alone.

import type { Page, Route } from 'playwright-core';
import { describe, expect, inject, test } from 'vitest';
import type { ClockAnswer } from '../../server/counts/contract.ts';
import { usePages, type VisitOptions } from '../support/pages.ts';

const origin = inject('demo');
const { visit, leave } = usePages(origin, { drawsMaps: false });

/** Opens an address, hands the page over, and closes it; `allowed` are complaints that belong to the trouble. */
async function on(
  search: string,
  act: (page: Page) => Promise<void>,
  allowed: RegExp[] = [],
  options: VisitOptions = {},
) {
  const page = await visit(search, options);
  await page.locator('.answer .figure strong').first().waitFor();
  await act(page);
  await leave(allowed);
}

const figure = (page: Page) => page.locator('.answer .figure strong').first().textContent();

describe('trouble', () => {
  test('a failure keeps the old answer, says so, and can be retried', async () => {
    await on(
      '',
      async (page) => {
        // An answer that never came cannot be kept.
        await page.locator('.progress:not(.is-busy)').waitFor({ state: 'attached' });
        const before = await figure(page);
        const refuse = (route: Route) =>
          route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            body: '{"type":"unavailable","title":"x"}',
          });
        await page.route('**/api/v1/demo/*', refuse);
        await page.getByRole('button', { name: 'Periodo' }).click();
        await page.getByRole('radio', { name: 'Últimos 28 días' }).click();
        const alert = page.getByRole('alert');
        await alert.waitFor();
        expect(await alert.textContent()).toContain('Se muestra lo calculado');
        expect(await figure(page)).toBe(before);
        // It stands beside the new filter, whose figure it is not.
        expect(await page.locator('.panel.is-old').count()).toBeGreaterThan(1);
        await page.locator('.answer').getByText('De los filtros de antes', { exact: true }).waitFor();
        await page.unroute('**/api/v1/demo/*');
        await page.getByRole('button', { name: 'Reintentar' }).click();
        await expect.poll(() => figure(page)).not.toBe(before);
        await expect.poll(() => page.locator('.panel.is-old').count()).toBe(0);
        expect(await alert.count()).toBe(0);
      },
      [/503/],
    );
  });

  test('without WebGL the list and the charts are complete and the page says why there is no map', async () => {
    const page = await visit();
    await page.getByText('Su equipo no puede dibujar el mapa').waitFor();
    await expect.poll(() => page.locator('#where .row').count()).toBe(10);
    await expect.poll(() => page.locator('.clock-cell').count()).toBe(7 * 24);
  });

  test('a place that no longer exists is not chosen', async () => {
    await on(
      '?place=colonias:no-such-place&theme=no-such-theme',
      async (page) => {
        await expect.poll(() => page.url()).not.toContain('place=');
        expect(await page.getByRole('alert').count()).toBe(0);
      },
      [/422/], // asked before the list of places, which tells that there is none, has arrived
    );
  });
});

test('what has no hour is counted of the weekdays chosen, though the clock shows all of them', async () => {
  const clock = async (weekday: string): Promise<ClockAnswer> => {
    const filter = `theme=espacio-publico&period=12m&inside=colonias${weekday}`;
    return (await fetch(`${origin}/api/v1/demo/clock?${filter}`)).json() as Promise<ClockAnswer>;
  };
  const [all, saturday] = [await clock(''), await clock('&weekday=6')];
  expect(saturday.unknownHour).toBeGreaterThan(0);
  expect(saturday.unknownHour).toBeLessThan(all.unknownHour);
  await on('?weekday=6', async (page) => {
    const when = page.getByRole('region', { name: 'Cuándo' });
    await when.getByText(`${saturday.unknownHour.toLocaleString('es-MX')} sin hora conocida`).waitFor();
    expect(await when.locator('.clock-cell').count()).toBe(7 * 24);
  });
});

describe('by keyboard', () => {
  test('menus are walked with arrows and nothing is chosen on the way: theme, offence, place', async () => {
    await on('', async (page) => {
      const asked = (name: string) => new URL(page.url()).searchParams.get(name);
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.keyboard.press(key);
      };
      const filters = page.getByRole('navigation', { name: 'Filtros' });
      await filters.getByRole('button').first().focus();
      await press('Enter');
      await page.locator('[type=radio]:focus').waitFor();
      await press('ArrowDown', 'ArrowDown', 'ArrowDown');
      expect(asked('theme')).toBeNull();
      const third = await page.evaluate(() => document.activeElement?.closest('label')?.textContent);
      await press('Enter');
      await expect.poll(() => asked('theme')).not.toBeNull();
      expect(await filters.getByRole('button').first().textContent()).toContain(third);

      await filters.getByRole('button', { name: 'Tipo de delito' }).focus();
      await press('Enter');
      await page.locator('[type=search]:focus').waitFor();
      await page.keyboard.type('transeúnte');
      await press('ArrowDown', 'Space');
      await expect.poll(() => asked('offence')).not.toBeNull();
      await press('Escape');

      await filters.getByRole('button', { name: 'Dónde' }).focus();
      await press('Enter');
      await page.getByRole('dialog', { name: 'Dónde' }).getByText('Norte 1', { exact: false }).first().waitFor();
      // Past the whole municipality, what the map shows, and a place of one's own.
      await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
      expect(asked('within')).toBeNull();
      await press('Enter');
      await expect.poll(() => asked('within')).toMatch(/^sectores:/);
    });
  });

  test('hours chosen in the clock with arrows become the filter', async () => {
    await on('', async (page) => {
      await page.locator('[data-day="4"][data-hour="20"]').focus();
      for (const key of ['Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Enter'])
        await page.keyboard.press(key);
      await expect.poll(() => new URL(page.url()).searchParams.get('weekday')).toBe('5,6');
      expect(new URL(page.url()).searchParams.get('hour')).toBe('20-23');
      expect(await page.locator('.clock-cell[aria-selected="true"]').count()).toBe(6);
    });
  });

  test('a dragged rectangle does the same', async () => {
    await on('', async (page) => {
      const at = async (day: number, hour: number) => {
        const cell = page.locator(`[data-day="${day}"][data-hour="${hour}"]`);
        await cell.scrollIntoViewIfNeeded();
        const box = (await cell.boundingBox())!;
        return [box.x + box.width / 2, box.y + box.height / 2] as const;
      };
      await page.locator('.progress:not(.is-busy)').waitFor({ state: 'attached' });
      await at(6, 23);
      const [fromX, fromY] = await at(0, 6);
      await page.mouse.move(fromX, fromY);
      await page.mouse.down();
      // Figures above the clock follow the hand, and may take another line: the hand goes where the cell is by then.
      await page.mouse.move(...(await at(1, 7)));
      await page.locator('.clock-cell[aria-selected="true"]').nth(3).waitFor();
      await page.locator('.progress:not(.is-busy)').waitFor({ state: 'attached' });
      await page.mouse.move(...(await at(2, 8)));
      await page.mouse.up();
      await expect.poll(() => new URL(page.url()).searchParams.get('weekday')).toBe('1,2,3');
      expect(new URL(page.url()).searchParams.get('hour')).toBe('6-9');
    });
  });
});

test('where the list ranks by rate the paper prints the rate too', async () => {
  await on('?view=areas', async (page) => {
    await page.locator('#where .row').first().waitFor();
    await page.locator('.progress:not(.is-busy)').waitFor({ state: 'attached' });
    const listed = await page.locator('#where .row-count').first().textContent();
    await page.emulateMedia({ media: 'print' });
    const printed = (await page.locator('.printed ol li b').first().textContent()) ?? '';
    expect(printed).toMatch(/^[\d,]+ \([\d,]+\)$/);
    expect(listed).toContain(printed.split(' ')[0]);
  });
});

test('the printed page carries the figure, ten places, the reconciled totals and the link', async () => {
  await on('?list=streets', async (page) => {
    await page.emulateMedia({ media: 'print' });
    const paper = page.locator('.printed');
    await paper.waitFor();
    await expect.poll(() => paper.locator('ol li').count()).toBe(10);
    const text = (await paper.textContent()) ?? '';
    expect(text).toMatch(/[\d,]+ = [\d,]+ en el mapa \+ [\d,]+ sin ubicación \+ \d+ protegidos; aparte, [\d,]+ fuera/);
    expect(text).toContain(`${origin}/?layer=colonias@1&list=streets`);
    expect(await page.locator('.filter-bar').isVisible()).toBe(false);
  });
});
