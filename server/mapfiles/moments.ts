// Which columns hold moments: the day or second a row was made or changed, which is nobody's key. Pure.

/** 2024-01-31, 31/01/2024, 2024/01/31 10:00:00+00, 20240131T101500Z and the like, with or without a time. */
const WRITTEN_DATE =
  /^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{8}T\d{4,6})([T ,]+\d{1,2}:\d{2}.*|Z)?$/i;
/** 31-01-24, which codes of three parts look like, too. */
const SHORT_DATE = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}([ ,]+\d{1,2}:\d{2}.*)?$/;
const WORDED_DATE =
  /^(\p{L}{3,10}\.?,? )?(\p{L}{3,10}\.? \d{1,2}|\d{1,2}[- ]\p{L}{3,10})\.?[-, ]+\d{4}([, ]+\d{1,2}:\d{2}.*)?$/u;
/** Seconds and milliseconds since 1970, from 2000 to 2040. */
const EPOCHS: readonly (readonly [least: number, most: number])[] = [
  [946_684_800, 2_208_988_800],
  [946_684_800_000, 2_208_988_800_000],
];
/** What columns of moments are called: updated_at, FECHA_ACT, last_edited_date, Creation_Time. */
const NAMED_MOMENT =
  /(^|_)(at|on|date|datetime|time|timestamp|fecha|hora|dia|ts)($|_)|(up_?dated?|creat(ed|ion)|modif\w*|edit(ed)?|chang(ed?|e)|insert(ed)?|captur\w*|actualiza\w*|alta|registro)(_?(at|on|date|time|dt|fecha))?$|(date|time|stamp|fecha)\d?$/i;

/** Whether the different values of a column are all moments; some are only told by what the column is called. */
export function areMoments(column: string, texts: readonly string[]): boolean {
  const isNamed = NAMED_MOMENT.test(column.replaceAll(/([a-z])([A-Z])/g, '$1_$2'));
  const isMoment = (text: string) =>
    WRITTEN_DATE.test(text) || WORDED_DATE.test(text) || (isNamed && SHORT_DATE.test(text));
  return texts.length > 0 && (texts.every(isMoment) || (isNamed && areEpochs(texts)));
}

/** True when all are seconds or milliseconds since 1970, which keys of ten or thirteen digits may look like, too. */
export function areEpochs(texts: readonly string[]): boolean {
  const numbers = texts.map((text) => (/^\d{9,13}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN));
  return (
    texts.length > 0 && EPOCHS.some(([least, most]) => numbers.every((number) => number >= least && number < most))
  );
}
