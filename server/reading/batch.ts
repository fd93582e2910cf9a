// Incidents in columns: how the reading thread hands them over, without an object a row.

import { hash } from 'node:crypto';
import { dayOf } from '../calendar/days.ts';
import { DATE_PRECISIONS, PLACE_PRECISIONS } from '../db/contract.ts';
import type { Incident, PlaceText } from './contract.ts';
import { remembering } from './memoize.ts';

/** In place of a day that is not known. */
export const NO_DAY = -(2 ** 31);

/** Columns of equal length; `offence` and `placeText` index the dictionaries that grow with the file. */
export type Batch = {
  readonly rows: number;
  /** Days since 1970-01-01. */
  readonly day: Int32Array;
  /** Minutes since local midnight, −1 = unknown. */
  readonly minute: Int16Array;
  readonly datePrecision: Uint8Array;
  /** NO_DAY and −1 = unknown, here and in the report. */
  readonly untilDay: Int32Array;
  readonly untilMinute: Int16Array;
  readonly reportedDay: Int32Array;
  readonly reportedMinute: Int16Array;
  readonly placePrecision: Uint8Array;
  readonly offence: Int32Array;
  /** −1 = the source says nothing. */
  readonly placeText: Int32Array;
  /** Degrees, NaN = no usable point. */
  readonly lon: Float64Array;
  readonly lat: Float64Array;
  readonly recordHash: BigInt64Array;
  readonly keys: readonly (string | null)[];
  /** Dictionary entries first met in this batch. */
  readonly newOffences: readonly { readonly code: string; readonly label: string }[];
  readonly newPlaceTexts: readonly PlaceText[];
};

/** `keyOf` says what a record is known again by; its id unless said. */
export type Batcher = { pack(incidents: readonly Incident[], keyOf?: (incident: Incident) => string | null): Batch };

export function batcher(): Batcher {
  /** By offence, then by label: both are the same texts in row after row. */
  const offences = new Map<string, Map<string, number>>();
  let labelled = 0;
  const days = remembering(dayOf);
  const placeTexts = new Map<string, number>();
  /** The number of its words; adds those met for the first time. */
  const placeNo = ({ placeText: text, placeParts: parts }: Incident, added: PlaceText[]): number => {
    if (text === null) return -1;
    const key = placeKey(text, parts);
    const known = placeTexts.get(key);
    if (known !== undefined) return known;
    added.push({ text, parts: parts ?? {} });
    placeTexts.set(key, placeTexts.size);
    return placeTexts.size - 1;
  };
  return {
    pack(incidents, keyOf = ({ key }) => key) {
      const rows = incidents.length;
      const newOffences: Batch['newOffences'][number][] = [];
      const newPlaceTexts: PlaceText[] = [];
      const batch: Batch = {
        rows,
        day: new Int32Array(rows),
        minute: new Int16Array(rows),
        datePrecision: new Uint8Array(rows),
        untilDay: new Int32Array(rows),
        untilMinute: new Int16Array(rows),
        reportedDay: new Int32Array(rows),
        reportedMinute: new Int16Array(rows),
        placePrecision: new Uint8Array(rows),
        offence: new Int32Array(rows),
        placeText: new Int32Array(rows),
        lon: new Float64Array(rows),
        lat: new Float64Array(rows),
        recordHash: new BigInt64Array(rows),
        keys: incidents.map(keyOf),
        newOffences,
        newPlaceTexts,
      };
      incidents.forEach((incident, row) => {
        // Labels beside leaf codes: every spelling a source uses for a leaf is kept.
        let labels = offences.get(incident.offence);
        if (labels === undefined) {
          labels = new Map();
          offences.set(incident.offence, labels);
        }
        let offence = labels.get(incident.label);
        if (offence === undefined) {
          offence = labelled++;
          labels.set(incident.label, offence);
          newOffences.push({ code: incident.offence, label: incident.label });
        }
        batch.day[row] = days(incident.occurredOn);
        batch.minute[row] = incident.minuteOfDay ?? -1;
        batch.datePrecision[row] = DATE_PRECISIONS.indexOf(incident.datePrecision);
        batch.untilDay[row] = incident.untilOn === null ? NO_DAY : days(incident.untilOn);
        batch.untilMinute[row] = incident.untilMinute ?? -1;
        batch.reportedDay[row] = incident.reportedOn === null ? NO_DAY : days(incident.reportedOn);
        batch.reportedMinute[row] = incident.reportedMinute ?? -1;
        batch.placePrecision[row] = PLACE_PRECISIONS.indexOf(incident.lon === null ? 'none' : 'point');
        batch.offence[row] = offence;
        batch.placeText[row] = placeNo(incident, newPlaceTexts);
        batch.lon[row] = incident.lon ?? Number.NaN;
        batch.lat[row] = incident.lat ?? Number.NaN;
        batch.recordHash[row] = recordHash(incident);
      });
      return batch;
    },
  };
}

/** The buffers of a batch, to be moved to another thread instead of copied. */
export function buffersOf(batch: Batch): ArrayBuffer[] {
  return Object.values(batch)
    .filter((column): column is Int32Array<ArrayBuffer> => ArrayBuffer.isView(column))
    .map((column) => column.buffer);
}

/** 64 bits over the normalised content and the source's key: equal for rows that say the same, however written. */
export function recordHash(incident: Incident): bigint {
  const { key, occurredOn, minuteOfDay, datePrecision, offence, lon, lat, placeText, placeParts } = incident;
  const { untilOn, untilMinute, reportedOn, reportedMinute } = incident;
  // Written only where they are known: a record of a source without them keeps the hash it was stored with before.
  const until = untilOn === null ? '' : `\u001euntil ${untilOn} ${untilMinute}`;
  const reported = reportedOn === null ? '' : `\u001ereported ${reportedOn} ${reportedMinute}`;
  const content = `${key ?? ''}\u001f${occurredOn}\u001f${minuteOfDay}\u001f${datePrecision}\u001f${offence}\u001f${toCentimetre(lon)}\u001f${toCentimetre(lat)}\u001f${placeKey(placeText ?? '', placeParts)}${until}${reported}`;
  // As a string of bytes: a buffer of its own for each record costs more than the hash.
  const digest = hash('sha1', content, 'binary');
  for (let at = 0; at < HASH_BYTES; at++) hashed.setUint8(at, digest.charCodeAt(at));
  return hashed.getBigInt64(0, true);
}
const HASH_BYTES = 8;
const hashed = new DataView(new ArrayBuffer(HASH_BYTES));

/** A source that writes a point with more decimals than before has not moved it. */
function toCentimetre(degrees: number | null): number | null {
  return degrees === null ? null : Math.round(degrees * 1e7) / 1e7;
}

/** A text in parts is another than the same text without. */
function placeKey(text: string, parts: Incident['placeParts']): string {
  return parts === null ? text : `${text}\u001f${JSON.stringify(parts)}`;
}
