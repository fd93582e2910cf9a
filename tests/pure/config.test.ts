// What the settings of the environment come to mean.

import { expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';

test('an empty setting is one that is not set', () => {
  const { port, host, cubeMb, dataDir } = readConfig({ PORT: '', HOST: '', CUADRA_CUBE_MB: '', CUADRA_DATA_DIR: '' });
  expect([port, host, cubeMb]).toEqual([8080, '127.0.0.1', 512]);
  expect(dataDir).toMatch(/[/\\]\.data$/);
});

test.each([
  ['PORT', 'abc'],
  ['PORT', '70000'],
  ['HOST', '0.0.0.0'],
  ['HOST', '127.0.0.1.example.org'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['CUADRA_DEMO', 'yes'],
  ['CUADRA_PASSWORD', 'corta'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});
