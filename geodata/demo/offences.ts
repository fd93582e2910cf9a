// The offences of the demo record: how common, where, and at what days and hours each happens.

/** Which kind of place an offence prefers; incidents.ts turns it into weights per segment. */
export type Habitat =
  | 'street'
  | 'vehicle'
  | 'home'
  | 'business'
  | 'bus'
  | 'violence'
  | 'family'
  | 'traffic'
  | 'paper'
  | 'drugs';

export type Offence = {
  /** The Spanish title of its node in geodata/offences/tree.json. */
  readonly title: string;
  /** Share of all incidents, per mille. */
  readonly perMille: number;
  readonly habitat: Habitat;
  readonly rhythm: Rhythm;
};

/** Weights of hours 0–23 on working days and on weekends, of weekdays from Monday, and of months. */
export type Rhythm = {
  readonly workday: readonly number[];
  readonly weekend: readonly number[];
  readonly weekdays: readonly number[];
  readonly months: readonly number[];
};

const EVEN_YEAR = [0.97, 0.95, 1.02, 1.0, 1.04, 1.0, 0.98, 1.0, 0.99, 1.03, 1.01, 1.01];
const COLD_YEAR = [1.04, 0.98, 0.96, 0.96, 0.97, 0.94, 0.98, 0.97, 0.98, 1.02, 1.06, 1.14];

// biome-ignore format: 24 hours on one line
const RHYTHMS = {
  street: {
    workday: [2.0, 1.3, 0.9, 0.6, 0.7, 1.8, 4.2, 4.6, 3.6, 3.0, 3.2, 3.6, 3.9, 4.4, 4.6, 4.4, 4.3, 4.6, 5.8, 7.4, 8.6, 8.2, 6.2, 3.8],
    weekend: [4.6, 3.9, 3.2, 2.4, 1.8, 1.6, 1.9, 2.2, 2.6, 3.0, 3.6, 4.2, 4.6, 4.9, 4.8, 4.5, 4.5, 4.8, 5.6, 6.6, 7.4, 7.4, 6.6, 5.6],
    weekdays: [0.97, 0.97, 1.0, 1.03, 1.16, 1.04, 0.83], months: COLD_YEAR,
  },
  vehicle: {
    workday: [4.0, 3.4, 3.2, 3.2, 3.6, 4.2, 4.8, 4.4, 3.8, 3.4, 3.2, 3.2, 3.2, 3.2, 3.2, 3.2, 3.4, 3.8, 4.6, 6.4, 8.0, 8.6, 7.2, 5.6],
    weekend: [5.4, 4.8, 4.2, 4.0, 4.0, 4.0, 3.8, 3.4, 3.2, 3.2, 3.2, 3.4, 3.4, 3.4, 3.4, 3.4, 3.6, 4.0, 4.8, 6.0, 7.2, 7.8, 7.2, 6.4],
    weekdays: [1.02, 1.0, 1.0, 1.0, 1.06, 1.02, 0.9], months: EVEN_YEAR,
  },
  home: {
    workday: [2.0, 1.8, 2.0, 2.2, 2.0, 1.6, 1.8, 3.0, 5.4, 6.8, 7.4, 7.2, 6.2, 5.4, 5.0, 4.6, 4.4, 4.6, 5.2, 5.6, 5.2, 4.2, 3.2, 2.6],
    weekend: [3.6, 3.8, 3.8, 3.4, 2.8, 2.2, 2.0, 2.2, 2.8, 3.4, 4.2, 4.8, 5.0, 5.0, 5.0, 4.8, 4.8, 5.2, 6.0, 6.6, 6.6, 5.8, 5.0, 4.2],
    weekdays: [1.08, 1.02, 1.0, 1.0, 1.06, 0.96, 0.88], months: [1.0, 0.93, 0.98, 1.1, 0.98, 0.96, 1.12, 1.08, 0.96, 0.94, 0.95, 1.1],
  },
  business: {
    workday: [1.6, 1.4, 1.6, 1.8, 1.4, 0.8, 0.9, 1.4, 2.6, 4.2, 5.4, 6.4, 6.8, 6.6, 6.2, 6.0, 6.0, 6.4, 7.2, 8.0, 7.6, 5.2, 2.8, 1.9],
    weekend: [2.4, 2.2, 2.4, 2.4, 1.8, 1.0, 0.9, 1.0, 1.8, 3.2, 4.8, 6.2, 7.0, 7.2, 6.8, 6.4, 6.2, 6.4, 6.8, 7.2, 6.8, 5.2, 3.4, 2.6],
    weekdays: [1.0, 0.98, 1.0, 1.02, 1.1, 1.06, 0.84], months: COLD_YEAR,
  },
  bus: {
    workday: [0.5, 0.3, 0.2, 0.2, 0.8, 4.6, 10.6, 11.0, 6.6, 3.4, 2.6, 2.6, 3.0, 3.6, 3.6, 3.4, 3.8, 5.0, 8.6, 10.4, 9.2, 6.0, 2.6, 1.1],
    weekend: [0.8, 0.4, 0.2, 0.2, 0.8, 2.4, 4.2, 4.6, 4.4, 4.2, 4.2, 4.6, 5.0, 5.4, 5.4, 5.4, 5.6, 6.2, 7.6, 8.4, 8.0, 6.4, 3.4, 1.6],
    weekdays: [1.14, 1.1, 1.1, 1.1, 1.18, 0.82, 0.56], months: EVEN_YEAR,
  },
  violence: {
    workday: [3.4, 2.2, 1.6, 1.2, 1.0, 1.0, 1.4, 2.0, 2.8, 3.2, 3.6, 4.0, 4.4, 5.0, 5.2, 5.0, 5.0, 5.2, 5.8, 6.6, 7.2, 7.4, 6.4, 4.8],
    weekend: [8.0, 7.4, 6.6, 5.2, 3.6, 2.2, 1.8, 1.6, 1.8, 2.2, 2.6, 3.2, 3.6, 4.0, 4.2, 4.4, 4.8, 5.2, 5.8, 6.6, 7.2, 7.6, 7.8, 7.8],
    weekdays: [0.9, 0.84, 0.86, 0.92, 1.06, 1.26, 1.3], months: [0.94, 0.92, 1.02, 1.06, 1.1, 1.04, 1.0, 1.0, 1.02, 1.0, 0.94, 1.02],
  },
  family: {
    workday: [2.8, 1.8, 1.2, 0.9, 0.8, 1.2, 2.4, 3.6, 4.2, 4.4, 4.6, 4.8, 5.0, 5.2, 5.4, 5.4, 5.4, 5.6, 6.2, 7.0, 7.8, 7.8, 6.4, 4.4],
    weekend: [4.8, 3.8, 3.0, 2.2, 1.6, 1.6, 2.0, 2.8, 3.6, 4.2, 4.6, 5.0, 5.2, 5.4, 5.4, 5.4, 5.6, 6.0, 6.6, 7.2, 7.8, 7.8, 7.0, 5.8],
    weekdays: [1.02, 0.92, 0.9, 0.9, 0.94, 1.12, 1.24], months: [0.95, 0.96, 1.04, 1.05, 1.1, 1.03, 0.99, 0.97, 0.98, 0.98, 0.94, 1.01],
  },
  traffic: {
    workday: [1.6, 1.1, 0.9, 0.8, 1.0, 2.2, 4.6, 6.6, 6.4, 5.0, 4.6, 4.8, 5.2, 6.0, 6.4, 5.8, 5.4, 5.8, 6.8, 6.6, 5.4, 4.2, 3.2, 2.4],
    weekend: [4.4, 4.2, 3.8, 3.2, 2.8, 2.6, 2.6, 2.8, 3.2, 3.8, 4.4, 5.0, 5.4, 5.8, 5.8, 5.6, 5.6, 5.8, 5.8, 5.6, 5.2, 5.0, 4.8, 4.6],
    weekdays: [1.02, 0.98, 1.0, 1.0, 1.14, 1.02, 0.84], months: EVEN_YEAR,
  },
  paper: {
    workday: [0.4, 0.3, 0.2, 0.2, 0.2, 0.3, 0.8, 2.0, 4.6, 8.2, 10.2, 10.6, 10.0, 8.6, 7.4, 6.6, 6.4, 6.0, 5.0, 4.0, 3.0, 2.0, 1.2, 0.7],
    weekend: [0.8, 0.6, 0.4, 0.4, 0.4, 0.6, 1.0, 2.0, 4.0, 6.6, 8.6, 9.4, 9.2, 8.2, 7.2, 6.6, 6.2, 6.0, 5.6, 5.0, 4.2, 3.2, 2.2, 1.4],
    weekdays: [1.2, 1.14, 1.12, 1.08, 1.08, 0.76, 0.62], months: EVEN_YEAR,
  },
  drugs: {
    workday: [3.6, 2.4, 1.8, 1.2, 0.8, 0.6, 0.8, 1.4, 2.4, 3.4, 4.2, 4.8, 5.0, 4.8, 4.6, 4.8, 5.4, 6.2, 7.0, 7.6, 7.8, 7.4, 6.4, 5.0],
    weekend: [6.0, 5.0, 4.0, 3.0, 1.8, 1.0, 0.8, 1.0, 1.6, 2.4, 3.2, 3.8, 4.2, 4.4, 4.6, 4.8, 5.4, 6.2, 7.0, 7.6, 8.0, 8.0, 7.6, 7.0],
    weekdays: [0.94, 0.96, 1.0, 1.06, 1.14, 1.06, 0.84], months: EVEN_YEAR,
  },
} as const satisfies Record<string, Rhythm>;

const offence = (title: string, perMille: number, habitat: Habitat): Offence => ({
  title,
  perMille,
  habitat,
  rhythm: RHYTHMS[habitat],
});

export const OFFENCES: readonly Offence[] = [
  offence('Robo a transeúnte en vía pública con violencia', 85, 'street'),
  offence('Robo a transeúnte en vía pública sin violencia', 58, 'street'),
  offence('Robo de coche de 4 ruedas con violencia', 20, 'vehicle'),
  offence('Robo de coche de 4 ruedas sin violencia', 56, 'vehicle'),
  offence('Robo de motocicleta', 26, 'vehicle'),
  offence('Robo de autopartes', 44, 'vehicle'),
  offence('Robo de objetos del interior de un vehículo', 30, 'vehicle'),
  offence('Robo de bicicleta', 7, 'street'),
  offence('Robo en transporte público colectivo', 26, 'bus'),
  offence('Robo a casa habitación con violencia', 7, 'home'),
  offence('Robo a casa habitación sin violencia', 54, 'home'),
  offence('Robo a negocio con violencia', 34, 'business'),
  offence('Robo a negocio sin violencia', 56, 'business'),
  offence('Lesiones dolosas por golpes', 74, 'violence'),
  offence('Lesiones dolosas con arma blanca', 9, 'violence'),
  offence('Homicidio doloso con arma de fuego', 1.2, 'violence'),
  offence('Homicidio doloso con arma blanca', 0.3, 'violence'),
  offence('Lesiones culposas en accidente de tránsito', 34, 'traffic'),
  offence('Daño a la propiedad en accidente de tránsito', 62, 'traffic'),
  offence('Daño a la propiedad intencional', 34, 'violence'),
  offence('Violencia familiar', 128, 'family'),
  offence('Abuso sexual', 11, 'family'),
  offence('Acoso sexual', 8, 'street'),
  offence('Amenazas', 62, 'violence'),
  offence('Fraude', 58, 'paper'),
  offence('Extorsión', 6, 'paper'),
  offence('Narcomenudeo, posesión simple', 36, 'drugs'),
];

/** The offences whose concentration on few streets the demo is tuned for. */
export const STREET_CRIME: readonly string[] = OFFENCES.filter(
  ({ habitat }) => habitat === 'street' || habitat === 'vehicle' || habitat === 'bus',
).map(({ title }) => title);
