// Texts of sharing, help and print, and of what the filter leaves out of sight or in part. Part of the English catalogue.

export const seenEn = {
  seen: {
    heatHalfFar: 'half of them lie within this line ({{km2}} km²; its small parts show close up)',
    heatEdge: 'as far as there is colour',
    code: 'code {{code}}',
    noneWithin: 'no {{what}}, or outside what was chosen ({{n}})',
    cutLayer: 'No rate: of what the limit chosen in “Where” cuts only a part is counted.',
    cutPlace: 'No rate: only the part chosen in “Where” is counted.',
    halfAreasHit: 'Half happen in {{n}} of {{all}} {{layer}} with {{what}}',
  },
  share: {
    title: 'Share',
    copyLink: 'Copy link',
    copied: 'Link copied',
    copyFailed: 'Could not copy; the link is in the address bar.',
    copyImage: 'Copy image with legend',
    imageCopied: 'Image copied',
    imageSaved: 'Image saved',
    imageFailed: 'Could not make the image.',
    current: 'The link opens this same view. Periods like “last 12 months” stay current.',
    saved: 'Views saved on this computer',
    save: 'Save this view',
    name: 'Name of the view',
    none: 'No saved views yet.',
    delete: 'Delete the view {{name}}',
  },
  help: {
    title: 'Help',
    about: 'What “{{what}}” is',
    keys: 'Keys',
    keySearch: 'Search',
    keyFilters: 'Go to the filters',
    keyList: 'Go to the list',
    keyHelp: 'This help',
    keyEscape: 'Close or clear the selection',
    keyArrows: 'Move in the clock or the list',
  },
  print: {
    printed: 'Printed {{date}}',
    topTen: 'The first ten: {{layer}}',
    totals:
      '{{here}} = {{mapped}} on the map + {{unlocated}} without location + {{withheld}} protected; apart, {{outside}} outside the boundaries',
  },
};
