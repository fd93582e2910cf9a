// Texts of the main screen on what the filter leaves out of sight or in part. Part of the Spanish catalogue.

export const seenEs = {
  seen: {
    heatHalfFar: 'la mitad cae dentro de esta línea ({{km2}} km²; sus partes pequeñas se ven de cerca)',
    heatEdge: 'hasta donde llega el color',
    code: 'clave {{code}}',
    noneWithin: 'sin {{what}}, o fuera de lo elegido ({{n}})',
    cutLayer: 'Sin tasa: de lo que corta el límite elegido en «Dónde» solo se cuenta una parte.',
    cutPlace: 'Sin tasa: solo se cuenta la parte elegida en «Dónde».',
    halfAreasHit: 'La mitad ocurre en {{n}} de {{all}} {{layer}} con {{what}}',
  },
};
