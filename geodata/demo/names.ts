// Names as they stand on Mexican corner signs: each colonia names its streets after one theme.

import type { RoadClass, Style } from './plan.ts';
import type { Random } from './random.ts';

const words = (text: string): readonly string[] => text.split(',').map((word) => word.trim());

const THEMES = {
  heroes: words(
    'Miguel Hidalgo,José María Morelos,Vicente Guerrero,Ignacio Allende,Juan Aldama,Mariano Abasolo,Josefa Ortiz,Leona Vicario,Guadalupe Victoria,Nicolás Bravo,Hermenegildo Galeana,Mariano Matamoros,Francisco Javier Mina,Ignacio Zaragoza,Melchor Ocampo,Benito Juárez,Francisco I. Madero,Venustiano Carranza,Emiliano Zapata,Francisco Villa,Pino Suárez,Belisario Domínguez,Aquiles Serdán,Felipe Ángeles,Álvaro Obregón,Plutarco Elías Calles,Lázaro Cárdenas,Niños Héroes,Juan Escutia,Juan de la Barrera,Agustín Melgar,Fernando Montes de Oca,Francisco Márquez,Vicente Suárez,Margarita Maza,Santos Degollado,Miguel Lerdo,Valentín Gómez Farías,Mariano Escobedo,Ramón Corona',
  ),
  flores: words(
    'Jazmín,Azucena,Bugambilia,Gardenia,Clavel,Violeta,Margarita,Dalia,Magnolia,Orquídea,Rosal,Tulipán,Geranio,Girasol,Alcatraz,Hortensia,Amapola,Nardo,Begonia,Camelia,Crisantemo,Lirio,Narciso,Pensamiento,Petunia,Azalea,Gladiola,Heliotropo,Malva,Alhelí,Cempasúchil,Nochebuena,Floripondio,Madreselva,Siempreviva,Loto,Mirasol,Lavanda,Acacia,Hiedra',
  ),
  arboles: words(
    'Los Sauces,Fresnos,Encinos,Cedros,Pinos,Álamos,Robles,Ahuehuetes,Eucaliptos,Jacarandas,Mezquites,Huizaches,Laureles,Truenos,Cipreses,Oyameles,Abetos,Olivos,Nogales,Naranjos,Limoneros,Higueras,Tabachines,Ceibas,Caobas,Palmas,Pirules,Colorines,Tejocotes,Capulines,Duraznos,Manzanos,Granados,Ciruelos,Moreras,Castaños,Olmos,Arces,Sabinos,Tepozanes',
  ),
  rios: words(
    'Río Lerma,Río Balsas,Río Pánuco,Río Papaloapan,Río Grijalva,Río Usumacinta,Río Bravo,Río Conchos,Río Fuerte,Río Mayo,Río Yaqui,Río Sonora,Río Nazas,Río Aguanaval,Río Santiago,Río Ameca,Río Tamesí,Río Moctezuma,Río Tula,Río Verde,Río Atoyac,Río Mixteco,Río Coatzacoalcos,Río Tonalá,Río Hondo,Río Suchiate,Río Tehuantepec,Río Sabinas,Río Nadadores,Río San Juan,Río Laja,Río Turbio,Río Tepalcatepec,Río Armería,Río Piaxtla',
  ),
  estados: words(
    'Aguascalientes,Baja California,Campeche,Coahuila,Colima,Chiapas,Chihuahua,Durango,Guanajuato,Guerrero,Hidalgo,Jalisco,Michoacán,Morelos,Nayarit,Nuevo León,Oaxaca,Puebla,Querétaro,Quintana Roo,San Luis Potosí,Sinaloa,Sonora,Tabasco,Tamaulipas,Tlaxcala,Veracruz,Yucatán,Zacatecas,Anáhuac,Tenochtitlan,Nueva Galicia',
  ),
  ciudades: words(
    'Guadalajara,Monterrey,Mérida,Morelia,Xalapa,Toluca,Pachuca,Cuernavaca,Tepic,Saltillo,Hermosillo,Culiacán,La Paz,Mazatlán,Acapulco,Tampico,Torreón,Celaya,León,Irapuato,Taxco,Pátzcuaro,Uruapan,Zamora,Orizaba,Córdoba,Tehuacán,Cholula,Tapachula,Comitán,Villahermosa,Chetumal,Cozumel,Valladolid,Izamal,Loreto',
  ),
  aves: words(
    'Cenzontle,Jilguero,Gorrión,Golondrina,Calandria,Colibrí,Tórtola,Paloma,Gaviota,Águila,Halcón,Garza,Cardenal,Canario,Tucán,Quetzal,Guacamaya,Faisán,Pavorreal,Cisne,Pelícano,Flamenco,Alondra,Ruiseñor,Mirlo,Zorzal,Codorniz,Perdiz,Correcaminos,Tecolote,Lechuza,Zanate,Petirrojo,Albatros,Martín Pescador',
  ),
  letras: words(
    'Sor Juana Inés de la Cruz,Amado Nervo,Ramón López Velarde,Manuel Acuña,Salvador Díaz Mirón,Alfonso Reyes,Juan Rulfo,Octavio Paz,Rosario Castellanos,Jaime Sabines,Carlos Pellicer,José Gorostiza,Xavier Villaurrutia,Mariano Azuela,Martín Luis Guzmán,Manuel Payno,Ignacio Altamirano,Guillermo Prieto,Manuel Gutiérrez Nájera,Juan Ruiz de Alarcón,Efraín Huerta,Elena Garro,Juan José Arreola,José Revueltas,Agustín Yáñez,Nellie Campobello,Concha Urquiza,Gilberto Owen,Justo Sierra,Federico Gamboa',
  ),
  musica: words(
    'Agustín Lara,Manuel M. Ponce,Silvestre Revueltas,Juventino Rosas,Pedro Infante,Jorge Negrete,José Alfredo Jiménez,Consuelo Velázquez,Toña la Negra,Guty Cárdenas,Macedonio Alcalá,Carlos Chávez,José Pablo Moncayo,Blas Galindo,Ricardo Castro,Julián Carrillo,María Grever,Álvaro Carrillo,Gonzalo Curiel,Lola Beltrán,Lucha Reyes,Chava Flores,Tata Nacho,Gabriel Ruiz,Ángela Peralta',
  ),
  santos: words(
    'San Juan,San Pedro,San Pablo,San Francisco,San Antonio,Santa Ana,Santa Rosa,San Miguel,San Rafael,San Gabriel,San Martín,San Lorenzo,San Sebastián,Santa Cecilia,Santa Lucía,San Isidro,San Agustín,Santo Domingo,San Felipe,Santiago,San Mateo,San Lucas,San Marcos,San Andrés,Santa Mónica,Santa Clara,San Jerónimo,San Nicolás,San Bernardo,Santa Elena,San Joaquín,San Vicente',
  ),
  fechas: words(
    '5 de Febrero,24 de Febrero,18 de Marzo,21 de Marzo,2 de Abril,10 de Abril,1 de Mayo,10 de Mayo,15 de Mayo,1 de Junio,13 de Septiembre,15 de Septiembre,16 de Septiembre,27 de Septiembre,12 de Octubre,2 de Noviembre,20 de Noviembre,12 de Diciembre,Plan de Ayala,Plan de Guadalupe,Plan de San Luis,Constitución de 1917,Reforma Agraria,Tierra y Libertad,División del Norte,Batalla de Celaya,Ejido,Artículo 27,Sufragio Efectivo,Cananea,Río Blanco',
  ),
  piedras: words(
    'Obsidiana,Cantera,Ópalo,Turquesa,Jade,Ámbar,Cuarzo,Amatista,Topacio,Esmeralda,Rubí,Zafiro,Diamante,Granito,Mármol,Ónix,Pizarra,Tezontle,Coral,Perla,Plata,Oro,Cobre,Estaño,Bronce,Hierro,Cobalto,Azufre,Yeso,Caliza,Basalto,Pedernal',
  ),
  astros: words(
    'Sol,Luna,Mercurio,Venus,Tierra,Marte,Júpiter,Saturno,Urano,Neptuno,Orión,Andrómeda,Pegaso,Casiopea,Osa Mayor,Osa Menor,Sirio,Antares,Vega,Altair,Pléyades,Centauro,Escorpión,Géminis,Leo,Virgo,Libra,Acuario,Piscis,Aries,Tauro,Lucero,Cometa,Aurora,Polar',
  ),
  cerro: words(
    'El Mirador,La Barranca,Las Peñas,El Manantial,Las Cruces,La Cañada,El Tepetate,Los Nopales,El Maguey,La Biznaga,El Garambullo,Las Tunas,El Órgano,La Lechuguilla,El Ocotillo,El Zapote,La Palma,El Peñón,La Ladera,Loma Alta,Loma Bonita,La Cuesta,El Bordo,El Arroyo,La Joya,El Pedregal,La Mesa,El Puerto,Vista Hermosa,Buenavista,Lucio Blanco,Francisco Villa,Emiliano Zapata,Ricardo Flores Magón,Rubén Jaramillo,Genaro Vázquez',
  ),
  oficios: words(
    'Artesanos,Alfareros,Herreros,Carpinteros,Tejedores,Canteros,Plateros,Talabarteros,Panaderos,Arrieros,Mineros,Ferrocarrileros,Maquinistas,Electricistas,Impresores,Petroleros,Constructores,Industria Textil,Industria Metálica,Industria Química,Acero,Manufacturas,Progreso,Trabajo,Técnicos,Norte 1,Norte 2,Norte 3,Poniente 1,Poniente 2',
  ),
} as const;
type Theme = keyof typeof THEMES;

const THEMES_OF_STYLE: Record<Style, readonly Theme[]> = {
  colonial: ['heroes'],
  barrio: ['heroes', 'santos', 'fechas'],
  grid: ['estados', 'ciudades', 'rios', 'letras', 'fechas', 'heroes', 'musica'],
  popular: ['flores', 'heroes', 'fechas', 'estados', 'rios', 'piedras', 'aves', 'santos'],
  loops: ['arboles', 'aves', 'letras', 'astros', 'flores', 'musica'],
  cerradas: ['arboles', 'flores', 'aves', 'piedras', 'astros'],
  hillside: ['cerro'],
  industrial: ['oficios'],
  rural: ['cerro', 'santos'],
};

const COLONIAS: Record<Style, readonly string[]> = {
  colonial: words(
    'Centro Histórico,San Francisco,La Merced,El Carmen,Santo Domingo,La Soledad,Las Campanas,El Portal,San Agustín',
  ),
  barrio: words(
    'Barrio de Santa Ana,Barrio de San Juan,Barrio de la Cruz,Barrio de Guadalupe,Barrio de San Miguel,Barrio del Calvario,Barrio de los Molinos,Barrio de San Antonio,Barrio del Puente,Barrio de la Santísima,Barrio de Analco,Barrio de Santiago,Barrio de la Luz',
  ),
  grid: words(
    'Moderna,Reforma,Del Valle,Estrella,Magisterial,Independencia,Juárez,Progreso,Esperanza,Americana,Cuauhtémoc,Burócratas,Electricistas,Ferrocarrilera,Obrera,Santa Mónica,Mirasierra,Las Américas,Constituyentes,Aviación,Las Rosas,Insurgentes,San Carlos,La Florida,Prados del Sur,Los Arcos,El Mirador,Alameda,Bellavista,Universitaria,Nueva España,Los Maestros',
  ),
  popular: words(
    'Emiliano Zapata,Lázaro Cárdenas,20 de Noviembre,1 de Mayo,Francisco Villa,Benito Juárez,Niños Héroes,Adolfo López Mateos,Solidaridad,Libertad,Revolución,Las Flores,Tierra Nueva,Pueblo Nuevo,Guadalupe Victoria,La Purísima,San Isidro,El Rosario,Santa Rosa,Vicente Guerrero,Los Pirules,El Progreso,San Rafael,La Esperanza,El Porvenir,Las Palmas,San José Obrero,La Ladrillera,El Vergel,5 de Febrero,Los Reyes,Santa Cecilia,La Piedad,Unidad Habitacional,Nueva Aurora',
  ),
  loops: words(
    'Jardines de San Telmo,Lomas del Norte,Jardines del Río,Las Arboledas,Valle Dorado,Bosques del Lago,Los Sauces,Villas del Sol,Prados Verdes,Las Jacarandas,Los Nogales,Ciudad Jardín,Lomas de Oriente,Villas de la Hacienda,La Herradura,Rincón de la Presa,Los Fresnos,Jardines de la Alameda,Las Fuentes,Valle Alto,Arboledas del Sur,Villa Campestre,Los Álamos,Las Quintas,El Campanario,Colinas del Oriente,Vista Real',
  ),
  cerradas: words(
    'Residencial La Noria,Fraccionamiento Los Encinos,Residencial Santa Fe,Fraccionamiento San Ángel,Real del Bosque,Privadas del Parque,Puerta de Hierro,Residencial Las Misiones,Fraccionamiento El Refugio,Hacienda San Telmo,Villas del Parque,Rinconada del Valle,Fraccionamiento La Toscana,Residencial Monte Alto,Los Viñedos,Paseos del Río,Residencial Cumbres,Rincones de la Ribera,Fraccionamiento Los Olivos,Misión San Gabriel',
  ),
  hillside: words(
    'La Loma,El Mirador Alto,Cerro Colorado,Tierra y Libertad,Ampliación La Loma,Las Peñas,El Tepetate,Lomas de Guadalupe,Ampliación Zapata,La Cuesta,El Pedregal,Vista Hermosa,Las Cruces',
  ),
  industrial: words(
    'Parque Industrial San Telmo,Zona Industrial Norte,Parque Industrial La Cañada,Ciudad Industrial,Zona Industrial Oriente,Parque Logístico del Norte,Central de Abasto,Agroparque',
  ),
  rural: words(
    'Ejido La Cañada,Rancho El Sauz,Ejido San Telmo,La Presa,Los Ranchos,El Salitre,Ejido Buenavista,San José del Llano,El Capulín,Las Milpas,La Joya,Ojo de Agua,Ejido El Mezquite,Santa María del Llano,El Zapote,La Noria Vieja,Tierra Blanca,El Tule,Agua Zarca,Los Huizaches,La Calera,El Pirul,San Pedro de los Ranchos,Charco Hondo,La Palma,El Potrero',
  ),
};

const AVENUES = words(
  'Av. Niños Héroes,Av. Venustiano Carranza,Av. Francisco Villa,Av. Tecnológico,Av. Cuauhtémoc,Av. Guadalupe Victoria,Av. 20 de Noviembre,Av. 16 de Septiembre,Av. Reforma,Av. México,Av. Las Palmas,Av. Vicente Guerrero,Av. Álvaro Obregón,Av. La Paz,Av. del Parque,Av. San Isidro,Av. Solidaridad,Av. Central,Av. Las Américas,Av. Adolfo López Mateos,Av. Ignacio Zaragoza,Av. Pino Suárez,Av. Melchor Ocampo,Av. de los Maestros,Av. Santa Rosa,Av. Miguel Alemán,Av. del Bosque,Av. Hacienda,Av. San Francisco,Av. Las Torres Norte,Av. Río Grande,Av. Patria,Av. Libertad,Av. de las Flores,Av. Mariano Otero,Av. de la Presa,Av. Luis Donaldo Colosio,Av. Jardines,Av. Paseo del Norte,Av. Campestre,Av. del Sol,Av. José Vasconcelos,Av. Heroico Colegio Militar,Av. Mariano Escobedo,Av. Nicolás Bravo,Av. Aquiles Serdán,Av. de las Fuentes,Av. Ruiz Cortines,Av. Gómez Farías,Av. Ejército Nacional,Av. Gustavo Baz,Av. Leona Vicario,Av. Josefa Ortiz,Av. Ignacio Allende,Av. Cristóbal Colón,Av. Rosario Castellanos,Av. San Juan,Av. Del Valle,Av. Pirules,Av. Mirador,Av. Tierra y Libertad,Av. Felipe Ángeles,Av. Estadio,Av. Aviación,Av. Jaime Nunó,Av. Lomas,Av. Manantial,Av. Progreso,Av. Vasco de Quiroga,Av. Simón Bolívar,Av. Valle Dorado,Av. del Mercado,Av. Colinas,Av. Arboledas,Av. Quetzalcóatl,Av. Nezahualcóyotl,Av. Moctezuma,Av. Xicoténcatl,Av. Cuitláhuac,Av. Tenochtitlan,Av. Benito Quijano,Av. Rubén Darío,Av. San Telmo,Av. Abasolo,Av. Matamoros,Av. Galeana,Av. Hermanos Serdán,Av. Obrero Mundial,Av. División del Norte',
);
const CAMINOS = words(
  'Camino a la Presa,Camino al Ejido,Camino Viejo a San Pedro,Camino a La Joya,Camino del Bordo,Camino a las Milpas,Camino a Tierra Blanca,Camino al Salitre,Camino a la Calera,Camino al Potrero,Camino Real de Abajo,Camino a Agua Zarca',
);
const OLD_STREETS = words(
  'Calle Real,Calle del Comercio,Calle Colón,Calle Degollado,Calle Rayón,Calle de la Cruz,Calle Victoria,Calle Zaragoza,Calle del Mesón,Calle Iturbide,Calle del Puente,Calle de los Ángeles',
);
const ROUNDABOUTS = words(
  'Glorieta de los Insurgentes,Glorieta Juárez,Glorieta de la Madre,Glorieta del Reloj,Glorieta de los Fundadores,Glorieta Universidad,Glorieta de la Bandera,Glorieta Lázaro Cárdenas,Glorieta del Ferrocarril,Glorieta de la Constitución,Glorieta Revolución,Glorieta del Campesino,Glorieta de los Niños Héroes,Glorieta Morelos,Glorieta del Charro,Glorieta La Paz,Glorieta Hidalgo,Glorieta del Trabajo',
);

// Share of streets without a sign.
const UNNAMED: Record<Style, number> = {
  colonial: 0,
  barrio: 0.01,
  grid: 0.01,
  popular: 0.03,
  loops: 0.02,
  cerradas: 0.03,
  hillside: 0.2,
  industrial: 0.08,
  rural: 0.45,
};

/** Hands out names: one per drawn line, none twice within a district. */
export function signPainter(styles: readonly Style[], random: Random) {
  const decks = styles.map((style, i) => {
    const draw = random.fork(`deck ${i}`);
    return { names: draw.shuffled(THEMES[draw.pick(THEMES_OF_STYLE[style])]), used: 0, draw };
  });
  const dealer = (list: readonly string[]): (() => string) => {
    let used = 0;
    return () => {
      const round = Math.floor(used / list.length);
      const name = list[used++ % list.length]!;
      return round === 0 ? name : `${name} ${['', 'Norte', 'Sur', 'Oriente', 'Poniente'][round] ?? round}`;
    };
  };
  const avenue = dealer(random.fork('avenues').shuffled(AVENUES));
  const camino = dealer(random.fork('caminos').shuffled(CAMINOS));
  const roundabout = dealer(random.fork('roundabouts').shuffled(ROUNDABOUTS));
  const oldStreet = dealer(OLD_STREETS);

  /** A great road the plan left unnamed. */
  const great = (roadClass: RoadClass): string =>
    roadClass === 'camino' ? camino() : roadClass === 'calle' ? oldStreet() : avenue();

  /** The sign of a local street, or null where there is none. */
  const local = (district: number, roadClass: RoadClass): string | null => {
    const deck = decks[district]!;
    if (deck.draw.chance(UNNAMED[styles[district]!])) return null;
    const round = Math.floor(deck.used / deck.names.length);
    const name = deck.names[deck.used++ % deck.names.length]!;
    const again = round === 0 ? name : `${round + 1}a. de ${name}`;
    if (roadClass === 'privada') return `${deck.draw.chance(0.6) ? 'Privada' : 'Cerrada'} ${again}`;
    if (roadClass === 'andador') return `Andador ${again}`;
    return `${roadClass === 'camino' ? 'Camino a' : deck.draw.chance(0.04) ? 'Callejón' : 'Calle'} ${again}`;
  };
  return { great, local, roundabout };
}

/** One name per district, from the names that suit its style; `core` is the commercial centre. */
export function nameColonias(styles: readonly Style[], core: number, random: Random): string[] {
  const decks = new Map<Style, string[]>();
  for (const style of Object.keys(COLONIAS) as Style[]) {
    const [first, ...rest] = COLONIAS[style];
    decks.set(style, style === 'colonial' ? random.shuffled(rest) : random.shuffled([first!, ...rest]));
  }
  const taken = new Set<string>();
  return styles.map((style, i) => {
    if (i === core) return COLONIAS.colonial[0]!;
    const deck = decks.get(style)!;
    let name = deck.find((candidate) => !taken.has(candidate)) ?? '';
    for (let n = 2; name === ''; n++) {
      const candidate = deck
        .map((base) => `${base} ${['', '', 'II', 'III', 'IV'][n] ?? n}`)
        .find((text) => !taken.has(text));
      if (candidate) name = candidate;
    }
    taken.add(name);
    return name;
  });
}
