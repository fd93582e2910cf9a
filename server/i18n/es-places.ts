// Texts of the card with the names of places that were not found. Part of the Spanish catalogue.

export const placesEs = {
  places: {
    title: 'Lugares sin ubicar',
    lead: 'De {{n}} registros sin coordenadas, {{matched}} se ubicaron por nombre en {{layer}}; {{unmatched}} no.',
    noLayer: '{{n}} registros no traen coordenadas. Se ubican por nombre cuando haya límites cargados.',
    none: 'No queda ningún nombre sin aclarar.',
    hint: 'Diga una vez qué lugar es cada nombre: se aplica a todos los registros que lo traen y a las cargas que vengan.',
    name: 'Como viene escrito',
    within: 'en {{borough}}',
    incidents: 'Registros',
    divided: 'En esta capa está dividido en {{n}} áreas: no se sabe cuál.',
    means: 'Qué lugar es',
    meansLabel: 'Qué lugar es {{name}}',
    choose: 'Elija…',
    suggestion: '{{name}} ({{percent}} parecido)',
    another: 'Buscar otro lugar…',
    noPlace: 'No es ningún lugar',
    searchLabel: 'Buscar el lugar de {{name}}',
    searchNone: 'Nada con ese nombre',
    save: 'Guardar',
    saveLabel: 'Guardar qué lugar es {{name}}',
    aliases: 'Nombres ya aclarados',
    undo: 'Deshacer',
    undoLabel: 'Deshacer lo dicho de {{name}}',
  },
};
