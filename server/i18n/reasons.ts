// Reasons in Spanish, by their English wording as the server throws them; {} stands for what is named in them.

import type { Request } from 'express';
import { boundariesEn } from '../words/en-boundaries.ts';
import { boundariesEs } from '../words/es-boundaries.ts';
import { API_REASONS } from './api-reasons.ts';
import { PROBLEM_REASONS } from './problem-reasons.ts';

const SPANISH: Readonly<Record<string, string>> = {
  ...API_REASONS,
  ...PROBLEM_REASONS,
  'the Host of the request is not this server: CUADRA_HOSTS lists further names':
    'la petición nombra otro servidor: CUADRA_HOSTS lista los nombres de este',
  'the request names no host, or several': 'la petición no nombra un servidor, o nombra varios',
  'the request comes from another site': 'la petición viene de otro sitio',
  'a number of more than 18 digits ({}): save the codes as text':
    'un número de más de 18 cifras ({}): guarde las claves como texto',
  'a feature is nested too deeply': 'un elemento está anidado demasiado hondo',
  'nested too deeply': 'está anidado demasiado hondo',
  'given more than once': 'se dio más de una vez',
  'not a text': 'no es un texto',
  'nothing has such a name': 'nada tiene ese nombre',
  'no such basemap': 'no existe ese mapa de fondo',
  'too many files wait on this server': 'demasiados archivos esperan en este servidor',
  'too many of your files wait: publish or remove some': 'demasiados de sus archivos esperan: publique o borre algunos',
  'the question takes too long': 'la pregunta tarda demasiado',
  'too many requests': 'demasiadas peticiones: espere un momento',
  'too many requests at once': 'demasiadas peticiones a la vez: espere a que terminen otras',
  'too many pages listen': 'demasiadas páginas abiertas esperan novedades',
  'too many questions at once': 'demasiadas preguntas a la vez: intente de nuevo en un momento',
  'the file is empty': 'el archivo está vacío',
  '{} is empty': '{} está vacío',
  '{} is cut: it has {} of its {} bytes': '{} está incompleto: tiene {} de sus {} bytes',
  '{} is a picture or a document, not map data': '{} es una imagen o un documento, no un mapa',
  '{} is not in UTF-8': '{} no está en UTF-8',
  '{} is a web page, not map data': '{} es una página web, no un mapa',
  '{} declares a document type or entities, which are not let in':
    '{} declara un tipo de documento o entidades, que no se admiten',
  'DWG drawings cannot be read: save the drawing as DXF or export the layer as a shapefile':
    'los dibujos DWG no se pueden leer: guarde el dibujo como DXF o exporte la capa como shapefile',
  'the archive cannot be read: {}': 'el archivo no se puede abrir como zip ni como libro de Excel: {}',
  // What is wrong with it in the words of the reader of archives (yauzl).
  'End of central directory record signature not found. Either not a zip file, or file is truncated.':
    'está incompleto, o no es lo que dice su nombre',
  'invalid central directory file header signature: {}': 'su índice está dañado ({})',
  'invalid local file header signature: {}': 'está dañado por dentro ({})',
  'file data overflows file bounds: {}': 'está incompleto ({})',
  'Invalid comment length. {}': 'su final está dañado',
  'multi-disk zip files are not supported: {}': 'es solo una parte de un zip en varias ({})',
  'strong encryption is not supported': 'tiene contraseña',
  'unsupported compression method: {}': 'está comprimido de una forma que no se puede leer ({})',
  'unexpected EOF': 'está incompleto',
  'unexpected end of file': 'está incompleto',
  'invalid relative path: {}': 'contiene un nombre que sale de su carpeta ({})',
  'absolute path: {}': 'contiene un nombre que sale de su carpeta ({})',
  'invalid characters in fileName: {}': 'contiene un nombre que no se admite ({})',
  'compressed/uncompressed size mismatch for stored file: {}': 'está dañado por dentro ({})',
  'too many bytes in the stream. {}': 'está dañado por dentro: trae más de lo que dice',
  'not enough bytes in the stream. {}': 'está incompleto: trae menos de lo que dice',
  'zip64 extended information extra field does not include {}': 'su índice está dañado ({})',
  'invalid zip64 end of central directory record signature': 'su final está dañado',
  // And of what inflates it (zlib).
  'invalid block type': 'está dañado por dentro',
  'invalid stored block lengths': 'está dañado por dentro',
  'invalid distance too far back': 'está dañado por dentro',
  'incorrect data check': 'está dañado por dentro',
  'the archive holds a link: {}': 'el archivo comprimido contiene un enlace: {}',
  'the archive is encrypted': 'el archivo comprimido tiene contraseña',
  'the archive has more than {} entries': 'el archivo comprimido tiene más de {} elementos',
  'the archive inflates to more than is let in': 'el archivo comprimido crece más de lo que se admite',
  'the archive holds no map data (shapefile, GeoPackage, GeoJSON, KML, …)':
    'el archivo comprimido no contiene mapas (shapefile, GeoPackage, GeoJSON, KML, …)',
  'the archive holds several layers, name one: {}': 'el archivo contiene varias capas, elija una: {}',
  'the file holds several layers, name one: {}': 'el archivo contiene varias capas, elija una: {}',
  'the file holds no layer {}; it holds: {}': 'el archivo no contiene la capa {}; contiene: {}',
  'the file holds no layer with geometry': 'el archivo no contiene ninguna capa con geometría',
  'the shapefile {} lacks its .shp part, which holds the geometry':
    'al shapefile {} le falta su parte .shp, que contiene la geometría',
  'the features have no columns, so no code: they can be numbered (--numbered)':
    'los elementos no traen columnas, así que no tienen clave: se pueden numerar (--numbered)',
  'the shapefile lacks its .dbf part, which holds names and codes: send it too, or let the features be numbered (--numbered)':
    'al shapefile le falta su parte .dbf, que trae nombres y claves: envíela también, o deje que los elementos se numeren (--numbered)',
  'the layer {} holds no features': 'la capa {} no contiene elementos',
  'the layer {} holds {}, not areas': 'la capa {} contiene {}, no áreas',
  'the layer {} holds {}, not lines': 'la capa {} contiene {}, no líneas',
  'the layer {} holds {}, not points': 'la capa {} contiene {}, no puntos',
  'only points': 'solo puntos',
  'only lines': 'solo líneas',
  'only areas': 'solo áreas',
  'the layer {} holds no usable polygons but {} ({})': 'la capa {} no contiene polígonos utilizables, sino {} ({})',
  'the layer {} holds no usable lines ({})': 'la capa {} no contiene líneas utilizables ({})',
  'the layer {} holds no points but {}': 'la capa {} no contiene puntos, sino {}',
  'the lines lie too close together to be split where they cross':
    'las líneas están demasiado juntas para cortarlas donde se cruzan',
  'feature {} has too many vertices': 'el elemento {} tiene demasiados vértices',
  'the file cannot be read as map data': 'el archivo no se puede leer como mapa',
  'the file cannot be read as map data: not well-formed: {}':
    'el archivo no se puede leer como mapa: XML mal formado: {}',
  'the file cannot be read as map data: the reader ended': 'el archivo no se puede leer como mapa: el lector terminó',
  'At line {}, character {}: {}': 'está cortado o mal formado en el renglón {}, carácter {} ({})',
  'Unterminated object': 'un objeto no termina',
  'Unterminated array': 'una lista no termina',
  'Unterminated string': 'un texto no termina',
  'Unexpected character ({})': 'sobra «{}»',
  'PROJ: proj_create_from_database: {}': 'no se conoce ese sistema de referencia ({})',
  'crs not found': 'no existe',
  'the file cannot be read as map data: {}': 'el archivo no se puede leer como mapa: {}',
  'looking for overlaps and gaps did not end: try again':
    'la búsqueda de encimes y huecos no terminó: intente de nuevo',
  'reading the file took longer than {} s': 'la lectura del archivo tardó más de {} s',
  'reading the file took more than {} MB of memory': 'la lectura del archivo ocupó más de {} MB de memoria',
  'the file does not say its coordinate system and no usual one fits: give its EPSG code':
    'el archivo no dice su sistema de coordenadas y ninguno de los usuales coincide: indique su código EPSG',
  'the file does not say its coordinate system{}: give its EPSG code':
    'el archivo no dice su sistema de coordenadas{}: indique su código EPSG',
  'the file does not say its coordinate system, and as degrees ({}) it lies elsewhere: give its EPSG code':
    'el archivo no dice su sistema de coordenadas, y como grados ({}) cae en otra parte: indique su código EPSG',
  'its rows are in several reference systems ({}): give each a file of its own':
    'sus renglones están en varios sistemas de referencia ({}): haga un archivo de cada uno',
  'this is a folder: give the file in it, or a zip of it':
    'esto es una carpeta: indique el archivo que contiene, o un zip de ella',
  'this is a part of a file geodatabase: give the whole .gdb folder in a zip':
    'esto es una parte de una geodatabase de archivos: envíe la carpeta .gdb completa en un zip',
  'give the .shp file; its {} is found beside it': 'indique el archivo .shp; lo demás se encuentra junto a él',
  'give the .mif file; its {} is found beside it': 'indique el archivo .mif; lo demás se encuentra junto a él',
  'give the .tab file; its {} is found beside it': 'indique el archivo .tab; lo demás se encuentra junto a él',
  'the coordinates are swapped: latitude stands before longitude{}; --swap-axes turns them':
    'las coordenadas están invertidas: la latitud va antes de la longitud{}; --swap-axes las voltea',
  '{} does not fit: the features would lie outside the earth':
    '{} no coincide: los elementos quedarían fuera de la Tierra',
  'no such reference system: {}': 'no existe el sistema de referencia {}',
  'no such encoding: {}': 'no existe la codificación {}',
  'no column has a different value in every row, name one or let them be numbered (--numbered): {}':
    'ninguna columna tiene un valor distinto en cada fila: elija una o deje que se numeren (--numbered): {}',
  'column {} holds numbers like 9.01E+14: a spreadsheet has cut the codes':
    'la columna {} tiene números como 9.01E+14: una hoja de cálculo cortó las claves',
  'column {} has lost its leading zeros, as in {}: a spreadsheet has cut the codes':
    'la columna {} perdió sus ceros iniciales, como en {}: una hoja de cálculo cortó las claves',
  'give the year of the population: {}': 'indique el año de la población: {}',
  'several files at once: send them in one zip, or one by one ({})':
    'varios archivos a la vez: envíelos en un zip o uno por uno ({})',
  'the request holds no file': 'la petición no contiene ningún archivo',
  'files are sent as multipart/form-data': 'los archivos se envían como multipart/form-data',
  'more than {} MB at once': 'más de {} MB a la vez',
  'more than {} files at once': 'más de {} archivos a la vez',
  'the disk of this server is full': 'el disco de este servidor está lleno',
  'no such upload: it was published, removed or expired': 'no existe ese envío: se publicó, se borró o caducó',
  'the upload is on another server: send it again': 'este envío está en otro servidor: envíelo de nuevo',
  'the database was interrupted; start again': 'la base de datos se interrumpió; nada quedó a medias: vuelva a empezar',
  'the database is coming back': 'la base de datos está volviendo: espere un momento',
  'the database has too much to do': 'la base de datos tiene demasiado que hacer: intente de nuevo en un momento',
  'the upload was not previewed yet': 'el envío aún no se ha revisado',
  'the preview shows problems that must be settled first': 'la revisión muestra problemas que deben resolverse antes',
  'version {} is the current one: return to another first': 'la versión {} es la vigente: vuelva antes a otra',
  'which column holds the residents? {}': '¿qué columna tiene los habitantes? {}',
  'which column tells the area? {}': '¿qué columna dice el área? {}',
  'two columns fit, to different areas: {} or {} of {} rows; say which':
    'dos columnas coinciden, con áreas distintas: {} o {} de {} renglones; diga cuál',
  'the areas have several figures of one year ({}), as of women and men or of ages: leave one row of each area, its total':
    'las áreas tienen varias cifras de un mismo año ({}), como por sexo o por edad: deje un renglón de cada área, el del total',
  'give the year of the residents: {}': 'indique el año de los habitantes: {}',
  'residents belong to a layer of areas': 'los habitantes pertenecen a una capa de áreas',
  'no row belongs to an area of the layer': 'ningún renglón corresponde a un área de la capa',
  'the table holds no rows': 'la tabla no tiene renglones',
  'no feature is left by {}': 'con {} no queda ningún elemento',
  'no column {}; the columns are: {}': 'no existe la columna {}; las columnas son: {}',
  'no such layer: {}': 'no existe la capa {}; quizá se quitó',
  'no such layer of areas': 'no existe esa capa de zonas',
  'no such layer or version': 'no existe esa capa o esa versión; quizá se quitó',
  'no such place in that layer': 'no existe ese lugar en la capa',
  'no layer {}': 'no existe la capa {}',
  'no area {} in {}': 'no existe el área {} en {}',
  'only areas can be a limit': 'solo las áreas pueden ser un límite',
  'more than {} areas to join': 'son más de {} áreas por unir',
  'no version {} of {}': 'no existe la versión {} de {}',
  'version {} of {} was removed; it can be restored': 'la versión {} de {} se quitó; se puede restaurar',
  'layer {} is removed; restore it first': 'la capa {} está quitada: restáurela antes',
  'layer {} is not removed': 'la capa {} no está quitada',
  'two different versions are compared': 'se comparan dos versiones distintas',
  'several municipalities are called {}, say which: {}': 'varios municipios se llaman {}, diga cuál: {}',
  'no area of the file is called {}, say which to keep: {}':
    'ningún área del archivo se llama {}, diga cuál se guarda: {}',
  '{} of {} lines of {} are not in the file; confirm to let them go':
    '{} de {} renglones de {} no vienen en el archivo; confirme que deben dejar de contarse',
  'more than {} lines to keep: choose fewer areas': 'más de {} renglones por guardar: elija menos áreas',
  'not a table of monthly totals': 'no es una tabla de totales mensuales',
  'the archive holds tables of different kinds: import them one by one':
    'el archivo comprimido trae tablas de distinto tipo: cárguelas una por una',
  '{} delivers monthly totals, not incidents': '{} entrega totales mensuales, no delitos',
  '{} delivers incidents, not monthly totals': '{} entrega delitos, no totales mensuales',
  'the polygon crosses itself more than {} times': 'el polígono se cruza consigo mismo más de {} veces',
  'its polygons cross each other more than {} times': 'sus polígonos se cruzan entre sí más de {} veces',
  'more than {} incidents: ask for CSV': 'más de {} incidentes: pida CSV',
  'in which order do day and month stand in column {}? {} rows depend on it: {}; say --date-order {}':
    '¿en qué orden van el día y el mes en la columna {}? De eso dependen {} renglones: {}; indíquelo (--date-order {})',
  'the ids are no key: of {} records with the id of a stored one, {} change their date (id {}: {} stored, {} in the file); say --id-rule {}, or --id-rule id if they are the same records':
    'el folio no distingue los registros: de {} con el folio de uno ya cargado, {} cambian de fecha (folio {}: {} cargado, {} en el archivo); indíquelo con --id-rule {}, o --id-rule id si son los mismos registros',
  'the ids start again within the file: of {} records that repeat an id, {} are of another month (id {}: {} and {}); say --id-rule {}, or --id-rule id if they are the same records':
    'el folio empieza de nuevo dentro del archivo: de {} registros que repiten uno, {} son de otro mes (folio {}: {} y {}); indíquelo con --id-rule {}, o --id-rule id si son los mismos registros',
  '{} of {} rows have a doubtful point or none that can be used: {}; look at the columns, and say --confirm-points to store them so':
    '{} de {} renglones tienen un punto dudoso o ninguno utilizable: {}; revise las columnas y, si así deben cargarse, confírmelo (--confirm-points)',
  'are the times of UTC? column {} says so ({}); say --times utc to convert them, or --times local if they are local':
    '¿las horas son de UTC? así lo dice la columna {} ({}); indique --times utc para convertirlas, o --times local si son locales',
  'several sheets hold data in different columns: {}; say which one with --sheet':
    'varias hojas tienen datos en columnas distintas: {}; indique cuál (--sheet)',
  'does a row stand for several cases? column {} counts {} in the first {} rows; say --map {} to count them so, or --map {} to count each row once':
    '¿un renglón vale por varios casos? La columna {} suma {} en los primeros {} renglones; indíquelo con --map {} para contarlos así, o --map {} para contar cada renglón una vez',
  'what does {} mean in column {}: {}? {} rows depend on it':
    '¿qué hora es {} en la columna {}: {}? De eso dependen {} renglones',
  'which date says when it happened? {} would be read, but these columns hold other days: {}; say --map {}, or --map {}':
    '¿qué fecha dice cuándo ocurrió? Se leería {}, pero estas columnas tienen otros días: {}; indíquelo con --map {} o con --map {}',
  'only the month would be read, but these columns hold dates: {}; say which is the date with --map {}, or --map {}':
    'solo se leería el mes, pero estas columnas tienen fechas: {}; diga cuál es la fecha (--map {}) o que no se lea (--map {})',
  'more than {} labels': 'ya hay {} etiquetas; no caben más',
  'a name of 1 to 80 characters is needed': 'falta un nombre de 1 a 80 caracteres',
  'more than {} saved presets': 'ya hay {} lecturas guardadas; no caben más',
  'the file is larger than is let in': 'el archivo es más grande de lo que se admite',
  'the label is too long': 'la etiqueta es demasiado larga',
  'no such time zone: {}': 'no existe la zona horaria {}',
  'not a text file': 'no es un archivo de texto',
  'not a text file (a zip archive or a spreadsheet)': 'no es un archivo de texto (es un zip o una hoja de cálculo)',
  'not a file': 'no es un archivo',
  'cannot be opened ({})': 'no se puede abrir ({})',
  'damaged gzip file ({})': 'archivo gzip dañado ({})',
  'not a CSV file: its quotes do not match or its lines do not end':
    'no es un archivo CSV: sus comillas no cierran o sus renglones no terminan',
  'line {} names the columns again in another order ({}): save each table as a file of its own':
    'el renglón {} vuelve a nombrar las columnas en otro orden ({}): guarde cada tabla en un archivo propio',
  'the archive holds one table in several forms ({}): save the one that is meant by itself':
    'el zip trae la misma tabla de varias formas ({}): guarde aparte la que quiere cargar',
  '{} and {} hold at least {} equal rows, which would count twice: load them one after the other, or say --id-rule id+file if they are different records':
    '{} y {} traen al menos {} renglones iguales, que contarían dos veces: cárguelos uno después de otro, o indique --id-rule id+file si son registros distintos',
  'the archive holds no CSV, TSV or XLSX file, nor GeoJSON':
    'el zip no contiene ningún archivo CSV, TSV o XLSX, ni GeoJSON',
  'a feature of the file is too large': 'un elemento del archivo es demasiado grande',
  'there is too much around its features': 'hay demasiado alrededor de sus elementos',
  'the file holds no list of records: save it as one ([{…}, {…}]) or as CSV':
    'el archivo no contiene una lista de registros: guárdelo como lista ([{…}, {…}]) o como CSV',
  'the file holds several lists ({}): save the one that is meant by itself':
    'el archivo contiene varias listas ({}): guarde por separado la que quiere cargar',
  'the file ends in the middle: it is cut': 'el archivo termina a la mitad: está cortado',
  'feature {} is not well-formed JSON': 'el elemento {} no es JSON bien formado',
  'its points are not in degrees but in {}: save it again in WGS 84 (EPSG:4326)':
    'sus puntos no están en grados sino en {}: guárdelo de nuevo en WGS 84 (EPSG:4326)',
  'the file holds no points but {}: it is a map, and is loaded as areas or streets':
    'el archivo no contiene puntos sino {}: es un mapa, y se carga como áreas o calles',
  'the geometry of {} rows is cut, first in row {}: a spreadsheet keeps no more than 32,767 characters in a cell, so save the file as GeoJSON or shapefile':
    'la geometría está cortada (renglones: {}, el primero es el {}): una hoja de cálculo no guarda más de 32,767 caracteres por celda; guarde el archivo como GeoJSON o shapefile',
  'the layer {} holds {} points with dates and offences: import it as incidents (as GeoJSON or CSV)':
    'la capa {} trae {} puntos con fecha y delito: impórtela como incidentes (en GeoJSON o CSV)',
  'a workbook with a password, or of Excel 97–2003: save it as .xlsx without password':
    'libro de Excel con contraseña, o de Excel 97–2003: guárdelo como .xlsx sin contraseña',
  'a document of Word or PowerPoint: save its table as .xlsx or CSV':
    'documento de Word o PowerPoint: guarde su tabla como .xlsx o CSV',
  'a binary workbook of Excel (.xlsb): save it as .xlsx': 'libro binario de Excel (.xlsb): guárdelo como .xlsx',
  'an OpenDocument file (.ods, .odt): save its table as .xlsx or CSV':
    'archivo de OpenDocument (.ods, .odt): guarde su tabla como .xlsx o CSV',
  'the workbook cannot be read ({})': 'el libro de Excel no se puede leer ({})',
  'the workbook has no sheet': 'el libro de Excel no tiene hojas',
  'no sheet {} (there are: {})': 'no existe la hoja {} (hay: {})',
  'more than {} rows in a workbook: save it as CSV': 'más de {} renglones en un libro de Excel: guárdelo como CSV',
  'the file needs more memory than is let in: save it as CSV':
    'el archivo necesita más memoria de la permitida: guárdelo como CSV',
  'the file needs more memory or time than is let in: save it as CSV':
    'el archivo necesita más memoria o tiempo del permitido: guárdelo como CSV',
  'no column for {} with preset {}; the columns are: {}; where every row is the same offence, say --offence LABEL':
    'falta la columna de {} para el formato {}; las columnas son: {}; si todos los renglones son del mismo delito, indíquelo con --offence ETIQUETA',
  'no column for {} with preset {}; the columns are: {}':
    'falta la columna de {} para el formato {}; las columnas son: {}',
  'no column {} (there are: {})': 'no existe la columna {} (hay: {})',
  'columns about persons are not read: {}': 'las columnas con datos personales no se leen: {}',
  'unknown field: {} (there are: {})': 'campo desconocido: {} (hay: {})',
  'unknown preset: {} (there are: {})': 'formato desconocido: {} (hay: {})',
  'one file at a time; several can come in a zip': 'un archivo a la vez; varios pueden venir en un zip',
  'the file was imported; it is not kept': 'el archivo ya se cargó; no se conserva',
  'nothing was read of this file yet': 'aún no se ha leído nada de este archivo',
  '{} records without an id would stand beside {} that are stored and not in the file, from {} until {}; replace that period, or confirm that they are others':
    '{} registros sin folio quedarían junto a {} ya guardados que no están en el archivo, del {} al {}; reemplace ese periodo, o confirme que son otros',
  'how the file is read was changed after the check; check it again before importing it':
    'la forma de leer el archivo cambió después de la revisión; revíselo otra vez antes de cargarlo',
  '{} of {} records of {} are not in the file; confirm to let them go':
    '{} de {} registros de {} no vienen en el archivo; confirme que deben dejar de contarse',
  'only the last delivery of its source that stands can be undone; undo the later ones first':
    'solo se puede deshacer la última carga vigente de su fuente; deshaga antes las posteriores',
  'the files did not arrive whole: {}': 'los archivos no llegaron completos: {}',
  'two files are called {}': 'dos archivos se llaman {}',
  'not a period (FROM..UNTIL, until exclusive)': 'no es un periodo (DESDE..HASTA, sin incluir el último día)',
  'not a date (YYYY-MM-DD)': 'no es una fecha (AAAA-MM-DD)',
  'another import of this jurisdiction is running': 'hay otra carga de este municipio en curso',
  'another import of this jurisdiction has taken over': 'otra carga de este municipio ocupó el lugar de esta',
  'the connection to the database was lost; nothing was published':
    'se perdió la conexión con la base de datos; no se publicó nada',
  'the database did not say whether this was published; look it up':
    'la base de datos no dijo si esto se publicó; compruébelo',
  'the archive holds no {}': 'el archivo comprimido no contiene {}',
};

const inSpanish = spanishBy(SPANISH, (named) => inSpanish(named));

/** As a browser asks: Spanish unless English comes first. */
export const languageAsked = (request: Request): 'es' | 'en' =>
  request.acceptsLanguages('es', 'en') === 'en' ? 'en' : 'es';

const CHECKS: Readonly<Record<'es' | 'en', Readonly<Record<string, string>>>> = {
  es: boundariesEs.checks,
  en: boundariesEn.checks,
};

/** The reason in the language asked for, where it is known there; else as it is. Codes of checks become words. */
export function reasonIn(language: 'es' | 'en', english: string): string {
  const reason = language === 'en' ? english : inSpanish(english);
  return reason.replaceAll(/([a-z]+(?:-[a-z]+)+) (\d+)/g, (found, code: string, count: string) => {
    const words = CHECKS[language][code];
    return words ? `${words}: ${count}` : found;
  });
}

/**
 * The reasons of a table in Spanish, others as they are; of several that fit, the one of most words. `namedIn` puts what
 * is named in one into Spanish.
 */
export function spanishBy(
  table: Readonly<Record<string, string>>,
  namedIn: (named: string) => string,
): (english: string) => string {
  const wordsOf = (english: string) => english.replaceAll('{}', '').length;
  const read = () => {
    const mostFirst = Object.entries(table).sort(([a], [b]) => wordsOf(b) - wordsOf(a));
    return mostFirst.map(([english, spanish]) => {
      const parts = english.split('{}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { pattern: new RegExp(`^${parts.join('([^]*?)')}$`), spanish };
    });
  };
  /** Read when the first reason is told. */
  let patterns: ReturnType<typeof read> | null = null;
  return (english) => {
    patterns ??= read();
    for (const { pattern, spanish } of patterns) {
      const found = pattern.exec(english);
      if (!found) continue;
      const named = found.slice(1).map(namedIn);
      return spanish.split('{}').reduce((text, part, i) => text + (named[i - 1] ?? '') + part);
    }
    return english;
  };
}
