// What certificates, badges and the page that checks them say, in both languages.

import { type Language, LOCALES } from './contract.ts';

const es = {
  title: 'Constancia',
  gives: 'otorga la presente constancia a',
  for: 'por haber concluido',
  hours: (n: number, figure: string) => `con una duración de ${figure} ${n === 1 ? 'hora' : 'horas'}`,
  completed: (day: string) => `Concluido el ${day}`,
  issued: (day: string) => `Expedida el ${day}`,
  validUntil: (day: string) => `Válida hasta el ${day}`,
  code: 'Código',
  check: 'Compruebe esta constancia en',
  checkThere: 'Compruebe esta constancia con su código en el portal de quien la expide.',
  sample: 'Ciudad de muestra: esta constancia no tiene validez.',
  platform: 'Cuadra, portal de mapas del delito',
  description: (title: string, hours: number) =>
    `Concluyó «${title}», formación en análisis del delito y prevención con el portal Cuadra (${hoursFigure('es', hours)} h).`,
  lessonsCriteria:
    'Resolver todos los ejercicios de las lecciones del módulo; el portal los califica con los datos que la persona tiene delante.',
  courseCriteria:
    'Concluir el curso: sus lecciones con todos los ejercicios resueltos, y lo demás que pide su programa.',
  verify: {
    title: 'Comprobar una constancia',
    lead: 'Escriba el código que aparece en la constancia. Solo se consulta una a la vez.',
    code: 'Código de la constancia',
    button: 'Comprobar',
    none: 'No hay ninguna constancia con ese código. Revise que esté completo: son doce letras y números.',
    wrong: 'Un código tiene doce letras y números, como 7K3M-9QXA-2B4C.',
    many: 'Demasiadas consultas. Espere un minuto e intente de nuevo.',
    holder: 'A nombre de',
    course: 'Por',
    duration: 'Duración',
    issuer: 'La expidió',
    completedOn: 'Concluido',
    issuedOn: 'Expedida',
    until: 'Válida hasta',
    revokedOn: 'Dejó de valer',
    document: 'Ver el documento (PDF)',
    badge: 'Descargar la insignia (Open Badge 3.0)',
    badgeText: 'La insignia lleva la firma de quien la expidió: otro programa puede comprobarla sin este portal, con',
    keys: 'las claves públicas',
    another: 'Comprobar otra',
    onlyThis: 'Aquí se ve solo lo que dice la constancia. Las respuestas y calificaciones no se publican.',
    states: {
      valid: 'La constancia es auténtica y está vigente.',
      expired: 'La constancia es auténtica, pero venció.',
      revoked: 'La constancia fue revocada por quien la expidió: no vale.',
      replaced: 'La constancia fue sustituida por otra: esta ya no vale.',
      withdrawn: 'La persona retiró esta constancia: ya no vale, y su nombre se borró.',
      unverifiable:
        'La firma no corresponde a lo que está guardado: no confíe en esta constancia y avise a quien la expidió.',
    },
  },
};
export type CertificateWords = typeof es;

const en: CertificateWords = {
  title: 'Certificate',
  gives: 'certifies that',
  for: 'has completed',
  hours: (n, figure) => `a total of ${figure} ${n === 1 ? 'hour' : 'hours'}`,
  completed: (day) => `Completed on ${day}`,
  issued: (day) => `Issued on ${day}`,
  validUntil: (day) => `Valid until ${day}`,
  code: 'Code',
  check: 'Check this certificate at',
  checkThere: 'Check this certificate by its code in the portal of its issuer.',
  sample: 'Sample city: this certificate has no validity.',
  platform: 'Cuadra, crime-mapping portal',
  description: (title, hours) =>
    `Completed “${title}”, training in crime analysis and prevention with the Cuadra portal (${hoursFigure('en', hours)} h).`,
  lessonsCriteria:
    'Solve every exercise of the module’s lessons; the portal marks them with the data the person has before them.',
  courseCriteria: 'Complete the course: its lessons with every exercise solved, and what else its programme asks for.',
  verify: {
    title: 'Check a certificate',
    lead: 'Type the code that stands on the certificate. Only one can be asked for at a time.',
    code: 'Code of the certificate',
    button: 'Check',
    none: 'There is no certificate with that code. See that it is whole: twelve letters and digits.',
    wrong: 'A code has twelve letters and digits, like 7K3M-9QXA-2B4C.',
    many: 'Too many questions. Wait a minute and try again.',
    holder: 'In the name of',
    course: 'For',
    duration: 'Duration',
    issuer: 'Issued by',
    completedOn: 'Completed',
    issuedOn: 'Issued',
    until: 'Valid until',
    revokedOn: 'No longer valid since',
    document: 'See the document (PDF)',
    badge: 'Download the badge (Open Badge 3.0)',
    badgeText: 'The badge bears its issuer’s signature: another program can check it without this portal, with',
    keys: 'the public keys',
    another: 'Check another',
    onlyThis: 'Only what the certificate says is shown here. Answers and marks are not published.',
    states: {
      valid: 'The certificate is authentic and valid.',
      expired: 'The certificate is authentic but has expired.',
      revoked: 'The certificate was revoked by its issuer: it is not valid.',
      replaced: 'The certificate was replaced by another: this one is no longer valid.',
      withdrawn: 'The person withdrew this certificate: it is no longer valid, and their name was erased.',
      unverifiable: 'The signature does not fit what is stored: do not rely on this certificate, and tell its issuer.',
    },
  },
};

export const CERTIFICATE_WORDS: Readonly<Record<Language, CertificateWords>> = { es, en };

export const hoursFigure = (language: Language, n: number): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 1 }).format(n);

/** `2026-11-29` as people write a day. */
export const dayInWords = (language: Language, day: string): string =>
  new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${day}T12:00:00Z`),
  );
