// Parts of the page that keep their promises without a browser: questions, the offence tree, saved views.

import { signal } from '@preact/signals';
import { describe, expect, test } from 'vitest';
import type { OffenceRow } from '../../server/counts/contract.ts';
import { type Ask, type Path, Problem } from '../../web/store/api.ts';
import { frequentOf } from '../../web/store/frequent.ts';
import { below, childrenOf, everyday, matching, soughtEveryday, toggleOffence } from '../../web/store/offence-tree.ts';
import { keepOneVersion, type Versioned } from '../../web/store/one-version.ts';
import { createQuestion } from '../../web/store/question.ts';
import { deleteView, readViews, saveView } from '../../web/store/saved-views.ts';

describe('a question', () => {
  type Waiting = { path: string; signal: AbortSignal; answer: (value: unknown) => void; fail: (error: Error) => void };
  const open = () => {
    const asked: Waiting[] = [];
    const ask: Ask = (path, stop) =>
      new Promise((answer, fail) => asked.push({ path, signal: stop, answer: answer as Waiting['answer'], fail }));
    const path = signal<Path<string> | null>('/api/v1/a/one');
    return { asked, path, question: createQuestion<string>(path, ask) };
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve));

  test('keeps the old answer until the new one is there, and drops a late one', async () => {
    const { asked, path, question } = open();
    asked[0]!.answer('first');
    await settled();
    expect(question.answered.value?.value).toBe('first');
    path.value = '/api/v1/a/two';
    path.value = '/api/v1/a/three';
    expect(asked[1]!.signal.aborted).toBe(true);
    expect(question.answered.value?.value).toBe('first');
    expect(question.waitingSince.value).not.toBeNull();
    asked[2]!.answer('third');
    asked[1]!.answer('second, late');
    await settled();
    expect(question.answered.value?.value).toBe('third');
    expect(question.waitingSince.value).toBeNull();
  });

  test('keeps the old answer beside a failure, and asks again when told', async () => {
    const { asked, path, question } = open();
    asked[0]!.answer('first');
    await settled();
    path.value = '/api/v1/a/two';
    asked[1]!.fail(new Problem(500, 'internal', 'broken'));
    await settled();
    expect(question.answered.value?.value).toBe('first');
    expect(question.problem.value?.status).toBe(500);
    question.ask();
    expect(question.problem.value).toBeNull();
    asked[2]!.answer('second');
    await settled();
    expect(question.answered.value?.value).toBe('second');
  });

  test("never shows one city's answer for another", async () => {
    const { asked, path, question } = open();
    asked[0]!.answer('first');
    await settled();
    path.value = '/api/v1/b/one';
    expect(question.answered.value).toBeNull();
  });
});

test('answers of an older data version are asked again, once', async () => {
  const asked: string[] = [];
  let version = 1;
  const ask: Ask = async (path) => {
    asked.push(path);
    return { dataVersion: version } as never;
  };
  const one = signal<Path<Versioned> | null>('/api/v1/a/one');
  const other = signal<Path<Versioned> | null>('/api/v1/a/other');
  const questions = [createQuestion(one, ask), createQuestion(other, ask)];
  let newer = 0;
  const stop = keepOneVersion(questions, () => {
    newer++;
  });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  await settled();
  version = 2;
  one.value = '/api/v1/a/one?filtered';
  await settled();
  expect(asked).toEqual(['/api/v1/a/one', '/api/v1/a/other', '/api/v1/a/one?filtered', '/api/v1/a/other']);
  expect(questions.map((question) => question.answered.value?.value.dataVersion)).toEqual([2, 2]);
  expect(newer).toBe(1);
  stop();
});

describe('the offence tree', () => {
  const row = (code: string, parent: string | null, title: string, labels: string[] = []): OffenceRow => ({
    code,
    parent,
    title,
    labels,
    incidents: 1,
  });
  const rows = [
    row('robo', null, 'Robo'),
    row('calle', 'robo', 'Robo en la calle'),
    row('celular', 'calle', 'Robo de celular', ['ROBO DE TELÉFONO']),
    row('cartera', 'calle', 'Robo de cartera'),
    row('auto', 'robo', 'Robo de automóvil'),
    row('vida', null, 'La vida'),
  ];

  test('a ticked parent stands for all below it', () => {
    expect(toggleOffence(rows, ['celular', 'vida'], 'robo')).toEqual(['vida', 'robo']);
    expect(toggleOffence(rows, ['robo'], 'robo')).toEqual([]);
  });

  test('unticking below a ticked parent leaves the others ticked', () => {
    expect(toggleOffence(rows, ['robo'], 'celular').sort()).toEqual(['auto', 'cartera']);
  });

  test('opens on what people say, not on legal headings, and repeats no lone child', () => {
    const of = (code: string, parent: string | null, incidents: number) => ({ ...row(code, parent, code), incidents });
    const tree = childrenOf([
      of('patrimonio', null, 100),
      of('robo', 'patrimonio', 90),
      of('transeunte', 'robo', 40),
      of('con-violencia', 'transeunte', 30),
      of('etiqueta-con', 'con-violencia', 30),
      of('sin-violencia', 'transeunte', 10),
      of('vehiculo', 'robo', 30),
      of('casa', 'robo', 15),
      of('negocio', 'robo', 5),
      of('fraude', 'patrimonio', 10),
      of('etiqueta-fraude', 'fraude', 10),
      of('familia', null, 20),
      of('violencia-familiar', 'familia', 20),
      of('sexual', null, 0),
      of('acoso', 'sexual', 0),
    ]);
    expect(everyday(tree).map(({ code }) => code)).toEqual([
      'transeunte',
      'vehiculo',
      'violencia-familiar',
      'casa',
      'fraude',
      'negocio',
    ]);
    // The card of a place says the same words, also under a theme that is a list of headings.
    const flat = [...tree.values()].flat();
    const frequent = (...codes: string[]) => frequentOf(flat, codes).map(({ code }) => code);
    expect(frequent('patrimonio', 'familia', 'sexual').slice(0, 3)).toEqual([
      'transeunte',
      'vehiculo',
      'violencia-familiar',
    ]);
    expect(frequent()).toEqual(everyday(tree).map(({ code }) => code));
    expect(frequent('familia')).toEqual(['violencia-familiar']);
    expect(frequent('casa', 'fraude', 'acoso')).toEqual(['casa', 'fraude']);
    expect(frequent('transeunte')).toEqual(['con-violencia', 'sin-violencia']);
    expect(frequent('fraude')).toEqual(['fraude']);
    const find = (code: string) => flat.find((each) => each.code === code)!;
    expect(below(tree, find('fraude'))).toEqual([]);
    expect(below(tree, find('transeunte')).map(({ code }) => code)).toEqual(['con-violencia', 'sin-violencia']);
    expect(below(tree, find('con-violencia'))).toEqual([]);
  });

  test('is searched without accents, in titles and in the labels of the sources', () => {
    expect([...matching(rows, 'telefono')].sort()).toEqual(['calle', 'celular', 'robo']);
    expect([...matching(rows, 'automovil')].sort()).toEqual(['auto', 'robo']);
    expect(matching(rows, 'fraude').size).toBe(0);
  });

  test('finds the everyday word that begins so first, then the most frequent, then what has it below', () => {
    const of = (code: string, parent: string | null, title: string, incidents: number, labels: string[] = []) => ({
      ...row(code, parent, title, labels),
      incidents,
    });
    const some = [
      of('patrimonio', null, 'El patrimonio', 90),
      of('calle', 'patrimonio', 'Robo en la calle', 40),
      of('celular', 'calle', 'Asalto en la calle por un celular', 30),
      of('cartera', 'calle', 'Cartera', 10),
      of('asalto', 'patrimonio', 'Asalto', 5),
      of('fraude', 'patrimonio', 'Fraude', 20),
      of('camion', 'patrimonio', 'Un asalto en camión', 25),
    ];
    const found = (text: string) => soughtEveryday(childrenOf(some), some, text).map(({ code }) => code);
    expect(found('asalto')).toEqual(['asalto', 'camion', 'calle']);
    expect(found('robo')).toEqual(['calle']);
    expect(found('nada')).toEqual([]);
  });
});

describe('saved views', () => {
  const shelf = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
  };

  test('are kept by name, replaced by the same name, and deleted', () => {
    const here = shelf();
    saveView(here, { name: 'Viernes', query: '?weekday=5' });
    saveView(here, { name: 'Centro', query: '' });
    saveView(here, { name: 'Viernes', query: '?weekday=5,6' });
    expect(readViews(here)).toEqual([
      { name: 'Centro', query: '' },
      { name: 'Viernes', query: '?weekday=5,6' },
    ]);
    expect(deleteView(here, 'Centro')).toEqual([{ name: 'Viernes', query: '?weekday=5,6' }]);
  });

  test('an entry that leads elsewhere is not a view, and nonsense is none at all', () => {
    const here = shelf();
    here.setItem('cuadra.views', '[{"name":"x","query":"javascript:alert(1)"},{"name":"y","query":"//evil"},7]');
    expect(readViews(here)).toEqual([]);
    here.setItem('cuadra.views', 'not json');
    expect(readViews(here)).toEqual([]);
  });
});
