// Reasons about problems, measures, their files and briefings, in Spanish, by their English wording; {} stands for what is
// named in them.

export const PROBLEM_REASONS: Readonly<Record<string, string>> = {
  'no such problem': 'no existe ese problema',
  'no such measure': 'no existe esa medida',
  'no such measure, note or agreement': 'no existe esa medida, nota o acuerdo',
  'there is no earlier version': 'no hay una versión anterior',
  'no such version': 'no existe esa versión',
  'a title is needed': 'falta el título',
  'a text is needed': 'falta el texto',
  'not a filter': 'no es un filtro',
  'the place stands apart': 'el lugar va aparte',
  'the end does not lie after the beginning': 'el final no es posterior al inicio',
  'the surroundings of so many streets are too wide: choose a shorter distance':
    'los alrededores de tantas calles son demasiado amplios: elija una distancia menor',
  'the place of the measure itself: {}': 'es el lugar de la medida misma: {}',
  'no such place in that layer: {}': 'no existe ese lugar en la capa: {}',
  'no place of that layer has its middle in the drawn zone':
    'ningún lugar de esa capa tiene su centro en la zona dibujada',
  'this server takes no files of problems':
    'este servidor no recibe archivos de problemas: quien lo opera puede permitirlo (CUADRA_PROBLEM_FILES_MB)',
  'not a file of a kind that is taken: {}': 'no es un archivo de los que se reciben: {}',
  'at most {} files of a problem': 'a lo más {} archivos por problema',
  'the files of all problems take too much room': 'los archivos de todos los problemas ocupan demasiado',
  'no such file': 'no hay tal archivo',
  'some weight above 0 is needed': 'hace falta algún peso mayor que 0',
  'at most {} different weights': 'a lo más {} pesos distintos',
  'at most {} weights': 'a lo más {} pesos',
  'the source of the weights is needed': 'hace falta la fuente de los pesos',
  'a measure has at most {} places': 'una medida tiene {} lugares como máximo',
  'at most {} problems': '{} problemas como máximo',
  'at most {} measures, notes and agreements': '{} medidas, notas y acuerdos como máximo',
  'there are no points yet': 'todavía no hay puntos',
  'there are no data yet': 'todavía no hay datos',
  'these sources tell the month alone: they have no weeks': 'estas fuentes solo dan el mes: no tienen semanas',
  'no such briefing': 'no existe ese informe',
  'at most {} open briefings: archive some': '{} informes abiertos como máximo: archive algunos',
  'at most {} open templates of one person: archive some':
    '{} plantillas abiertas de una persona como máximo: archive algunas',
  'a briefing holds at most {} kB of text and questions': 'un informe admite {} kB de texto y preguntas como máximo',
  'this briefing is of other areas than yours: whoever is bound to them changes and renews it':
    'este informe es de otras áreas que las suyas: lo cambia y lo renueva quien está a cargo de ellas',
  'at most {} versions of a briefing': '{} versiones de un informe como máximo',
  'at most {} parts': '{} partes como máximo',
  'not a name of a block': 'no es el nombre de una parte',
  'not a layer (LAYER@VERSION)': 'no es una capa (CAPA@VERSIÓN)',
  'not areas': 'no son áreas',
  'there are no areas yet': 'todavía no hay áreas',
  'nothing is counted by points': 'por puntos no se cuenta nada',
  'templates are of persons': 'las plantillas son de personas',
  'this role does not see problems': 'este perfil no ve los problemas',
};
