// Answers a header that is not recognised: the columns and fields there are, what is guessed, and a line to copy.

import { BadInput } from '../errors.ts';
import type { Speech } from '../i18n/speech.ts';
import type { DetectedColumn, Detection } from '../imports/contract.ts';
import { FIELDS, type Field, presetOf } from '../reading/presets.ts';
import { readTime } from '../reading/read-time.ts';
import { looksLikeDay } from '../reading/unread-columns.ts';
import { fold, foldName } from '../text/fold.ts';
import { commandLine, withOptions } from './shell.ts';

const NEEDED: readonly Field[] = ['date', 'offence'];
const PLACES: readonly Field[] = ['lon', 'lat', 'point', 'place', 'street', 'crossing', 'neighbourhood', 'borough'];
const PLACE_NAME =
  /calle|street|vialidad|avenida|block|address|direccion|domicilio|endereco|rua|logradouro|lugar|ubicacion|location|place|geom|coord|point|punto|(^|[^a-z])(lat|lon|lng|long|x|y)([^a-z]|$)|latitud|longitud/;
const POINT = /-?\d{1,3}[.,]\d{3,}|point\s*\(|^\s*[[{]/i;
/** The surest name first. */
const OFFENCE_NAMES = [
  /delito|offen[cs]e|crime|crimen|natureza|infraccion/,
  /modalidad|conducta|incident|incidente|hecho|event/,
  /categor|tipo|type|descri|motivo|clasific/,
];
const DATE_NAMES = [/hecho|occur|ocurr|suces|incident|offen[cs]e|delito/, /fecha|date|data|dia|day/, /./];
const NO_LABEL = /(^|[^a-z])(code|codigo|clave|cve|id|num|no|nr|number|numero)([^a-z]|$)/;
const MOST_COLUMNS_SHOWN = 80;

/** The layout is not recognised; `detection` is what was seen of it, `missing` what the preset asked for does not find. */
export class UnknownHeader extends BadInput {
  readonly file: string;
  readonly detection: Detection;
  readonly preset: string | null;
  constructor(file: string, detection: Detection, preset: string | null, message: string) {
    super(preset === null ? 'preset' : 'map', message);
    this.file = file;
    this.detection = detection;
    this.preset = preset;
  }
}

export function explainHeader(speech: Speech, unknown: UnknownHeader, argv: readonly string[]): string[] {
  const { say, t } = speech;
  const { file, detection, preset } = unknown;
  const columns = detection.columns.filter(({ name }) => name !== '');
  const guessed = withNames(columns, guessFields(columns));
  const open = NEEDED.filter((field) => !guessed.has(field) && !(field === 'date' && guessed.has('month')));
  const named = (field: Field) => t(`field.${field}`);
  const fields = (of: readonly Field[]) => of.map((field) => named(field)).join(', ');
  const map = [...guessed].map(([field, column]) => ['--map', `${column}=${field}`] as const);
  const toFill = open.map((field) => ['--map', `${say('headerColumnWord')}=${field}`] as const);
  return [
    preset === null
      ? say('header', { file })
      : say('headerMissing', { file, fields: fields(open.length ? open : NEEDED) }),
    say('headerColumns'),
    ...columns.slice(0, MOST_COLUMNS_SHOWN).map((column) => `  ${shownColumn(speech, column, guessed)}`),
    ...(columns.length > MOST_COLUMNS_SHOWN
      ? [`  ${say('andMore', { n: speech.int(columns.length - MOST_COLUMNS_SHOWN) })}`]
      : []),
    say('headerFields'),
    ...FIELDS.map((field) => `  ${field}${NEEDED.includes(field) ? ' *' : ''}  ${named(field)}`),
    ...(guessed.size ? [say('headerGuess')] : []),
    ...[...guessed].map(([field, column]) => `  ${say('headerGuessed', { column, field: named(field) })}`),
    say('headerUnread'),
    open.length ? say('headerOpen', { fields: fields(open) }) : say('headerLine'),
    `  ${commandLine(withOptions(argv, [['--preset', preset ?? 'generic'], ...map, ...toFill]))}`,
  ];
}

function shownColumn({ say }: Speech, column: DetectedColumn, guessed: ReadonlyMap<Field, string>): string {
  const { name, personal, samples } = column;
  const isPlace =
    PLACES.some((field) => guessed.get(field) === name) ||
    PLACE_NAME.test(fold(name)) ||
    samples.some((sample) => POINT.test(sample));
  if (personal || isPlace) return say('headerHidden', { name });
  return samples[0] === undefined ? say('headerEmpty', { name }) : say('headerColumn', { name, example: samples[0] });
}

/** A column for each field that its name or its first values speak for; each column once. */
export function guessFields(columns: readonly DetectedColumn[]): ReadonlyMap<Field, string> {
  const seen = new Set<string>();
  const free = columns.filter(({ name, personal }) => {
    const folded = foldName(name);
    if (personal || folded === '' || seen.has(folded)) return false;
    seen.add(folded);
    return true;
  });
  const guessed = new Map<Field, string>();
  const take = (field: Field, found: DetectedColumn | undefined) => {
    if (!found || guessed.has(field)) return;
    guessed.set(field, found.name);
    free.splice(free.indexOf(found), 1);
  };
  const { columns: aliases } = presetOf('generic');
  for (const field of FIELDS) {
    for (const alias of aliases[field] ?? [])
      take(
        field,
        free.find(({ name, samples }) => foldName(name) === foldName(alias) && fits(field, name, samples)),
      );
  }
  const dates = free.filter(({ name, samples }) => fits('date', name, samples));
  for (const pattern of DATE_NAMES) {
    take(
      'date',
      dates.find(({ name }) => pattern.test(fold(name))),
    );
  }
  for (const pattern of OFFENCE_NAMES) {
    take(
      'offence',
      free.find(({ name, samples }) => pattern.test(fold(name)) && isLabel(name, samples)),
    );
  }
  const labels = free.filter(({ name, samples }) => isLabel(name, samples));
  if (labels.length === 1) take('offence', labels[0]);
  take(
    'time',
    free.find(({ name, samples }) => /hora|time|hour/.test(fold(name)) && fits('time', name, samples)),
  );
  for (const [field, pattern] of [
    ['lon', /(^|[^a-z])(lon|lng|long|x)([^a-z]|$)|longitud/],
    ['lat', /(^|[^a-z])(lat|y)([^a-z]|$)|latitud/],
  ] as const) {
    take(
      field,
      free.find(({ name, samples }) => pattern.test(fold(name)) && fits(field, name, samples)),
    );
  }
  if (guessed.has('lon') !== guessed.has('lat')) for (const field of ['lon', 'lat'] as const) guessed.delete(field);
  return guessed;
}

/** Some names are read whatever the cells hold: what a line to copy left out would be read all the same. */
export function withNames(
  columns: readonly DetectedColumn[],
  guessed: ReadonlyMap<Field, string>,
): ReadonlyMap<Field, string> {
  const all = new Map(guessed);
  const taken = new Set(guessed.values());
  const { columns: aliases } = presetOf('generic');
  for (const field of FIELDS) {
    const alike = (aliases[field] ?? []).flatMap((alias) =>
      columns.filter(({ name, personal }) => !personal && !taken.has(name) && foldName(name) === foldName(alias)),
    );
    if (all.has(field) || !alike[0]?.samples.length) continue;
    all.set(field, alike[0].name);
    taken.add(alike[0].name);
  }
  return all;
}

/** Whether the first values can be read as the field; one without a test of its own takes any. */
function fits(field: Field, name: string, samples: readonly string[]): boolean {
  const all = (test: (sample: string) => boolean) => samples.length > 0 && samples.every(test);
  switch (field) {
    case 'date':
      return all((sample) => looksLikeDay(sample, fold(name)));
    case 'time':
      return all((sample) => readTime(sample) !== null);
    case 'lon':
      return all((sample) => Math.abs(Number(sample.replace(',', '.'))) <= 180);
    case 'lat':
      return all((sample) => Math.abs(Number(sample.replace(',', '.'))) <= 90);
    case 'offence':
      return all((sample) => /\p{L}{2}/u.test(sample));
    default:
      return samples.length > 0;
  }
}

function isLabel(name: string, samples: readonly string[]): boolean {
  const folded = fold(name);
  return !NO_LABEL.test(folded) && !PLACE_NAME.test(folded) && fits('offence', name, samples);
}
