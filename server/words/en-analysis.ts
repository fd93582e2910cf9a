// What an analysis says when the data do not let it say anything, in English.

import type { analysisEs } from './es-analysis.ts';

export const analysisEn: typeof analysisEs = {
  notSaid: {
    empty: 'There are no data: nothing is selected.',
    'too-few-places': 'There are too few places to say where it concentrates.',
    'too-few-steps': 'There are too few periods to say whether it rises or falls.',
    'all-equal': 'All values are the same: nothing stands out.',
    'all-zero': 'There is no incident in what was chosen.',
    'no-neighbours': 'No place has neighbours by this rule: choose another, or a larger distance.',
    'no-denominator': 'There is nothing to compare with: neither residents nor length.',
    'no-pairs': 'No pair of incidents lies within the distances and days chosen.',
    negative: 'There are negative values; only incidents are counted here.',
    'zero-in-quotient': 'A zero in the divisor: the quotient cannot be computed.',
    'no-earlier-period': 'There is no earlier period with complete data to compare with.',
    'too-large':
      'This is too much for one answer (more than 10 seconds or 512 MB): choose fewer data or a smaller distance.',
  },
};
