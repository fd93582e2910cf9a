// Reasons only the command line tells, or tells with its own commands, in Spanish, by their English wording; {} stands for
// what is named in them.

import type { Language } from './contract.ts';
import { spanishBy } from './reasons.ts';

const SPANISH: Readonly<Record<string, string>> = {
  '{} takes 0 arguments': '{} no lleva argumentos; las órdenes: npm run cuadra -- --help',
  '{} takes 1 arguments': '{} lleva un argumento; las órdenes: npm run cuadra -- --help',
  '{} takes {} arguments': '{} lleva {} argumentos; las órdenes: npm run cuadra -- --help',
  '--{} is needed': 'falta --{}; las órdenes: npm run cuadra -- --help',
  '--{} is a number': '--{} es un número',
  '--{} is at least {}': '--{} es por lo menos {}',
  '--{} is more than 0': '--{} es más de 0',
  '--{} is a whole number': '--{} es un número entero',
  '--{} is at most {}': '--{} es a lo más {}',
  '--{} lies between 0 and 1': '--{} está entre 0 y 1',
  '--{} is one of: {}': '--{} es uno de: {}',
  '--{} is a rising list such as 0,100,200': '--{} es una lista creciente, como 0,100,200',
  '--{} is BEFORE,AFTER': '--{} es ANTES,DESPUÉS',
  '--{} has {} values where {} are needed': '--{} trae {} valores y hacen falta {}',
  'not an origin like https://example.org: {}': 'no es un origen como https://example.org: {}',
  'at most {} origins': 'a lo más {} orígenes',
  'a file is needed': 'falta el archivo',
  'the file holds no table': 'el archivo no contiene ninguna tabla',
  'no column {}; the columns are: {}': 'no hay columna {}; las columnas son: {}',
  'line {}: «{}» in {} is not a number': 'renglón {}: «{}» en {} no es un número',
  'line {}: «{}» in {} is more than {}': 'renglón {}: «{}» en {} es más de {}',
  'these numbers are too small, too large or too far apart to compute with':
    'estos números son demasiado chicos, demasiado grandes o demasiado distintos para calcular con ellos',
  'row {}: «{}» in {} is no date (YYYY-MM-DD) and no number of days':
    'renglón {}: «{}» en {} no es una fecha (AAAA-MM-DD) ni un número de días',
  'row {}: «{}» is no moment (YYYY-MM-DD HH:MM)': 'renglón {}: «{}» no es un momento (AAAA-MM-DD HH:MM)',
  'the column {} names some places twice': 'la columna {} nombra dos veces algún lugar',
  'one of --weights FILE, --distance METRES and --neighbours queen|rook|knn:K':
    'hace falta una de --weights ARCHIVO, --distance METROS y --neighbours queen|rook|knn:K',
  'queen and rook need areas: a GeoJSON file of polygons': 'queen y rook piden áreas: un GeoJSON de polígonos',
  '--neighbours is queen, rook, knn:K or distance:METRES': '--neighbours es queen, rook, knn:K o distance:METROS',
  'the weights name {}, which is no place of the file': 'los pesos nombran {}, que no es un lugar del archivo',
  'the weights say {} neighbours of {} and list {}': 'los pesos anuncian {} vecinos de {} y traen {}',
  'more than {} neighbours in all: choose a smaller distance':
    'son más de {} vecinos en total: elija una distancia menor',
  'a weight is at least 0': 'un peso es por lo menos 0',
  '--bbox is west,south,east,north in the unit of the coordinates':
    '--bbox es oeste,sur,este,norte en la unidad de las coordenadas',
  'a grid has at most {} cells: choose larger ones': 'una cuadrícula tiene a lo más {} celdas: elija otras más grandes',
  'more than {} rows; this machine’s limit for stats': 'más de {} renglones, el límite de stats',
  'a GeoJSON file has at most {} bytes for stats': 'un GeoJSON tiene a lo más {} bytes para stats',
  '--areas is CONTROL,TREATED,DISPLACEMENT-CONTROL,DISPLACEMENT':
    '--areas es CONTROL,TRATADO,CONTROL-DE-DESPLAZAMIENTO,DESPLAZAMIENTO',
  'several kinds of crime need --harm, a weight for each': 'varios tipos de delito piden --harm, un peso para cada uno',
  '--steps are 1 (hot), -1 (cold) and 0': '--steps son 1 (caliente), -1 (frío) y 0',
  '--date-order is dmy or mdy': 'con diagonales hace falta --date-order dmy o mdy',
  '--hours divides 24, or is none': '--hours divide a 24, o es none (ninguna)',
  'add or replace': '--mode add (agrega) o replace (reemplaza)',
  '--period goes with --mode replace': '--period solo va con --mode replace',
  '--mode replace needs --period FROM..UNTIL (until exclusive)':
    '--mode replace pide --period DESDE..HASTA (sin incluir el último día)',
  'not an area code: {}': 'no es una clave de área: {}',
  '--map COLUMN=FIELD': '--map COLUMNA=CAMPO',
  '--times local|utc|ZONE, a zone like America/Mexico_City':
    '--times local|utc|ZONA, una zona como America/Mexico_City',
  'areas or context': '--type areas o context',
  '--numbers comma|point (the decimal mark)': '--numbers comma|point (coma o punto decimal)',
  'YYYY-MM-DD': '--valid-from AAAA-MM-DD',
  'one of --place LAYER:CODE, --none and --remove': 'una de --place CAPA:CLAVE, --none y --remove',
  '--place LAYER:CODE': '--place CAPA:CLAVE',
  'no such offence in the tree: {} (there are: {})': 'no existe el delito {} en el catálogo (hay: {})',
  'no such offence in the tree: {}':
    'no existe el delito {} en el catálogo; sus códigos: npm run cuadra -- offences list MUNICIPIO',
  'feed {} exists already': 'la fuente {} ya existe',
  'no feed {}': 'no existe la fuente {}',
  '{} exists already; --force replaces it': '{} ya existe; --force lo reemplaza',
  'there is data already ({}); --replace puts the backup in the place of all':
    'ya hay datos ({}); --replace pone el respaldo en lugar de todo',
  'the backup is not a file': 'el respaldo no es un archivo',
  'the backup is empty': 'el respaldo está vacío',
  'the tables of the backup are not those of its schema': 'las tablas del respaldo no son las de su esquema',
  'the jurisdictions of the backup are not those it names': 'los municipios del respaldo no son los que nombra',
  'this is not a PMTiles file': 'no es un archivo PMTiles',
  'this is an MBTiles or other SQLite file, not PMTiles: pmtiles convert makes one of it':
    'es un archivo MBTiles u otro de SQLite, no PMTiles: «pmtiles convert» lo convierte',
  'this is PMTiles version {}; version 3 is needed: pmtiles convert makes one of it':
    'es PMTiles versión {} y hace falta la 3: «pmtiles convert» lo convierte',
  'the basemap is cut: it has {} of its {} bytes': 'el mapa de fondo está incompleto: tiene {} de sus {} bytes',
  'the basemap is damaged: {}': 'el mapa de fondo está dañado: {}',
  'the basemap is damaged: tile {} is not {}': 'el mapa de fondo está dañado: la tesela {} no es {}',
  'the basemap holds no tiles': 'el mapa de fondo no trae teselas',
  'the basemap holds tiles of type {}: MVT, PNG, JPEG and WebP can be drawn':
    'el mapa de fondo trae teselas de tipo {}: se pueden dibujar MVT, PNG, JPEG y WebP',
  'the basemap is compressed in a way that is not known ({})':
    'el mapa de fondo está comprimido de una forma que no se conoce ({})',
  'the basemap says zooms {} to {}, which there are not': 'el mapa de fondo dice zoom {} a {}, que no existen',
  'the basemap does not say where on Earth it is': 'el mapa de fondo no dice qué lugar muestra',
  'the basemap shows none of the places here, but {} to {}: --force adds it all the same':
    'el mapa de fondo no muestra ningún municipio de aquí, sino de {} a {}: --force lo agrega de todos modos',
  'a basemap has at most {} GB': 'un mapa de fondo tiene a lo más {} GB',
  'no room for the basemap; nothing was left behind': 'no hay espacio para el mapa de fondo; no quedó nada a medias',
  'a name is small letters, digits, - and _': 'un nombre lleva minúsculas, números, - y _: indíquelo con --name',
  'no basemap {}': 'no existe el mapa de fondo {}',
  'the file was changed meanwhile': 'el archivo cambió mientras tanto',
  'somebody began to write meanwhile; nothing was changed': 'alguien empezó a escribir mientras tanto; nada cambió',
  'a name is lower-case letters, digits, dots or hyphens': 'un nombre lleva minúsculas, números, puntos o guiones',
  'no such time zone: {} (like America/Mexico_City)': 'no existe la zona horaria {} (como America/Mexico_City)',
  'streets is the layer of lines: import it as streets': 'streets es la capa de líneas: cárguela con import streets',
  'cannot be opened (ENOENT)': 'no existe ese archivo',
  'cannot be opened (EISDIR)': 'es una carpeta, no un archivo',
  'cannot be opened (EACCES)': 'no hay permiso para leer el archivo',
  'the file cannot be opened: ENOENT': 'no existe ese archivo',
  'the file cannot be opened: EISDIR': 'es una carpeta, no un archivo',
  'the file cannot be opened: EACCES': 'no hay permiso para leer el archivo',
  'overlap or COLUMN=VALUE': '--only overlap o COLUMNA=VALOR',
  'cannot be opened ({}): {}': 'no se puede abrir ({}): {}',
  'layer {} holds {}, not {}': 'la capa {} es de tipo {}, no {}: dé otra clave con --layer',
  '{} or COLUMN=VALUE': '--only {} o COLUMNA=VALOR',
  'it is not known yet where the jurisdiction is':
    'aún no se sabe dónde está el municipio: dé su límite con jurisdiction set CLAVE --limit ARCHIVO',
  'not a file: {}': 'no es un archivo: {}',
  'the file tells of kind {}': 'el archivo es del tipo {} (--kind)',
  'the file looks like {}, but no column says the offence: say --offence LABEL':
    'el archivo parece de {}, pero ninguna columna dice el delito: indíquelo con --offence ETIQUETA',
  'no saved reading {} (there are: {})': 'no existe la lectura guardada {} (hay: {})',
  '--numbers {}, the mark of decimals': '--numbers {}, el signo de los decimales',
  '--offence LABEL, of 1 to 200 characters': '--offence ETIQUETA, de 1 a 200 caracteres',
  'the backup was made by a newer Cuadra ({}, schema {}): install that or a newer one, then restore':
    'el respaldo se hizo con una versión más nueva de Cuadra ({}, esquema {}): instale esa u otra más nueva y restaure',
  'the rows of the backup do not fit: {}': 'los renglones del respaldo no caben: {}',
  'this is not a whole backup of Cuadra: a table comes twice':
    'no es un respaldo completo de Cuadra: una tabla viene dos veces',
  'this is not a whole backup of Cuadra: an entry is too large':
    'no es un respaldo completo de Cuadra: un elemento es demasiado grande',
  'this is not a whole backup of Cuadra: it ends too early': 'no es un respaldo completo de Cuadra: termina antes',
  'this is not a whole backup of Cuadra: not a tar': 'no es un respaldo completo de Cuadra: no es un archivo tar',
  'this is not a whole backup of Cuadra: {}': 'no es un respaldo completo de Cuadra: {}',
  'the upgrade did not begin: {}. Nothing was changed; CUADRA_BACKUP=0 upgrades without':
    'la actualización no empezó: {}. Nada cambió; con CUADRA_BACKUP=0 se actualiza sin respaldo',
  'something of yours depends on the tables and would be lost ({}); remove it first':
    'algo suyo depende de las tablas y se perdería ({}); quítelo antes',
  'the disk of the database is full; nothing was changed': 'el disco de la base de datos está lleno; nada cambió',
  'no room for the backup {}; nothing was left behind': 'no hay espacio para el respaldo {}; no quedó nada a medias',
  'the backup cannot be written: {}': 'no se puede escribir el respaldo: {}',
  'the data folder cannot be made: {}': 'no se puede crear la carpeta de datos: {}',
  '{} cannot be reached: {}': 'no se alcanza la base de datos de {}: {}',
  'not a level ({})': 'no es un nivel ({})',
  'not areas of a layer (LAYER:CODE,…)': 'no son áreas de una capa (CAPA:CLAVE,…)',
  'PostgreSQL {} is too old: 15 or newer is needed': 'PostgreSQL {} es demasiado antiguo: hace falta el 15 o posterior',
  'PostGIS is not installed on this PostgreSQL server (3.3 or newer)':
    'PostGIS no está instalado en este servidor PostgreSQL (3.3 o posterior)',
  'pg_trgm is not installed on this PostgreSQL server (it is part of postgresql-contrib)':
    'pg_trgm no está instalado en este servidor PostgreSQL (es parte de postgresql-contrib)',
  'PostGIS {} is too old: 3.3 or newer': 'PostGIS {} es demasiado antiguo: hace falta el 3.3 o posterior',
  'the database has a newer schema ({}); start the newer Cuadra with it':
    'la base de datos tiene un esquema más nuevo ({}); ábrala con la versión más nueva de Cuadra',
  '{} came as a published file, and is shown as it is': '{} llegó como archivo publicado y se muestra tal cual',
  'hours are not published: --hours none': 'las horas no se publican: --hours none',
  '{} belongs to another file of rows': '{} es de otro archivo de renglones',
  'nothing is said of the source {}': 'no se dice nada de la fuente {}',
  'jurisdiction {} has data of its own': 'el municipio {} tiene datos propios',
  '{} cannot be read': '{} no se puede leer',
  'not a file as protect export writes it': 'no es un archivo como los que escribe «protect export»',
  'row {}: {}': 'renglón {}: {}',
  'more than {} rows': 'más de {} renglones',
  '--keep-days is 1 to {}': '--keep-days es de 1 a {}',
  'half a point': 'medio punto: falta una coordenada',
  'not the layers of a protected file: {}': 'no son las capas de un archivo protegido: {}',
  'the file of layers is empty': 'el archivo de capas está vacío',
  'the file of layers holds something that is no area and no street':
    'el archivo de capas trae algo que no es área ni calle',
  'the layer {} is not whole': 'la capa {} no está completa',
  'a line of the file of layers is too long': 'una línea del archivo de capas es demasiado larga',
  'there is no file {}': 'no existe el archivo {}',
  'not a file of layers as protect export writes it': 'no es un archivo de capas como los que escribe «protect export»',
  'there is no area {} in the layer {}': 'no existe el área {} en la capa {}',
  'not a month or quarter: {}': 'no es un mes ni un trimestre: {}',
};

const inSpanish = spanishBy(SPANISH, (named) => named);

/** The reason in the language of the terminal where it is one of these; else as it is. */
export function terminalReasonIn(language: Language, english: string): string {
  return language === 'en' ? english : inSpanish(english);
}
