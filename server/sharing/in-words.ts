// An agreement as the audit has it: in one line, by its codes.

import type { Agreement } from '../access/contract.ts';

export function inOneLine({ id, giver, receiver, level, offences, areas, until }: Agreement): string {
  const limits = [
    ...(offences ? [`offences ${offences.join(',')}`] : []),
    ...(areas ? [`areas ${areas.layer}:${areas.codes.join(',')}`] : []),
  ];
  return [`${giver} → ${receiver}`, level, ...limits, `until ${until}`, id].join(' ');
}
