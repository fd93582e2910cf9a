// Texts of the card with the names of places that were not found. Part of the English catalogue.

import type { placesEs } from './es-places.ts';

type Sections = typeof placesEs;

export const placesEn: { readonly [S in keyof Sections]: { readonly [K in keyof Sections[S]]: string } } = {
  places: {
    title: 'Places not found',
    lead: 'Of {{n}} {{n, record|records}} without coordinates, {{matched}} {{matched, was|were}} placed by name in {{layer}}; {{unmatched}} {{unmatched, was|were}} not.',
    noLayer:
      '{{n}} {{n, record has|records have}} no coordinates. {{n, It is|They are}} placed by name once boundaries are loaded.',
    none: 'No name is left to explain.',
    hint: 'Say once which place each name is: it holds for every record that carries it and for loads to come.',
    name: 'As it is written',
    within: 'in {{borough}}',
    incidents: 'Records',
    divided: 'This layer divides it in {{n}} {{n, area|areas}}: which one is not known.',
    means: 'Which place it is',
    meansLabel: 'Which place is {{name}}',
    choose: 'Choose…',
    suggestion: '{{name}} ({{percent}} alike)',
    another: 'Find another place…',
    noPlace: 'It is no place',
    searchLabel: 'Find the place of {{name}}',
    searchNone: 'Nothing of that name',
    save: 'Save',
    saveLabel: 'Save which place {{name}} is',
    aliases: 'Names already explained',
    undo: 'Undo',
    undoLabel: 'Undo what was said of {{name}}',
  },
  labels: {
    title: 'Unclassified offences',
    lead: '{{n}} {{n, record has|records have}} a label that is not in the catalogue and {{n, counts|count}} as “Unclassified”.',
    hint: 'Say once which offence each label is: it holds for the records loaded and for those to come, in this city only.',
    none: 'There are no unclassified labels.',
    label: 'Label',
    means: 'Which offence it is',
    meansLabel: 'Which offence {{label}} is',
    saveLabel: 'Save which offence {{label}} is',
    choices: 'Labels already explained',
    undoLabel: 'Undo what was said of {{label}}',
  },
};
