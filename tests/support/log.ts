// The log of code under test that runs in the test's own process: warnings are shown, the rest is not.

import pino from 'pino';

export const quietLog = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
