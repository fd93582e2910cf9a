// Texts of the main screen on what the filter leaves out of sight or in part. Part of the English catalogue.

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
};
