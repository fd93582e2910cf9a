// Texts of sharing, help and print, and of what the filter leaves out of sight or in part. Part of the Spanish catalogue.

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
  share: {
    title: 'Compartir',
    copyLink: 'Copiar enlace',
    copied: 'Enlace copiado',
    copyFailed: 'No se pudo copiar; el enlace está en la barra de direcciones.',
    copyImage: 'Copiar imagen con leyenda',
    imageCopied: 'Imagen copiada',
    imageSaved: 'Imagen guardada',
    imageFailed: 'No se pudo hacer la imagen.',
    current: 'El enlace abre esta misma vista. Los periodos como «últimos 12 meses» se mantienen al día.',
    saved: 'Vistas guardadas en este equipo',
    save: 'Guardar esta vista',
    name: 'Nombre de la vista',
    none: 'Aún no hay vistas guardadas.',
    delete: 'Borrar la vista {{name}}',
  },
  help: {
    title: 'Ayuda',
    about: 'Qué es «{{what}}»',
    keys: 'Teclas',
    keySearch: 'Buscar',
    keyFilters: 'Ir a los filtros',
    keyList: 'Ir a la lista',
    keyHelp: 'Esta ayuda',
    keyEscape: 'Cerrar o quitar la selección',
    keyArrows: 'Moverse por el reloj o por la lista',
  },
  print: {
    printed: 'Impreso el {{date}}',
    topTen: 'Los diez primeros: {{layer}}',
    totals:
      '{{here}} = {{mapped}} en el mapa + {{unlocated}} sin ubicación + {{withheld}} {{withheld, protegido|protegidos}}; aparte, {{outside}} fuera de los límites',
  },
};
