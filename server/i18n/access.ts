// What roles and rights are called.

import type { Right, Role } from '../access/contract.ts';
import type { Language } from './contract.ts';

export const ROLE_WORDS: Readonly<Record<Language, Readonly<Record<Role, string>>>> = {
  es: {
    public: 'público',
    planner: 'planeación',
    commander: 'mando',
    gis: 'cartografía',
    data: 'datos',
    auditor: 'auditoría',
    administrator: 'administración',
  },
  en: {
    public: 'public',
    planner: 'planner',
    commander: 'commander',
    gis: 'GIS',
    data: 'data',
    auditor: 'auditor',
    administrator: 'administrator',
  },
};

export const RIGHT_WORDS: Readonly<Record<Language, Readonly<Record<Right, string>>>> = {
  es: {
    look: 'ver municipios, capas y catálogos',
    count: 'contar por áreas y calles, series y horas',
    'see-sensitive-places': 'ver delitos sensibles por calle, zona dibujada y concentración',
    'see-points': 'ver incidentes uno por uno, con su punto exacto',
    'export-incidents': 'descargar incidentes',
    'follow-events': 'recibir avisos de datos nuevos',
    'follow-jobs': 'seguir y detener trabajos en curso',
    import: 'cargar incidentes y deshacer cargas',
    'manage-offences': 'decir qué delito es cada etiqueta',
    'manage-places': 'decir qué lugar es cada nombre',
    'publish-layers': 'publicar y retirar capas de áreas, calles y puntos',
    'add-jurisdictions': 'agregar municipios',
    'read-audit': 'leer la auditoría',
    'read-accounts': 'ver las cuentas',
    'manage-accounts': 'invitar, cambiar y desactivar cuentas',
    'own-account': 'cambiar la contraseña propia y cerrar sesiones',
  },
  en: {
    look: 'see municipalities, layers and catalogues',
    count: 'count by areas and streets, series and hours',
    'see-sensitive-places': 'see sensitive offences by street, drawn area and heat',
    'see-points': 'see incidents one by one, with their exact point',
    'export-incidents': 'download incidents',
    'follow-events': 'be told of new data',
    'follow-jobs': 'follow and stop work in the background',
    import: 'import incidents and undo deliveries',
    'manage-offences': 'say which offence a label is',
    'manage-places': 'say which place a name is',
    'publish-layers': 'publish and withdraw layers of areas, streets and points',
    'add-jurisdictions': 'add municipalities',
    'read-audit': 'read the audit',
    'read-accounts': 'see the accounts',
    'manage-accounts': 'invite, change and disable accounts',
    'own-account': 'change one’s own password and end sessions',
  },
};
