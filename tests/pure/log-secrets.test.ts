// What stands in the log of an address: not what opens something to whoever reads it.

import { expect, test } from 'vitest';
import { withoutSecrets } from '../../server/http/problems.ts';

test.each([
  ['/api/v1/session/link/k3y', '/api/v1/session/link/…'],
  ['/api/v1/villa/course-links/k3y/join', '/api/v1/villa/course-links/…/join'],
  ['/api/v1/villa/certificates/ABCD1234EFGH/badge', '/api/v1/villa/certificates/…/badge'],
  ['/verify/villa/abcd-1234-efgh', '/verify/villa/…'],
  ['/verify/villa', '/verify/villa'],
  ['/api/v1/villa/layers/areas', '/api/v1/villa/layers/areas'],
])('%s is written as %s', (path, written) => {
  expect(withoutSecrets(path)).toBe(written);
});
