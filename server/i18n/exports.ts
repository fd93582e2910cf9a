// Words in the files people download: what each column means, and what the file as a whole holds.

const es = {
  incidents: 'Incidentes',
  about: 'Acerca de',
  question: 'Consulta',
  dataVersion: 'Versión de los datos',
  matched: 'Incidentes en el archivo',
  unlocated: 'De ellos, sin punto en el mapa',
  column: 'Columna',
  meaning: 'Qué es',
  columns: {
    id: 'Número del incidente en este portal; cambia si la fuente corrige el registro',
    kind: 'incident = denuncia, call = llamada, victim = víctima; no se suman entre sí',
    source: 'Quién lo entregó',
    date: 'Día local en que ocurrió; el primero del mes si solo se conoce el mes',
    datePrecision: 'Qué tanto se sabe del momento: minute, hour, day o month',
    hour: 'Hora local, de 0 a 23; vacía si no se conoce',
    dateUntil: 'Último día local en que pudo ocurrir, si la fuente da un intervalo',
    hourUntil: 'Última hora local en que pudo ocurrir; vacía si no se conoce',
    reportedDate: 'Día local en que se denunció o se reportó; vacío si la fuente no lo dice',
    reportedHour: 'Hora local en que se denunció o se reportó; vacía si no se conoce',
    offence: 'Código del delito en el catálogo',
    label: 'Delito, como lo escribe la fuente',
    lon: 'Longitud en grados (WGS 84); vacía si no hay punto',
    lat: 'Latitud en grados (WGS 84); vacía si no hay punto',
    placePrecision: 'Qué tanto se sabe del lugar: point, street, crossing, area o none',
  },
};
export type ExportWords = typeof es;
const en: ExportWords = {
  incidents: 'Incidents',
  about: 'About',
  question: 'Question',
  dataVersion: 'Data version',
  matched: 'Incidents in this file',
  unlocated: 'Of these, without a point on the map',
  column: 'Column',
  meaning: 'What it is',
  columns: {
    id: 'Number of the incident in this portal; it changes when the source corrects the record',
    kind: 'incident = crime report, call, victim; never added together',
    source: 'Who delivered it',
    date: 'Local day it happened; the first of the month where only the month is known',
    datePrecision: 'How exactly the time is known: minute, hour, day or month',
    hour: 'Local hour, 0 to 23; empty where it is not known',
    dateUntil: 'Last local day it may have happened, where the source gives a range',
    hourUntil: 'Last local hour it may have happened; empty where it is not known',
    reportedDate: 'Local day it was reported; empty where the source does not say',
    reportedHour: 'Local hour it was reported; empty where it is not known',
    offence: 'Code of the offence in the catalogue',
    label: 'Offence as the source writes it',
    lon: 'Longitude in degrees (WGS 84); empty without a point',
    lat: 'Latitude in degrees (WGS 84); empty without a point',
    placePrecision: 'How exactly the place is known: point, street, crossing, area or none',
  },
};

export function exportWords(language: 'es' | 'en'): ExportWords {
  return language === 'en' ? en : es;
}
