// What the settings of the environment come to mean.

import { expect, test } from 'vitest';
import { mayMailTo } from '../../server/alerts/tell.ts';
import { readConfig } from '../../server/config.ts';

test('an empty setting is one that is not set', () => {
  const { port, host, cubeMb, dataDir } = readConfig({ PORT: '', HOST: '', CUADRA_CUBE_MB: '', CUADRA_DATA_DIR: '' });
  expect([port, host, cubeMb]).toEqual([8080, '127.0.0.1', 512]);
  expect(dataDir).toMatch(/[/\\]\.data$/);
});

test.each([
  ['PORT', 'abc'],
  ['PORT', '70000'],
  ['CUADRA_ACCESS', 'all'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['CUADRA_DEMO', 'yes'],
  ['CUADRA_PASSWORD', 'corta'],
  ['CUADRA_HOSTS', 'https://cuadra.villa.gob.mx'],
  ['CUADRA_HOSTS', 'cuadra.villa.gob.mx:443'],
  ['CUADRA_HOSTS', 'cuadra.villa.gob.mx, a b'],
  ['CUADRA_HOSTS', 'cuadra..mx'],
  ['CUADRA_HOSTS', '*'],
  ['CUADRA_ALERTS_DOMAINS', 'mando@villa.gob.mx'],
  ['CUADRA_TRUSTED_PROXIES', 'proxy.villa.gob.mx'],
  ['CUADRA_TRUSTED_PROXIES', '10'],
  ['CUADRA_TRUSTED_PROXIES', '-1'],
  ['CUADRA_TRUSTED_PROXIES', 'true'],
  ['CUADRA_TRUSTED_PROXIES', '1, 10.0.0.1'],
  ['CUADRA_TRUSTED_PROXIES', '0.0.0.0/0'],
  ['CUADRA_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['CUADRA_TRUSTED_PROXIES', '10.0.0.0/8/8'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test.each(['0.0.0.0', '127.0.0.1.example.org'])(
  'everybody is administrator on this machine alone, not on %s',
  (HOST) => {
    expect(() => readConfig({ HOST, CUADRA_ACCESS: 'open' })).toThrow('HOST');
    expect(readConfig({ HOST }).access).toBe('accounts');
    expect(readConfig({ CUADRA_ACCESS: 'open' }).access).toBe('open');
  },
);

test('one password for all is neither open nor accounts', () => {
  const CUADRA_PASSWORD = 'a long enough password';
  expect(readConfig({ CUADRA_PASSWORD, HOST: '0.0.0.0' }).access).toBe('password');
  expect(() => readConfig({ CUADRA_PASSWORD, CUADRA_ACCESS: 'open' })).toThrow('CUADRA_PASSWORD');
});

test('names are told in lower case, without a final dot, and addresses without brackets', () => {
  expect(readConfig({}).hosts).toEqual([]);
  const CUADRA_HOSTS = ' Cuadra.Villa.gob.MX ,otra.example., 192.168.1.5 ,, [FD00::5], fd00::6';
  const hosts = ['cuadra.villa.gob.mx', 'otra.example', '192.168.1.5', 'fd00::5', 'fd00::6'];
  expect(readConfig({ CUADRA_HOSTS }).hosts).toEqual(hosts);
});

test('trusted proxies are a number in a row, or addresses and networks; none where nothing is set', () => {
  const of = (text: string) => readConfig({ CUADRA_TRUSTED_PROXIES: text }).trustedProxies;
  expect([of(''), of('0'), of(' 2 '), of('10.0.0.0/8, ::1')]).toEqual([[], 0, 2, ['10.0.0.0/8', '::1']]);
});

test('alerts are mailed to the domain they come from, to those that are named, or to any', () => {
  const takes = (settings: NodeJS.ProcessEnv) => {
    const { alerts } = readConfig({ CUADRA_SMTP_FROM: 'Cuadra <avisos@Villa.gob.mx>', ...settings });
    const asked = [
      'a@villa.gob.mx',
      'b@sur.VILLA.gob.mx',
      'c@otravilla.gob.mx',
      'd@villa.gob.mx.example',
      'e@example.org',
    ];
    return asked.filter((address) => mayMailTo(alerts, address)).map(([first]) => first);
  };
  expect(takes({})).toEqual(['a', 'b']);
  expect(takes({ CUADRA_ALERTS_DOMAINS: 'example.org, otravilla.gob.mx' })).toEqual(['c', 'e']);
  expect(takes({ CUADRA_ALERTS_DOMAINS: '*' })).toEqual(['a', 'b', 'c', 'd', 'e']);
});
