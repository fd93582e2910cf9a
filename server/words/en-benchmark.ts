// Texts about monthly totals of an authority, the benchmark beside the incidents. Part of the English catalogue.

import type { benchmarkEs } from './es-benchmark.ts';

type Sections = typeof benchmarkEs;

export const benchmarkEn: { readonly [S in keyof Sections]: { readonly [K in keyof Sections[S]]: string } } = {
  benchmark: {
    stepAreas: 'Municipalities and check',
    whatMunicipality:
      'These are totals per month and municipality that the SESNSP publishes, not crimes one by one. They are kept apart, as a benchmark, and never added to the crimes.',
    whatState:
      'These are totals per month and state that the SESNSP publishes, not crimes one by one. They are kept apart, as a benchmark, and never added to the crimes.',
    kindIncident: 'crimes (investigation files)',
    kindVictim: 'victims',
    published: 'published up to {{month}}',
    months: 'Months with data: {{from}} – {{until}}.',
    keep: 'What is kept',
    keepNone: 'No area of the file has the name of {{name}}: choose which to keep.',
    keepSeveral: 'Several municipalities have this name. Which is yours?',
    keepMore: 'Add another area',
    keepHint: 'Code or name',
    add: 'Add',
    remove: 'Do not keep {{area}}',
    area: '{{name}}, {{state}} ({{code}})',
    leftOut: 'Of other areas',
    checkTitle: 'What loading {{name}} would do',
    revised: 'Totals of years already loaded that change',
    revisedRow: '{{year}}, {{offence}}, {{area}}: before {{before}}, now {{now}} ({{difference}})',
    gone: 'Categories already loaded that the file does not have',
    goneRow: '{{year}}: {{gone}} of {{before}} {{before, row|rows}}',
    commit: 'Load {{n}} {{n, row|rows}}',
    reportCounts:
      '{{read}} {{read, row|rows}} read: {{stored}} new, {{changed}} changed, {{unchanged}} the same, {{gone}} no longer there, {{rejected}} rejected, {{leftOut}} of other areas.',
    show: 'Compare with {{source}}',
    key: '{{source}}, {{area}}',
    all: '{{n, the only area|all areas}} ({{n}})',
    which: 'Benchmark area',
    value: '{{source}}: {{n}}',
    unpublished: '{{source}}: not published',
    note: '{{source}}, {{area}}, up to {{date}}: the whole municipality at all hours. It is a benchmark: it is not added to the crimes.',
    noteState:
      '{{source}}, {{area}}, up to {{date}}: the whole state. It is a benchmark: it is not added to the crimes.',
    notCounted: '{{source}} does not count apart: {{offences}}.',
    notCountedMore: '{{offences}} and {{n}} more',
    delivery: 'monthly totals of the SESNSP',
    rnid: 'Since 2026 the SESNSP classifies differently (RNID): compare before and after with care.',
    sourceFresh: '{{source}}, monthly totals up to {{date}}',
    sourceNote: 'A benchmark: not added to the crimes.',
    nothing: '{{source}} does not count apart what was chosen.',
  },
  benchmarkNotes: {
    'months-unpublished': 'Zeros of months not published yet; kept as no data from the month of the example on',
    'months-after-name': 'The file holds crimes of months later than the one in its name; they were kept',
    'files-left-out': 'Files of the zip that were not read',
    'months-kept': 'Months this file does not publish: kept as they were',
    'category-unknown': 'Category not yet in the catalogue; counted under its legal interest',
    'area-unreadable': 'unreadable code of state or municipality',
    'year-unreadable': 'unreadable year',
    'count-unreadable': 'unreadable number',
    'row-repeated': 'repeated row',
  },
};
